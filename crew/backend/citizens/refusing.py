"""The answers where a page is not to be had: the city does not offer it, or what came cannot be read. Backend layer."""

import math
from http import HTTPStatus
from typing import TYPE_CHECKING

from crew.backend.citizens.page_frame import Reader, answer, page
from crew.backend.georeport.refusals import AskSlower, Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from crew.backend.city import City


def turned_off(city: "City", reader: Reader, root: str = "") -> "Response":
    """A page that says that the city does not offer it; for search engines there is none."""
    words = reader.language.words
    said = {"headline": words["off_title"], "words": words["off_words"], "back": "", "back_words": ""}
    return answer(page(city, reader, "said.html", said, root=root), status=HTTPStatus.NOT_FOUND)


def unreadable(city: "City", reader: Reader, error: Refusal, root: str = "") -> "Response":
    """A page that says that a form cannot be read, or that too much was asked for from one address."""
    words = reader.language.words
    said = {"headline": words["wrong_title"], "words": words["wrong_form"], "back": "", "back_words": ""}
    headers = {}
    if isinstance(error, AskSlower):
        said |= {"headline": words["wrong_pace"], "words": words["wrong_pace_more"]}
        headers = {"Retry-After": str(math.ceil(error.after_seconds))}
    return answer(page(city, reader, "said.html", said, root=root), status=error.status, headers=headers)
