"""What a city posts to everybody: on which account, of what, and in which words. Backend layer; reads no file.

A template is filled by replacing names in braces and nothing else, so no word that comes from outside can be one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from crew.backend.languages import known_languages
from crew.domain.errors import CorrectSettings

PostKind = Literal["open", "finished"]
"""It was reported; a crew has done it."""

_FIELDS: Final = ("service", "place", "when", "link")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FEWEST_LETTERS: Final = 100
_CUT: Final = "…"


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


def _fill(template: str, words: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: words[found[1]], template)


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
        for key in ("open", "finished", "corrected"):
            _check_template(getattr(post, key), post.letters, f"{where}: {key}")


def _check_template(template: str, letters: int, where: str) -> None:
    for name in _FIELD.findall(template):
        if name not in _FIELDS:
            known = ", ".join(f"{{{field}}}" for field in _FIELDS)
            raise CorrectSettings(f"{where} holds {{{name}}}, which is unknown. There are {known}.")
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        raise CorrectSettings(f"{where} holds a brace without its other.")
    if not template.strip() or len(rest) > letters // 2:
        raise CorrectSettings(f"{where} must leave half of its {letters} letters to what it tells, and hold a word.")
