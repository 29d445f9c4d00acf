"""A small town of our own making, around the stops of the tests: two main streets, five others, a pond and a park."""

from pathlib import Path

from crew.maps.building import write_map
from crew.maps.geojson import Shape
from crew.maps.schemas import Thing

SOUTH, NORTH, WEST, EAST = 42.296, 42.324, -71.128, -71.100
MIDDLE = (42.31, -71.114)


def _line(thing: Thing, name: str, *spots: tuple[float, float]) -> Shape:
    """A line through places, each as latitude and longitude."""
    return Shape(thing, name, (tuple((long, lat) for lat, long in spots),))


TOWN = (
    _line(Thing.MAIN_ROAD, "Centre St", (SOUTH, -71.122), (42.306, -71.116), (42.312, -71.114), (NORTH, -71.106)),
    _line(Thing.MAIN_ROAD, "Washington St", (42.300, WEST), (42.301, -71.112), (42.298, EAST)),
    _line(Thing.ROAD, "Green St", (42.3105, -71.120), (42.3098, -71.102)),
    _line(Thing.ROAD, "Moss Hill Rd", (42.316, WEST), (42.3145, -71.115)),
    _line(Thing.ROAD, "Amory St", (42.302, -71.1045), (42.320, -71.1010)),
    _line(Thing.RAIL, "", (SOUTH, -71.110), (NORTH, -71.097)),
    _line(Thing.PATH, "", (42.317, -71.125), (42.321, -71.119)),
    Shape(
        Thing.WATER,
        "The Pond",
        (((-71.127, 42.318), (-71.120, 42.318), (-71.119, 42.322), (-71.126, 42.323), (-71.127, 42.318)),),
    ),
    Shape(
        Thing.PARK,
        "Pond Park",
        (((-71.1275, 42.317), (-71.118, 42.317), (-71.118, 42.3235), (-71.1275, 42.3235), (-71.1275, 42.317)),),
    ),
    Shape(
        Thing.PARK,
        "Common",
        (((-71.108, 42.304), (-71.102, 42.304), (-71.102, 42.308), (-71.108, 42.308), (-71.108, 42.304)),),
    ),
)


def silent(done: int, total: int | None) -> None:
    """Nobody looks at the progress."""


def make_town(path: Path) -> Path:
    """Write the map of the town."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_map(TOWN, path, name="The town", attribution="Made up for tests", on_progress=silent)
    return path
