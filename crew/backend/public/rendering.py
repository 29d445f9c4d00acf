"""Fills the templates of pages and messages. Backend layer; whatever goes into an .html template is escaped."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

_PACKAGE: Final = "crew.backend.public"
_TEMPLATES: Final = "templates"


def rendered(template: str, words: dict[str, object]) -> str:
    """Fill one template; a word that the template asks for and does not get is an error."""
    return _environment().get_template(template).render(words)


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


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE, _TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        auto_reload=False,  # a template is a file of the package: asking the disk six times a page finds nothing new
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
