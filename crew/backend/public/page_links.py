"""Makes and reads the unguessable links of citizens' pages. Backend layer; pure but for the one stored secret.

A link names one service request and proves, by an HMAC, that this backend made it. Nothing else opens a page.
"""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from crew.backend.database import setting

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PROOF_BYTES: Final = 18  # 144 bits; a multiple of three, so that base64 needs no padding
_PROOF_LETTERS: Final = _PROOF_BYTES * 4 // 3


PAGE: Final = "page"
"""The purpose of a link that opens a report's page."""

QUIET: Final = "quiet"
"""The purpose of a link that ends the mails to the report's address."""


def page_token(secret: str, request_id: str, purpose: str = PAGE) -> str:
    """The token of a service request's link: safe in an address, at most a third longer than the id and 24 letters."""
    name = base64.urlsafe_b64encode(request_id.encode()).decode().rstrip("=")
    return _proof(secret, request_id, purpose) + name


def request_of_token(secret: str, token: str, purpose: str = PAGE) -> str | None:
    """The service request that a token opens, or None where this backend did not make it for this purpose."""
    name = token[_PROOF_LETTERS:]
    try:
        request_id = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
        genuine = hmac.compare_digest(page_token(secret, request_id, purpose).encode(), token.encode())
    except ValueError:
        return None
    return request_id if genuine else None


def _proof(secret: str, request_id: str, purpose: str) -> str:
    digest = hmac.digest(secret.encode(), f"{purpose}\0{request_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).decode()


def page_address(connection: "Connection", public_url: str, request_id: str) -> str:
    """The full address of a service request's page; empty where the city has no public address."""
    if not public_url:
        return ""
    return f"{public_url.rstrip('/')}/r/{page_token(page_secret(connection), request_id)}"


def quiet_address(connection: "Connection", public_url: str, request_id: str) -> str:
    """The full address where the mails about a service request end; empty where the city has no public address."""
    if not public_url:
        return ""
    return f"{public_url.rstrip('/')}/u/{page_token(page_secret(connection), request_id, QUIET)}"


def page_secret(connection: "Connection") -> str:
    """The secret that signs the links of this database."""
    return setting(connection, "page_secret")
