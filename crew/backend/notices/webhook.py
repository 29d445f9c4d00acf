"""Tells a program of the city's of events by a signed POST. Backend layer.

The body is what was written down with the event, the same at every try. `Crew-Signature: t=SECONDS,v1=HEX` holds the
HMAC-SHA256 of "SECONDS.BODY"; while a secret is being replaced there is one v1 for each.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from crew.backend.notice_kinds import KINDS, Kind
from crew.backend.notices.letters import Letter
from crew.backend.notices.secret_file import read_secret_lines
from crew.backend.notices.states import webhook_way
from crew.backend.notices.way import Gone, WayDown
from crew.backend.notices.web_post import PostUnderWay, WebAddress
from crew.backend.schema import notice_events

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.notice_settings import WebhookSettings

SIGNATURE: Final = "Crew-Signature"
EVENT: Final = "Crew-Event"
_CONTENT_TYPE: Final = "application/json; charset=utf-8"


def signature_of(secrets: Iterable[str], at: int, body: bytes) -> str:
    """The value of the signature's header: when it was made, in seconds since 1970, and one proof for each secret."""
    signed = str(at).encode() + b"." + body
    proofs = (hmac.digest(secret.encode(), signed, hashlib.sha256).hex() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={proof}" for proof in proofs)])


class WebhookWay:
    """A webhook of the settings."""

    def __init__(self, city: "City", settings: "WebhookSettings") -> None:
        """Tell one webhook; nothing is opened or read yet."""
        self._city: Final = city
        self._settings: Final = settings
        self._post: Final = PostUnderWay()
        self.name: Final = webhook_way(settings.name)

    @property
    def title(self) -> str:
        """As an administrator reads it; addresses of hooks may hold secrets."""
        return f'webhook "{self._settings.name}"'

    def kinds_at(self, moment: datetime) -> Iterable[Kind]:
        """Everything, at any time: a program does not sleep."""
        return KINDS

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Post one event; `Way.send` says what is raised. It may arrive twice, under the same id."""
        address = WebAddress.read(self._settings.url, allow_private=self._settings.allow_private)
        secrets = read_secret_lines(self._settings.secret_file)
        body = self._body(letter)
        now = int(self._city.clock().timestamp())
        headers = {"Content-Type": _CONTENT_TYPE, EVENT: letter.id, SIGNATURE: signature_of(secrets, now, body)}
        status, after = self._post.send(address, headers, body)
        if status == HTTPStatus.GONE:
            raise Gone(f"The {self.title} answered 410: it wants to hear no more. Take it out of the settings.")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise WayDown(f"The {self.title} answered {status}.", after)

    def give_up(self) -> None:
        """Let a post that is under way fail at once."""
        self._post.break_off()

    def _body(self, letter: Letter) -> bytes:
        with self._city.database.reading() as connection:
            asked = select(notice_events.c.facts, notice_events.c.at).where(notice_events.c.id == letter.first.event_id)
            row = connection.execute(asked).one()
        facts: dict[str, Any] = json.loads(row.facts)
        head = {"id": letter.id, "event_id": letter.first.event_id, "at": row.at.isoformat()}
        return json.dumps({**head, **facts}, ensure_ascii=False).encode()
