"""What a person can do in the field, one transaction each. Above the store, below the screens.

Everything here is on disk when it returns, and nothing here waits for a network: sync carries it later. All of it
blocks for a few milliseconds on the disk, so the terminal calls it off the event loop.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.day_book import Day, DayBook, OutboxView
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
from crew.domain.rules import check
from crew.domain.work_order import Photo, PhotoRole, WorkOrder, WorkStatus
from crew.store.orders import Stop
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crew.domain.clock import Clock
    from crew.domain.person import Person
    from crew.store.store import Store

__all__ = ["Day", "FieldWork", "OutboxEntry", "OutboxView", "Stop"]


class FieldWork(DayBook):
    """The acts of one device. Ids come from `make_id` (UUIDv7), time from `clock`, both handed in."""

    def __init__(self, store: "Store", clock: "Clock", make_id: "Callable[[], UUID]", zone: tzinfo) -> None:
        super().__init__(store, clock, zone)
        self._make_id: Final = make_id

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
        """Write an internal note. Raises as `set_status`."""
        return self._make(self.order(order_id), Note(clean_text(text)))

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
            return self._make_anew(entry, "sent again")

    def keep_mine(self, change_id: str) -> Change:
        """Decide for one's own value: the same act again, made knowing the other value. Raises as `set_status`."""
        with self._store.transaction():
            return self._make_anew(self._troubled(change_id), "decided: mine")

    def forget_recovery(self) -> None:
        """Somebody has seen what became of a damaged store."""
        self._store.device.recovery = None

    # Drafts

    def keep_draft(self, order_id: str, kind: str, body: str) -> None:
        """Keep a half-written text; it is there again after a lock, a crash, a flat battery."""
        self._store.keep_draft(order_id, kind, body, self._clock())

    def act_and_forget_draft(self, order_id: str, kind: str, act: "Callable[[], Change]") -> Change:
        """Do an act that was drafted: it is done and its draft is forgotten, or neither. Raises as the act."""
        with self._store.transaction():
            change = act()
            self._store.keep_draft(order_id, kind, "", self._clock())
        return change

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

    def _make_anew(self, entry: OutboxEntry, reason: str) -> Change:
        """The same act under a new id; the old change goes last, as it may be all that keeps the order here."""
        self._refuse_to_overtake(entry.change)
        change = self._make(self.order(entry.change.order_id), entry.change.act, made_at=entry.change.made_at)
        self._settle_by_person(entry, reason)
        return change

    def _refuse_to_overtake(self, change: Change) -> None:
        """An act made anew leaves after all others: what a later one says of the same must stay the last word."""
        for entry in self._store.outbox.of_order(change.order_id):
            if entry.change.sequence > change.sequence and entry.change.fields & change.fields:
                raise NotAllowed(
                    "A later act on this order says otherwise. Set this one aside, then the later one goes."
                )

    def _worded(self, order: WorkOrder, change: Change) -> Change:
        """The change with the sentence that the citizen will read; an act made anew keeps the time it was done."""
        if not isinstance(change.act, StatusChange):
            return change
        text = change.act.public_text or self.public_text(order, change.act.status, change.act.reason)
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
