"""Tells a channel that Apprise knows: a chat room, a gateway for short messages, an account. Backend layer.

Apprise is an extra and takes a while to import, so the worker imports it when there is something to say. Its addresses
hold secrets: they are read from a file, and its own log is off, as it may name them. What is said is made from a
template, without a citizen's words, without the number of a house, without a page that is its reporter's own.
"""

import logging
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend.notice_kinds import KINDS, Kind
from crew.backend.notices.hours import in_quiet_hours
from crew.backend.notices.letters import Letter
from crew.backend.notices.secret_file import read_secret_lines
from crew.backend.notices.states import apprise_way
from crew.backend.notices.way import Overtaken, WayDown
from crew.backend.order_loading import load_order
from crew.backend.schema import notice_events
from crew.domain.contacts import without_contacts
from crew.domain.errors import CorrectSettings, FreeSpace
from crew.domain.plain_text import clean_line
from crew.domain.value import Value

if TYPE_CHECKING:
    import apprise

    from crew.backend.city import City
    from crew.backend.notice_settings import AppriseSettings

_SAID: Final[dict[Kind, str]] = {
    "received": "was reported",
    "scheduled": "is planned",
    "done": "is done",
    "cant_do": "was closed without the work",
    "moved": "went to another agency",
    "reopened": "is open again",
}
_TALKATIVE: Final = ("apprise", "urllib3")
"""Whose logs may name the addresses, which hold secrets."""

_JPEG: Final = "image/jpeg"
_TABLE: Final = "[[notices.apprise]]"
_HOUSE: Final = re.compile(r"^\s*\d[\w/-]{0,8}\s+")


class AppriseWay:
    """A channel of the settings."""

    def __init__(self, city: "City", settings: "AppriseSettings") -> None:
        """Tell one channel; nothing is opened, read or imported yet."""
        self._city: Final = city
        self._settings: Final = settings
        self.name: Final = apprise_way(settings.name)

    @property
    def title(self) -> str:
        """As an administrator reads it."""
        return f'channel "{self._settings.name}"'

    def kinds_at(self, moment: datetime) -> Iterable[Kind]:
        """Everything, in the quiet hours what is urgent, where the channel keeps them."""
        settings = self._city.settings.notices
        zone = ZoneInfo(self._city.settings.time_zone)
        if self._settings.quiet and in_quiet_hours(settings.quiet, moment, zone):
            return settings.urgent_kinds
        return KINDS

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Say one event; `Way.send` says what is raised."""
        title, body = self._words(letter)
        speaker = speaker_of(self._settings.url_file, _TABLE)
        hand_over()
        say_to(speaker, self.title, title, body)

    def say(self, title: str, body: str) -> None:
        """Say something that is no notice, such as an alarm.

        Raises:
            WayDown: It was not taken.
            CorrectSettings: The channel is set up wrong.
        """
        say_to(speaker_of(self._settings.url_file, _TABLE), self.title, title, body)

    def give_up(self) -> None:
        """Nothing to do: Apprise waits for some seconds at most."""

    def _words(self, letter: Letter) -> tuple[str, str]:
        city = self._city
        with city.database.reading() as connection:
            asked = select(notice_events.c.order_id).where(notice_events.c.id == letter.first.event_id)
            order_id = connection.scalar(asked)
            order = load_order(connection, city.catalogue, order_id) if order_id else None
        if order is None:
            raise Overtaken("Its order is not there any more.")
        street = _HOUSE.sub("", without_contacts(order.address))
        where = f", {street}" if street else ""
        title = f"{order.service_name}{where} {_SAID[letter.first.news]}"
        return clean_line(title), clean_line(f"{city.settings.city_name}, report {order.id}")


def speaker_of(url_file: str, table: str) -> "apprise.Apprise":
    """What speaks to the one address that a file holds; nothing is opened yet.

    Raises:
        CorrectSettings: Apprise is not installed, or the file of this table of the settings does not do.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        import apprise
    except ModuleNotFoundError as error:
        raise CorrectSettings(
            f"{table} needs an extra that is not installed here: pip install 'crew[channels]'"
        ) from error
    lines = read_secret_lines(url_file)
    speaker = apprise.Apprise()
    if len(lines) != 1 or not speaker.add(lines[0]):
        raise CorrectSettings(f"{url_file} does not hold one address that Apprise knows.")
    return speaker


class Picture(Value):
    """A photo that is shown with what is said, and what it shows, for those who cannot see it."""

    sha256: str
    content: bytes
    words: str


def say_to(speaker: "apprise.Apprise", name: str, title: str, body: str, pictures: Sequence[Picture] = ()) -> None:
    """Say something, with pictures where there are any.

    Raises:
        WayDown: It was not taken.
        FreeSpace: The pictures cannot be laid out for Apprise, which reads files.
    """
    with _laid_out(pictures) as attached:
        if not speaker.notify(title=title, body=body, attach=attached):
            raise WayDown(f"The {name} did not take it.")


@contextmanager
def _laid_out(pictures: Sequence[Picture]) -> "Iterator[apprise.AppriseAttachment | None]":
    """The pictures as files, each under a name that says what it shows: Mastodon reads it to who cannot see it."""
    if not pictures:
        yield None
        return
    from apprise import AppriseAttachment
    from apprise.attachment.file import AttachFile

    attached = AppriseAttachment()
    with tempfile.TemporaryDirectory(prefix="crew-post-") as folder:
        for number, picture in enumerate(pictures, start=1):
            path = Path(folder, f"{number}.jpg")
            try:
                path.write_bytes(picture.content)
            except OSError as error:
                raise FreeSpace(f"A photo cannot be laid out for a post: {error.strerror}. Make room.") from error
            name, file = f"{picture.words}.jpg", str(path)
            attached.add(AttachFile(file, name=name, mimetype=_JPEG))  # type: ignore[no-untyped-call]  # unannotated
        yield attached
