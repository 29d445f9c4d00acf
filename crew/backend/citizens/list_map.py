"""The map of the public list as its page shows it: dots, streets under them, links that move it. Backend layer, pure.

The streets are a picture of their own, which whoever reads the page keeps; the dots stand in the page, each a link.
"""

from typing import TYPE_CHECKING, Any, Final

from crew.backend.citizens.list_address import query_of
from crew.backend.citizens.map_area import HEIGHT, WIDTH, beside, closer, further, rough_area, written_area
from crew.backend.citizens.page_words import public_place
from crew.backend.citizens.street_drawing import view_of

if TYPE_CHECKING:
    from crew.backend.citizens.city_dots import Dot, Dots
    from crew.backend.citizens.city_streets import Ground
    from crew.backend.citizens.page_frame import Reader
    from crew.backend.city import City
    from crew.backend.public.public_requests import Asked

_FIRST_METRES: Final = 1000
_WAYS: Final = (
    ("map_north", "↑", 0, 1),
    ("map_south", "↓", 0, -1),
    ("map_west", "←", -1, 0),
    ("map_east", "→", 1, 0),
)


def shown_map(city: "City", reader: "Reader", asked: "Asked", dots: "Dots", ground: "Ground | None") -> dict[str, Any]:
    """What the template needs for the map.

    Args:
        city: Names the types of request.
        reader: Chooses the language.
        asked: What the page shows.
        dots: What stands on the map.
        ground: The streets under it; None for none.
    """
    words, metres = reader.language.words, dots.scale_metres
    in_km = metres >= _FIRST_METRES
    count = sum(len(dot.requests) for dot in dots.dots)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "dots": [_dot(city, reader, asked, dot) for dot in dots.dots],
        "scale_length": dots.scale_length,
        "scale_words": words["map_scale_km"].format(count=metres // 1000)
        if in_km
        else words["map_scale_m"].format(count=metres),
        "note": reader.language.counted("map_note", count),
        "moves": _moves(reader, asked, dots),
        **_streets(reader, dots, ground),
    }


def _streets(reader: "Reader", dots: "Dots", ground: "Ground | None") -> dict[str, str]:
    if ground is None or view_of(dots.area) is None:
        return {"streets": "", "attribution": ""}
    address = f"requests/streets.svg?area={written_area(dots.area)}&map={ground.name}"
    return {"streets": address, "attribution": ground.attribution}


def _moves(reader: "Reader", asked: "Asked", dots: "Dots") -> list[dict[str, str]]:
    """Where the map can go from here, each with its sign and its words."""
    words = reader.language.words
    areas = [(sign, words[way], beside(dots.area, east, north)) for way, sign, east, north in _WAYS]
    for sign, key, area in (("+", "map_closer", closer(dots.area)), ("\u2212", "map_further", further(dots.area))):
        if area is not None:
            areas.append((sign, words[key], area))
    query = query_of(asked)
    return [
        {"sign": sign, "words": said, "address": reader.link("", **{**query, "area": rough_area(area)})}
        for sign, said, area in areas
    ]


def _dot(city: "City", reader: "Reader", asked: "Asked", dot: "Dot") -> dict[str, object]:
    language, first = reader.language, dot.requests[0]
    if len(dot.requests) == 1:
        place = public_place(language, first.address, first.lat, first.long)
        name = language.service(first.service_code, city.catalogue.service(first.service_code).name)
        words, address = f"{name}, {place}", reader.link(f"requests/{first.number}")
    else:
        words = language.words["map_many"].format(count=len(dot.requests))
        address = reader.link("", **{**query_of(asked), "area": rough_area(dot.area)})
    spot = {"x": dot.x, "y": dot.y, "radius": dot.radius, "count": len(dot.requests)}
    return {**spot, "address": address, "words": words, "closed": dot.closed}
