"""Asks the city's identity provider over HTTP: bounded, encrypted, without redirects. Imports httpx. Backend layer.

Knows no OpenID Connect. Blocks, so it belongs into a thread; never tries twice.
"""

import logging
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

from crew.domain.errors import CallForHelp, TryLater
from crew.domain.this_machine import is_this_machine
from crew.domain.value import Value

_log: Final = logging.getLogger(__name__)
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 1_000_000
_DOWN: Final = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)
AWAY: Final = "The city's sign-in service cannot be reached from the backend now. Try again in a moment."
BROKEN: Final = "The city's sign-in service answers in a way that the backend cannot use. Tell its administrator."


class Told(Value):
    """A whole answer: its status, and the JSON object in it."""

    status: int
    values: dict[str, Any]

    @property
    def is_success(self) -> bool:
        """Whether it was done."""
        return httpx.codes.is_success(self.status)


class ProviderExchange:
    """Exchanges with the provider, each over a connection of its own: they are few, and nothing has to be closed."""

    def __init__(self) -> None:
        self._trusted: Final = httpx.create_ssl_context()

    def get(self, url: str, token: str = "") -> Told:
        """Fetch a JSON object. Raises as `post`."""
        return self._ask(httpx.Request("GET", url, headers={"Authorization": f"Bearer {token}"} if token else {}))

    def post(self, url: str, form: Mapping[str, str], secret: tuple[str, str] | None = None) -> Told:
        """Send a form and read a JSON object.

        Args:
            url: Where to.
            form: The fields.
            secret: The client's id and secret, for HTTP's basic authentication.

        Raises:
            TryLater: No answer, or one that says that the provider is not well.
            CallForHelp: The address is none that may be asked, or what came is no JSON object.
        """
        request = httpx.Request("POST", url, data=dict(form))
        return self._ask(next(httpx.BasicAuth(*secret).auth_flow(request)) if secret else request)

    def _ask(self, request: httpx.Request) -> Told:
        require_safe(str(request.url))
        try:
            with (
                httpx.Client(timeout=_SECONDS, verify=self._trusted) as client,
                closing(client.send(request, stream=True)) as response,
            ):
                content = self._content(response)
        except httpx.HTTPError as error:
            _log.warning("The identity provider cannot be reached at %s: %s", request.url, error)
            raise TryLater(AWAY) from error
        if response.status_code in _DOWN or response.is_server_error:
            _log.warning("The identity provider answers %s at %s", response.status_code, request.url)
            raise TryLater(AWAY)
        try:
            return Told(response.status_code, msgspec.json.decode(content, type=dict[str, Any]))
        except msgspec.DecodeError as error:
            _log.warning("The identity provider answers %s without JSON at %s", response.status_code, request.url)
            raise CallForHelp(BROKEN) from error

    def _content(self, response: httpx.Response) -> bytes:
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _MOST_BYTES:
                _log.warning("The identity provider answers without end at %s", response.url)
                raise CallForHelp(BROKEN)
        return bytes(content)


def require_safe(url: str) -> None:
    """Check that an address is https, or this very machine.

    Raises:
        CallForHelp: It is not.
    """
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe:
        _log.warning("The identity provider names an address that is not https: %.200s", url)
        raise CallForHelp(BROKEN)
