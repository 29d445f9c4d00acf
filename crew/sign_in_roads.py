"""Signing in as the screens know it, over the sync of the running program. Program layer; starts nothing itself."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from crew.domain.errors import TryLater

if TYPE_CHECKING:
    from crew.account_wire import AccountCode
    from crew.domain.person import Person
    from crew.sync import Sync


class AccountRoads:
    """The way with an account of the city. Raises as `AccountSignIn`, and TryLater while the program is starting."""

    def __init__(self, sync: "Callable[[], Sync]") -> None:
        self._sync: Final = sync

    async def offered(self, address: str) -> str:
        """Who keeps the city's accounts; empty for nobody."""
        return await self._sync().account.offered(address)

    async def begin(self, address: str) -> "AccountCode":
        """Begin: what the person opens and types elsewhere."""
        return await self._sync().account.begin(address)

    async def finish(self, address: str, code: "AccountCode", tell: Callable[[str], None]) -> "Person":
        """Wait until it is done elsewhere; `tell` hears what hinders."""
        return (await self._sync().account.finish(address, code, tell)).person


class SignInRoads:
    """Both ways. `sync` gives None while the program is starting."""

    def __init__(self, sync: "Callable[[], Sync | None]") -> None:
        self._sync: Final = sync
        self.account: Final = AccountRoads(self._there)

    async def with_code(self, address: str, code: str) -> "Person":
        """Exchange a one-time code for a sign-in. Raises as `Sync.sign_in`, and TryLater as above."""
        return (await self._there().sign_in(address, code)).person

    def _there(self) -> "Sync":
        sync = self._sync()
        if sync is None:
            raise TryLater("Crew is still starting. Try again in a moment.")
        return sync
