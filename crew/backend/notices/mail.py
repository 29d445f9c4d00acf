"""Sends one mail message through the city's mail server, or leaves it in a folder. Backend layer.

Knows nothing of work orders. Opportunistic TLS: STARTTLS wherever it is offered, with the certificate checked;
a password never travels without it.
"""

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from crew.backend.backend_settings import MailSettings
from crew.backend.notices.way import RecipientRefused, Unsure, WayDown
from crew.domain.errors import CorrectSettings, CrewError, TryLater
from crew.domain.plain_text import clean_line
from crew.durable import sync_folder

if TYPE_CHECKING:
    from email.headerregistry import Address

TIMEOUT_SECONDS: Final = 20.0
_LAST_WORD_TIMES: Final = 3  # a server may look the whole message over before it answers; less than a worker's lease
_TLS_PORT: Final = 465
_GOODBYE_SECONDS: Final = 2.0
_DONE: Final = 2  # the first digit of an answer
_GO_ON: Final = 3
_FOR_GOOD: Final = 500
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class Carrier(Protocol):
    """A way for messages to leave."""

    def send(self, letter_id: str, message: EmailMessage, hand_over: Callable[[], None]) -> None:
        """Hand one message on; calls `hand_over` just before the step after which it cannot be taken back.

        Raises:
            RecipientRefused: It will never be taken.
            Unsure: It may have been taken.
            WayDown: Nothing can leave now.
            TryLater: It was not taken now.
            CorrectSettings: The way itself is set up wrong.
        """

    def give_up(self) -> None:
        """Let what is under way fail at once; called from another thread."""


class Folder:
    """Leaves each message as a file, for demos and for cities whose own system sends them."""

    def __init__(self, path: Path) -> None:
        """Write into `path`, which is made when the first message comes."""
        self.path = path

    def send(self, letter_id: str, message: EmailMessage, hand_over: Callable[[], None]) -> None:
        """Write `<letter_id>.eml`, a second time over itself; a reader of the folder never sees half of it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished = self.path / f".{letter_id}.part"
            with unfinished.open("wb") as file:
                file.write(message.as_bytes(policy=SMTP))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path / f"{letter_id}.eml")
            sync_folder(self.path)
        except OSError as error:
            raise WayDown(f"The mail folder {self.path} cannot be written ({error.strerror}).") from error

    def give_up(self) -> None:
        """Nothing to do: a disk answers."""


class Server:
    """Sends each message over SMTP, in a connection of its own."""

    def __init__(self, settings: MailSettings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Remember where to connect; nothing is opened yet."""
        self.settings = settings
        self.timeout_seconds = timeout_seconds
        self._under_way: smtplib.SMTP | None = None

    def send(self, letter_id: str, message: EmailMessage, hand_over: Callable[[], None]) -> None:
        """Send one message; `Carrier.send` says what is raised."""
        content = _with_dots_doubled(message.as_bytes())
        with closing(self._connected()) as connection:
            self._under_way = connection
            try:
                self._sign_in(connection)
                self._announce(connection, message)
                hand_over()
                self._hand_over(connection, content)
            except smtplib.SMTPAuthenticationError as error:
                raise CorrectSettings(f"{self._name} does not accept the user and password of the settings.") from error
            except (smtplib.SMTPException, OSError) as error:
                raise TryLater(f"{self._name} did not take the message ({clean_line(str(error))}).") from error
            finally:
                self._under_way = None
            _say_goodbye(connection)

    def give_up(self) -> None:
        """Break the connection that is under way."""
        connection = self._under_way
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    @property
    def _name(self) -> str:
        return f"The mail server {self.settings.smtp_host}:{self.settings.smtp_port}"

    def _announce(self, connection: smtplib.SMTP, message: EmailMessage) -> None:
        """Say from whom and to whom, and hear that the message may come."""
        code, words = connection.mail(_bare(message["From"]))
        if code // 100 != _DONE:
            said = f"{self._name} takes nothing from the from_address of the settings: {code} {_clean(words)}"
            raise CorrectSettings(said) if code >= _FOR_GOOD else WayDown(said)
        code, words = connection.rcpt(_bare(message["To"]))
        if code // 100 != _DONE:
            raise _refusal(code, words)
        code, words = connection.docmd("DATA")
        if code // 100 != _GO_ON:
            raise _refusal(code, words)

    def _hand_over(self, connection: smtplib.SMTP, content: bytes) -> None:
        """Send the message itself. Once its last dot is on the way, silence may mean yes."""
        connection.send(content)
        connection.send(b".\r\n")
        try:
            if connection.sock is not None:
                connection.sock.settimeout(_LAST_WORD_TIMES * self.timeout_seconds)
            code, words = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{self._name} did not say whether it took the message ({clean_line(str(error))})."
            raise Unsure(problem) from error
        if code // 100 != _DONE:
            raise _refusal(code, words)

    def _connected(self) -> smtplib.SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        try:
            if port == _TLS_PORT:
                return smtplib.SMTP_SSL(host, port, timeout=self.timeout_seconds, context=ssl.create_default_context())
            with ExitStack() as on_failure:
                connection = smtplib.SMTP(host, port, timeout=self.timeout_seconds)
                on_failure.callback(connection.close)
                self._under_way = connection
                connection.ehlo_or_helo_if_needed()
                if connection.has_extn("starttls"):
                    connection.starttls(context=ssl.create_default_context())
                on_failure.pop_all()
                return connection
        except ssl.SSLCertVerificationError as error:
            raise CorrectSettings(
                f"The certificate of the mail server {host} cannot be trusted ({error.verify_message}). "
                "Make the city's own authority known to this machine, for example through SSL_CERT_FILE."
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise WayDown(f"{self._name} cannot be reached ({clean_line(str(error))}).") from error

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        if not self.settings.smtp_user:
            return
        if not isinstance(connection.sock, ssl.SSLSocket):
            raise CorrectSettings(f"{self._name} offers no TLS: Crew does not send it the password in the clear.")
        try:
            password = Path(self.settings.smtp_password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CorrectSettings(
                f"The password of the mail server cannot be read from {self.settings.smtp_password_file} ({error})."
            ) from error
        connection.login(self.settings.smtp_user, password)


def carrier(settings: MailSettings, data_dir: Path) -> Carrier:
    """The way that the settings choose: a mail server where one is named and no folder is, else a folder."""
    if settings.smtp_host and not settings.folder:
        return Server(settings)
    return Folder(Path(settings.folder) if settings.folder else data_dir / "mail")


def _bare(header: object) -> str:
    """The one address of a header without its name, as the envelope has it."""
    addresses: Sequence[Address] = getattr(header, "addresses", ())
    return addresses[0].addr_spec


def _with_dots_doubled(content: bytes) -> bytes:
    """The message as it travels: a line with nothing but a dot would end it (RFC 5321 section 4.5.2)."""
    return _DOT.sub(b"..", content)


def _say_goodbye(connection: smtplib.SMTP) -> None:
    """End the conversation; the message is taken, whatever is said to that."""
    with suppress(smtplib.SMTPException, OSError):
        if connection.sock is not None:
            connection.sock.settimeout(_GOODBYE_SECONDS)
        connection.quit()


def _refusal(code: int, raw: bytes | str) -> CrewError:
    """One sentence for the server's answer to one message, and whether it is for good."""
    sentence = f"The mail server answered {code}: {_clean(raw)}"
    return RecipientRefused(sentence) if code >= _FOR_GOOD else TryLater(sentence)


def _clean(raw: bytes | str) -> str:
    return clean_line(raw.decode(errors="replace") if isinstance(raw, bytes) else raw)
