"""What the store knows of this device: its id, who is signed in, how far it has pulled. Store layer."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec

from crew.domain.person import Person
from crew.domain.position import Position
from crew.domain.value import Value, replace
from crew.domain.wording import STANDARD_WORDING, Wording
from crew.store.database import from_column, to_column
from crew.store.values import Values
from crew.wire import CrewLoad, MovedAway, ServiceOffer

_MOST_MOVES: Final = 200


class SignedInDevice(Value):
    """An enrolled device: where its backend is, the token it shows there, and for whom."""

    url: str
    token: str
    person: Person
    city: str


class LinkTrouble(msgspec.Struct, frozen=True):
    """Why nothing travels at the moment, for other programs on this device. A struct: the start loads this module."""

    since: datetime
    problem: str
    next_try_at: datetime | None = None
    """When it is tried again; None where that waits for a person."""
    sign_in_needed: bool = False


class Recovery(msgspec.Struct, frozen=True):
    """What became of a store that was found damaged."""

    at: datetime
    kept_in: str
    """The folder that holds the damaged files, beside the store."""
    changes: int
    unsent: int
    lost: int | None
    """Changes that could not be read; None where nobody can know."""
    sign_in_lost: bool

    @property
    def sentence(self) -> str:
        """What happened and what to do, for the crew."""
        lost = {None: "more may be missing", 0: "none is missing"}.get(self.lost, f"{self.lost} could not be read")
        return (
            f"The store of this device was damaged. Changes carried over: {self.changes} ({self.unsent} unsent); "
            f"{lost}.{' Sign in again.' if self.sign_in_lost else ''} "
            f"The damaged one is kept in {self.kept_in}: give it to an administrator."
        )


class DeviceTable(Values):
    """Names and values about the device itself."""

    def device_id(self, fresh_id: str) -> str:
        """The lasting id of this device; `fresh_id` becomes it when there is none yet."""
        with self._database.transaction():
            known = self._read("device_id")
            if not known:
                self._write("device_id", fresh_id)
            return known or fresh_id

    def signed_in(self) -> SignedInDevice | None:
        """Who is signed in, or None before the first sign-in."""
        return self._decoded("signed_in", SignedInDevice)

    def sign_in(self, device: SignedInDevice) -> None:
        """Remember the sign-in; a different person or backend starts a fresh copy of the orders."""
        with self._database.transaction():
            before = self.signed_in()
            self._write("signed_in", msgspec.json.encode(device).decode())
            if before is None or (before.url, before.person.crew, before.person.role) != (
                device.url,
                device.person.crew,
                device.person.role,
            ):
                self._write("cursor", "")

    def move_to(self, url: str) -> None:
        """The same backend answers at another address now; copy and outbox stay as they are."""
        with self._database.transaction():
            before = self.signed_in()
            if before is not None:
                self._write("signed_in", msgspec.json.encode(replace(before, url=url)).decode())

    @property
    def cursor(self) -> str:
        """How far the change feed has been pulled; empty before the first page."""
        return self._read("cursor")

    @cursor.setter
    def cursor(self, value: str) -> None:
        self._write("cursor", value)

    @property
    def generation(self) -> int:
        """Counts the full copies pulled; orders of an older one are stale."""
        return int(self._read("generation") or 0)

    def begin_whole_copy(self) -> None:
        """A full copy starts: what it does not bring again is stale at its end."""
        self._write("generation", str(self.generation + 1))
        self._write("whole_copy_under_way", "yes")

    def end_whole_copy(self) -> bool:
        """Say that the feed was followed to its end; True where that ended a full copy."""
        under_way = bool(self._read("whole_copy_under_way"))
        if under_way:
            self._write("whole_copy_under_way", "")
        return under_way

    def first_hears_of(self, lost_cursor: str) -> bool:
        """Remember that the backend does not know this cursor any more.

        False where that was remembered already, and for the empty one, which was never of this backend.
        """
        if lost_cursor in ("", self._read("lost_cursor")):
            return False
        self._write("lost_cursor", lost_cursor)
        return True

    def crews(self) -> tuple[CrewLoad, ...]:
        """The city's crews as the backend last told them; empty for those who need not know."""
        return self._decoded("crews", tuple[CrewLoad, ...]) or ()

    def keep_crews(self, crews: tuple[CrewLoad, ...]) -> None:
        """Remember the city's crews."""
        self._write("crews", msgspec.json.encode(crews).decode())

    def services(self) -> tuple[ServiceOffer, ...]:
        """The city's types of request as the backend last told them; empty for those who take none in."""
        return self._decoded("services", tuple[ServiceOffer, ...]) or ()

    def keep_services(self, services: tuple[ServiceOffer, ...]) -> None:
        """Remember the city's types of request."""
        self._write("services", msgspec.json.encode(services).decode())

    @property
    def wording(self) -> Wording:
        """The city's closure reasons and texts as the backend last told them; those of every city before that."""
        return self._decoded("wording", Wording) or STANDARD_WORDING

    def keep_wording(self, wording: Wording) -> None:
        """Remember the city's closure reasons and texts."""
        self._write("wording", msgspec.json.encode(wording).decode())

    def last_reason(self, service_code: str, status: str) -> str:
        """The code with which an order of this service last ended so on this device; empty for none."""
        return (self._decoded("last_reasons", dict[str, str]) or {}).get(f"{service_code} {status}", "")

    def note_reason(self, service_code: str, status: str, code: str) -> None:
        """Remember with which code an order of this service ended so."""
        known = self._decoded("last_reasons", dict[str, str]) or {}
        self._write("last_reasons", msgspec.json.encode(known | {f"{service_code} {status}": code}).decode())

    @property
    def last_sequence(self) -> int:
        """The number of this device's latest change; read and written inside the transaction of the next ones."""
        return int(self._read("sequence") or 0)

    @last_sequence.setter
    def last_sequence(self, value: int) -> None:
        self._write("sequence", str(value))

    @property
    def last_success_at(self) -> datetime | None:
        """When the backend last answered."""
        return from_column(int(self._read("last_success_at") or 0) or None)

    @last_success_at.setter
    def last_success_at(self, moment: datetime) -> None:
        self._write("last_success_at", str(to_column(moment)))

    @property
    def link_trouble(self) -> LinkTrouble | None:
        """What the last try of any program here met, or None where it went through."""
        return self._decoded("link_trouble", LinkTrouble)

    @link_trouble.setter
    def link_trouble(self, trouble: LinkTrouble | None) -> None:
        if trouble is not None or self._read("link_trouble"):
            self._write("link_trouble", "" if trouble is None else msgspec.json.encode(trouble).decode())

    @property
    def moved_away(self) -> tuple[MovedAway, ...]:
        """The orders that were moved to somebody else, as long as nobody here has read so; the latest last."""
        return self._decoded("moved_away", tuple[MovedAway, ...]) or ()

    def tell_moved_away(self, moves: Iterable[MovedAway]) -> None:
        """Add to what has to be read; of an order, the last move counts."""
        told = {move.order_id: move for move in (*self.moved_away, *moves)}
        self._write("moved_away", msgspec.json.encode(tuple(told.values())[-_MOST_MOVES:]).decode())

    def forget_moved_away(self, order_ids: Collection[str]) -> None:
        """Somebody has read it, or the order is back."""
        told = self.moved_away
        left = tuple(move for move in told if move.order_id not in order_ids)
        if left != told:
            self._write("moved_away", msgspec.json.encode(left).decode())

    @property
    def last_position(self) -> Position | None:
        """Where this device last knew that it is; never sent."""
        return self._decoded("last_position", Position)

    @last_position.setter
    def last_position(self, position: Position) -> None:
        self._write("last_position", msgspec.json.encode(position).decode())

    @property
    def driving_order(self) -> tuple[str, ...] | None:
        """The orders as they are driven to; None while the day is listed by deadline. Never sent."""
        return self._decoded("driving_order", tuple[str, ...])

    @driving_order.setter
    def driving_order(self, keys: tuple[str, ...] | None) -> None:
        self._write("driving_order", "" if keys is None else msgspec.json.encode(keys).decode())

    @property
    def recovery(self) -> Recovery | None:
        """What the crew has to be told about a damaged store, until somebody has seen it."""
        return self._decoded("recovery", Recovery)

    @recovery.setter
    def recovery(self, recovery: Recovery | None) -> None:
        self._write("recovery", "" if recovery is None else msgspec.json.encode(recovery).decode())
