"""A sync that does nothing by itself: tests say what it tells, and see what it is asked. Stands at the edge."""

import asyncio
from typing import TYPE_CHECKING

from crew.account_wire import AccountCode
from crew.domain.errors import CrewError
from crew.store.device import SignedInDevice
from crew.sync.events import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from crew.store.store import Store
    from crew.sync.events import SyncEvent


class ScriptedAccount:
    """A city's accounts in the test's hands."""

    def __init__(self, sync: "ScriptedSync") -> None:
        self._sync = sync
        self.keeper = ""
        self.begun: AccountCode | CrewError = AccountCode("secret", "WDJB-MJHT", "https://login.example.gov/device")
        self.done: asyncio.Future[SignedInDevice] | None = None
        self.tell: Callable[[str], None] = lambda _: None

    async def offered(self, address: str) -> str:
        return self.keeper

    async def begin(self, address: str) -> AccountCode:
        self.done = asyncio.get_running_loop().create_future()
        if isinstance(self.begun, CrewError):
            raise self.begun
        return self.begun

    async def finish(self, address: str, code: AccountCode, tell: "Callable[[str], None]") -> SignedInDevice:
        self.tell = tell
        assert self.done is not None
        device = await self.done
        await asyncio.to_thread(self._sync.store.people.enrol, device)
        return device


class ScriptedSync:
    """Never reaches a backend."""

    def __init__(self, store: "Store", first: "SyncEvent | None" = None) -> None:
        self.store = store
        self._first = LinkState(online=True) if first is None else first
        self._faults: list[BaseException] = []
        self._fault = asyncio.Event()
        self.tell: Callable[[SyncEvent], None] = lambda _: None
        self.link_stands = True
        self.wakes = 0
        self.begun_anew = 0
        self.wanted: list[str] = []
        self.answers: dict[str, SignedInDevice] = {}
        self.account = ScriptedAccount(self)

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
        from crew.domain.errors import SignInAgain, TryLater

        if not self.link_stands:
            raise TryLater(f"{address} cannot be reached (no link).")
        if code not in self.answers:
            raise SignInAgain("This code is not known. Ask your supervisor for a new one.")
        device = self.answers[code]
        await asyncio.to_thread(self.store.people.enrol, device)
        return device
