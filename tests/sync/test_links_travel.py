"""What a desk does offline goes to the city and back to every device, through the real backend."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from crew.api_client import CrewApi
from crew.backend.admin import add_person
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.domain.change import Contact, Intake, SendingStatus
from crew.domain.person import Role
from crew.domain.work_order import WorkOrder
from crew.sync import Sync, World
from crew.tokens import Tokens
from tests.backend.crews import report, stored
from tests.founding import found_city
from tests.trucks import HandClock, Truck

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Town:
    """A city with its real backend, and devices that reach it without a socket."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.city = found_city(self.folder / "city", BackendSettings(), self.clock)
        self.app = build_backend(self.city)
        self.devices: list[Truck] = []

    async def enrolled(self, role: Role, crew: str = "") -> tuple[Truck, Sync]:
        truck = Truck(self.folder / role.value, self.clock)
        self.devices.append(truck)
        world = World(
            connect=lambda url, token: CrewApi(url, token, httpx.ASGITransport(self.app)),
            address=lambda raw: raw,
            clock=self.clock,
            jitter=lambda: 0.0,
            fresh_id=lambda: f"device of a {role.value}",
            tokens=Tokens(truck.folder / "sign-ins"),
            reaches=_heard,
        )
        sync = Sync(truck.store, world)
        await sync.sign_in("http://city", await asyncio.to_thread(add_person, self.city, role.value, role, crew))
        await sync.run_once()
        return truck, sync

    def close(self) -> None:
        for device in self.devices:
            device.store.close()
        self.city.database.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


async def test_a_link_made_offline_is_the_same_everywhere_once_it_was_sent(town: Town) -> None:
    numbers = twin, order_id, later = report(town.city), report(town.city), report(town.city)
    desk, to_desk = await town.enrolled(Role.DISPATCHER)
    truck, to_truck = await town.enrolled(Role.CREW, "roads")
    desk.field_work.link(twin, order_id)
    desk.field_work.unlink(twin)
    desk.field_work.link(later, order_id)
    offline = [desk.field_work.order(number) for number in numbers]

    await to_desk.run_once()
    await to_truck.run_once()

    after = [stored(town.city, number) for number in numbers]
    for known in (desk, truck):
        assert [known.field_work.order(number) for number in numbers] == after
    assert [told(order) for order in offline] == [told(order) for order in after], "as the desk showed it at once"
    assert desk.store.outbox.unsettled() == []


def told(order: WorkOrder) -> tuple[object, ...]:
    return order.requests, order.linked_to, order.work_status, order.public_status


async def test_a_call_taken_in_offline_gets_its_number_and_what_was_done_on_it(town: Town) -> None:
    desk, to_desk = await town.enrolled(Role.DISPATCHER)
    caller = Contact("Ada", "Quiet-Lastname", "617 555 0100", "ada@example.org")
    assert "pothole" in {service.code for service in desk.field_work.services()}
    call = desk.field_work.take_in(Intake("pothole", "Pothole", "A hole", "52 G St", 42.3, -71.1, contact=caller))
    desk.field_work.add_note(call.id, "the caller waits there")

    await to_desk.run_once()

    (stop,) = desk.field_work.day().stops
    order = stored(town.city, stop.order_id)
    assert (order.id.isdecimal(), desk.field_work.order(call.id)) == (True, order)
    assert [entry.text for entry in order.history][1:] == ["reported by telephone", "note: the caller waits there"]
    for entry in desk.store.outbox.settled():
        assert entry.sending_status is SendingStatus.ACKNOWLEDGED
        assert entry.change.order_id == order.id
        assert "Quiet" not in repr(entry)

    desk.store.outbox.send_anew(town.clock() - timedelta(days=1))  # as after a restore of the backend
    await to_desk.run_once()
    assert desk.store.outbox.unsettled() == []
    assert stored(town.city, order.id) == order, "the backend knows what it has"


async def _heard(_url: str) -> bool:
    return True
