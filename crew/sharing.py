"""Who works on a shared device: switching by PIN, offline. Above the store, below field work; sends nothing.

A PIN keeps colleagues apart, not thieves out: who can read the files of this account can act in anybody's name. Each
try is on disk before it is looked at, and the pause after wrong ones is counted by the running time of this program, so
neither a restart nor another clock shortens it.
"""

import os
import time
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.errors import CorrectInput, NotAllowed, SignInAgain

if TYPE_CHECKING:
    from collections.abc import Callable

    from crew.store.people import Colleague
    from crew.store.store import Store

PIN_LENGTHS: Final = (4, 8)
_FREE_TRIES: Final = 5
_FIRST_PAUSE_SECONDS: Final = 30
_LONGEST_PAUSE_SECONDS: Final = 900
_SALT_BYTES: Final = 16
_COST: Final = 2**15
"""Of scrypt, with 8 blocks: 32 MB and about a tenth of a second for each try."""

_BLOCKS: Final = 8
_MEMORY_BYTES: Final = 2 * 128 * _COST * _BLOCKS


class Somebody(msgspec.Struct, frozen=True):
    """One of those who work on this device. A struct: the start loads this module."""

    name: str
    place: str
    """The crew, or the role of somebody without one."""
    has_pin: bool
    works_now: bool


class Sharing:
    """The people of one device. `running` is the time that has passed, in seconds, whatever any clock says."""

    def __init__(
        self,
        store: "Store",
        running: "Callable[[], float]" = time.monotonic,
        salt: "Callable[[int], bytes]" = os.urandom,
    ) -> None:
        self._store: Final = store
        self._running: Final = running
        self._salt: Final = salt
        self._started_at: Final = running()
        self._tried_at: Final[dict[str, float]] = {}

    def people(self) -> tuple[Somebody, ...]:
        """Everybody who has signed in here, in that order."""
        now = self._name_now()
        return tuple(
            Somebody(
                one.person.name,
                one.person.crew_title or one.person.crew or one.person.called,
                bool(one.pin),
                one.person.name == now,
            )
            for one in self._store.people.all()
        )

    def seconds_to_wait(self, name: str) -> float:
        """How long nobody may try a PIN of this person; 0 where one may be tried. Raises as `let_work`."""
        return self._seconds_to_wait(self._store.people.get(name))

    def let_work(self, name: str, pin: str) -> None:
        """Let somebody work in place of who did, and unlock. Takes about a tenth of a second, on purpose.

        Raises:
            CorrectInput: The PIN is wrong, or nobody of this name works here.
            NotAllowed: It has to be waited first, or this person has no PIN.
        """
        self._check(name, pin)
        with self._store.transaction():
            self._store.people.let_work(name)
            self._store.people.locked = False

    def choose_pin(self, pin: str, old: str = "") -> None:
        """Give who works now a PIN, or another one.

        Raises:
            CorrectInput: It is none, or the old one is wrong.
            NotAllowed: The old one cannot be tried now.
            SignInAgain: Nobody works here.
        """
        name = self._name_now()
        least, most = PIN_LENGTHS
        if not (pin.isascii() and pin.isdecimal() and least <= len(pin) <= most):
            raise CorrectInput(f"A PIN has {least} to {most} digits, and nothing else.")
        if self._store.people.get(name).pin:
            self._check(name, old)
        self._store.people.choose_pin(name, _hashed(pin, self._salt(_SALT_BYTES)))

    @property
    def locked(self) -> bool:
        """Whether a PIN is asked for before anything is shown; that lasts over a restart."""
        return self._store.people.locked

    def can_lock(self) -> bool:
        """Whether who works now could get in again."""
        return any(one.works_now and one.has_pin for one in self.people())

    def lock(self) -> None:
        """Ask for a PIN from now on.

        Raises:
            NotAllowed: Who works now has none, and could not get in again.
        """
        if not self.can_lock():
            raise NotAllowed("You have no PIN yet, and could not get in again. Choose one first, under People.")
        self._store.people.locked = True

    def _check(self, name: str, pin: str) -> None:
        one = self._store.people.get(name)
        if not one.pin:
            raise NotAllowed(f"{name} has no PIN yet: sign in with a new one-time code, then choose one.")
        if (seconds := self._seconds_to_wait(one)) > 0:
            raise NotAllowed(f"Too many wrong PINs for {name}. Wait {_span(seconds)}, or sign in with a new code.")
        tries = self._store.people.count_try(name)
        self._tried_at[name] = self._running()
        if not _is_right(pin, one.pin):
            left = _FREE_TRIES - tries
            more = f"{left} more before a pause" if left > 0 else f"the next in {_span(_pause_after(tries))}"
            raise CorrectInput(f"This is not the PIN of {name}: {more}.")
        self._store.people.forget_tries(name)

    def _seconds_to_wait(self, one: "Colleague") -> float:
        since = self._tried_at.get(one.person.name, self._started_at)
        return max(0.0, _pause_after(one.tries) - (self._running() - since))

    def _name_now(self) -> str:
        device = self._store.device.signed_in()
        if device is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in.")
        return device.person.name


def _pause_after(tries: int) -> float:
    """Seconds between this wrong try and the next."""
    if tries < _FREE_TRIES:
        return 0.0
    doublings = min(tries - _FREE_TRIES, 10)
    return float(min(_FIRST_PAUSE_SECONDS * 2**doublings, _LONGEST_PAUSE_SECONDS))


def _span(seconds: float) -> str:
    return f"{round(seconds) or 1} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"


def _hashed(pin: str, salt: bytes) -> str:
    import hashlib  # after the first paint

    hashed = hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCKS, p=1, maxmem=_MEMORY_BYTES)
    return f"{salt.hex()}${hashed.hex()}"


def _is_right(pin: str, kept: str) -> bool:
    from hmac import compare_digest  # after the first paint

    salt = bytes.fromhex(kept.partition("$")[0])
    return compare_digest(_hashed(pin, salt), kept)
