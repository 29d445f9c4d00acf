"""The demo's map is a sketch, but every stop of the demo's crew lies on the street that its address names."""

import re
from itertools import pairwise

import pytest

from crew.backend.demo.scenery import SCENERY
from crew.backend.demo.stops import STOPS, Stop
from crew.domain.place import distance_metres
from crew.maps.geojson import shapes_of_lines
from crew.maps.schemas import Thing

_NEAR_METRES = 70
LINES = {shape.name: shape.parts[0] for shape in shapes_of_lines(SCENERY) if shape.thing is not Thing.PARK}


def streets_of(address: str) -> list[str]:
    words = address.partition(",")[0]
    return [re.sub(r"^[0-9-]+ ", "", street) for street in words.split(" & ")]


def metres_to(street: str, lat: float, long: float) -> float:
    """From a place to the closest of many points along a street."""
    line = LINES[street]
    along = [
        (south + part / 50 * (north - south), west + part / 50 * (east - west))
        for (west, south), (east, north) in pairwise(line)
        for part in range(51)
    ]
    return min(distance_metres((lat, long), place) for place in along)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.place.address)
def test_every_stop_lies_on_its_street(stop: Stop) -> None:
    place = stop.place
    for street in streets_of(place.address):
        assert metres_to(street, place.lat, place.long) < _NEAR_METRES


def test_water_and_parks_are_there() -> None:
    things = {shape.thing for shape in shapes_of_lines(SCENERY)}
    assert things == {Thing.MAIN_ROAD, Thing.ROAD, Thing.RAIL, Thing.PATH, Thing.WATER, Thing.PARK}
