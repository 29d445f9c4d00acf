"""What a city posts to everybody: on which account, of what, and in which words. Backend layer; reads no file.

How a template is filled stands in the domain, as devices show beforehand what will be posted.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from crew.backend.languages import known_languages
from crew.domain.errors import CorrectSettings
from crew.domain.post_words import blanks_of, without_blanks

PostKind = Literal["open", "finished"]
"""It was reported; a crew has done it."""

_FIELDS: Final = ("service", "place", "when", "link")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FEWEST_LETTERS: Final = 100
_LONGEST_WAIT_HOURS: Final = 168


class PostSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that posts.

    Attributes:
        name: What it is called in lists.
        url_file: One Apprise URL, which holds secrets; readable by the backend alone.
        kinds: What is posted.
        services: Codes of the services that are posted; empty: all.
        language: In which types, places and days are told; empty: the first of [public].
        letters: How long a post may be.
        open: The words about a request that was reported.
        finished: The words about one that is done.
        corrected: The words where a post is not so any more.
        photos: Whether posts of finished ones carry a photo, once somebody has approved it.
        photo_wait_hours: For so long such a post waits for that; then it leaves without one.
    """

    name: str
    url_file: str
    kinds: tuple[PostKind, ...] = ("finished",)
    services: tuple[str, ...] = ()
    language: str = ""
    letters: int = 280
    open: str = "Reported on {when}: {service}, {place}. {link}"
    finished: str = "Done on {when}: {service}, {place}. {link}"
    corrected: str = "This was corrected: {service}, {place}. {link}"
    photos: bool = False
    photo_wait_hours: float = 24


def check_posts(posts: Sequence[PostSettings], origin: str) -> None:
    """Refuse what cannot be meant.

    Raises:
        CorrectSettings: A value of a [[posts]] does not fit; the sentence names it.
    """
    names = [post.name for post in posts]
    for post in posts:
        where = f'In {origin}: [[posts]] "{post.name}"'
        if not _NAME.fullmatch(post.name):
            raise CorrectSettings(f'{where}: a name has small letters, digits and "-".')
        if names.count(post.name) > 1:
            raise CorrectSettings(f"{where}: there are two of this name.")
        if post.letters < _FEWEST_LETTERS:
            raise CorrectSettings(f"{where}: letters must be at least {_FEWEST_LETTERS}.")
        if post.language and post.language not in known_languages():
            raise CorrectSettings(f'{where}: language = "{post.language}": known are {", ".join(known_languages())}.')
        if not 0 <= post.photo_wait_hours <= _LONGEST_WAIT_HOURS:
            raise CorrectSettings(f"{where}: photo_wait_hours must be from 0 to {_LONGEST_WAIT_HOURS}.")
        for key in ("open", "finished", "corrected"):
            _check_template(getattr(post, key), post.letters, f"{where}: {key}")


def _check_template(template: str, letters: int, where: str) -> None:
    for name in blanks_of(template):
        if name not in _FIELDS:
            known = ", ".join(f"{{{field}}}" for field in _FIELDS)
            raise CorrectSettings(f"{where} holds {{{name}}}, which is unknown. There are {known}.")
    rest = without_blanks(template)
    if "{" in rest or "}" in rest:
        raise CorrectSettings(f"{where} holds a brace without its other.")
    if not template.strip() or len(rest) > letters // 2:
        raise CorrectSettings(f"{where} must leave half of its {letters} letters to what it tells, and hold a word.")
