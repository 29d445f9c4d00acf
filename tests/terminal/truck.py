"""A device in a truck: a real store with a day's orders, a clock that tests turn, and the program on it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from crew.app import CrewApp
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, LinkedRequest, OrderId, PhotoRole, WorkOrder, WorkStatus
from crew.field_work import FieldWork
from crew.look import Look
from crew.pictures import Graphics
from crew.screens.my_day import MyDay
from crew.store.device import SignedInDevice
from crew.store.store import open_store
from tests.builders import a_person, a_photo, an_order
from tests.terminal.scripted_sync import ScriptedSync
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crew.sync import Sync

BOSTON = timezone(timedelta(hours=-4), "EDT")
NOW = datetime(2026, 5, 4, 18, 32, tzinfo=UTC)
"""14:32 in the truck."""


class Truck:
    """Everything that one test needs of the terminal's surroundings."""

    def __init__(self, folder: "Path", person: Person | None = None) -> None:
        self.now = NOW
        self.store = open_store(folder, NOW)
        self._numbers = count(1)
        self.field_work = FieldWork(self.store, lambda: self.now, lambda: UUID(int=next(self._numbers)), BOSTON)
        self.sync = ScriptedSync(self.store)
        self.sign_in(person or a_person())

    def sign_in(self, person: Person) -> None:
        self.store.device.sign_in(SignedInDevice("https://311.example.org", "token", person, "Boston"))

    def receive(self, orders: Iterable[WorkOrder]) -> None:
        """Take orders as sync would."""
        self.store.orders.put_server_copies(orders, 0)

    def status_of(self, order: WorkOrder) -> WorkStatus:
        """How an order stands on disk."""
        return self.field_work.order(order.id).work_status

    @asynccontextmanager
    async def running(
        self, size: tuple[int, int] = (80, 24), graphics: Graphics = Graphics.HALF, **look: Any
    ) -> AsyncIterator["Pilot[None]"]:
        """Run the program on this device, with everything on that a test run leaves out by default."""
        device = self.field_work.signed_in()
        app = CrewApp(
            self.field_work,
            lambda: cast("Sync", self.sync),
            Look(**{"units": "km", **look}),
            self.field_work.home() if device else None,
            graphics,
        )
        app.animation_level = "none"
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await until(pilot, lambda: app.top_words.lamp.words != "Looking for a link", "sync has said something")
            await settled(pilot)
            yield pilot


def my_day(pilot: "Pilot[None]") -> MyDay:
    """The list, whatever lies over it."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, MyDay)
    return screen


def a_days_work() -> list[WorkOrder]:
    """A believable day in Jamaica Plain, most urgent first after the one that is under way."""
    hour = timedelta(hours=1)
    rows: tuple[tuple[str, str, str, WorkStatus, float, tuple[float, float]], ...] = (
        ("Pothole", "412 Centre St, Jamaica Plain", _HOLE, WorkStatus.ON_THE_WAY, -2, (42.3151, -71.1139)),
        ("Fallen branch", "Arborway at Murray Cir", _BRANCH, WorkStatus.WAITING, -26, (42.3035, -71.1190)),
        ("Street light out", "8 Moss Hill Rd", "Dark since the storm.", WorkStatus.ACCEPTED, 1, (42.3098, -71.1228)),
        ("Graffiti", "Green St Station", "Tags by the bike racks", WorkStatus.ASSIGNED, 3, (42.3104, -71.1074)),
        ("Missed trash", "55 Paul Gore St", "", WorkStatus.NEW, 20, (42.3180, -71.1082)),
        ("Illegal dumping", "Brookley Rd at Stedman St", _DUMP, WorkStatus.ASSIGNED, 30, (42.3043, -71.1096)),
        ("Sidewalk repair", "1 Woolsey Sq", "Brick heaved by a root.", WorkStatus.ACCEPTED, 74, (42.3099, -71.1062)),
    )
    orders = []
    for number, (service, address, words, status, due, (lat, long)) in enumerate(rows, start=1):
        requested_at = NOW - 6 * hour
        orders.append(
            an_order(
                id=OrderId(f"31100000000{number}"),
                service_name=service,
                address=address,
                description=words,
                work_status=status,
                waiting_reason="permit" if status is WorkStatus.WAITING else "",
                requested_at=requested_at,
                updated_at=NOW - number * hour / 60,
                due_at=NOW + due * hour,
                lat=lat,
                long=long,
                requests=(LinkedRequest(f"31100000000{number}", words, requested_at),),
                history=(HistoryEntry(requested_at, "311", "reported"),),
            )
        )
    return [_the_pothole(orders[0]), *orders[1:]]


def _the_pothole(order: WorkOrder) -> WorkOrder:
    later = order.requested_at + timedelta(minutes=41)
    return replace(
        order,
        photo_required=True,
        photos=(a_photo(role=PhotoRole.BEFORE),),
        requests=(*order.requests, LinkedRequest("311000000099", "My tire is flat, same hole.", later)),
        history=(*order.history, HistoryEntry(later, "Dee", "moved to D2", note="Truck 14 has the patch")),
    )


_HOLE = "Deep hole in the right lane, two cars damaged. Please hurry."
_BRANCH = "Large oak limb across the path, blocks wheelchairs"
_DUMP = "Mattress, 2 tires & a TV. Somebody wrote [/] on it"

A_SUPERVISOR = a_person(Role.SUPERVISOR)
A_DISPATCHER = a_person(Role.DISPATCHER)
