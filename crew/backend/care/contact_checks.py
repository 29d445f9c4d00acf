"""Whether the contacts of those who reported can be opened, and where their key lies. Backend layer; only reads."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from crew.backend.care.finding import Finding, several
from crew.backend.contact_keys import KEY_FILE, KEY_VARIABLE, ContactKeys
from crew.backend.contacts import keys_away, keys_in_use
from crew.backend.database import SCRUB
from crew.backend.schema import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def contact_findings(connection: "Connection", keys: ContactKeys) -> "Iterator[Finding]":
    """What somebody should do, or know, about the keys."""
    in_use = keys_in_use(connection)
    place = f"as one more line of {KEY_FILE}, which locks by now" if keys.in_folder else f"in {KEY_VARIABLE}"
    for named, count in keys_away(connection, keys).items():
        yield Finding(
            "contacts",
            f"{several(count, 'contact')} locked with the key {named}, which is not here; mails wait for it. "
            f"Give it back {place}; if it is lost for ever: crew backend forget --locked",
        )
    if keys.in_folder and in_use:
        yield Finding(
            "contacts",
            f"The key lies in {KEY_FILE} beside what it locks: whoever copies the folder can read who reported. "
            f"Keep it elsewhere, in {KEY_VARIABLE}.",
            is_fault=False,
        )
    old = {named: count for named, count in in_use.items() if named != keys.newest and named in keys.ids}
    if old:
        words = several(sum(old.values()), "contact")
        yield Finding("contacts", f"{words} locked with an older key: crew backend keys --renew", is_fault=False)
    if connection.scalar(select(settings.c.value).where(settings.c.name == SCRUB)) is not None:
        words = "Contacts that were moved may still lie in free pages: make room, and start the backend again."
        yield Finding("contacts", words)
