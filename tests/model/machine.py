"""A city's day as a state machine: two devices of a crew, a supervisor's, a backend, and everything that goes wrong."""

import asyncio
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crew.backend.admin import add_person
from crew.backend.clock.ticking import tick
from crew.domain.change import Change
from crew.domain.errors import CrewError
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Photo, WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import LIGHTS, PHOTO_SERVICE, ROADS, report
from tests.model.backend_side import Backend
from tests.model.device_side import URL, Device
from tests.model.promises import TROUBLED, hold_always, hold_at_rest
from tests.model.road import Fault

Met = tuple[Fault, ...] | None

STEPS = (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING)
NAMES = ("truck-1", "truck-2", "office")
MOST_ROUNDS_TO_REST = 8

anybody = st.sampled_from(NAMES)
trucks = st.sampled_from(NAMES[:2])
places = st.integers(0, 2)
fault = st.sampled_from([Fault.NONE] * 4 + [fault for fault in Fault if fault is not Fault.NONE])
faults = st.tuples(fault, fault, fault, fault)
"""What the first requests of a round meet; those after them meet nothing."""

then = st.none() | faults
"""After an act the backend is met, on such a road, or not yet."""


def founded(folder: Path) -> list[OrderId]:
    """A city with three orders, and three devices that are signed in and have pulled: every example begins so."""
    clock = Hands()
    backend = Backend(folder / "city", clock)
    orders = [report(backend.city, service_code=PHOTO_SERVICE), report(backend.city), report(backend.city)]
    report(backend.city, crew=LIGHTS)  # a crew is known by its work
    with asyncio.Runner() as runner:
        for name in NAMES:
            device = Device(name, folder / name, backend, clock, Random(0))
            role, crew = (Role.SUPERVISOR, "") if name == "office" else (Role.CREW, ROADS)
            runner.run(device.sync.sign_in(URL, add_person(backend.city, name.title(), role, crew)))
            device.syncs(runner)
            device.close()
    backend.close()
    return orders


class CityDay(RuleBasedStateMachine):
    """Rules are what people and the world do; the promises are checked after each."""

    template: ClassVar[Path]
    orders: ClassVar[list[OrderId]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="model-", dir=self.template.parent))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.runner = asyncio.Runner()
        self.time = Hands()
        self.backend = Backend(self.folder / "city", self.time)
        self.devices = {
            name: Device(name, self.folder / name, self.backend, self.time, Random(number))
            for number, name in enumerate(NAMES)
        }
        self.backup = self.folder / "backup.tar"
        self.photos = 0

    # People

    def _act(self, name: str, place: int, then: Met, what: str, **values: object) -> None:
        """An act of the real program; what the rules forbid is no act."""
        device = self.devices[name]
        act = getattr(device.field_work, what)
        with suppress(CrewError):
            change = act(self.orders[place], **values)
            assert isinstance(change, Change)
            device.says_saved(change)
        if then is not None:
            self._meets(name, then)

    @rule(name=anybody, place=places, status=st.sampled_from(STEPS), grace=st.sampled_from([0.0, 5.0]), then=then)
    def moves_on(self, name: str, place: int, status: WorkStatus, grace: float, then: Met) -> None:
        self._act(name, place, then, "set_status", status=status, grace_seconds=grace)

    @rule(name=trucks, place=places, photo=st.booleans(), then=then)
    def finishes(self, name: str, place: int, photo: bool, then: Met) -> None:
        self._act(name, place, then, "set_status", status=WorkStatus.DONE, photos=[self._photo(name)] * photo)

    @rule(name=trucks, place=places, reason=st.sampled_from(["weather", "permit"]), then=then)
    def waits(self, name: str, place: int, reason: str, then: Met) -> None:
        self._act(name, place, then, "set_status", status=WorkStatus.WAITING, reason=reason)

    @rule(name=anybody, place=places, photo=st.booleans(), then=then)
    def adds(self, name: str, place: int, photo: bool, then: Met) -> None:
        if photo:
            self._act(name, place, then, "add_photos", photos=[self._photo(name)])
        else:
            self._act(name, place, then, "add_note", text="the valve box is loose")

    def _photo(self, name: str) -> Photo:
        self.photos += 1
        return self.devices[name].photographs(self.photos)

    @rule(place=places, what=st.sampled_from([ROADS, LIGHTS, "back", "escalate", "know"]), then=then)
    def supervises(self, place: int, what: str, then: Met) -> None:
        if what == "back":
            self._act("office", place, then, "set_status", status=WorkStatus.SENT_BACK, note="the lane is closed")
        elif what == "escalate":
            self._act("office", place, then, "escalate", level="supervisor", reason="a school is near")
        elif what == "know":
            self._act("office", place, then, "acknowledge")
        else:
            self._act("office", place, then, "assign", crew=what)

    @rule(place=places, into=places, then=then)
    def links(self, place: int, into: int, then: Met) -> None:
        self._act("office", place, then, "link", into=self.orders[into])

    @rule(place=places, then=then)
    def parts(self, place: int, then: Met) -> None:
        self._act("office", place, then, "unlink")

    @rule(name=anybody)
    def undoes(self, name: str) -> None:
        device = self.devices[name]
        waiting = [change_id for change_id, status in device.standing() if status.unsent]
        if waiting:
            with suppress(CrewError):
                device.field_work.undo(waiting[-1])

    @rule(name=anybody, how=st.sampled_from(["set_aside", "send_again", "keep_mine"]))
    def decides(self, name: str, how: str) -> None:
        device = self.devices[name]
        troubled = [change_id for change_id, status in device.standing() if status in TROUBLED]
        if troubled:
            with suppress(CrewError):
                change = getattr(device.field_work, how)(troubled[0])
                if change is not None:
                    device.says_saved(change)

    # The world

    @rule(name=anybody, met=faults)
    def meets_the_backend(self, name: str, met: tuple[Fault, ...]) -> None:
        self._meets(name, met)

    def _meets(self, name: str, met: tuple[Fault, ...]) -> None:
        self.time.turn(seconds=7)
        self.devices[name].syncs(self.runner, met)

    @rule(name=anybody, hours=st.sampled_from([-48, -1, 0, 1, 48]))
    def restarts_with_another_clock(self, name: str, hours: int) -> None:
        self.devices[name].skew = timedelta(hours=hours)
        self.devices[name].restarts()

    @rule(hours=st.sampled_from([1, 9]))
    def the_citys_clock_goes_on(self, hours: int) -> None:
        """Two clocks tick in the same moment, as where a backend was started twice."""
        self.time.turn(hours=hours)
        city = self.backend.city
        at_once = replace(city, time=replace(city.time, grace=timedelta()))
        for _ in range(2):
            tick(at_once)

    @rule(restored=st.booleans())
    def backend_is_backed_up_or_restored(self, restored: bool) -> None:
        """A backup that was never written cannot be put back: then the backend is only started anew."""
        self.time.turn(minutes=1)
        if not restored:
            self.backend.is_backed_up(self.backup)
        elif self.backup.exists():
            self.backend.is_restored(self.backup)
        else:
            self.backend.restarts()

    # The promises

    @invariant()
    def nothing_is_lost(self) -> None:
        hold_always(self.backend, self.devices.values())

    def teardown(self) -> None:
        """The faults stop; after a bounded number of rounds nothing moves any more."""
        try:
            self._comes_to_rest()
            hold_always(self.backend, self.devices.values())
            hold_at_rest(self.backend, list(self.devices.values()), self.orders)
        finally:
            self._end()

    def _comes_to_rest(self) -> None:
        for device in self.devices.values():
            device.skew = timedelta()
        for number in range(MOST_ROUNDS_TO_REST):
            before = self._standing()
            self.time.turn(days=3)
            for device in self.devices.values():
                device.syncs(self.runner)
            if self._standing() == before and number > 0:  # an act may still have been in its grace
                return
        raise AssertionError(f"after {MOST_ROUNDS_TO_REST} rounds without a fault something still moves")

    def _standing(self) -> object:
        return [(device.store.device.cursor, *device.standing()) for device in self.devices.values()]

    def _end(self) -> None:
        self.runner.close()
        for device in self.devices.values():
            device.close()
        self.backend.close()
        shutil.rmtree(self.folder)
