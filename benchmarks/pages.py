"""The citizens' pages: how many a worker serves against a constant, how the list grows with the city, and their bytes.

Each worker is a process of its own with one event loop, asked over eight connections that stay open. The list is asked
for without a socket, by the same application.
"""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.comparison import Bench, Comparison
from crew.backend import schema
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.citizens.page_memory import MOST_KEPT, PageMemory
from crew.backend.city import City, open_city
from crew.backend.order_writing import Receipt, write_history
from crew.backend.orders import NewRequest, insert_request
from crew.backend.public.page_links import page_secret, page_token
from crew.domain.work_order import HistoryEntry

_OFTEN_READ = 100
"""Reports whose pages are asked for again and again."""
_SELDOM_READ = 3 * MOST_KEPT
"""Reports whose pages are asked for one after the other: when one has its turn again, nobody remembers it."""
_REQUESTS = 2_000
_CONNECTIONS = 8
_MANY, _FEW = 300_000, 1_000
_LISTS = 10
_MOST_BYTES = 15_000
_NOON = datetime(2026, 3, 11, 16, tzinfo=UTC)
_KINDS = ("constant", "pages")
_SERVICES = ("pothole", "graffiti", "street-light", "missed-trash", "sidewalk")


def compare_pages(bench: Bench) -> Iterator[Comparison]:
    """Ask both workers by turns, then both cities."""
    yield from _compare_rates(bench)
    yield from _compare_lists(bench)


def _compare_rates(bench: Bench) -> Iterator[Comparison]:
    folder = bench.folder / "pages"
    paths = _found(folder, _OFTEN_READ + _SELDOM_READ)
    times: dict[str, list[float]] = {"constant": [], "often": [], "seldom": []}
    often, seldom = [paths[number % _OFTEN_READ] for number in range(_REQUESTS)], paths[_OFTEN_READ:]
    with _worker("constant", folder) as constant, _worker("pages", folder) as pages:
        for run in range(bench.runs):
            bench.say(f"pages, run {run + 1} of {bench.runs}")
            times["constant"].append(asyncio.run(_milliseconds(constant, ["/"] * _REQUESTS)))
            asyncio.run(_milliseconds(pages, often[:_OFTEN_READ]))  # the others have driven them out
            times["often"].append(asyncio.run(_milliseconds(pages, often)))
            times["seldom"].append(asyncio.run(_milliseconds(pages, seldom)))
    against = "Starlette answering a constant"
    yield Comparison("a report's page, one worker", against, 2.5, "ms", times["often"], times["constant"])
    anew = "a report's page that nobody read lately"
    yield Comparison(anew, against, 2.5, "ms", times["seldom"], times["constant"])


def _found(folder: Path, count: int) -> list[str]:
    """A city with reports in the middle of their work; the path of each page."""
    city = open_city(folder, BackendSettings(), lambda: _NOON)
    numbers = []
    with city.database.writing() as connection:
        for number in range(count):
            words = "Deep hole in the right lane, two cars have hit it since yesterday."
            new = NewRequest(service_code="pothole", description=words, address=f"{number} Centre St", crew="ROADS")
            numbers.append(insert_request(connection, city, new))
            for hour, text in enumerate(("accepted", "on the way", "working"), 1):
                entry = HistoryEntry(_NOON + timedelta(hours=hour), "Ana", text)
                write_history(connection, numbers[-1], entry, Receipt(1 + hour, _NOON))
        secret = page_secret(connection)
    city.database.close()
    return [f"/r/{page_token(secret, number)}" for number in numbers]


@contextmanager
def _worker(kind: str, folder: Path) -> Iterator[int]:
    """One worker process; gives its port."""
    command = [sys.executable, "-m", "benchmarks.pages", kind, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def _milliseconds(port: int, paths: list[str]) -> float:
    """Per request, with some connections that ask at once."""
    started = time.perf_counter()
    await asyncio.gather(*(_ask(port, paths[start::_CONNECTIONS]) for start in range(_CONNECTIONS)))
    return (time.perf_counter() - started) * 1000 / len(paths)


async def _ask(port: int, paths: list[str]) -> None:
    async with _connection(port) as (reader, writer):
        for path in paths:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: city\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise AssertionError(f"{path}: {head[:40]!r}")
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))


@asynccontextmanager
async def _connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


def _compare_lists(bench: Bench) -> Iterator[Comparison]:
    many, few = (_city_of(bench, count) for count in (_MANY, _FEW))
    questions = {
        "/requests": "the public list and map, newest first",
        "/requests?status=all&service=graffiti": "the same of one type, open and closed",
    }
    for path, what in questions.items():
        measured, baseline = [], []
        for _ in range(bench.runs):
            measured.append(asyncio.run(_list_milliseconds(many, path)))
            baseline.append(asyncio.run(_list_milliseconds(few, path)))
        yield Comparison(f"{what}, {_MANY:,} reports", f"the same of {_FEW:,}", 1.5, "ms", measured, baseline)
    page = asyncio.run(_answer(build_backend(many), "/requests"))
    (path,) = _found(bench.folder / "bytes", 1)
    city = open_city(bench.folder / "bytes", BackendSettings(), lambda: _NOON)
    own = asyncio.run(_answer(build_backend(city), path))
    for what, content in (("a report's page without its photos", own), ("the public list with its map", page)):
        yield Comparison(what, "the most that it may weigh", 1, "kB", [len(content) / 1000], [_MOST_BYTES / 1000])


def _city_of(bench: Bench, count: int) -> City:
    """So many reports of the last years, one of ten open."""
    bench.say(f"pages: {count:,} reports")
    city = open_city(bench.folder / f"city-{count}", BackendSettings(), lambda: _NOON)
    orders, requests = [], []
    for number in range(count):
        at = schema.to_microseconds(_NOON - timedelta(minutes=3 * number))
        place = (f"{number % 900} Elm St", 42.25 + number % 997 / 7_000, -71.15 + number % 991 / 7_000)
        name, service = f"9{number:011}", _SERVICES[number % len(_SERVICES)]
        status = ("working", "open") if number % 10 == 0 else ("done", "closed")
        orders.append((name, 1, service, "", *place, "", *status, "", "", "", "", "normal", at, at, None, False))
        requests.append((name, name, service, "", *place, at))
    asked = ("id", "order_id", "service_code", "description", "address", "lat", "long", "requested_at")
    with city.database.writing() as connection:
        marks = ", ".join("?" * len(orders[0]))
        connection.exec_driver_sql(f"INSERT INTO work_orders ({_order_columns()}) VALUES ({marks})", orders)
        silent = "address_id, media_url, attributes"
        values = f"{', '.join('?' * len(asked))}, '', '', '{{}}'"
        connection.exec_driver_sql(
            f"INSERT INTO service_requests ({', '.join(asked)}, {silent}) VALUES ({values})", requests
        )
    return city


def _order_columns() -> str:
    return (
        "id, version, service_code, description, address, lat, long, crew, work_status, public_status, waiting_reason,"
        " closure_reason, public_text, escalation, priority, requested_at, updated_at, due_at, needs_look"
    )


async def _list_milliseconds(city: City, path: str) -> float:
    app = build_backend(city)
    started = time.perf_counter()
    for _ in range(_LISTS):
        app.state.page_memory = PageMemory()  # so that each is written anew
        await _answer(app, path)
    return (time.perf_counter() - started) * 1000 / _LISTS


async def _answer(app: Starlette, path: str) -> bytes:
    """What the application answers, without a socket."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"city")],
        "client": ("192.0.2.7", 4711),
        "server": ("city", 80),
    }
    body = bytearray()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise AssertionError(f"{path}: {message['status']}")
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return bytes(body)


def _serve(kind: str, folder: Path) -> None:
    """Be one worker: print the port and serve until the end."""

    async def constant(_request: Request) -> Response:
        return Response(b"x" * 10_000, media_type="text/html")

    city = None if kind == "constant" else open_city(folder, BackendSettings(), lambda: _NOON)
    app = build_backend(city) if city else Starlette(routes=[Route("/", constant)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))

    listener = server.config.bind_socket()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as `crew serve` listens
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]))
