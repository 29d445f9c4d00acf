"""A door for one phone: listens on one local address while its block runs, and then on nothing. The worker's phone.

It is handed a folder and gives back files in it; it decides nothing about what becomes of them.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from crew.domain.errors import AwaitLink
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.phone.addresses import Way, ways
from crew.phone.desk import Desk, Keys, read_pages
from crew.phone.disk_thread import DiskThread
from crew.phone.http import Conversation
from crew.phone.inbox import ArrivedPhoto, Inbox
from crew.phone.limits import Limits
from crew.phone.standing import Standing

NO_NETWORK: Final = (
    "This laptop is on no network that a phone could share. Switch on the phone's hotspot and join it from the laptop, "
    "or join the truck's Wi-Fi with both, then press n. Or go back and choose the photo from a card or a cable."
)
_BACKLOG: Final = 16


def _fresh_secret() -> str:
    return secrets.token_urlsafe(16)


class Surroundings(Value):
    """What a door takes from the world around it.

    Attributes:
        ways: The networks to choose from; called in a thread, may raise `AwaitLink`.
        secret: A new secret, of characters that a URL may hold.
        port: The port to listen on; 0 for a random one.
    """

    ways: Callable[[], Sequence[Way]] = ways
    secret: Callable[[], str] = _fresh_secret
    port: int = 0


_HERE: Final = Surroundings()


@dataclass(eq=False, slots=True)
class _Guest:
    """One connection that is open."""

    address: str
    conversation: Conversation
    talk: "asyncio.Task[None] | None" = field(default=None)


class PhoneDoor:
    """`async with PhoneDoor(...) as door:` opens it; `door.url` is what the phone has to be told.

    A door opens once. While it is open, one phone can bring photos.
    """

    def __init__(
        self, folder: Path, words: str, limits: Limits, way: int = 0, surroundings: Surroundings = _HERE
    ) -> None:
        """Choose what to open.

        Args:
            folder: Where photos are put; it may not exist yet.
            words: What the photos are for, as the page shows it; text from outside does no harm.
            limits: Bounds.
            way: Which of the networks to listen on, counted from the likeliest; beyond the last it begins anew.
            surroundings: Networks and chance.
        """
        self._words: Final = clean_line(words)
        self._limits: Final = limits
        self._way: Final = way
        self._surroundings: Final = surroundings
        self._inbox: Final = Inbox(folder, secrets.token_hex(3), limits)
        self._disk: Final = DiskThread()
        self._guests: Final[list[_Guest]] = []
        self._server: asyncio.Server | None = None
        self._desk: Desk | None = None
        self.url = ""
        """The address of the page; empty until the door is open."""
        self.network = ""
        """What the system calls the network that it listens on."""
        self.way_count = 0
        """On how many networks it could listen."""

    async def __aenter__(self) -> "PhoneDoor":
        """Listen.

        Raises:
            AwaitLink: There is no network that a phone could share; the sentence says what to do.
        """
        found = await asyncio.to_thread(self._surroundings.ways)
        if not found:
            raise AwaitLink(NO_NETWORK)
        pages = await asyncio.to_thread(read_pages, self._words)
        way = found[self._way % len(found)]
        try:
            server = await asyncio.start_server(
                self._receive, way.address, self._surroundings.port, backlog=_BACKLOG, start_serving=False
            )
        except OSError as error:
            raise AwaitLink(
                f"The laptop cannot be reached at {way.address} ({error.strerror or error}). "
                "Press n to try once more, or go back and choose the photo from a card or a cable."
            ) from error
        authority = f"{way.address}:{server.sockets[0].getsockname()[1]}"
        keys = Keys(authority, self._surroundings.secret(), self._surroundings.secret())
        self._desk = Desk(keys, pages, self._inbox, self._disk, self._limits.wait_seconds)
        self.url, self.network, self.way_count = f"http://{authority}/{keys.token}/", way.network, len(found)
        self._server = server
        await server.start_serving()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more, tell the page, remove what is not whole."""
        self.end()
        if self._server is not None:
            self._server.close()
        try:
            await self._see_off()
        finally:
            cleared = self._disk.finish(self._inbox.clear)
        await cleared

    async def _see_off(self) -> None:
        talks = {guest.talk for guest in self._guests if guest.talk is not None and guest.conversation.lingers}
        try:
            if talks:
                await asyncio.wait(talks, timeout=self._limits.farewell_seconds)
        finally:
            left = {guest.talk for guest in self._guests if guest.talk is not None}
            for talk in left:
                talk.cancel()
        if left:
            await asyncio.wait(left)

    def end(self) -> None:
        """Let `changes` end and tell the page that it is over; the block then closes the door."""
        if self._desk is not None:
            self._desk.closing.set()
            self._desk.moved.set()

    # What has come

    @property
    def arrived(self) -> tuple[ArrivedPhoto, ...]:
        """The photos that are whole and on disk, also after the door has closed."""
        return self._inbox.arrived

    @property
    def standing(self) -> Standing:
        """How it stands now."""
        desk, upload = self._desk, self._inbox.under_way()
        percent = None if upload is None else 100 * upload.offset // upload.length
        if desk is None:
            return Standing()
        return Standing(desk.phone_here, self.arrived, percent, desk.trouble)

    async def changes(self) -> AsyncIterator[Standing]:
        """How it stands, now and after each change, until `end`. For one listener."""
        desk = self._desk
        while desk is not None and not desk.closing.is_set():
            desk.moved.clear()
            yield self.standing
            await desk.moved.wait()

    # Connections

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if self._desk is None or self._desk.closing.is_set() or not self._has_room_for(address):
            writer.transport.abort()
            return
        conversation = Conversation(reader, writer, self._limits, self._desk.answer)
        guest = _Guest(address, conversation, asyncio.current_task())
        self._guests.append(guest)
        try:
            await conversation.run()
        except asyncio.CancelledError:
            writer.transport.abort()  # the door closes, or the place is needed; asyncio itself never cancels this
        finally:
            if guest in self._guests:
                self._guests.remove(guest)

    def _has_room_for(self, address: str) -> bool:
        """Strangers make room for whoever comes; those who know the address do not."""
        if sum(guest.address == address for guest in self._guests) >= self._limits.connections_of_one:
            return False
        if len(self._guests) < self._limits.connections:
            return True
        stranger = next((guest for guest in self._guests if not guest.conversation.known), None)
        if stranger is None or stranger.talk is None:
            return False
        self._guests.remove(stranger)
        stranger.talk.cancel()
        return True
