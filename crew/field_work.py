"""What a person can do in the field, one transaction each. Above the store, below the screens.

Everything here is on disk when it returns, and nothing here waits for a network: sync carries it later. All of it
blocks for a few milliseconds on the disk, so the terminal calls it off the event loop.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.domain.change import (
    Act,
    Assignment,
    Change,
    ChangeId,
    Escalation,
    Note,
    PhotosAdded,
    SendingStatus,
    StatusChange,
)
from crew.domain.errors import CorrectInput, NotAllowed, SignInAgain
from crew.domain.plain_text import clean_text
from crew.domain.reasons import public_text
from crew.domain.rules import check
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, WorkOrder, WorkStatus
from crew.store.orders import Stop
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crew.domain.clock import Clock
    from crew.domain.person import Person
    from crew.store.device import SignedInDevice
    from crew.store.store import Store
    from crew.wire import CrewLoad

__all__ = ["Day", "FieldWork", "OutboxEntry", "OutboxView", "Stop"]

_NEXT_FIRST: Final = (WorkStatus.WORKING, WorkStatus.ON_THE_WAY)


@dataclass(frozen=True, slots=True)
class Day:
    """The work that lies before a person. `stops` is in the order of doing: what is under way, then by deadline."""

    stops: tuple[Stop, ...]
    late: int
    ended_today: int


@dataclass(frozen=True, slots=True)
class OutboxView:
    """What waits, with totals. `entries` are the unsettled changes, oldest first."""

    entries: tuple[OutboxEntry, ...]
    photo_count: int
    photo_bytes: int
    oldest_at: datetime | None
    last_success_at: datetime | None

    def count(self, status: SendingStatus) -> int:
        """How many changes have this sending status."""
        return sum(entry.sending_status is status for entry in self.entries)

    @property
    def to_send(self) -> int:
        """Changes that will leave by themselves."""
        return self.count(SendingStatus.WAITING) + self.count(SendingStatus.SENDING)

    @property
    def trouble(self) -> int:
        """Changes that need a person."""
        return len(self.entries) - self.to_send


class FieldWork:
    """The acts of one device. Ids come from `make_id` (UUIDv7), time from `clock`, both handed in."""

    def __init__(self, store: "Store", clock: "Clock", make_id: "Callable[[], UUID]", zone: tzinfo) -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._make_id: Final = make_id
        self._zone: Final = zone

    # Reading

    @property
    def now(self) -> datetime:
        """The current time in the person's own zone."""
        return self._clock().astimezone(self._zone)

    def signed_in(self) -> "SignedInDevice | None":
        """Who is signed in on this device."""
        return self._store.device.signed_in()

    def crews(self) -> "tuple[CrewLoad, ...]":
        """The city's crews with their load, for those who move orders; empty before the first pull."""
        return self._store.device.crews()

    def data_version(self) -> int:
        """A number that moves when another process, such as the command line, has written to the store."""
        return self._store.data_version()

    def day(self) -> Day:
        """The open orders in the order of doing, with counts."""
        now = self.now
        stops = self._store.orders.stops(ended=False)
        under_way = [stop for status in _NEXT_FIRST for stop in stops if stop.work_status is status]
        rest = [stop for stop in stops if stop.work_status not in _NEXT_FIRST]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Day(
            stops=(*under_way, *rest),
            late=sum(stop.due_at is not None and stop.due_at < now for stop in stops),
            ended_today=self._store.orders.count_ended(midnight),
        )

    def ended(self) -> tuple[Stop, ...]:
        """The ended orders that the device still has, the latest first."""
        return tuple(self._store.orders.stops(ended=True))

    def order(self, order_id: str) -> WorkOrder:
        """One order as the person sees it.

        Raises:
            CorrectInput: There is no such order on this device.
        """
        order = self._store.orders.get(OrderId(order_id))
        if order is None:
            raise CorrectInput(f"There is no work order {order_id} on this device. Look at the list, or sync first.")
        return order

    def unsent_of(self, order_id: str) -> tuple[OutboxEntry, ...]:
        """The unsettled changes of one order, oldest first."""
        return tuple(self._store.outbox.of_order(OrderId(order_id)))

    def outbox(self) -> OutboxView:
        """Everything that waits, with totals."""
        entries = tuple(self._store.outbox.unsettled())
        photos = {
            photo.sha256: photo.byte_count for entry in entries for photo in self._store.photos.unsent_of(entry.change)
        }
        return OutboxView(
            entries=entries,
            photo_count=len(photos),
            photo_bytes=sum(photos.values()),
            oldest_at=entries[0].change.made_at if entries else None,
            last_success_at=self._store.device.last_success_at,
        )

    def settled(self, limit: int = 50) -> tuple[OutboxEntry, ...]:
        """The latest changes that are acknowledged or set aside, oldest first."""
        return tuple(entry for entry in self._store.outbox.recent(limit) if not entry.sending_status.unsent)

    def public_text(self, order: WorkOrder, status: WorkStatus, reason: str = "") -> str:
        """What the citizen will read when the order ends so now."""
        now = self.now
        return public_text(order, status, reason, f"on {now.day} {now:%B} at {now:%H:%M}")

    def photo_bytes(self, sha256: str) -> bytes | None:
        """A photo's JPEG bytes, or None where the device has not fetched it yet."""
        return self._store.photos.read(PhotoHash(sha256))

    # Acting

    def set_status(
        self,
        order_id: str,
        status: WorkStatus,
        *,
        reason: str = "",
        note: str = "",
        photos: Iterable[Photo] = (),
        grace_seconds: float = 0,
    ) -> Change:
        """Move the work on. On disk when it returns.

        Args:
            order_id: The order.
            status: Its new status.
            reason: The coded reason, for waiting and can't do.
            note: Internal words.
            photos: Photos of this act, kept before with `keep_photo`.
            grace_seconds: How long the change stays here so that it can be undone.

        Raises:
            NotAllowed: The rules or the role forbid it; the sentence says why.
            CorrectInput: There is no such order.
            FreeSpace: The disk is full; nothing was changed.
        """
        act = StatusChange(status=status, reason=reason, note=clean_text(note), photos=tuple(photos))
        return self._make(self.order(order_id), act, grace_seconds)

    def add_note(self, order_id: str, text: str) -> Change:
        """Write an internal note; forgets the draft of it. Raises as `set_status`."""
        with self._store.transaction():
            change = self._make(self.order(order_id), Note(clean_text(text)))
            self._store.keep_draft(order_id, "note", "", self._clock())
        return change

    def add_photos(self, order_id: str, photos: Iterable[Photo]) -> Change:
        """Attach photos outside a completion. Raises as `set_status`."""
        return self._make(self.order(order_id), PhotosAdded(tuple(photos)))

    def assign(self, order_id: str, crew: str) -> Change:
        """Move an order to another crew. Raises as `set_status`."""
        return self._make(self.order(order_id), Assignment(crew))

    def escalate(self, order_id: str, level: str, reason: str) -> Change:
        """Raise an order to somebody who must look at it. Raises as `set_status`."""
        return self._make(self.order(order_id), Escalation(level, clean_text(reason)))

    def keep_photo(self, path: Path, role: PhotoRole = PhotoRole.AFTER) -> Photo:
        """Take a photo from a file: turned upright, shrunk, without metadata, on disk when it returns.

        Raises:
            CorrectInput: The file is no usable image; the sentence says why.
            FreeSpace: The disk is full; nothing was kept.
        """
        from crew.photos import prepare_file  # Pillow loads only when the first photo is taken

        prepared = prepare_file(path)
        sha256 = self._store.photos.write(prepared.content)
        photo = Photo(sha256, role, len(prepared.content), prepared.width, prepared.height, prepared.taken_at)
        self._store.photos.add(photo, self._clock())
        return photo

    def undo(self, change_id: str) -> None:
        """Take back an act that has not left yet.

        Raises:
            NotAllowed: It is on its way or gone, or a later act builds on it.
            CorrectInput: There is no such change.
        """
        with self._store.transaction():
            entry = self._entry(change_id)
            later = self._store.outbox.of_order(entry.change.order_id)
            if entry.attempts or entry.sending_status is not SendingStatus.WAITING:
                raise NotAllowed("Too late to undo: it is on its way. Set the status again instead.")
            if later[-1].change.id != change_id:
                raise NotAllowed("Undo the later act on this order first.")
            self._settle_by_person(entry, "undone")

    # Deciding about what was refused

    def set_aside(self, change_id: str) -> None:
        """Stop sending a change that was refused or needs a decision; it stays in the store. Raises as `undo`."""
        with self._store.transaction():
            entry = self._troubled(change_id)
            self._settle_by_person(entry, entry.reason or "set aside")

    def send_again(self, change_id: str) -> Change:
        """Make a refused act once more, at the time it was made: the backend remembers its answer to the old id.

        Raises as `set_status`.
        """
        with self._store.transaction():
            entry = self._troubled(change_id)
            if entry.sending_status is SendingStatus.NEEDS_DECISION:
                raise NotAllowed("This one needs a decision: keep yours or keep theirs.")
            self._settle_by_person(entry, "sent again")
            return self._make(self.order(entry.change.order_id), entry.change.act, made_at=entry.change.made_at)

    def keep_mine(self, change_id: str) -> Change:
        """Decide for one's own value: the same act again, made knowing the other value. Raises as `set_status`."""
        with self._store.transaction():
            entry = self._troubled(change_id)
            self._settle_by_person(entry, "decided: mine")
            return self._make(self.order(entry.change.order_id), entry.change.act, made_at=entry.change.made_at)

    # Drafts

    def keep_draft(self, order_id: str, kind: str, body: str) -> None:
        """Keep a half-written text; it is there again after a lock, a crash, a flat battery."""
        self._store.keep_draft(order_id, kind, body, self._clock())

    def draft(self, order_id: str, kind: str) -> str:
        """The half-written text of an order, or an empty one."""
        return self._store.draft(order_id, kind)

    # The one way in which anything is done

    def _make(self, order: WorkOrder, act: Act, grace_seconds: float = 0, made_at: datetime | None = None) -> Change:
        now = self._clock()
        with self._store.transaction():
            person = self._person()
            change = Change(
                id=ChangeId(str(self._make_id())),
                device_id=self._store.device.device_id(str(self._make_id())),
                sequence=self._store.device.next_sequence(),
                order_id=order.id,
                base_version=order.version,
                made_at=made_at or now,
                person=person.name,
                act=act,
            )
            check(order, change, person)
            change = self._worded(order, change)
            self._store.outbox.add(change, now + timedelta(seconds=grace_seconds))
            self._store.orders.refresh(order.id)
        return change

    def _worded(self, order: WorkOrder, change: Change) -> Change:
        """The change with the sentence that the citizen will read; a wrong reason, refused before, would have none."""
        if not isinstance(change.act, StatusChange):
            return change
        text = self.public_text(order, change.act.status, change.act.reason)
        return replace(change, act=replace(change.act, public_text=text))

    def _person(self) -> "Person":
        device = self._store.device.signed_in()
        if device is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in: crew sign-in URL CODE.")
        return device.person

    def _entry(self, change_id: str) -> OutboxEntry:
        entry = self._store.outbox.get(ChangeId(change_id))
        if entry is None:
            raise CorrectInput(f"There is no change {change_id} in the outbox.")
        return entry

    def _troubled(self, change_id: str) -> OutboxEntry:
        entry = self._entry(change_id)
        if entry.sending_status not in (SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION):
            raise NotAllowed(f"This change is {entry.sending_status.words}: there is nothing to decide.")
        return entry

    def _settle_by_person(self, entry: OutboxEntry, reason: str) -> None:
        self._store.outbox.settle(entry.change.id, SendingStatus.SET_ASIDE, self._clock(), reason=reason)
        self._store.orders.refresh(entry.change.order_id)
