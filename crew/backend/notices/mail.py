"""Sends one mail message through the city's mail server, or leaves it in a folder. Backend layer.

Knows nothing of work orders. Opportunistic TLS: STARTTLS wherever it is offered, with the certificate checked;
a password never travels without it.
"""

import os
import smtplib
import ssl
from contextlib import ExitStack
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final, Protocol

from crew.backend.backend_settings import MailSettings
from crew.domain.errors import CorrectSettings, CrewError, TryLater
from crew.domain.plain_text import clean_line
from crew.durable import sync_folder

TIMEOUT_SECONDS: Final = 20.0
_TLS_PORT: Final = 465


class RecipientRefused(CrewError):
    """The mail server says for good that it will not take this message: the address is wrong or closed."""


class ServerAway(TryLater):
    """The mail server itself cannot be reached: no other message will fare better now."""


class Carrier(Protocol):
    """A way for messages to leave."""

    def send(self, notice_id: str, message: EmailMessage) -> None:
        """Hand one message on.

        Raises:
            RecipientRefused: It will never be taken.
            ServerAway: Nothing can leave now.
            TryLater: It was not taken now.
            CorrectSettings: The way itself is set up wrong.
        """


class Folder:
    """Leaves each message as a file, for demos and for cities whose own system sends them."""

    def __init__(self, path: Path) -> None:
        """Write into `path`, which is made when the first message comes."""
        self.path = path

    def send(self, notice_id: str, message: EmailMessage) -> None:
        """Write `<notice_id>.eml`; a reader of the folder never sees half of it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished = self.path / f".{notice_id}.part"
            with unfinished.open("wb") as file:
                file.write(message.as_bytes(policy=SMTP))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path / f"{notice_id}.eml")
            sync_folder(self.path)
        except OSError as error:
            raise TryLater(f"The mail folder {self.path} cannot be written ({error.strerror}).") from error


class Server:
    """Sends each message over SMTP, in a connection of its own."""

    def __init__(self, settings: MailSettings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Remember where to connect; nothing is opened yet."""
        self.settings = settings
        self.timeout_seconds = timeout_seconds

    def send(self, notice_id: str, message: EmailMessage) -> None:
        """Send one message; `Carrier.send` says what is raised."""
        try:
            with self._connected() as connection:
                self._sign_in(connection)
                connection.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise CorrectSettings(f"{self._name} does not accept the user and password of the settings.") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"{self._name} did not take the message ({clean_line(str(error))}).") from error

    @property
    def _name(self) -> str:
        return f"The mail server {self.settings.smtp_host}:{self.settings.smtp_port}"

    def _connected(self) -> smtplib.SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        try:
            if port == _TLS_PORT:
                return smtplib.SMTP_SSL(host, port, timeout=self.timeout_seconds, context=ssl.create_default_context())
            with ExitStack() as on_failure:
                connection = smtplib.SMTP(host, port, timeout=self.timeout_seconds)
                on_failure.callback(connection.close)
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
            raise ServerAway(f"{self._name} cannot be reached ({clean_line(str(error))}).") from error

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


def _refusal(code: int, raw: bytes | str) -> CrewError:
    """One sentence for the server's answer to one message, and whether it is for good."""
    words = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    sentence = f"The mail server answered {code}: {clean_line(words)}"
    return RecipientRefused(sentence) if 500 <= code < 600 else TryLater(sentence)
