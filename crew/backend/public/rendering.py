"""Fills the templates of pages and messages. Backend layer; whatever goes into an .html template is escaped."""

from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_PACKAGE: Final = "crew.backend.public"
_TEMPLATES: Final = "templates"


def rendered(template: str, words: dict[str, object]) -> str:
    """Fill one template; a word that the template asks for and does not get is an error."""
    return _environment().get_template(template).render(words)


def style_sheet() -> str:
    """The style sheet of the pages."""
    return files(_PACKAGE).joinpath(_TEMPLATES, "page.css").read_text(encoding="utf-8")


def moment_words(moment: datetime, zone: tzinfo) -> str:
    """A moment as a citizen reads it: "Tuesday 4 March 2025, 14:32"."""
    local = moment.astimezone(zone)
    return f"{day_words(moment, zone)}, {local:%H:%M}"


def day_words(moment: datetime, zone: tzinfo) -> str:
    """A day as a citizen reads it: "Tuesday 4 March 2025"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE, _TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
