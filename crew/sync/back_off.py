"""How long to wait after a round that failed, and what may end the waiting early. Sync layer; pure."""

from collections.abc import Callable
from typing import Final

from crew.domain.errors import AwaitLink, CallForHelp, CrewError, SignInAgain, TryLater
from crew.domain.value import Value

_FIRST_SECONDS: Final = 2.0
_SHORTEST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 60.0
_LONGEST_WISH_SECONDS: Final = 3600.0
"""Longest time that a backend may ask to be left alone; a broken one must not silence a truck for a day."""

_MOST_DOUBLINGS: Final = 10


class Pause(Value):
    """What lies between a round and the next.

    Attributes:
        seconds: How long it lasts.
        asked_for: The backend asked for it, so not even a person's "send now" ends it.
        away: The link seemed to be down, so its return ends it.
        unreachable: There was not even a connection.
        for_sign_in: A person has to sign in; nothing is tried by itself before that.
    """

    seconds: float
    asked_for: bool = False
    away: bool = False
    unreachable: bool = False
    for_sign_in: bool = False


class BackOff:
    """Exponential with full jitter (so that trucks that lost the link together do not come back together)."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter: Final = jitter
        self._failures = 0

    def succeeded(self) -> None:
        """The next failure is the first one again."""
        self._failures = 0

    def after(self, error: CrewError) -> Pause:
        """The pause after one more failure. What needs a person is asked rarely."""
        self._failures += 1
        if isinstance(error, SignInAgain):
            return Pause(_LONGEST_SECONDS, for_sign_in=True)
        if not isinstance(error, TryLater):
            return Pause(_LONGEST_SECONDS)
        if error.after_seconds is not None:
            return Pause(min(max(error.after_seconds, _SHORTEST_SECONDS), _LONGEST_WISH_SECONDS), asked_for=True)
        ceiling = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(self._failures, _MOST_DOUBLINGS))
        seconds = max(_SHORTEST_SECONDS, self._jitter() * ceiling)
        return Pause(seconds, away=True, unreachable=isinstance(error, AwaitLink))


def named(error: CrewError | OSError) -> CrewError:
    """An error with a sentence for a person, whether it is ours or the system's."""
    if isinstance(error, CrewError):
        return error
    return CallForHelp(f"This device fails at its own files ({error.strerror or error}). Ask for help.")
