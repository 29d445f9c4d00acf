"""Bounds every request's body before anything reads it. Backend layer; pure ASGI."""

from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from crew.backend.crew_http import too_long

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from crew.domain.errors import CrewError


class BodyLimit:
    """Refuses bodies above a limit, whether their length was announced or not."""

    def __init__(
        self, app: "ASGIApp", limit_bytes: int, refuse: "Callable[[Request, CrewError], Awaitable[Response]]"
    ) -> None:
        """Stand before an app; `refuse` makes the answer to a body that announces too much."""
        self._app: Final = app
        self._limit_bytes: Final = limit_bytes
        self._refuse: Final = refuse

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, counting the bytes of its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if announced.isdigit() and int(announced) > self._limit_bytes:
            answer = await self._refuse(Request(scope), too_long(self._limit_bytes))
            await answer(scope, receive, send)
            return
        count = 0

        async def counted() -> "Message":
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > self._limit_bytes:
                raise too_long(self._limit_bytes)
            return message

        await self._app(scope, counted, send)
