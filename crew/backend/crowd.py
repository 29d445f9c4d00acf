"""Sends devices away for some seconds while too much is waiting to be done. Backend layer; pure ASGI.

A thousand devices whose link returns at once would wait longer than any of them has patience, send the same again, and
be waited for in vain: the more come, the less gets done. So whoever has been let in may end what it began, and the
others are told to come when it is likely to be their turn. What is counted is work that waits for a thread, and never a
device that sends slowly. Citizens are not sent away.
"""

import random
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from anyio.to_thread import current_default_thread_limiter
from starlette.requests import Request

from crew.backend import crew_http
from crew.domain.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from crew.domain.errors import CrewError

MOST_WAITING: Final = 10
"""Beside the forty that have a thread and take turns at the database: two seconds of waiting on a small machine, ten on
a busy one. A device waits fifteen at least."""

MOST_WAITING_INSIDE: Final = 50
"""Beyond this nobody is let in, whatever it has begun."""

SHORTEST_SECONDS: Final = 2
LONGEST_SECONDS: Final = 300
_FEW_SECONDS: Final = 15
"""Devices that were sent away together do not come back together, however few they are."""

_STAY_SECONDS: Final = 10.0
"""Whoever has not been heard of for so long has ended what it began."""

_RATE_SECONDS: Final = 30.0
_SOONER: Final = 0.5
"""A part of the time that all would need: coming too soon costs little, an idle backend costs everybody."""

_MOST_KNOWN: Final = 10_000
"""More than a city has devices; whoever makes up tokens fills no memory."""


class Crowd:
    """Lets devices in while there is room."""

    def __init__(self, app: "ASGIApp", refuse: "Callable[[Request, CrewError], Awaitable[Response]]") -> None:
        """Stand before an app; `refuse` makes the answer to whoever is sent away."""
        self._app: Final = app
        self._refuse: Final = refuse
        self._turns: Final = Turns(random.uniform)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or answer it at once."""
        if scope["type"] == "http" and crew_http.is_crew_api(scope):
            request = Request(scope)
            waiting = current_default_thread_limiter().statistics().tasks_waiting
            seconds = self._turns.pause(request.headers.get("Authorization", ""), waiting, time.monotonic())
            if seconds:
                later = TryLater("Many devices are sending at once. It is tried again by itself.", seconds)
                answer = await self._refuse(request, later)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Turns:
    """Who is inside, and when the others should come again. Moments are seconds of a clock that only goes forward."""

    def __init__(self, between: "Callable[[float, float], float]") -> None:
        """Start with nobody; `between` draws a number between two others."""
        self._between: Final = between
        self._inside: Final[dict[str, float]] = {}
        """When each was last heard of, the longest silent first."""
        self._away: Final[dict[str, float]] = {}
        """When each should come again, whoever was sent away first being first."""
        self._came: Final[deque[float]] = deque(maxlen=_MOST_KNOWN)

    def pause(self, who: str, waiting: int, now: float) -> int:
        """For how many seconds a device is sent away; 0 where it is let in.

        Args:
            who: What tells devices apart.
            waiting: How much waits to be done.
            now: The current moment, in seconds.
        """
        self._forget(now)
        known = self._inside.pop(who, None) is not None
        if waiting < (MOST_WAITING_INSIDE if known else MOST_WAITING):
            _note(self._inside, who, now)
            self._away.pop(who, None)
            if not known:
                self._came.append(now)
            return 0
        seconds = round(self._between(SHORTEST_SECONDS, self._span()))
        _note(self._away, who, now + seconds)
        return seconds

    def _span(self) -> float:
        """The time in which all who were sent away are likely to have had their turn, in seconds."""
        a_second = max(1, len(self._came)) / _RATE_SECONDS
        return min(LONGEST_SECONDS, max(_FEW_SECONDS, _SOONER * len(self._away) / a_second))

    def _forget(self, now: float) -> None:
        """Forget who has been silent, and who was away and did not come."""
        while self._came and self._came[0] < now - _RATE_SECONDS:
            self._came.popleft()
        _drop_first(self._inside, lambda heard: heard < now - _STAY_SECONDS)
        _drop_first(self._away, lambda due: due < now - LONGEST_SECONDS)


def _note(moments: dict[str, float], who: str, moment: float) -> None:
    """As the last one; beyond the limit as nobody."""
    moments.pop(who, None)
    if len(moments) < _MOST_KNOWN:
        moments[who] = moment


def _drop_first(moments: dict[str, float], is_over: "Callable[[float], bool]") -> None:
    while moments:
        first = next(iter(moments))
        if not is_over(moments[first]):
            return
        del moments[first]
