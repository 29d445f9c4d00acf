"""What the city's posts say of an order, word for word: on a device beforehand, and when it leaves. Domain; pure.

A template is filled by replacing names in braces and nothing else, so no word that comes from outside can be one. A
place is what somebody typed as an address: what would call a name, a topic or another site is taken out of it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from crew.domain.approving import to_approve
from crew.domain.plain_text import clean_line
from crew.domain.posting import Account, Posting
from crew.domain.public_places import block_of, coarse_place
from crew.domain.work_order import WorkOrder

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_CUT: Final = "…"
_NO_PLACE_LETTER: Final = re.compile(r"[^\w\s,.'\u2019/&()\u2013-]|_")
"""Of a place are letters, digits and some signs; "@", "#" and ":" are not among them."""

_NO_PAUSE: Final = re.compile(r"\.(?=\S)|/{2,}")
"""A dot inside a word makes an address of it, and two strokes do."""

_PLACE_LETTERS: Final = 80


def is_awaited(posting: Posting, order: WorkOrder, now: datetime) -> bool:
    """Whether somebody should say a word about a photo of an order."""
    if not to_approve(order) or now - order.ended_at > timedelta(hours=posting.listed_hours):
        return False
    return posting.feeds is not None or any(tells_of(account, order) for account in posting.accounts)


def tells_of(account: Account, order: WorkOrder) -> bool:
    """Whether orders of this service are told of there."""
    return not account.services or order.service_code in account.services


def previews(posting: Posting, order: WorkOrder, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Where the photo of an order that is done is shown once it is approved, and the words beside it, exactly."""
    for account in posting.accounts:
        if tells_of(account, order):
            words = words_of(account, order, order.ended_at.astimezone(zone))
            yield account.name, filled(account.finished, words, account.letters)
    if posting.feeds is not None:
        feeds = posting.feeds
        place = coarse_place(order.address, order.lat, order.long) or feeds.somewhere
        yield feeds.name, feed_title(_service(feeds, order), place)


def words_of(account: Account, order: WorkOrder, local: datetime) -> dict[str, str]:
    """What fills the templates of an account: the service, the block, a day of the city's, the page of the order."""
    place = posted_place(order.address) or account.somewhere
    page = f"{account.link}{order.linked_to or order.id}"
    return {"service": _service(account, order), "place": place, "when": account.days.written(local), "link": page}


def feed_title(service: str, place: str) -> str:
    """What heads the entry of a request in the feeds."""
    return clean_line(f"{service}, {place}")


def posted_place(address: str) -> str:
    """An address by the block, in words that lead nowhere and call nobody; empty where nothing is left."""
    plain = _NO_PAUSE.sub(" ", _NO_PLACE_LETTER.sub(" ", clean_line(block_of(address))))
    return cut(" ".join(plain.split()), _PLACE_LETTERS)


def blanks_of(template: str) -> list[str]:
    """The names that a template has in braces."""
    return _FIELD.findall(template)


def without_blanks(template: str) -> str:
    """What a template says by itself."""
    return _FIELD.sub("", template)


def filled(template: str, words: Mapping[str, str], letters: int) -> str:
    """A post: where it is too long the place is cut at a word, then the post itself."""
    text = _fill(template, words)
    if len(text) > letters:
        text = _fill(template, {**words, "place": cut(words["place"], len(words["place"]) - (len(text) - letters))})
    return cut(text, letters)


def cut(text: str, letters: int) -> str:
    """The text, or as many of its first words as fit with a sign that some are missing."""
    if len(text) <= letters:
        return text
    if letters < len(_CUT):
        return ""
    kept = text[: letters - len(_CUT) + 1]
    whole = kept.rpartition(" ")[0] if " " in kept else kept[:-1]
    return whole.rstrip(" ,.;:") + _CUT


def _service(account: Account, order: WorkOrder) -> str:
    return clean_line((account.names or {}).get(order.service_code, order.service_name))


def _fill(template: str, words: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: words[found[1]], template)
