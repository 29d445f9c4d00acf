"""What a person can do in the field, one transaction each. Above the store, below the screens.

Everything here is on disk when it returns, and nothing here waits for a network: sync carries it later. All of it
blocks for a few milliseconds on the disk, so the terminal calls it off the event loop.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.approving import Approving
from crew.day_told import ALL, MENDED, Day, OutboxView
from crew.domain.change import (
    Acceptance,
    Acknowledgement,
    Act,
    Assignment,
    Change,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    SendingStatus,
    StatusChange,
    Triage,
    Unlink,
    Withdrawal,
)
from crew.domain.errors import NotAllowed
from crew.domain.intake import cleaned
from crew.domain.plain_text import clean_line, clean_text
from crew.domain.value import replace
from crew.domain.wording import PUBLIC_NOTE_LIMIT
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, WorkOrder, WorkStatus
from crew.driving import Driving
from crew.map_program import MapProgram
from crew.map_work import MapWork
from crew.photo_work import PhotoWork
from crew.queue_book import QueueBook
from crew.sharing import Sharing
from crew.store.device import LinkTrouble
from crew.store.orders import Stop
from crew.store.outbox import OutboxEntry
from crew.street_ways import StreetWays
from crew.week_book import WeekBook
from crew.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crew.domain.clock import Clock
    from crew.domain.driving_order import Driven
    from crew.domain.finding_place import Found
    from crew.domain.place import Point
    from crew.domain.wording import Wording
    from crew.store.store import Store

_MOST_AT_HOME: Final = 500

__all__ = ["Day", "FieldWork", "LinkTrouble", "OutboxEntry", "OutboxView", "Stop"]


class FieldWork(Approving):
    """The acts of one device, and what a person decides about them."""

    def __init__(
        self,
        store: "Store",
        clock: "Clock",
        make_id: "Callable[[], UUID]",
        zone: tzinfo,
        photos: PhotoWork | None = None,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        super().__init__(store, clock, make_id, zone)
        self.photos: Final = photos or PhotoWork(store, clock, zone)
        self.whereabouts: Final = whereabouts or Whereabouts(store, clock)
        self.driving: Final = Driving(store, clock, self.whereabouts, StreetWays(store.map_file.path))
        self.sharing = Sharing(store)
        self.queue: Final = QueueBook(store, clock, zone)
        self.week: Final = WeekBook(store, clock, zone)
        self.map: Final = MapWork(store.map_file.path)
        self.map_program = MapProgram()
        """What shows a place; the wiring says which."""

    def day(self, most: int = ALL) -> "Day":
        """The day as the person wants it listed: by deadline, or in driving order."""
        return self.driving.applied(super().day(most))

    def home(self) -> "Day":
        """The day as the terminal lists it: of a whole city what is due first. The rest is in the queue."""
        return replace(self.day(_MOST_AT_HOME), thanks=self.week.unseen_thanks(), to_approve=len(self.to_approve()))

    def drive(self) -> "Driven":
        """List the day in driving order from now on; returns how far it leads. Takes up to a third of a second."""
        return self.driving.make(super().day())

    def learn_streets(self) -> bool:
        """Find the ways along streets for the day as the terminal lists it; takes seconds where they are new.

        Returns:
            Whether there is something new to know.
        """
        return self.driving.learn_streets(super().day(_MOST_AT_HOME))

    def route(self) -> "Day":
        """The day in driving order as the terminal lists it, or would list it; nothing is kept of that.

        Takes seconds where the ways along streets are new.
        """
        self.driving.learn_streets(super().day())
        day = self.day()
        return day if day.driven is not None else self.driving.tried(day)

    def drive_later(self, order_id: str, by: int) -> None:
        """Move a stop by hand; a negative number moves it earlier. The list is in driving order from now on."""
        self.driving.move(self.day(), order_id, by)

    def find_place(self, words: str, near: "Point") -> "list[Found]":
        """What the words of an address may mean: orders of this device, and streets of its map.

        Takes seconds the first time after a map has come, when its streets are read.
        """
        from crew.domain.finding_place import find_places  # few days need it

        return find_places(words, self._store.places.with_address(), self.map.streets(), near)

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
            reason: The coded reason: for waiting and can't do; for done, how it turned out.
            note: Internal words.
            photos: Photos of this act, kept before with `keep_photo`.
            grace_seconds: How long the change stays here so that it can be undone.

        Raises:
            NotAllowed: The rules or the role forbid it; the sentence says why.
            CorrectInput: There is no such order.
            FreeSpace: The disk is full; nothing was changed.
        """
        act = StatusChange(status=status, reason=reason, note=note, photos=tuple(photos))
        return self.change_status(order_id, act, grace_seconds)

    def change_status(self, order_id: str, act: StatusChange, grace_seconds: float = 0) -> Change:
        """Move the work on by an act that is whole but for its sentence: an ending with words of the crew's own.

        Raises as `set_status`.
        """
        act = replace(act, note=clean_text(act.note), public_note=clean_line(act.public_note, PUBLIC_NOTE_LIMIT))
        with self._store.transaction():
            change = self._make(OrderId(order_id), act, grace_seconds)
            if act.status.ended:
                service_code = self.order(order_id).service_code
                self._store.device.note_reason(service_code, act.status, act.reason)
        self.whereabouts.photos_taken(act.photos)
        return change

    def last_reason(self, order: WorkOrder, status: WorkStatus) -> str:
        """The code with which an order of this service last ended so here, if it is still offered; empty for none."""
        code = self._store.device.last_reason(order.service_code, status)
        offered = self.wording().offered(status, order.service_code)
        return code if any(one.code == code for one in offered) else ""

    def add_note(self, order_id: str, text: str, grace_seconds: float = 0) -> Change:
        """Write an internal note. Raises as `set_status`."""
        return self._make(OrderId(order_id), Note(clean_text(text)), grace_seconds)

    def add_photos(self, order_id: str, photos: Iterable[Photo], grace_seconds: float = 0) -> Change:
        """Attach photos outside a completion. Raises as `set_status`."""
        act = PhotosAdded(tuple(photos))
        change = self._make(OrderId(order_id), act, grace_seconds)
        self.whereabouts.photos_taken(act.photos)
        return change

    def assign(self, order_id: str, crew: str, reason: str = "") -> Change:
        """Move an order to another crew, or to the pool. Raises as `set_status`."""
        return self._make(OrderId(order_id), Assignment(crew, clean_text(reason)))

    def accept(self, order_id: str, grace_seconds: float = 0) -> Change:
        """Say that ended work was looked at and is good. Raises as `set_status`."""
        return self._make(OrderId(order_id), Acceptance(), grace_seconds)

    def escalate(
        self,
        order_id: str,
        level: str,
        reason: str,
        to: str = "",
        by: datetime | None = None,
        grace_seconds: float = 0,
    ) -> Change:
        """Raise an order to somebody who must look at it.

        Args:
            order_id: The order.
            level: How high; a name of the city's ladder.
            reason: Why.
            to: Who is asked, where it is not the one whom the ladder says.
            by: Until when somebody should acknowledge, where it is not the time that the ladder says.
            grace_seconds: How long it stays here, so that it can be undone.

        Raises as `set_status`.
        """
        act = Escalation(level, clean_text(reason), clean_line(to), None if by is None else by.astimezone(UTC))
        return self._make(OrderId(order_id), act, grace_seconds)

    def acknowledge(self, order_id: str, grace_seconds: float = 0) -> Change:
        """Say that one knows of an order's escalation. Raises as `set_status`."""
        order = self.order(order_id)
        act = Acknowledgement(order.escalation, order.raised.at if order.raised else None)
        return self._make(order.id, act, grace_seconds)

    def link(self, order_id: str, into: str, grace_seconds: float = 0) -> Change:
        """Let an order's requests join another, so that one repair answers every reporter. Raises as `set_status`."""
        act = Link(OrderId(into), self.order(order_id).requests)
        return self._make(OrderId(order_id), act, grace_seconds)

    def unlink(self, request_id: str, grace_seconds: float = 0) -> Change:
        """Let a request become an order of its own again, under its own number. Raises as `set_status`."""
        return self._make(self.answering(request_id), Unlink(request_id), grace_seconds)

    def triage(self, order_id: str, act: Triage, grace_seconds: float = 0) -> Change:
        """Place an order: its type, priority and crew as far as they are given. Raises as `set_status`."""
        return self._make(OrderId(order_id), act, grace_seconds)

    def withdraw(
        self, order_id: str, photo: PhotoHash, *, shown_again: bool = False, grace_seconds: float = 0
    ) -> Change:
        """Hide a photo from the public, or show it again. Raises as `set_status`."""
        return self._make(OrderId(order_id), Withdrawal(photo, shown_again), grace_seconds)

    def take_in(self, act: Intake, grace_seconds: float = 0) -> Change:
        """Take in what somebody reports by telephone: as a request of its own, or for the order that it joins.

        Raises as `set_status`.
        """
        act = cleaned(act)
        if act.joins:
            return self._make(OrderId(act.joins), act, grace_seconds)
        return self._take_in(act, grace_seconds=grace_seconds)

    def keep_photo(self, path: Path, role: PhotoRole = PhotoRole.AFTER) -> Photo:
        """Take a photo from a file: turned upright, shrunk, without metadata, on disk when it returns.

        Raises:
            CorrectInput: The file is no usable image; the sentence says why.
            FreeSpace: The disk is full; nothing was kept.
        """
        return self.photos.keep(self.photos.look_at(path), role)

    def forget_recovery(self) -> None:
        """Somebody has seen what became of a damaged store."""
        self._store.device.recovery = None

    def forget_moved_away(self, order_ids: Iterable[str]) -> None:
        """Somebody has read that these orders went to another crew."""
        with self._store.transaction():
            self._store.device.forget_moved_away(frozenset(order_ids))

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

    # Mending

    def mending(self, change_id: str) -> "FieldWork":
        """Field work whose next act takes the place of a refused one, at the time at which that was done.

        Raises:
            NotAllowed: The change was not refused.
            CorrectInput: There is no such change.
        """
        entry = self.entry(change_id)
        if entry.sending_status is not SendingStatus.REFUSED:
            raise NotAllowed(f"This change is {entry.sending_status.words}: there is nothing to mend.")
        return _Mending(self, entry)


class _Mending(FieldWork):
    """Acts in the place of a refused change: the new one is made and the old one set aside, or neither."""

    def __init__(self, field_work: FieldWork, entry: OutboxEntry) -> None:
        of_device = (field_work._store, field_work._clock, field_work._make_id, field_work._zone)
        super().__init__(*of_device, field_work.photos, field_work.whereabouts)
        self._mended: Final = entry.change

    def draft(self, order_id: str, kind: str) -> str:
        """The half-mended words; those of another act of this kind stay as they are."""
        return super().draft(order_id, self._kind(kind))

    def keep_draft(self, order_id: str, kind: str, body: str) -> None:
        """As `FieldWork`, beside the drafts of other acts."""
        super().keep_draft(order_id, self._kind(kind), body)

    def act_and_forget_draft(self, order_id: str, kind: str, act: "Callable[[], Change]") -> Change:
        """As `FieldWork`, beside the drafts of other acts."""
        return super().act_and_forget_draft(order_id, self._kind(kind), act)

    def _kind(self, kind: str) -> str:
        return f"{kind} {self._mended.id}"

    def public_text(
        self, order: WorkOrder, act: StatusChange, made_at: datetime | None = None, wording: "Wording | None" = None
    ) -> str:
        """As `FieldWork`; the citizen reads when the work was done, not when it was mended."""
        return super().public_text(order, act, made_at or self._mended.made_at, wording)

    def _make(
        self,
        order_id: OrderId,
        act: Act,
        grace_seconds: float = 0,
        made_at: datetime | None = None,
        change_id: str = "",
    ) -> Change:
        with self._store.transaction():
            entry = self._troubled(self._mended.id)
            self._refuse_to_overtake(self._mended)
            change = super()._make(order_id, act, grace_seconds, made_at or self._mended.made_at, change_id)
            self._settle_by_person(entry, MENDED)
        return change
