"""What the layers of three common kinds of vector tiles mean, in the few words of this map. The drawing code; pure.

OpenMapTiles (openmaptiles.org/schema), Protomaps (docs.protomaps.com/basemaps/layers) and Mapbox Streets name the same
things in different ways; `crew map build` writes the first. What stands in no table here is not drawn.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from crew.domain.value import Value
from crew.maps.vector_tile import AREA, LINE, Feature


class Thing(StrEnum):
    """What is drawn of a city, from the ground up."""

    PARK = "park"
    WATER = "water"
    RIVER = "river"
    PATH = "path"
    ROAD = "road"
    MAIN_ROAD = "main road"
    RAIL = "rail"
    NAME = "name"
    """The line along which a name is written; it is not drawn itself."""


_THINGS: Final = {
    Thing.PARK: (
        "park wood grass cemetery garden forest nature_reserve golf_course recreation_ground national_park "
        "village_green grassland wetland meadow"
    ),
    Thing.MAIN_ROAD: (
        "motorway trunk primary secondary motorway_link trunk_link primary_link highway major_road medium_road main"
    ),
    Thing.ROAD: (
        "tertiary minor street street_limited minor_road residential unclassified link tertiary_link road busway"
    ),
    Thing.PATH: "path pedestrian footway track cycleway service driveway",
    Thing.RAIL: "rail major_rail minor_rail transit light_rail subway tram",
}
_OF_KIND: Final = {kind: thing for thing, kinds in _THINGS.items() for kind in kinds.split()}
_ROADS: Final = (Thing.MAIN_ROAD, Thing.ROAD, Thing.PATH, Thing.RAIL)

_LINES: Final = (*_ROADS, Thing.RIVER)
_OWN_WORDS: Final = frozenset(Thing) - {Thing.NAME}

_KIND_AND_NAME: Final = {
    # OpenMapTiles
    "transportation": ("class", "name"),
    "transportation_name": ("class", "name"),
    "landcover": ("class", "name"),
    "park": ("class", "name"),
    "waterway": ("class", "name"),
    # Protomaps
    "roads": ("kind", "name"),
    "transit": ("kind", "name"),
    "natural": ("kind", "name"),
    # Mapbox Streets
    "road": ("class", "name"),
    "road_label": ("class", "name"),
    # alike in two of them or in all
    "water": ("class", "name"),
    "landuse": ("class", "name"),
}
_PROTOMAPS_ALIKE: Final = {"water": ("kind", "name"), "landuse": ("kind", "name"), "landcover": ("kind", "name")}
_NAMED_ROADS: Final = frozenset({"transportation_name", "road_label"})
_ROAD_LAYERS: Final = frozenset({"transportation", "roads", "road", "transit"})
_STREET_LAYERS: Final = _ROAD_LAYERS - {"transit"}
_LEVELS: Final = ("brunnel", "structure", "is_bridge", "is_tunnel")
"""Of OpenMapTiles, of Mapbox Streets, and of Protomaps."""
_TRUE: Final = ("1", "true", "yes")
_BACK: Final = ("-1", "reverse")
_NO: Final = ("", "0", "false", "no", "none")
_GREEN_LAYERS: Final = frozenset({"landcover", "landuse", "park", "natural"})


def keys_of(layer: str, *, protomaps: bool) -> tuple[str, str] | None:
    """The properties of a layer that say what a thing is and what it is called; None where nothing of it is drawn."""
    return (protomaps and _PROTOMAPS_ALIKE.get(layer)) or _KIND_AND_NAME.get(layer)


def thing_of(feature: Feature) -> Thing | None:
    """What a feature of a tile is; None for what is not drawn."""
    layer, kind = feature.layer, feature.kind
    if layer in _NAMED_ROADS:
        return Thing.NAME if feature.name and feature.shape == LINE else None
    if layer in _ROAD_LAYERS:
        road = _OF_KIND.get(kind)
        return road if feature.shape == LINE and road in _ROADS else None
    if layer == "water":
        return Thing.WATER if feature.shape == AREA else Thing.RIVER if feature.shape == LINE else None
    if layer == "waterway":
        return Thing.RIVER if feature.shape == LINE else None
    is_green = layer == "park" or _OF_KIND.get(kind) is Thing.PARK
    return Thing.PARK if layer in _GREEN_LAYERS and feature.shape == AREA and is_green else None


def street_keys_of(layer: str) -> tuple[str, ...] | None:
    """The properties of a layer that say how one drives there; None where it has no streets."""
    kind = "kind" if layer == "roads" else "class"
    return (kind, "name", "oneway", *_LEVELS) if layer in _STREET_LAYERS else None


class Driveable(Value):
    """How one drives along a line.

    Attributes:
        one_way: 1 for along it alone, -1 for against it alone, 0 for both.
        level: 0 on the ground, 1 on a bridge, -1 in a tunnel.
    """

    one_way: int
    level: int


def driveable_of(feature: Feature) -> Driveable | None:
    """How one drives along a feature that was read with `street_keys_of`; None where one does not."""
    if feature.shape != LINE or _OF_KIND.get(feature.kind) not in (Thing.MAIN_ROAD, Thing.ROAD):
        return None
    one_way, *levels = feature.more
    words = {
        key if key.startswith("is_") else word for key, word in zip(_LEVELS, levels, strict=True) if word not in _NO
    }
    level = 1 if words & {"bridge", "is_bridge"} else -1 if words & {"tunnel", "is_tunnel"} else 0
    return Driveable(1 if one_way in _TRUE else -1 if one_way in _BACK else 0, level)


def thing_of_words(words: Iterable[str], *, is_area: bool) -> Thing:
    """What a line or an area of a city's own file is, as far as its words tell: a street, or else a park."""
    found = [Thing(word) if word in _OWN_WORDS else _OF_KIND.get(word) for word in words]
    if is_area:
        is_water = Thing.WATER in found or any("water" in word.casefold() for word in words)
        return Thing.WATER if is_water else Thing.PARK
    return next((thing for thing in found if thing in _LINES), Thing.ROAD)
