"""The answers where a page is not to be had: the city does not offer it, or what came cannot be read. Backend layer."""

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from crew.backend.citizens.page_frame import Reader, answer, page
from crew.backend.georeport.refusals import AskSlower, Refusal
from crew.backend.problems import Declined

if TYPE_CHECKING:
    from starlette.responses import Response

    from crew.backend.city import City

_NOWHERE: Final = ("", "")
_WAIT_SECONDS: Final = 60


def said(
    city: "City", reader: Reader, headline: str, words: str, *, root: str = "", back: tuple[str, str] = _NOWHERE
) -> bytes:
    """A page of two sentences.

    Args:
        city: Gives its name and says which pages there are.
        reader: Chooses the language.
        headline: The first sentence.
        words: The second; may be empty.
        root: How the page's address leads back to the place of all pages.
        back: The address of a link under it, and its words; empty where there is none.
    """
    filling = {"headline": headline, "words": words, "back": back[0], "back_words": back[1]}
    return page(city, reader, "said.html", filling, root=root)


def turned_off(city: "City", reader: Reader, root: str = "") -> "Response":
    """A page that says that the city does not offer it; for search engines there is none."""
    words = reader.language.words
    content = said(city, reader, words["off_title"], words["off_words"], root=root)
    return answer(content, status=HTTPStatus.NOT_FOUND)


def unreadable(city: "City", reader: Reader, error: Refusal, root: str = "") -> "Response":
    """A page that says that a form cannot be read, or that too much was asked for from one address."""
    words = reader.language.words
    if isinstance(error, AskSlower):
        return slower(city, reader, words["wrong_pace_more"], error.after_seconds, root)
    return answer(said(city, reader, words["wrong_title"], words["wrong_form"], root=root), status=error.status)


def refused(city: "City", reader: Reader, problem: Declined, root: str) -> "Response":
    """A page for a reader whose request came to nothing, whatever the reason: the sentences of errors are for staff."""
    words = reader.language.words
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        return slower(city, reader, words["wrong_pace_more"], problem.after_seconds or _WAIT_SECONDS, root)
    if problem.status == HTTPStatus.NOT_FOUND:
        headline, more = "gone_title", "nothing_here"
    else:
        is_fault = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        headline, more = "answer_refused", "fault_words" if is_fault else "wrong_form"
    headers = {} if problem.after_seconds is None else {"Retry-After": str(problem.after_seconds)}
    return answer(said(city, reader, words[headline], words[more], root=root), status=problem.status, headers=headers)


def slower(city: "City", reader: Reader, words: str, after_seconds: float, root: str = "") -> "Response":
    """A page that asks to wait, for so many seconds."""
    content = said(city, reader, reader.language.words["wrong_pace"], words, root=root)
    headers = {"Retry-After": str(math.ceil(after_seconds))}
    return answer(content, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
