"""Two supervisors and a crew without a link act on the same fifty orders: nothing is lost, nobody keeps a ghost."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from crew.backend.admin import add_person
from crew.domain.errors import CrewError
from crew.domain.person import Role
from crew.domain.work_order import OrderId, WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import LIGHTS, ROADS, report, stored
from tests.model.backend_side import Backend
from tests.model.device_side import URL, Device
from tests.model.promises import hold_always, hold_at_rest
from tests.model.test_model import EXAMPLES

ORDERS = 50
OFFICES = ("office-1", "office-2")
TRUCK = "truck"
ROUNDS_TO_REST = 6

office = st.sampled_from(OFFICES)
some = st.sets(st.integers(0, ORDERS - 1), min_size=1, max_size=ORDERS)
one = st.integers(0, ORDERS - 1)
goal = st.sampled_from([ROADS, LIGHTS, ""])


def founded(folder: Path) -> list[OrderId]:
    """A city with fifty orders of one crew, and three devices that have pulled."""
    clock = Hands()
    backend = Backend(folder / "city", clock)
    orders = [report(backend.city) for _ in range(ORDERS)]
    report(backend.city, crew=LIGHTS)  # a crew is known by its work
    with asyncio.Runner() as runner:
        for name in (*OFFICES, TRUCK):
            device = Device(name, folder / name, backend, clock, Random(0))
            role, crew = (Role.CREW, ROADS) if name == TRUCK else (Role.SUPERVISOR, "")
            runner.run(device.sync.sign_in(URL, add_person(backend.city, name.title(), role, crew)))
            device.syncs(runner)
            device.close()
    backend.close()
    return orders


class Desks(RuleBasedStateMachine):
    """Rules are what three people do; they meet the backend now and then."""

    template: ClassVar[Path]
    orders: ClassVar[list[OrderId]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="desks-", dir=self.template.parent))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.runner = asyncio.Runner()
        self.time = Hands()
        self.backend = Backend(self.folder / "city", self.time)
        self.devices = {
            name: Device(name, self.folder / name, self.backend, self.time, Random(number))
            for number, name in enumerate((*OFFICES, TRUCK))
        }

    @rule(name=office, places=some, crew=goal, back=st.booleans())
    def moves(self, name: str, places: set[int], crew: str, back: bool) -> None:
        """Many orders in one go, and perhaps all of it back."""
        device = self.devices[name]
        with suppress(CrewError):
            moved = device.field_work.move([self.orders[place] for place in sorted(places)], crew, "a storm")
            for change in moved.changes:
                device.says_saved(change)
            if back:
                taken = device.field_work.take_back_all([change.id for change in moved.changes])
                for change in taken.opposites:
                    device.says_saved(change)

    @rule(name=office, place=one, accepts=st.booleans())
    def looks_at(self, name: str, place: int, accepts: bool) -> None:
        """Finished work is accepted, or sent back."""
        device = self.devices[name]
        with suppress(CrewError):
            if accepts:
                device.says_saved(device.field_work.accept(self.orders[place]))
            else:
                act = device.field_work.set_status
                device.says_saved(act(self.orders[place], WorkStatus.SENT_BACK, note="the edge is loose"))

    @rule(places=some, status=st.sampled_from([WorkStatus.ACCEPTED, WorkStatus.WORKING, WorkStatus.DONE]))
    def works(self, places: set[int], status: WorkStatus) -> None:
        """The crew goes through a part of its list."""
        device = self.devices[TRUCK]
        for place in sorted(places):
            with suppress(CrewError):
                device.says_saved(device.field_work.set_status(self.orders[place], status))

    @rule(name=st.sampled_from((*OFFICES, TRUCK)))
    def meets_the_backend(self, name: str) -> None:
        """A round of sync."""
        self.time.turn(seconds=7)
        self.devices[name].syncs(self.runner)

    def teardown(self) -> None:
        """Everybody meets the backend until nothing moves any more."""
        try:
            for _ in range(ROUNDS_TO_REST):
                self.time.turn(days=1)
                for device in self.devices.values():
                    device.syncs(self.runner)
            devices = list(self.devices.values())
            hold_always(self.backend, devices)
            hold_at_rest(self.backend, devices, self.orders)
            self._nobody_keeps_a_ghost()
            self._the_history_explains_who_has_what()
        finally:
            for device in self.devices.values():
                device.close()
            self.backend.close()
            self.runner.close()
            shutil.rmtree(self.folder)

    def _nobody_keeps_a_ghost(self) -> None:
        """The crew has what is its own, and beside it only what holds work that waits for a person."""
        truck = self.devices[TRUCK]
        here = {stop.order_id for ended in (False, True) for stop in truck.store.orders.stops(ended=ended)}
        own = {order_id for order_id in self.orders if stored(self.backend.city, order_id).crew == ROADS}
        kept = {entry.change.order_id for entry in truck.store.outbox.unsettled()}
        assert own <= here
        assert here - own <= kept, "a ghost"
        told = {move.order_id for move in truck.field_work.moved_away()}
        assert told <= set(self.orders) - own, "an order that is here is not told to be gone"

    def _the_history_explains_who_has_what(self) -> None:
        for order_id in self.orders:
            order = stored(self.backend.city, order_id)
            moves = [entry.text for entry in order.history if entry.text.startswith(("moved to ", "back to the pool"))]
            words = moves[-1] if moves else f"moved to {ROADS}"
            assert words.startswith(f"moved to {order.crew}" if order.crew else "back to the pool")


def test_two_supervisors_and_a_crew_on_the_same_fifty_orders(tmp_path: Path) -> None:
    class Day(Desks):
        template = tmp_path / "template"
        orders = founded(tmp_path / "template")

    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=max(6, EXAMPLES // 8),
            stateful_step_count=15,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
