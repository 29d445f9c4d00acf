"""The answer where a city does not offer a page. Backend layer."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from crew.backend.citizens.page_frame import Reader, answer, page

if TYPE_CHECKING:
    from starlette.responses import Response

    from crew.backend.city import City


def turned_off(city: "City", reader: Reader, root: str = "") -> "Response":
    """A page that says so; for search engines there is none."""
    words = reader.language.words
    said = {"headline": words["off_title"], "words": words["off_words"], "back": "", "back_words": ""}
    return answer(page(city, reader, "said.html", said, root=root), status=HTTPStatus.NOT_FOUND)
