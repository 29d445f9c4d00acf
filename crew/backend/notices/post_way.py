"""Posts to everybody, on an account of the city's that Apprise knows: Mastodon, Bluesky, X. Backend layer.

A post is text from the city's template: the type, the place by the block, a day, the address of the public page. Its
place is what somebody typed as an address: what would call a name, a topic or another site is taken out of it. Apprise
cannot take a post back, so where one is not so any more another says that.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend.languages import Language, language_of
from crew.backend.notice_kinds import KINDS, Kind
from crew.backend.notices.apprise_way import say_to, speaker_of
from crew.backend.notices.letters import Letter
from crew.backend.notices.states import State, post_way
from crew.backend.notices.way import Overtaken
from crew.backend.order_loading import load_order
from crew.backend.post_settings import cut, filled
from crew.backend.public.public_places import block_of
from crew.backend.public.public_words import ended_at
from crew.backend.schema import notice_events, notices
from crew.domain.plain_text import clean_line
from crew.domain.work_order import PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.post_settings import PostSettings

_NO_PLACE_LETTER: Final = re.compile(r"[^\w\s,.'\u2019/&()\u2013-]|_")
"""Of a place are letters, digits and some signs; "@", "#" and ":" are not among them."""

_NO_PAUSE: Final = re.compile(r"\.(?=\S)|/{2,}")
"""A dot inside a word makes an address of it, and two strokes do."""

_PLACE_LETTERS: Final = 80


class PostWay:
    """An account of the settings that posts."""

    def __init__(self, city: "City", settings: "PostSettings") -> None:
        """Post on one account; nothing is opened, read or imported yet."""
        self._city: Final = city
        self._settings: Final = settings
        self.name: Final = post_way(settings.name)

    @property
    def title(self) -> str:
        """As an administrator reads it."""
        return f'posts on "{self._settings.name}"'

    def kinds_at(self, moment: datetime) -> Iterable[Kind]:
        """Everything, at any time: nobody is woken by a post."""
        return KINDS

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Post one event; `Way.send` says what is raised."""
        text = self._text(letter)
        speaker = speaker_of(self._settings.url_file, "[[posts]]")
        hand_over()
        say_to(speaker, self.title, "", text)

    def give_up(self) -> None:
        """Nothing to do: Apprise waits for some seconds at most."""

    def _text(self, letter: Letter) -> str:
        city, kind = self._city, letter.first.news
        with city.database.reading() as connection:
            asked = select(notice_events.c.order_id).where(notice_events.c.id == letter.first.event_id)
            order_id = connection.scalar(asked)
            order = load_order(connection, city.catalogue, order_id) if order_id else None
            if order is None or not _is_so(order, kind):
                raise Overtaken("It is not so any more.")
            if kind in _CORRECTED_BY and not self._was_posted(connection, order, _CORRECTED_BY[kind]):
                raise Overtaken("Nothing was posted that this would correct.")
        return filled(self._template(kind), self._words(order, kind), self._settings.letters)

    def _was_posted(self, connection: "Connection", order: WorkOrder, kinds: Iterable[Kind]) -> bool:
        posted = (
            select(notices.c.id)
            .join(notice_events, notice_events.c.id == notices.c.event_id)
            .where(notice_events.c.order_id == order.id, notices.c.kind.in_(tuple(kinds)))
            .where(notices.c.way == self.name, notices.c.state == State.SENT)
        )
        return connection.execute(posted.limit(1)).first() is not None

    def _template(self, kind: Kind) -> str:
        if kind in _CORRECTED_BY:
            return self._settings.corrected
        return self._settings.finished if kind == "done" else self._settings.open

    def _words(self, order: WorkOrder, kind: Kind) -> dict[str, str]:
        settings = self._city.settings
        language = language_of(self._settings.language or settings.public.languages[0])
        page = f"{settings.public_url.rstrip('/')}/requests/{order.linked_to or order.id}"
        day = language.day(_happened(self._city, order, kind), ZoneInfo(settings.time_zone))
        service = clean_line(language.service(order.service_code, order.service_name))
        return {"service": service, "place": posted_place(language, order), "when": day, "link": page}


def posted_place(language: Language, order: WorkOrder) -> str:
    """Where it is, by the block, in words that lead nowhere and call nobody."""
    plain = _NO_PAUSE.sub(" ", _NO_PLACE_LETTER.sub(" ", clean_line(block_of(order.address))))
    return cut(" ".join(plain.split()), _PLACE_LETTERS) or language.words["no_place"]


_CORRECTED_BY: Final[dict[Kind, tuple[Kind, ...]]] = {"reopened": ("done",), "cant_do": ("received", "done")}
"""Which posts are not so any more after an event; of endings only that of a duplicate is posted."""


def post_ways(city: "City", order: WorkOrder, kind: Kind, only: Iterable[str] | None = None) -> Iterable[str]:
    """The accounts that an event is posted on; one that concerns those alone who joined a report is on none."""
    if only is not None and order.id not in only:
        return []
    return [post_way(post.name) for post in city.settings.posts if _is_posted(post, order, kind)]


def _is_posted(post: "PostSettings", order: WorkOrder, kind: Kind) -> bool:
    is_among = not post.services or order.service_code in post.services
    match kind:
        case "received":
            return is_among and "open" in post.kinds
        case "done":
            return is_among and "finished" in post.kinds
        case "reopened":
            return "finished" in post.kinds
        case "cant_do":
            return bool(order.linked_to)
        case "scheduled" | "moved":
            return False
        case _:
            assert_never(kind)


def _is_so(order: WorkOrder, kind: Kind) -> bool:
    if kind == "cant_do":
        return bool(order.linked_to)
    if kind == "done":
        return order.work_status is WorkStatus.DONE and not order.linked_to
    return order.public_status is PublicStatus.OPEN and not order.linked_to


def _happened(city: "City", order: WorkOrder, kind: Kind) -> datetime:
    if kind == "received":
        return order.requested_at
    return ended_at(order) if kind == "done" else city.clock()
