"""Forgets who reported: after a time by itself, and at once where somebody asks for it. Backend layer.

What was reported and done stays; who reported it goes, for ever. What left the backend before is out of its reach:
backups, mails that were sent, and what a city's own system has fetched.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from crew.backend import contacts as door
from crew.backend.contact_keys import KeyAway
from crew.backend.feed import announce
from crew.backend.notices.quiet_addresses import forget_language
from crew.backend.order_writing import Receipt, write_history
from crew.backend.recognition import accounts
from crew.backend.schema import contacts, quiet_addresses, service_requests, settings, work_orders
from crew.domain.errors import CorrectInput, CrewError
from crew.domain.plain_text import clean_line
from crew.domain.value import Value, replace
from crew.domain.work_order import HistoryEntry, PublicStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

REMOVED: Final = "[removed at the wish of who wrote it]"
"""What stands in place of a description that was taken away."""

_BY: Final = "the city"
_DAY_SECONDS: Final = 86_400.0
_log: Final = logging.getLogger(__name__)


class Forgotten(Value):
    """What was forgotten, or would be.

    Attributes:
        contacts: How many contacts.
        texts: How many descriptions.
        accounts: How many accounts.
    """

    contacts: int
    texts: int = 0
    accounts: int = 0


def forget_old(city: "City", *, dry_run: bool = False) -> Forgotten:
    """Forget who reported what has ended for longer than the settings keep it."""
    ended_before = city.clock() - timedelta(days=city.settings.privacy.contact_days)
    with city.database.writing() as connection:
        if not dry_run:
            accounts.keep_reports(connection)  # what somebody has an account for stays their own
        return _erased(connection, _ended(connection, ended_before), dry_run=dry_run)


def forget_address(city: "City", mail_address: str, *, dry_run: bool = False) -> Forgotten:
    """Forget everybody who reported with a mail address, and the account of it.

    Raises:
        KeyAway: The addresses cannot be looked up without a key that is not here.
        CorrectInput: Nobody has reported with it, and no account has it.
    """
    with city.database.writing() as connection:
        hashed = door.hashed(door.lookup_secret(connection, city.contact_keys), mail_address)
        found = connection.scalars(select(contacts.c.request_id).where(contacts.c.mail_hash == hashed)).all()
        account = accounts.has_account(connection, hashed)
        if not found and not account:
            named = clean_line(mail_address)
            raise CorrectInput(f"Nobody reported with {named}, and no account has it. Look whether it is typed right.")
        if not dry_run:
            accounts.erase_of(connection, hashed)
            forget_language(connection, city, hashed)
        erased = _erased(connection, list(found), dry_run=dry_run)
        return replace(erased, accounts=int(account))


def forget_request(city: "City", request_id: str, *, text: bool = False, dry_run: bool = False) -> Forgotten:
    """Forget who sent a request; with `text` what they wrote, too, which the order's history then says.

    Raises:
        CorrectInput: There is no such request.
    """
    with city.database.writing() as connection:
        question = select(service_requests.c.order_id).where(service_requests.c.id == request_id)
        order_id = connection.scalar(question)
        if order_id is None:
            raise CorrectInput(f"There is no service request {request_id}.")
        found = connection.scalars(select(contacts.c.request_id).where(contacts.c.request_id == request_id)).all()
        erased = _erased(connection, list(found), dry_run=dry_run)
        if not dry_run:
            accounts.part(connection, request_id)
        if text and not dry_run:
            _blank(connection, city, request_id, order_id)
        return Forgotten(erased.contacts, int(text))


def forget_locked(city: "City", *, dry_run: bool = False) -> Forgotten:
    """Forget the contacts whose key is lost for ever, so that nothing waits for them any more."""
    keys = city.contact_keys
    with city.database.writing() as connection:
        if not dry_run:
            accounts.keep_reports(connection)
        found = connection.scalars(select(contacts.c.request_id).where(contacts.c.key_id.not_in(keys.ids))).all()
        erased = _erased(connection, list(found), dry_run=dry_run)
        try:
            door.lookup_secret(connection, keys)
        except KeyAway:
            if not dry_run:
                _begin_lookup_anew(connection, city)
        return erased


def forget_forever(city: "City", stop: threading.Event) -> None:
    """Forget what is old, now and once a day, until `stop` is set; meant for a thread of its own."""
    while True:
        try:
            if erased := forget_old(city).contacts:
                _log.info("%s contacts of ended requests were forgotten", erased)
        except CrewError as problem:
            _log.warning("Contacts could not be forgotten; it is tried again tomorrow. %s", problem.sentence)
        if stop.wait(_DAY_SECONDS):
            return


def _ended(connection: "Connection", before: datetime) -> list[str]:
    question = (
        select(contacts.c.request_id)
        .join(service_requests, service_requests.c.id == contacts.c.request_id)
        .join(work_orders, work_orders.c.id == service_requests.c.order_id)
        .where(work_orders.c.public_status == PublicStatus.CLOSED.value, work_orders.c.updated_at < before)
    )
    return list(connection.scalars(question))


def _erased(connection: "Connection", request_ids: list[str], *, dry_run: bool) -> Forgotten:
    return Forgotten(len(request_ids) if dry_run else door.erase(connection, request_ids))


def _blank(connection: "Connection", city: "City", request_id: str, order_id: str) -> None:
    """Take away what somebody wrote. The order has a text of its own where this was the request that made it."""
    gone = {"description": REMOVED, "attributes": "{}", "media_url": ""}
    connection.execute(update(service_requests).where(service_requests.c.id == request_id).values(gone))
    connection.execute(update(work_orders).where(work_orders.c.id == request_id).values(description=REMOVED))
    for changed in dict.fromkeys((order_id, request_id)):
        row = connection.execute(select(work_orders).where(work_orders.c.id == changed)).first()
        if row is None:
            continue
        version = row.version + 1
        connection.execute(update(work_orders).where(work_orders.c.id == changed).values(version=version))
        entry = HistoryEntry(city.clock(), _BY, f"the words of {request_id} were removed")
        write_history(connection, changed, entry, Receipt(version, city.clock()))
        announce(connection, changed, row.crew)


def _begin_lookup_anew(connection: "Connection", city: "City") -> None:
    """Hash addresses under a new secret; who wanted no more mail under the old one cannot be known any more."""
    connection.execute(delete(settings).where(settings.c.name == door.LOOKUP_SETTING))
    connection.execute(delete(quiet_addresses))
    accounts.erase_all(connection)
    connection.execute(update(contacts).values(mail_hash=""))
    door.rekey(connection, city)
