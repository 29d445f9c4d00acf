"""Sends devices away for some seconds while too much is waiting to be done. Backend layer; pure ASGI.

A thousand devices whose link returns at once would wait longer than any of them has patience, send the same again, and
be waited for in vain: the more come, the less gets done. What is counted is work that waits for a thread, and never a
device that sends slowly. Citizens are not sent away.
"""

import random
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

_SHORTEST_SECONDS: Final = 2
_LONGEST_SECONDS: Final = 15
"""Devices that were sent away together do not come back together."""


class Crowd:
    """Lets devices in while there is room."""

    def __init__(self, app: "ASGIApp", refuse: "Callable[[Request, CrewError], Awaitable[Response]]") -> None:
        """Stand before an app; `refuse` makes the answer to whoever is sent away."""
        self._app: Final = app
        self._refuse: Final = refuse

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or answer it at once."""
        if scope["type"] == "http" and _is_crowded() and crew_http.is_crew_api(request := Request(scope)):
            answer = await self._refuse(request, _later())
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_crowded() -> bool:
    return current_default_thread_limiter().statistics().tasks_waiting >= MOST_WAITING


def _later() -> TryLater:
    seconds = random.randint(_SHORTEST_SECONDS, _LONGEST_SECONDS)  # noqa: S311 - spreads devices, keeps no secret
    return TryLater("Many devices are sending at once. It is tried again by itself.", seconds)
