"""Writes feeds of requests as Atom (RFC 4287) and as JSON Feed 1.1. Backend layer; pure.

An entry's id is a tag (RFC 4151), which stays whatever the addresses of pages become.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from xml.etree import ElementTree as ET

from crew.domain.value import Value

_ATOM: Final = "http://www.w3.org/2005/Atom"
_JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
_JPEG: Final = "image/jpeg"
_NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without entries changed last: Atom asks for a moment, and an answer that moves would be sent anew."""

# XML 1.0 section 2.2: a document that holds any other character cannot be parsed, and ElementTree does not look.
_NO_XML_CHARACTER: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FeedFormat(StrEnum):
    """The formats of feeds, by the suffix of the address."""

    ATOM = "atom"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """As links and headers name it."""
        return "application/atom+xml" if self is FeedFormat.ATOM else "application/feed+json"


class Picture(Value):
    """A photo of an entry: its address, and how many bytes of JPEG it has."""

    address: str
    byte_count: int


class Entry(Value):
    """One request.

    Attributes:
        tag: Its id for ever.
        address: Of its page.
        title: What and where.
        words: Where it stands.
        kind: Its type, as a category.
        published: When it was reported.
        updated: When it changed last.
        pictures: Of the finished work, as far as somebody approved them.
    """

    tag: str
    address: str
    title: str
    words: str
    kind: str
    published: datetime
    updated: datetime
    pictures: Sequence[Picture] = ()


class RequestFeed(Value):
    """One page of a feed.

    Attributes:
        tag: The feed's id for ever.
        title: Of the feed.
        author: Who speaks: the city.
        language: Its code.
        page: The address of the same for people.
        own: The address of this page of the feed.
        following: The address of the next page; empty on the last.
        entries: The newest first.
    """

    tag: str
    title: str
    author: str
    language: str
    page: str
    own: str
    following: str
    entries: Sequence[Entry]


def written_feed(feed: RequestFeed, feed_format: FeedFormat) -> str:
    """The document."""
    return _atom(feed) if feed_format is FeedFormat.ATOM else _json_feed(feed)


def _atom(feed: RequestFeed) -> str:
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _say(root, "id", feed.tag)
    _say(root, "title", feed.title)
    _say(root, "updated", _moment(max((one.updated for one in feed.entries), default=_NEVER)))
    _say(ET.SubElement(root, "author"), "name", feed.author)
    _link(root, "self", feed.own, FeedFormat.ATOM.media_type)
    _link(root, "alternate", feed.page, "text/html")
    if feed.following:
        _link(root, "next", feed.following, FeedFormat.ATOM.media_type)
    for one in feed.entries:
        entry = ET.SubElement(root, "entry")
        _say(entry, "id", one.tag)
        _say(entry, "title", one.title)
        _say(entry, "published", _moment(one.published))
        _say(entry, "updated", _moment(one.updated))
        _link(entry, "alternate", one.address, "text/html")
        for picture in one.pictures:
            _link(entry, "enclosure", picture.address, _JPEG, length=str(picture.byte_count))
        ET.SubElement(entry, "category", {"term": _xml(one.kind)})
        _say(entry, "summary", one.words)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _say(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = _xml(words)


def _link(parent: ET.Element, rel: str, address: str, media_type: str, **more: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": media_type, "href": _xml(address), **more})


def _xml(words: str) -> str:
    return _NO_XML_CHARACTER.sub("", words)


def _json_feed(feed: RequestFeed) -> str:
    document = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        **({"next_url": feed.following} if feed.following else {}),
        "authors": [{"name": feed.author}],
        "language": feed.language,
        "items": [
            {
                "id": one.tag,
                "url": one.address,
                "title": one.title,
                "content_text": one.words,
                "date_published": _moment(one.published),
                "date_modified": _moment(one.updated),
                "tags": [one.kind],
                **_json_pictures(one.pictures),
            }
            for one in feed.entries
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def _json_pictures(pictures: Sequence[Picture]) -> dict[str, object]:
    if not pictures:
        return {}
    attached = [{"url": one.address, "mime_type": _JPEG, "size_in_bytes": one.byte_count} for one in pictures]
    return {"image": pictures[0].address, "attachments": attached}


def _moment(moment: datetime) -> str:
    """As RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
