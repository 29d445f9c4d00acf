"""Sign-ins with an account that are under way: each belongs to one device, and ends in one token. Backend layer.

In memory alone: what they hold opens an account for some minutes, and must never be read from a disk. Whoever asks
after a restart begins again. Blocks, so it belongs into a thread.
"""

import logging
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from crew import wire
from crew.account_wire import AccountCode, AskSignIn, BeginSignIn, SignInStanding
from crew.backend import people
from crew.backend.identity.accounts import person_with, row_of
from crew.backend.identity.id_tokens import Unproved, UsedTokens
from crew.backend.identity.provider import Granted, Pending, Provider
from crew.backend.problems import Declined
from crew.domain.errors import CallForHelp, CorrectInput, CorrectSettings, NotAllowed, SignInAgain, TryLater

if TYPE_CHECKING:
    from crew.backend.city import City

_log: Final = logging.getLogger(__name__)
_MOST: Final = 1000
_SHORTEST_SECONDS, _LONGEST_SECONDS = 1.0, 60.0
_SLOWER_SECONDS: Final = 5.0
"""What `slow_down` asks for (RFC 8628, section 3.5)."""

_LONGEST: Final = timedelta(minutes=30)
_LOST_ANSWER: Final = timedelta(minutes=10)
_UNKNOWN: Final = "This sign-in is not known any more. Begin again."


@dataclass(slots=True)
class _Flow:
    asked: BeginSignIn
    device_code: str
    nonce: str
    begun_at: datetime
    expires_at: datetime
    seconds: float
    ask_at: datetime
    granted: Granted | None = None
    person_id: int | None = None
    asking: threading.Lock = field(default_factory=threading.Lock)


class AccountSignIns:
    """The sign-ins with an account of one city."""

    def __init__(self, city: "City", provider: Provider) -> None:
        self._city: Final = city
        self._provider: Final = provider
        self._used: Final = UsedTokens()
        self._flows: Final[dict[str, _Flow]] = {}
        self._lock: Final = threading.Lock()

    def begin(self, asked: BeginSignIn) -> AccountCode:
        """Begin a sign-in for a device.

        Raises:
            TryLater: The provider cannot be reached, or too many are under way.
            Declined: It does not work with the provider as it is set up.
            CorrectInput: The device does not name itself.
        """
        people.check_device_id(asked.device_id)
        now = self._city.clock()
        self._make_room(now)
        nonce = secrets.token_urlsafe(16)
        try:
            begun = self._provider.begin(nonce)
        except (CallForHelp, CorrectSettings) as error:
            raise _not_usable(error) from error
        seconds = _bounded(begun.interval)
        expires_at = now + min(timedelta(seconds=max(0.0, begun.expires_in)), _LONGEST)
        name = secrets.token_urlsafe(32)
        next_at = now + timedelta(seconds=seconds)
        with self._lock:
            self._flows[name] = _Flow(asked, begun.device_code, nonce, now, expires_at, seconds, next_at)
        return AccountCode(
            sign_in=name,
            code=begun.user_code,
            address=begun.verification_uri,
            address_with_code=begun.verification_uri_complete,
            interval_seconds=seconds,
            expires_seconds=(expires_at - now).total_seconds(),
        )

    def _make_room(self, now: datetime) -> None:
        with self._lock:
            for name in [name for name, flow in self._flows.items() if flow.expires_at + _LOST_ANSWER <= now]:
                del self._flows[name]
            if len(self._flows) >= _MOST:
                raise TryLater("Too many people are signing in at this moment. Try again in a minute.", 60)

    def ask(self, asked: AskSignIn) -> SignInStanding:
        """How a sign-in stands. The provider is asked no more often than it wants, however often a device asks.

        Raises:
            SignInAgain: It was refused or took too long, or nobody knows of it.
            NotAllowed: The account is nobody's who works here.
            TryLater: The provider cannot be reached now; ask again.
            Declined: What the provider says cannot be used.
        """
        flow = self._flows.get(asked.sign_in)
        if flow is None or flow.asked.device_id != asked.device_id:
            raise SignInAgain(_UNKNOWN)
        if not flow.asking.acquire(blocking=False):
            return SignInStanding(flow.seconds)
        try:
            return self._standing(flow)
        except (SignInAgain, NotAllowed, Declined):
            with self._lock:
                self._flows.pop(asked.sign_in, None)
            raise
        finally:
            flow.asking.release()

    def _standing(self, flow: _Flow) -> SignInStanding:
        now = self._city.clock()
        if flow.person_id is not None:
            return self._enrolled(flow, flow.person_id)
        if now >= flow.expires_at:
            raise SignInAgain("The code was not used in time. Begin again.")
        if now < flow.ask_at:
            return SignInStanding(flow.seconds)
        try:
            flow.granted = flow.granted or self._granted(flow, now)
            if flow.granted is None:
                return SignInStanding(flow.seconds)
            return self._enrolled(flow, self._person(flow, flow.granted))
        except TryLater:
            flow.seconds = _bounded(2 * flow.seconds)
            flow.ask_at = now + timedelta(seconds=flow.seconds)
            raise
        except (CallForHelp, CorrectSettings) as error:
            raise _not_usable(error) from error

    def _granted(self, flow: _Flow, now: datetime) -> Granted | None:
        """What the provider gives; None where the person has not finished."""
        told = self._provider.ask(flow.device_code)
        if isinstance(told, Pending):
            flow.seconds = _bounded(flow.seconds + (_SLOWER_SECONDS if told.slow_down else 0))
            flow.ask_at = now + timedelta(seconds=flow.seconds)
            return None
        return told

    def _person(self, flow: _Flow, granted: Granted) -> int:
        """Whose account it is, once the provider has proved it."""
        city, device_id = self._city, flow.asked.device_id
        try:
            claims = self._provider.claims(granted, flow.nonce, flow.begun_at)
            self._used.use(granted.id_token, city.clock())
            with city.database.writing() as connection:
                return person_with(connection, city.catalogue, city.settings.identity, claims)
        except Unproved as error:
            _log.warning("Refused a sign-in with an account on device %s: the ID token: %s", device_id, error)
            sentence = "What the city's sign-in service says cannot be believed. Tell its administrator."
            raise Declined(HTTPStatus.FAILED_DEPENDENCY, "unproved", sentence) from error
        except (NotAllowed, CorrectInput) as error:
            _log.warning("Refused a sign-in with an account on device %s: %s", device_id, error)
            raise NotAllowed(error.sentence) from error

    def _enrolled(self, flow: _Flow, person_id: int) -> SignInStanding:
        """The token; once more for a device whose answer was lost, for some minutes."""
        city, now = self._city, self._city.clock()
        if flow.person_id is None:
            flow.person_id, flow.expires_at = person_id, now
        elif now - flow.expires_at >= _LOST_ANSWER:
            raise SignInAgain(_UNKNOWN)
        with city.database.writing() as connection:
            row = row_of(connection, person_id)
            if row.revoked_at is not None:
                raise NotAllowed(f"The sign-ins of {row.person} were ended by an administrator.")
            asked = flow.asked
            enrolled = people.enrol(connection, city.catalogue, row, asked.device_id, asked.device_name, now)
        signed_in = wire.SignedIn(enrolled.token, enrolled.person, city.settings.city_name)
        return SignInStanding(flow.seconds, signed_in)


def _bounded(seconds: float) -> float:
    return min(max(seconds, _SHORTEST_SECONDS), _LONGEST_SECONDS)


def _not_usable(error: CallForHelp | CorrectSettings) -> Declined:
    return Declined(HTTPStatus.FAILED_DEPENDENCY, "provider", error.sentence)
