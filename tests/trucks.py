"""A truck: the real store in a folder of its own, somebody signed in, and a clock that stands until it is turned."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from crew.domain.change import Change, ChangeId, SendingStatus
from crew.domain.identity import uuid7
from crew.domain.person import Person
from crew.domain.work_order import OrderId, Photo, PhotoRole, WorkOrder
from crew.field_work import FieldWork
from crew.store.device import SignedInDevice
from crew.store.outbox import OutboxEntry
from crew.store.store import Store, open_store
from tests.builders import NOON, a_person

BOSTON = ZoneInfo("America/New_York")
URL = "https://311.example.gov"


@dataclass
class HandClock:
    """A clock that is turned by hand."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Truck:
    """A device at work."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    person: Person = field(default_factory=a_person)

    def __post_init__(self) -> None:
        self._open()
        self.sign_in(self.person)

    def _open(self) -> None:
        self.store: Store = open_store(self.folder, self.clock())
        self.field_work = FieldWork(self.store, self.clock, partial(uuid7, self.clock, secrets.randbits), BOSTON)

    def sign_in(self, person: Person) -> None:
        self.store.device.sign_in(SignedInDevice(URL, "token", person, "Boston"))

    def gets(self, *orders: WorkOrder) -> None:
        """The backend's copies arrive."""
        self.store.orders.put_server_copies(orders, self.store.device.generation)

    def keeps_photo(self, content: bytes = b"a repaired road") -> Photo:
        """A photo as `keep_photo` leaves it, of bytes that need not be an image."""
        photo = Photo(self.store.photos.write(content), PhotoRole.AFTER, len(content), 4, 3)
        self.store.photos.add(photo, self.clock())
        return photo

    def settles(self, change: Change, status: SendingStatus, reason: str = "") -> None:
        """The backend's answer to a change arrives."""
        with self.store.transaction():
            self.store.outbox.settle(change.id, status, self.clock(), reason=reason)
            for order_id in change.orders:
                self.store.orders.refresh(order_id)

    def status_of(self, change: Change) -> SendingStatus:
        entry = self.store.outbox.get(change.id)
        assert entry is not None
        return entry.sending_status

    def changes(self) -> list[OutboxEntry]:
        """All that was ever made here, whatever became of it, the settled ones first."""
        return [*self.store.outbox.settled(), *self.store.outbox.unsettled()]

    def ready(self) -> list[ChangeId]:
        return [change.id for change in self.store.outbox.ready(self.clock())]

    def shown(self, order_id: str) -> WorkOrder | None:
        return self.store.orders.get(OrderId(order_id))

    def reopened(self) -> "Truck":
        """The same truck after a restart of the program."""
        self.store.close()
        self._open()
        return self
