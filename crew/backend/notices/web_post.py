"""One POST to an address that an administrator named, bounded in time and bytes. Backend layer; knows no notices.

The standard library's client, as here the socket itself is the point: the name is resolved once, every address that it
has is looked at, and the connection goes to one of these. Nothing is followed, no proxy is asked.
"""

import ipaddress
import socket
import ssl
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Final, Self
from urllib.parse import urlsplit

from crew.backend.notices.way import WayDown
from crew.domain.errors import CorrectSettings
from crew.domain.plain_text import clean_line
from crew.domain.value import Value

TIMEOUT_SECONDS: Final = 8.0
_WHOLE_SECONDS: Final = 30.0  # for all of it: an answer that comes in drops would else never end
_LONGEST_AFTER_SECONDS: Final = 3600
_READ_BYTES: Final = 4096


class WebAddress(Value):
    """Where a post goes.

    Attributes:
        host: A name or an address.
        port: The port.
        target: Path and query.
        encrypted: Whether it is https.
        allow_private: Whether it may lead into a network that is not the public one.
    """

    host: str
    port: int
    target: str
    encrypted: bool
    allow_private: bool

    @classmethod
    def read(cls, url: str, *, allow_private: bool) -> Self:
        """Read an address of the settings.

        Raises:
            CorrectSettings: It is none, or not an encrypted one where it must be.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise CorrectSettings("The url of a webhook is none; write it like https://host/path.") from error
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
            raise CorrectSettings("The url of a webhook is none; write it like https://host/path.")
        encrypted = parts.scheme == "https"
        if not encrypted and not allow_private:
            raise CorrectSettings(f"The webhook on {parts.hostname} needs https, or allow_private on the city's own.")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, port or (443 if encrypted else 80), target, encrypted, allow_private)

    def resolved(self) -> str:
        """One address of the host, after a look at all that it has.

        Raises:
            WayDown: The name is not known now.
            CorrectSettings: One of them is not public, and must be.
        """
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise WayDown(f"The name {clean_line(self.host)} is not known ({error.strerror}).") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self.allow_private and not all(is_public(address) for address in addresses):
            raise CorrectSettings(
                f"{clean_line(self.host)} lies in a private network: set allow_private if that is meant."
            )
        return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class PostUnderWay:
    """Posts one after the other; another thread may break off the one that is under way."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Wait so long for each answer of the other side."""
        self._timeout_seconds: Final = timeout_seconds
        self._socket: socket.socket | None = None

    def send(self, address: WebAddress, headers: dict[str, str], body: bytes) -> tuple[int, float | None]:
        """Post, and return the status and for how many seconds the other side wants to be left alone.

        Raises:
            WayDown: There was no answer.
            CorrectSettings: The address may not be posted to, or its certificate cannot be trusted.
        """
        end = Timer(_WHOLE_SECONDS, self.break_off)
        end.daemon = True
        end.start()
        try:
            with closing(self._connected(address)) as connection:
                connection.request("POST", address.target, body, {**headers, "Connection": "close"})
                response = connection.getresponse()
                response.read(_READ_BYTES)
                return response.status, _asked_to_wait(response)
        except ssl.SSLCertVerificationError as error:
            raise CorrectSettings(
                f"The certificate of {clean_line(address.host)} cannot be trusted ({error.verify_message})."
            ) from error
        except (OSError, HTTPException, ValueError) as error:
            raise WayDown(f"{clean_line(address.host)} gave no answer ({clean_line(str(error))}).") from error
        finally:
            end.cancel()
            self._socket = None

    def break_off(self) -> None:
        """Let the post that is under way fail."""
        under_way = self._socket
        if under_way is not None:
            with suppress(OSError):
                under_way.shutdown(socket.SHUT_RDWR)

    def _connected(self, address: WebAddress) -> HTTPConnection:
        connection = HTTPConnection(address.host, address.port, timeout=self._timeout_seconds)
        plain = socket.create_connection((address.resolved(), address.port), self._timeout_seconds)
        self._socket = connection.sock = plain
        if address.encrypted:
            try:
                wrapped = ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)
            except OSError:
                plain.close()
                raise
            self._socket = connection.sock = wrapped
        return connection


def _asked_to_wait(response: HTTPResponse) -> float | None:
    raw = response.getheader("Retry-After", "")
    return float(min(int(raw), _LONGEST_AFTER_SECONDS)) if raw.isascii() and raw.isdecimal() else None
