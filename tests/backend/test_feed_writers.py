"""Whoever writes meanwhile, in the server or beside it, a reader of the feed skips nothing."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import select

from crew import wire
from crew.backend.admin import add_person
from crew.backend.city import City
from crew.backend.orders import load_orders
from crew.backend.people import sign_in
from crew.backend.schema import work_orders
from crew.backend.serve import EmbeddedBackend
from crew.domain.change import Change, ChangeId, Note
from crew.domain.person import Role
from crew.domain.work_order import OrderId, WorkOrder
from tests.backend.crews import JSON, ROADS, report
from tests.backend.importing.files import csv_text, row
from tests.builders import NOON
from tests.running import environment

_DEVICES, _ORDERS, _PAGE = 3, 7, 3
_IMPORTED, _BATCH = 120, 5
_IMPORT = """
import json, sys
from pathlib import Path
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import open_city
from crew.backend.importing import import_file, run
from crew.system_clock import now
run.BATCH = int(sys.argv[3])
city = open_city(Path(sys.argv[1]), BackendSettings(), now)
summary = import_file(city, Path(sys.argv[2]), lambda done, total: None)
city.database.close()
print(json.dumps(summary.imported))
"""
"""An import whose every few rows are a transaction."""


def enrolled(city: City, role: Role, crew: str, device_id: str) -> dict[str, str]:
    """The headers of a device that somebody has signed in on."""
    code = add_person(city, device_id, role, crew)
    with city.database.writing() as connection:
        token = sign_in(connection, city.catalogue, wire.SignIn(code, device_id), city.clock()).token
    return {"Authorization": f"Bearer {token}", **JSON}


def write_notes(client: httpx.Client, orders: Sequence[OrderId], device_id: str, over: threading.Event) -> int:
    """One note after the other, each a transaction, on one order after the other; returns how many."""
    number = 0
    while not over.is_set():
        number += 1
        change = Change(
            id=ChangeId(f"{device_id}-{number}"),
            device_id=device_id,
            sequence=number,
            order_id=orders[number % len(orders)],
            base_version=1,
            made_at=NOON,
            person=device_id,
            act=Note(f"note {number}"),
        )
        answer = client.post("changes", content=wire.encode_changes((change,)))
        assert wire.decode(answer.content, wire.Answers).answers[0].outcome == "applied"
    return number


class Reader:
    """Follows the feed of the whole city page by page and keeps the last copy of each order."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.copies: dict[str, WorkOrder] = {}
        self.positions: list[int] = []
        self._cursor = ""

    def reads_a_page(self) -> bool:
        """Whether there is more at once."""
        answer = self._client.get("feed", params={"cursor": self._cursor, "limit": str(_PAGE)})
        page = wire.decode(answer.content, wire.FeedPage)
        self.copies |= {order.id: order for order in page.orders}
        self._cursor = page.cursor
        self.positions.append(int(page.cursor.partition(".")[2]))
        return page.more

    def reads_until(self, over: threading.Event) -> None:
        """Read while others write, and then to the end."""
        while not over.is_set():
            self.reads_a_page()
        while self.reads_a_page():
            pass


def stored(city: City) -> dict[str, WorkOrder]:
    """Every order, as the backend has it."""
    with city.database.reading() as connection:
        ids = list(connection.scalars(select(work_orders.c.id)))
        return {order.id: order for order in load_orders(connection, city.catalogue, ids)}


@contextmanager
def importing(city: City, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An import in a process of its own."""
    path = folder / "requests.csv"
    path.write_text(csv_text(*(row(number) for number in range(1, _IMPORTED + 1))))
    words = [sys.executable, "-c", _IMPORT, str(city.data_dir), str(path), str(_BATCH)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment(folder)) as process:
        yield process


def test_a_reader_that_pages_while_threads_and_another_process_write_ends_with_every_order_as_it_is(
    city: City, tmp_path: Path
) -> None:
    orders = [report(city, ROADS) for _ in range(_ORDERS)]
    written, all_written = threading.Event(), threading.Event()
    with EmbeddedBackend(city) as url, ThreadPoolExecutor(_DEVICES + 1) as threads, ExitStack() as clients:

        def client_of(name: str, role: Role, crew: str) -> httpx.Client:
            headers = enrolled(city, role, crew, name)
            return clients.enter_context(httpx.Client(base_url=f"{url}/crew/v1", headers=headers, timeout=30))

        reader = Reader(client_of("office", Role.DISPATCHER, ""))
        trucks = {name: client_of(name, Role.CREW, ROADS) for name in map("truck-{}".format, range(_DEVICES))}
        try:
            reading = threads.submit(reader.reads_until, all_written)
            writing = [threads.submit(write_notes, client, orders, name, written) for name, client in trucks.items()]
            with importing(city, tmp_path) as beside:
                assert beside.stdout is not None
                assert json.loads(beside.stdout.read()) == _IMPORTED
            written.set()
            assert all(writer.result(60) for writer in writing)
        finally:
            written.set()
            all_written.set()
        reading.result(60)
    assert reader.copies == stored(city)
    assert len(reader.copies) == _ORDERS + _IMPORTED
    assert reader.positions == sorted(reader.positions)
