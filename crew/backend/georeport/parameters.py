"""Reads the parameters of a GeoReport call. Backend layer, pure; every word is cleaned here, none is trusted.

An empty parameter is as good as absent, and one that nobody knows is ignored (GeoReport v2).
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from crew.backend.georeport.refusals import CorrectParameters
from crew.domain.plain_text import LINE_LIMIT, TEXT_LIMIT, clean_line, clean_text

_ATTRIBUTE: Final = re.compile(r"attribute\[(?P<code>[^\]]+)\](?:\[\d*\])?")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}")


class Parameters:
    """The parameters of one call, whether they came in the address or in the body."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep what is not empty, in the order of sending."""
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if value.strip():
                self._values.setdefault(name, []).append(value)

    def line(self, name: str, limit: int = LINE_LIMIT) -> str:
        """The first value as one clean line; empty where absent."""
        return clean_line(self._first(name), limit)

    def text(self, name: str) -> str:
        """The first value as clean lines; empty where absent.

        Raises:
            CorrectParameters: It is longer than a text may be.
        """
        raw = self._first(name).replace("\r\n", "\n").strip()
        if len(raw) > TEXT_LIMIT:
            raise CorrectParameters(f"{name} has {len(raw)} characters; the most is {TEXT_LIMIT}.")
        return clean_text(raw)

    def lines(self, name: str) -> tuple[str, ...]:
        """Every part of a comma list as a clean line, each once."""
        parts = (clean_line(part) for value in self._values.get(name, ()) for part in value.split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def raw(self, name: str) -> str:
        """The first value as it came, to be cleaned by whoever asks; empty where absent."""
        return self._first(name)

    def all_lines(self, name: str, most: int) -> tuple[str, ...]:
        """The first values of a name that comes several times, each as one clean line."""
        return tuple(clean_line(value) for value in self._values.get(name, ())[:most])

    def number(self, name: str) -> float | None:
        """A finite number, or None where absent.

        Raises:
            CorrectParameters: It is no number.
        """
        raw = self.line(name)
        if not raw:
            return None
        try:
            number = float(raw)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise CorrectParameters(f"{name} is not a number.")
        return number

    def whole_number(self, name: str, default: int) -> int:
        """A whole number from 1, or `default` where absent.

        Raises:
            CorrectParameters: It is none.
        """
        raw = self.line(name)
        if not raw:
            return default
        if not _WHOLE_NUMBER.fullmatch(raw) or int(raw) < 1:
            raise CorrectParameters(f"{name} is not a whole number from 1.")
        return int(raw)

    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """What was sent as `attribute[code]`, `attribute[code][]` or `attribute[code][0]`, by code."""
        found: dict[str, list[str]] = {}
        for name, values in self._values.items():
            match = _ATTRIBUTE.fullmatch(name)
            if match:
                cleaned = (clean_text(value) for value in values)
                found.setdefault(clean_line(match["code"]), []).extend(value for value in cleaned if value)
        return {code: tuple(values) for code, values in found.items() if values}

    def _first(self, name: str) -> str:
        return self._values.get(name, [""])[0]
