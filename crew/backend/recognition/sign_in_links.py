"""Links that sign a citizen in: asked for, mailed by a worker, used once by a post. Backend layer.

Whether an address is known is found out by the worker, so that whoever asks cannot tell. An address that the city has
never heard of gets no mail: nobody can make the city write to strangers.
"""

import logging
import secrets
import threading
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select, update

from crew.backend import contacts as door
from crew.backend.contact_keys import KeyAway, Locked
from crew.backend.languages import chosen_language
from crew.backend.notices.mail import carrier
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.notices.way import RecipientRefused
from crew.backend.public.page_links import page_secret, page_token, request_of_token
from crew.backend.public.rendering import rendered
from crew.backend.recognition.accounts import account_for, begin_session
from crew.backend.schema import accounts, contacts, sign_in_links
from crew.domain.errors import CrewError
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.languages import Language

SIGN_IN: Final = "signin"
"""The purpose of a link that signs a citizen in."""

MINUTES: Final = 30
_MOST_AN_HOUR: Final = 3
_POLL_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 60.0
_log: Final = logging.getLogger(__name__)


def ask(city: "City", mail_address: str, language: str) -> None:
    """Note that somebody wants to be signed in with an address; the same happens for every address.

    Args:
        city: Where it is noted.
        mail_address: The address, as it was typed.
        language: The code of the language in which they asked.

    Raises:
        CorrectInput: It is no mail address.
        KeyAway: Addresses cannot be looked up without a key that is not here.
    """
    address, now = str(read_mail_address(mail_address).addr_spec), city.clock()
    with city.database.writing() as connection:
        hashed = door.hashed(door.lookup_secret(connection, city.contact_keys), address)
        connection.execute(delete(sign_in_links).where(sign_in_links.c.made_at < now - timedelta(days=1)))
        lately = select(func.count()).where(
            sign_in_links.c.mail_hash == hashed, sign_in_links.c.made_at > now - timedelta(hours=1)
        )
        too_many = (connection.scalar(lately) or 0) >= _MOST_AN_HOUR
        link_id = secrets.token_hex(8)  # its proof is what cannot be guessed
        locked = city.contact_keys.lock(address.encode(), about=link_id)
        connection.execute(
            insert(sign_in_links),
            {
                "id": link_id,
                "mail_hash": hashed,
                "key_id": locked.key_id,
                "content": locked.content,
                "made_at": now,
                "expires_at": now + timedelta(minutes=MINUTES),
                "mailed_at": now if too_many else None,
                "language": language,
            },
        )


def is_open(city: "City", token: str) -> bool:
    """Whether a link can still be used."""
    with city.database.reading() as connection:
        return _usable(connection, city, token) is not None


def use(city: "City", token: str) -> str | None:
    """Use a link up, and return what the browser has to show from now on; None where it cannot be used any more."""
    with city.database.writing() as connection:
        link_id = _usable(connection, city, token)
        if link_id is None:
            return None
        mail_hash = connection.scalar(select(sign_in_links.c.mail_hash).where(sign_in_links.c.id == link_id)) or ""
        used = update(sign_in_links).where(sign_in_links.c.id == link_id).values(used_at=city.clock(), content=b"")
        connection.execute(used)
        return begin_session(connection, city, account_for(connection, city, mail_hash))


def _hand_over() -> None:
    """A second link does no harm, so nothing is noted before one is handed over."""


def mail_links(city: "City") -> int:
    """Mail the links that were asked for to addresses that the city knows, and return how many left.

    Raises:
        CrewError: Mail cannot leave now; what is due stays due until it is too old.
    """
    now, way, sent = city.clock(), carrier(city.settings.mail, city.data_dir), 0
    waiting = select(sign_in_links).where(sign_in_links.c.mailed_at.is_(None), sign_in_links.c.expires_at > now)
    with city.database.reading() as connection:
        rows = [(row, _is_known(connection, row.mail_hash)) for row in connection.execute(waiting).all()]
        secret = page_secret(connection)
    for row, known in rows:
        if known:
            try:
                address = city.contact_keys.unlock(Locked(row.key_id, row.content), about=row.id).decode()
                language = chosen_language(city.settings.public.languages, row.language, "")
                message = _message(city, language, row.id, read_mail_address(address), secret)
                way.send(row.id, message, _hand_over)
                sent += 1
            except (RecipientRefused, KeyAway) as problem:
                _log.warning("A link to sign in was given up. %s", problem.sentence)
        with city.database.writing() as connection:
            done = update(sign_in_links).where(sign_in_links.c.id == row.id)
            connection.execute(done.values(mailed_at=city.clock(), content=b""))
    return sent


def mail_forever(city: "City", stop: threading.Event) -> None:
    """Mail what was asked for, again and again, until `stop` is set; meant for a thread of its own."""
    pause = _POLL_SECONDS
    while not stop.wait(pause):
        try:
            mail_links(city)
            pause = _POLL_SECONDS
        except CrewError as problem:
            _log.warning("No link to sign in can be mailed now. %s", problem.sentence)
            pause = _PAUSE_SECONDS


def _is_known(connection: "Connection", mail_hash: str) -> bool:
    """Whether somebody has reported with an address, or has an account."""
    known = (select(table.c.mail_hash).where(table.c.mail_hash == mail_hash).limit(1) for table in (contacts, accounts))
    return any(connection.execute(question).first() is not None for question in known)


def _usable(connection: "Connection", city: "City", token: str) -> str | None:
    link_id = request_of_token(page_secret(connection), token, SIGN_IN)
    question = select(sign_in_links.c.id).where(
        sign_in_links.c.id == link_id,
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > city.clock(),
    )
    return connection.scalar(question)


def _message(city: "City", language: "Language", link_id: str, recipient: Address, secret: str) -> EmailMessage:
    sender, name = city.settings.mail.from_address, clean_line(city.settings.city_name)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = recipient
    message["Subject"] = language.words["account_mail_subject"]
    message["Date"] = format_datetime(city.clock())
    message["Message-ID"] = f"<sign-in.{link_id}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    token, root = page_token(secret, link_id, SIGN_IN), city.settings.public_url.rstrip("/")
    filling = {"t": language.words, "city_name": name, "minutes": MINUTES}
    message.set_content(rendered("sign_in.txt", {**filling, "link": f"{root}/l/{token}?lang={language.code}"}))
    message["Content-Language"] = language.code
    return message
