"""Reads a city's GeoJSON (RFC 7946) into streets, water and parks. The map's drawing code; the files may hold anything.

Names and kinds stand in properties that every city calls differently; those that are known are tried in turn.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import capwords
from typing import Any, Final

from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.maps.schemas import Thing, thing_of_words

_NAMES: Final = (
    "name", "fullname", "full_name", "full_street", "st_name", "street_nam", "streetname", "street_name", "street",
    "fullnam", "label", "rd_name", "roadname", "site_name", "parkname",
)  # fmt: skip
_BEFORE_NAME: Final = ("pre_dir", "predir", "st_predir")
_AFTER_NAME: Final = ("street_typ", "st_type", "streettype", "st_postype", "post_type")
"""Many cities keep "N", "Clark" and "St" in three properties."""
_KINDS: Final = (
    "thing", "class", "kind", "highway", "railway", "waterway", "natural", "leisure", "landuse", "type",
    "roadclass", "funcclass", "cfcc", "mtfcc",
)  # fmt: skip
"""Each of these is looked for in any case: ST_NAME as well as St_Name."""

_MOST_BYTES: Final = 600_000_000
_NAME_LENGTH: Final = 60


class Shape(Value):
    """Something to draw.

    Attributes:
        thing: What it is.
        name: What it is called; empty for nothing.
        parts: Lines, or rings of an area: longitude and latitude of each point.
    """

    thing: Thing
    name: str
    parts: tuple[tuple[tuple[float, float], ...], ...]


def shapes_in(path: Path) -> Iterator[Shape]:
    """The lines and areas of a file; points, and what is not on Earth, are left out.

    Raises:
        CorrectInput: The file cannot be read, or is no GeoJSON.
    """
    shown = clean_line(path.name)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CorrectInput(f"{shown} has more than {_MOST_BYTES // 1_000_000} MB: cut it to the city first.")
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise CorrectInput(f"{shown} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CorrectInput(f"{shown} is no GeoJSON file: export the street lines as GeoJSON in degrees.") from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        raise CorrectInput(f"{shown} is no GeoJSON feature collection: export the street lines as one.")
    for feature in features:
        if isinstance(feature, dict):
            yield from _shapes(feature)


def shapes_of_lines(text: str) -> Iterator[Shape]:
    """The shapes of a sketch in words of our own: a line of what it is, its name, and places as "lat,long".

    A line goes on where the next one is indented.
    """
    for line in text.strip().replace("\n ", " ").splitlines():
        thing, name, places = line.split("|")
        spots = [tuple(map(float, place.split(","))) for place in places.split()]
        yield Shape(Thing(thing), name, (tuple((long, lat) for lat, long in spots),))


def _shapes(feature: dict[str, Any]) -> Iterator[Shape]:
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict):
        return
    words = {key.casefold(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    kinds = [str(words[key]) for key in _KINDS if isinstance(words.get(key), str | int)]
    nested = geometry.get("coordinates")
    match geometry.get("type"):
        case "LineString":
            lines, is_area = [nested], False
        case "MultiLineString":
            lines, is_area = _list(nested), False
        case "Polygon":
            lines, is_area = _list(nested), True
        case "MultiPolygon":
            lines, is_area = [ring for polygon in _list(nested) for ring in _list(polygon)], True
        case _:
            return
    parts = tuple(part for line in lines if len(part := tuple(_points(line))) > (2 if is_area else 1))
    if parts:
        yield Shape(thing_of_words(kinds, is_area=is_area), _name(words), parts)


def _name(words: dict[str, Any]) -> str:
    """What a shape is called, put together where its parts stand apart, and not in capitals alone."""
    name = _first(words, _NAMES)
    if not name:
        return ""
    before, after = _first(words, _BEFORE_NAME), _first(words, _AFTER_NAME)
    if not name.casefold().startswith(f"{before.casefold()} "):
        name = f"{before} {name}"
    if not name.casefold().endswith(f" {after.casefold()}"):
        name = f"{name} {after}"
    return clean_line(capwords(name) if name.isupper() else name, _NAME_LENGTH)


def _first(words: dict[str, Any], keys: Iterable[str]) -> str:
    found = (clean_line(words[key], _NAME_LENGTH) for key in keys if isinstance(words.get(key), str))
    return next(filter(None, found), "")


def _points(line: object) -> Iterator[tuple[float, float]]:
    for place in _list(line):
        match place:
            case [int() | float() as long, int() | float() as lat, *_] if _is_on_earth(long, lat):
                yield float(long), float(lat)


def _is_on_earth(long: float, lat: float) -> bool:
    return abs(long) <= 180 and abs(lat) <= 85  # which is not so of what is infinite, or no number


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
