"""Posts to everybody, on an account of the city's that Apprise knows: Mastodon, Bluesky, X. Backend layer.

A post is text from the city's template: the type, the place by the block, a day, the address of the public page; where
the city wants it, with a photo of the finished work that somebody approved. Apprise cannot take a post back, so where
one is not so any more another says that.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend.notice_kinds import KINDS, PHOTO_WITHDRAWN, AnyKind, Kind
from crew.backend.notices.apprise_way import Picture, say_to, speaker_of
from crew.backend.notices.letters import Letter
from crew.backend.notices.post_photos import carried, note_carried, shows_withdrawn
from crew.backend.notices.states import State, post_way
from crew.backend.notices.way import Overtaken
from crew.backend.order_loading import load_order
from crew.backend.posting import account_of
from crew.backend.schema import notice_events, notices
from crew.domain.post_words import filled, words_of
from crew.domain.work_order import PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.post_settings import PostSettings


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

    def kinds_at(self, moment: datetime) -> Iterable[AnyKind]:
        """Everything, at any time: nobody is woken by a post."""
        return (*KINDS, PHOTO_WITHDRAWN)

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Post one event; `Way.send` says what is raised."""
        text, photos = self._post(letter)
        speaker = speaker_of(self._settings.url_file, "[[posts]]")
        note_carried(self._city, letter.first.id, (photo.sha256 for photo in photos))
        hand_over()
        say_to(speaker, self.title, "", text, photos)

    def give_up(self) -> None:
        """Nothing to do: Apprise waits for some seconds at most."""

    def _post(self, letter: Letter) -> "tuple[str, list[Picture]]":
        city, kind = self._city, letter.first.kind
        with city.database.reading() as connection:
            asked = select(notice_events.c.order_id).where(notice_events.c.id == letter.first.event_id)
            order_id = connection.scalar(asked)
            order = load_order(connection, city.catalogue, order_id) if order_id else None
            if order is None or not _is_so(order, kind):
                raise Overtaken("It is not so any more.")
            if self._corrects(kind) and not self._has_to_correct(connection, order, kind):
                raise Overtaken("Nothing was posted that this would correct.")
        words = self._words(order, kind)
        text = filled(self._template(kind), words, self._settings.letters)
        said = f"{words['service']}, {words['place']}"
        shown = carried(order, kind, self._settings)
        return text, [Picture(sha256, city.photo_files.read(sha256), said) for sha256 in shown]

    @staticmethod
    def _corrects(kind: AnyKind) -> bool:
        return kind == PHOTO_WITHDRAWN or kind in _CORRECTED_BY

    def _has_to_correct(self, connection: "Connection", order: WorkOrder, kind: AnyKind) -> bool:
        if kind == PHOTO_WITHDRAWN:
            return shows_withdrawn(connection, order, self.name)
        return self._was_posted(connection, order, _CORRECTED_BY[kind])

    def _was_posted(self, connection: "Connection", order: WorkOrder, kinds: Iterable[Kind]) -> bool:
        posted = (
            select(notices.c.id)
            .join(notice_events, notice_events.c.id == notices.c.event_id)
            .where(notice_events.c.order_id == order.id, notices.c.kind.in_(tuple(kinds)))
            .where(notices.c.way == self.name, notices.c.state == State.SENT)
        )
        return connection.execute(posted.limit(1)).first() is not None

    def _template(self, kind: AnyKind) -> str:
        if self._corrects(kind):
            return self._settings.corrected
        return self._settings.finished if kind == "done" else self._settings.open

    def _words(self, order: WorkOrder, kind: AnyKind) -> dict[str, str]:
        city = self._city
        account = account_of(city.settings, city.catalogue, self._settings)
        happened = _happened(city, order, kind)
        return words_of(account, order, happened.astimezone(ZoneInfo(city.settings.time_zone)))


_CORRECTED_BY: Final[dict[AnyKind, tuple[Kind, ...]]] = {"reopened": ("done",), "cant_do": ("received", "done")}
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


def _is_so(order: WorkOrder, kind: AnyKind) -> bool:
    if kind == PHOTO_WITHDRAWN:
        return True
    if kind == "cant_do":
        return bool(order.linked_to)
    if kind == "done":
        return order.work_status is WorkStatus.DONE and not order.linked_to
    return order.public_status is PublicStatus.OPEN and not order.linked_to


def _happened(city: "City", order: WorkOrder, kind: AnyKind) -> datetime:
    if kind == "received":
        return order.requested_at
    return order.ended_at if kind == "done" else city.clock()
