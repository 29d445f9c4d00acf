"""A real mail server that remembers what it took, and treats those who come as it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller

from tests.backend.letters import parsed

if TYPE_CHECKING:
    from email.message import EmailMessage


class Mailbox:
    """A mail server's memory, and how it treats those who come."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.dropped: set[str] = set()
        self.silent_after: set[str] = set()
        """Who gets no answer any more once the message has come: it is kept, and the connection closed."""
        self.hangs: set[str] = set()
        """Who waits for the answer to a message for ever."""

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.dropped:
            assert server.transport is not None
            server.transport.close()
            return "421 gone"
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope) -> str:  # noqa: N802 - the name that aiosmtpd calls
        assert isinstance(envelope.content, bytes)
        self.received.append(parsed(envelope.content))
        to = envelope.rcpt_tos[0]
        if to in self.silent_after:
            assert server.transport is not None
            server.transport.close()
        if to in self.hangs:
            await asyncio.Event().wait()
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(mailbox: Mailbox, port: int = 0, **options: Any) -> Iterator[int]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
