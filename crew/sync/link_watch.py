"""Notices within seconds that the link is back, however long the back-off has become. Sync layer; knows no store.

A knock at the backend's door every few seconds: one connection, opened and closed, some hundred bytes. It works on
every system, and in a dead zone, where no address changes that the system could tell of. A door that opens while the
rounds fail (a hotspot, a broken backend) is no return of the link: there the back-off counts.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

_KNOCK_SECONDS: Final = 2.0
_CONNECT_SECONDS: Final = 2.5
_LOOK_UP_SECONDS: Final = 1.0
_MOST_ADDRESSES: Final = 3
_PORTS: Final = {"https": 443, "http": 80}


class LinkWatch:
    """Waits for the link's return."""

    def __init__(self, reaches: Callable[[str], Awaitable[bool]], jitter: Callable[[], float]) -> None:
        self._reaches: Final = reaches
        self._jitter: Final = jitter
        self._unconfirmed = False

    def confirm(self) -> None:
        """A round went through: the link is really there."""
        self._unconfirmed = False

    async def until_back(self, url: str, *, unreachable: bool) -> None:
        """Return when the backend can be reached after it could not.

        Args:
            url: The backend's address.
            unreachable: The round that failed found no connection. Not believed when the last return was followed by
                another such failure: then the door has to be seen shut first.
        """
        seen_shut = unreachable and not self._unconfirmed
        while True:
            await asyncio.sleep(_KNOCK_SECONDS * (0.5 + self._jitter() / 2))
            if not await self._reaches(url):
                seen_shut = True
            elif seen_shut:
                self._unconfirmed = True
                return


class Door:
    """Whether an address can be reached. Remembers what a name stood for, as nothing answers that without a link."""

    def __init__(self) -> None:
        self._known: Final[dict[str, list[str]]] = {}
        self._looking_up: asyncio.Future[list[str]] | None = None

    async def opens(self, url: str) -> bool:
        """Whether a connection comes about within seconds."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
        found = await asyncio.gather(*(_connects(address, port) for address in await self._addresses(host)))
        return any(found)

    async def _addresses(self, host: str) -> list[str]:
        """Never more than one look-up at a time: each occupies a thread for as long as the system is patient."""
        if self._looking_up is None:
            self._looking_up = asyncio.ensure_future(_look_up(host))
        done, _ = await asyncio.wait({self._looking_up}, timeout=_LOOK_UP_SECONDS)
        if done:
            found, self._looking_up = self._looking_up.result(), None
            if found:
                self._known[host] = found
        return self._known.get(host, [])


async def _look_up(host: str) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))[:_MOST_ADDRESSES]


async def _connects(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True
