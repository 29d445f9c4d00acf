"""Who reported: the one door to names, mail addresses and telephone numbers. Backend layer.

Every contact is locked for its own request, so that nobody can read one in the database or put it in another's place.
A contact whose key is away stays where it is and opens again when the key is back. Nothing of it is ever logged.
"""

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, insert, select, update

from crew.backend.contact_keys import ContactKeys, KeyAway, Locked
from crew.backend.database import set_setting
from crew.backend.schema import contacts, service_requests, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from crew.backend.city import City

LOOKUP_SETTING: Final = "contacts_lookup"
"""Holds, locked, the secret under which mail addresses are hashed."""

_LOOKUP_BYTES: Final = 32


class Reporter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody said of themselves with a report, and in which language they did."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    device_id: str = ""
    account_id: str = ""
    language: str = ""


def keep(connection: "Connection", city: "City", request_id: str, reporter: Reporter) -> None:
    """Lock a contact away, inside the transaction that writes its request; of who said nothing, nothing is kept."""
    if reporter == Reporter(language=reporter.language):
        return
    locked = city.contact_keys.lock(msgspec.json.encode(reporter), about=request_id)
    row = {"request_id": request_id, "key_id": locked.key_id, "content": locked.content}
    has_mail, hashed = bool(reporter.email), mail_hash(connection, city.contact_keys, reporter.email)
    more = {"has_mail": has_mail, "mail_hash": hashed, "created_at": city.clock()}
    connection.execute(insert(contacts), {**row, **more})


def contact_of(connection: "Connection", city: "City", request_id: str) -> Reporter:
    """What the reporter of a request said of themselves; nothing where it was never said, or is forgotten.

    Raises:
        KeyAway: It is there and cannot be opened.
    """
    columns = (contacts.c.key_id, contacts.c.content)
    row = connection.execute(select(*columns).where(contacts.c.request_id == request_id)).first()
    return Reporter() if row is None else _opened(city.contact_keys, request_id, Locked(row.key_id, row.content))


def mail_addresses(connection: "Connection", city: "City", order_id: str) -> list[tuple[str, str]]:
    """The requests of an order whose reporters can be written to, each with the address.

    Raises:
        KeyAway: One of them cannot be opened.
    """
    return [
        (request_id, contact_of(connection, city, request_id).email)
        for request_id in requests_with_mail(connection, order_id)
    ]


def requests_with_mail(connection: "Connection", order_id: str) -> list[str]:
    """The requests of an order whose reporters can be written to; needs no key."""
    question = (
        select(contacts.c.request_id)
        .join(service_requests, service_requests.c.id == contacts.c.request_id)
        .where(service_requests.c.order_id == order_id, contacts.c.has_mail)
        .order_by(contacts.c.request_id)
    )
    return list(connection.scalars(question))


def hash_of_request(connection: "Connection", city: "City", request_id: str) -> str:
    """The hash of the mail address that a request came with; empty where it has none.

    Raises:
        KeyAway: It was kept while the lookup secret could not be opened, and cannot be worked out now either.
    """
    columns = (contacts.c.has_mail, contacts.c.mail_hash)
    row = connection.execute(select(*columns).where(contacts.c.request_id == request_id)).first()
    if row is None or not row.has_mail or row.mail_hash:
        return row.mail_hash if row else ""
    return hashed(lookup_secret(connection, city.contact_keys), contact_of(connection, city, request_id).email)


def mail_hash(connection: "Connection", keys: ContactKeys, mail_address: str) -> str:
    """The hash of an address, or nothing while the key of the lookup secret is away; `rekey` makes up for it."""
    if not mail_address:
        return ""
    try:
        return hashed(lookup_secret(connection, keys), mail_address)
    except KeyAway:
        return ""


def hashed(secret: bytes, mail_address: str) -> str:
    """What stands for a mail address in the database: nobody without the secret can try addresses against it."""
    return rehashed(secret, hashlib.sha256(mail_address.strip().lower().encode()).hexdigest())


def rehashed(secret: bytes, sha256: str) -> str:
    """The same from the plain SHA-256 that older databases hold."""
    return hmac.digest(secret, sha256.encode(), hashlib.sha256).hex()


def lookup_secret(connection: "Connection", keys: ContactKeys) -> bytes:
    """The secret of the hashes; made with the first address.

    Raises:
        KeyAway: It is locked with a key that is not here.
    """
    stored = connection.scalar(select(settings.c.value).where(settings.c.name == LOOKUP_SETTING))
    if stored is not None:
        named, _, content = stored.partition(":")
        return keys.unlock(Locked(named, bytes.fromhex(content)), LOOKUP_SETTING)
    secret = secrets.token_bytes(_LOOKUP_BYTES)
    keep_lookup_secret(connection, keys, secret)
    return secret


def keep_lookup_secret(connection: "Connection", keys: ContactKeys, secret: bytes) -> None:
    """Write the lookup secret, locked with the newest key."""
    locked = keys.lock(secret, LOOKUP_SETTING)
    set_setting(connection, LOOKUP_SETTING, f"{locked.key_id}:{locked.content.hex()}")


def keys_in_use(connection: "Connection") -> dict[str, int]:
    """How many contacts are locked with each key, by the key's id; the lookup secret's key is among them."""
    counts: dict[str, int] = {}
    stored = connection.scalar(select(settings.c.value).where(settings.c.name == LOOKUP_SETTING))
    if stored is not None:
        counts[stored.partition(":")[0]] = 0
    for named in connection.scalars(select(contacts.c.key_id)):
        counts[named] = counts.get(named, 0) + 1
    return counts


def keys_away(connection: "Connection", keys: ContactKeys) -> dict[str, int]:
    """How many contacts are locked with each key that is not here, by the key's id."""
    return {named: count for named, count in sorted(keys_in_use(connection).items()) if named not in keys.ids}


def rekey(connection: "Connection", city: "City") -> int:
    """Lock everything with the newest key that an older one has locked, and return how many contacts that were.

    Raises:
        KeyAway: Something is locked with a key that is not here; nothing was changed.
    """
    keys = city.contact_keys
    secret = lookup_secret(connection, keys)
    keep_lookup_secret(connection, keys, secret)
    stale = (contacts.c.key_id != keys.newest) | (contacts.c.has_mail & (contacts.c.mail_hash == ""))
    rows = connection.execute(select(contacts.c.request_id, contacts.c.key_id, contacts.c.content).where(stale)).all()
    for row in rows:
        reporter = _opened(keys, row.request_id, Locked(row.key_id, row.content))
        locked = keys.lock(msgspec.json.encode(reporter), about=row.request_id)
        values = {"key_id": locked.key_id, "content": locked.content}
        values["mail_hash"] = hashed(secret, reporter.email) if reporter.email else ""
        connection.execute(update(contacts).where(contacts.c.request_id == row.request_id).values(values))
    return len(rows)


def erase(connection: "Connection", request_ids: "Iterable[str]") -> int:
    """Delete contacts for ever, and return how many there were."""
    return sum(
        connection.execute(delete(contacts).where(contacts.c.request_id == request_id)).rowcount
        for request_id in request_ids
    )


def _opened(keys: ContactKeys, request_id: str, locked: Locked) -> Reporter:
    return msgspec.json.decode(keys.unlock(locked, about=request_id), type=Reporter)
