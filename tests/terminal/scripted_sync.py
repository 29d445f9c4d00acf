"""A sync that does nothing by itself: tests say what it tells, and see what it is asked. Stands at the edge."""

import asyncio
from typing import TYPE_CHECKING

from crew.store.device import SignedInDevice
from crew.sync.events import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from crew.store.store import Store
    from crew.sync.events import SyncEvent


class ScriptedSync:
    """Never reaches a backend."""

    def __init__(self, store: "Store", first: "SyncEvent | None" = None) -> None:
        self._store = store
        self._first = LinkState(online=True) if first is None else first
        self._faults: list[BaseException] = []
        self._fault = asyncio.Event()
        self.tell: Callable[[SyncEvent], None] = lambda _: None
        self.wakes = 0
        self.begun_anew = 0
        self.wanted: list[str] = []
        self.answers: dict[str, SignedInDevice] = {}

    async def run(self, tell: "Callable[[SyncEvent], None]") -> None:
        self.tell = tell
        tell(self._first)
        await self._fault.wait()
        raise self._faults.pop()

    def break_with(self, fault: BaseException) -> None:
        """End `run` with an error."""
        self._faults.append(fault)
        self._fault.set()

    def wake(self) -> None:
        self.wakes += 1

    def begin_anew(self) -> None:
        self.begun_anew += 1

    def want_photo(self, sha256: str) -> None:
        self.wanted.append(sha256)

    async def sign_in(self, address: str, code: str) -> SignedInDevice:
        from crew.domain.errors import SignInAgain

        if code not in self.answers:
            raise SignInAgain("This code is not known. Ask your supervisor for a new one.")
        device = self.answers[code]
        await asyncio.to_thread(self._store.people.enrol, device)
        return device
