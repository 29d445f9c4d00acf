"""Fills the templates of pages and messages. Backend layer; whatever goes into an .html template is escaped."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from crew.backend.languages import language_of

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGE: Final = "crew.backend.public"
_TEMPLATES: Final = "templates"
_WORD: Final = re.compile(r"\{\{ t\.(\w+) \}\}")


def rendered(template: str, words: dict[str, object]) -> str:
    """Fill one template; a word that the template asks for and does not get is an error."""
    return _environment("").get_template(template).render(words)


def rendered_in(language: str, template: str, words: dict[str, object]) -> str:
    """The same for an .html template in one language, by its code, whose sentences are `t` there.

    They are written into the template once: looking each up and escaping it for every page took half of the time.
    """
    return _environment(language).get_template(template).render(words, t=language_of(language).words)


@cache
def style_sheet() -> Markup:
    """The style of the pages, which stands in each of them: a page is one request."""
    sheet = files(_PACKAGE).joinpath(_TEMPLATES, "page.css").read_text(encoding="utf-8")
    lines = "".join(line.strip() for line in sheet.splitlines())
    for separator in (" {", ": ", "; ", ", "):
        lines = lines.replace(separator, separator.strip())
    return Markup(lines)  # noqa: S704 - a file of this package, without a word of anybody's


@cache
def style_hash() -> str:
    """What a content security policy names the style sheet by."""
    digest = hashlib.sha256(style_sheet().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class _Templates(PackageLoader):
    """The templates; with the sentences of a language in the place of `{{ t.key }}`, where there is one."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(_PACKAGE, _TEMPLATES)
        self._sentences: Final = sentences

    def get_source(self, environment: Environment, template: str) -> "tuple[str, str, Callable[[], bool] | None]":
        source, name, is_fresh = super().get_source(environment, template)
        return _WORD.sub(self._written, source) if self._sentences else source, name, is_fresh

    def _written(self, found: re.Match[str]) -> str:
        return escape(self._sentences[found[1]]).replace("{", "&#123;")  # a brace would be read as the template's


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=_Templates(language_of(language).words if language else {}),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        auto_reload=False,  # a template is a file of the package: asking the disk six times a page finds nothing new
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()  # nobody uses them, and each page would copy them
    return environment
