"""Makes outside text harmless: citizens, servers, files, EXIF. Lowest layer; pure; standard library only.

Terminals act on control characters, and bidirectional overrides make text lie about itself (CVE-2003-0063,
CVE-2021-42574). What is dropped is dropped for good; this module never interprets text.
"""

import re
import unicodedata
from typing import Final

LINE_LIMIT: Final = 300
"""Most characters of a text that is shown on one line: a name, an address, an error."""

TEXT_LIMIT: Final = 4000
"""Most characters of a description or a note (GeoReport v2 allows 4,000 in a description)."""

_COMBINING_LIMIT: Final = 4
_BAD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES: Final = re.compile(r"[ \t\u00a0]+")


def clean_line(raw: str, limit: int = LINE_LIMIT) -> str:
    """Turn outside text into one printable line of at most `limit` characters.

    Line breaks become spaces; a text that is cut ends in an ellipsis.
    """
    if raw.isascii() and raw.isprintable() and len(raw) <= limit and "  " not in raw:
        return raw.strip()
    text = _SPACES.sub(" ", _harmless(raw[: limit * 8]).replace("\n", " ")).strip()
    return _cut(text, limit)


def clean_text(raw: str, limit: int = TEXT_LIMIT) -> str:
    """Turn outside text into printable lines, keeping line breaks, of at most `limit` characters."""
    if raw.isascii() and raw.isprintable() and len(raw) <= limit:
        return raw.strip()
    lines = (_SPACES.sub(" ", line).strip() for line in _harmless(raw[: limit * 8]).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return _cut(text, limit)


def _harmless(raw: str) -> str:
    """Drop control, bidi and tag characters; normalise to NFC; bound stacks of combining marks."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", _BAD.sub("", text))
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        # A joiner counts as a mark: it takes no cell either, so it must not end the stack.
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 0
        if marks <= _COMBINING_LIMIT:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
