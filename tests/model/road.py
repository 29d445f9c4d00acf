"""The road between a device of the model and its backend. It breaks as it is told to, one fault for each request."""

from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto

import httpx

from tests.model.backend_side import Backend


class Fault(Enum):
    """What happens to a request."""

    NONE = auto()
    LOST_REQUEST = auto()
    LOST_ANSWER = auto()
    TWICE = auto()
    """It arrives a second time; the first answer is lost."""
    BUSY = auto()
    HOTSPOT = auto()
    GARBAGE = auto()
    """Half an answer."""
    POWER_CUT = auto()
    """The device goes dark while the backend answers."""
    BACKEND_DIES = auto()
    """The answer arrives, and the backend dies the moment after."""


class Road(httpx.AsyncBaseTransport):
    """Carries requests to the real application in this process."""

    def __init__(self, backend: Backend, on_power_cut: Callable[[], None]) -> None:
        self._backend = backend
        self._on_power_cut = on_power_cut
        self._faults: deque[Fault] = deque()

    def will_meet(self, faults: Iterable[Fault]) -> None:
        """Let the next requests meet these faults; those after them meet none."""
        self._faults = deque(faults)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        await request.aread()
        match self._faults.popleft() if self._faults else Fault.NONE:
            case Fault.LOST_REQUEST:
                raise httpx.ConnectError("no way", request=request)
            case Fault.BUSY:
                return httpx.Response(503, text="busy", request=request)
            case Fault.HOTSPOT:
                return httpx.Response(200, html="<html>Accept our terms</html>", request=request)
            case Fault.LOST_ANSWER:
                await self._answer(request)
                raise httpx.ReadError("cut", request=request)
            case Fault.TWICE:
                await self._answer(request)
                return await self._answer(request)
            case Fault.GARBAGE:
                answer = await self._answer(request)
                half = answer.content[: len(answer.content) // 2]
                headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
                return httpx.Response(answer.status_code, headers=headers, content=half, request=request)
            case Fault.POWER_CUT:
                await self._answer(request)
                self._on_power_cut()
                self._faults = deque([Fault.LOST_REQUEST] * 100)
                raise httpx.ReadError("dark", request=request)
            case Fault.BACKEND_DIES:
                answer = await self._answer(request)
                self._backend.restarts()
                return answer
            case _:
                return await self._answer(request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self._backend.lives_on()
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await httpx.ASGITransport(app=self._backend.app).handle_async_request(again)
        await answer.aread()
        return answer
