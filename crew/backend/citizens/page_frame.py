"""What every page for citizens has in common: its language, its links, its style, its headers. Backend layer.

A page is one request: its style stands in it, and its policy allows that style and nothing else.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from crew.backend.languages import Language, chosen_language, language_of
from crew.backend.public.rendering import rendered_in, style_hash, style_sheet
from crew.domain.value import Value

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City

PRIVATE: Final = "no-store"
"""How a page is kept that belongs to one reader."""

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_UNLISTED: Final = {"X-Robots-Tag": "noindex, nofollow"}

_CUT: Final = b"<cut>"  # no word from outside can be it, as those are escaped
_MOST_FRAMES: Final = 100
"""Less than a megabyte."""


class Reader(Value):
    """Who reads a page, as far as the page needs to know.

    Attributes:
        language: In which it is written.
        asked: Whether the address says so; its links then say so, too.
    """

    language: Language
    asked: bool

    @property
    def lang_query(self) -> str:
        """What a link carries so that the next page has the same language; empty where the browser says it."""
        return f"?lang={self.language.code}" if self.asked else ""

    def link(self, path: str, **query: object) -> str:
        """An address with its query and the language; what is empty or None is left out."""
        pairs = {name: value for name, value in query.items() if value not in (None, "")}
        if self.asked:
            pairs["lang"] = self.language.code
        return f"{path}?{urlencode(pairs, safe=',')}" if pairs else path


def reader_of(request: "Request", city: "City", *, said: str = "") -> Reader:
    """Who asks for a page.

    Args:
        request: Its address and its headers tell.
        city: Offers some languages.
        said: The language that a form was written in, for the answer to it.
    """
    offered = city.settings.public.languages
    asked = said or request.query_params.get("lang", "")
    language = chosen_language(offered, asked, request.headers.get("Accept-Language", ""))
    return Reader(language, asked=asked == language.code)


def page(
    city: "City",
    reader: Reader,
    template: str,
    filling: Mapping[str, object],
    *,
    root: str = "",
    languages: Mapping[str, str] | None = None,
) -> bytes:
    """One page, written out.

    Args:
        city: Gives its name and says which pages there are.
        reader: Chooses the language.
        template: Its name.
        filling: The words of the template.
        root: How the page's address leads back to the place of all pages: "" or "../".
        languages: The query of the same page in each language; None where another language would lose something.
    """
    pages, addresses = _pages(city, reader, root), tuple((languages or {}).items())
    frame = _frame(city.settings.city_name, reader.language.code, pages, addresses)
    words = {"language": reader.language, "lang_query": reader.lang_query, **filling}
    own = rendered_in(reader.language.code, template, words).encode().split(_CUT)
    return b"".join(part for pair in zip(frame, (*own, b""), strict=True) for part in pair)


def in_each_language(city: "City", **query: object) -> dict[str, str]:
    """The query of a page in every language that the city offers."""
    pairs = {name: value for name, value in query.items() if value not in (None, "")}
    before = f"?{urlencode(pairs)}&" if pairs else "?"
    return {code: f"{before}lang={code}" for code in city.settings.public.languages}


def answer(
    content: bytes,
    *,
    status: int = HTTPStatus.OK,
    keep: str = PRIVATE,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The response that carries a page; one that nobody else may keep is not listed by search engines either."""
    response = HTMLResponse(content, status, headers)
    response.raw_headers += _page_headers(keep)
    return response


def private_headers() -> dict[str, str]:
    """The headers of a private page, for an answer that is none."""
    return {name.decode(): value.decode() for name, value in _page_headers(PRIVATE)}


@cache
def _page_headers(keep: str) -> tuple[tuple[bytes, bytes], ...]:
    """What every page is sent with, as it is sent."""
    headers = {
        "Content-Security-Policy": (
            f"default-src 'none'; img-src 'self'; style-src {style_hash()}; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        **SAFE_HEADERS,
        **(_UNLISTED if keep == PRIVATE else {}),
        "Cache-Control": keep,
    }
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _pages(city: "City", reader: Reader, root: str) -> tuple[tuple[str, str], ...]:
    """Address and words of each page that every page leads to."""
    public, words = city.settings.public, reader.language.words
    offered = (("report", "go_report", public.report_form), ("requests", "go_list", public.list))
    return tuple((reader.link(root + path), words[key]) for path, key, there in offered if there)


@lru_cache(maxsize=_MOST_FRAMES)
def _frame(
    city_name: str, code: str, pages: tuple[tuple[str, str], ...], languages: tuple[tuple[str, str], ...]
) -> list[bytes]:
    """What is around the words of a page, cut where they go: as many pages have the same, it is written once.

    Args:
        city_name: As the settings have it.
        code: Of the language.
        pages: Address and words of each page that it leads to.
        languages: Code and address of the same page in each language.
    """
    language = language_of(code)
    words = {
        "city_name": city_name,
        "style": style_sheet(),
        "language": language,
        "pages": pages,
        "languages": [(code, address, language_of(code).name) for code, address in languages],
    }
    return rendered_in(code, "around.html", words).encode().split(_CUT)
