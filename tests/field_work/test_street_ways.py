"""The day along the streets of the device's map: straight lines until they are known, and kept over restarts."""

from pathlib import Path

import pytest

from crew.domain.place import Point, distance_metres
from crew.domain.value import replace
from crew.domain.ways import Along
from crew.domain.work_order import OrderId
from crew.maps.building import write_map
from crew.maps.geojson import Shape
from crew.maps.schemas import Thing
from crew.street_ways import StreetWays
from tests.builders import an_order
from tests.maps.town import silent
from tests.trucks import Truck

NORTH, SOUTH, WEST, EAST = 42.308, 42.3065, -71.116, -71.100
STOPS: dict[str, Point] = {
    "a": (NORTH, WEST + 0.001),
    "b": (SOUTH, WEST + 0.0012),
    "c": (NORTH, WEST + 0.004),
    "d": (SOUTH, WEST + 0.0041),
}
"""On two long streets that meet only in the east: a and b are near each other, but not for who drives."""


def make_map(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    streets = [
        [(WEST, NORTH), (EAST, NORTH)],
        [(WEST, SOUTH), (EAST, SOUTH)],
        [(EAST, NORTH), (EAST, SOUTH)],
    ]
    write_map([Shape(Thing.ROAD, "", (tuple(line),)) for line in streets], path, on_progress=silent)


@pytest.fixture
def day(truck: Truck) -> Truck:
    truck.gets(
        *(replace(an_order(id=OrderId(name)), lat=lat, long=long, due_at=None) for name, (lat, long) in STOPS.items())
    )
    return truck


def listed(truck: Truck) -> str:
    return "".join(stop.order_id for stop in truck.field_work.day().stops)


def test_straight_lines_count_until_the_streets_are_known(day: Truck) -> None:
    assert day.field_work.drive().along is Along.LINES
    assert listed(day) in ("abdc", "bacd", "cdba", "dcab")
    assert not day.field_work.learn_streets()
    make_map(day.store.map_file.path)
    assert day.field_work.drive().along is Along.LINES
    straight = listed(day)
    assert day.field_work.learn_streets()
    driven = day.field_work.day().driven
    assert driven is not None
    assert driven.along is Along.STREETS
    assert listed(day) == straight  # nothing moves until somebody asks for it
    again = day.field_work.drive()
    assert listed(day) in ("acdb", "bdca")
    assert again.along is Along.STREETS
    assert again.metres < driven.metres
    assert again.metres == pytest.approx(
        2 * distance_metres(STOPS["a"], (NORTH, EAST)) + distance_metres((NORTH, EAST), (SOUTH, EAST)), rel=0.02
    )


def test_what_was_learned_outlasts_a_restart_and_not_another_map(day: Truck) -> None:
    path = day.store.map_file.path
    make_map(path)
    assert day.field_work.learn_streets()
    assert not day.field_work.learn_streets()
    again = day.reopened()
    assert again.field_work.drive().along is Along.STREETS
    path.unlink()
    assert again.field_work.drive().along is Along.LINES
    write_map([Shape(Thing.ROAD, "", (((WEST, 42.9), (EAST, 42.9)),))], path, on_progress=silent)
    assert again.field_work.drive().along is Along.LINES
    assert again.field_work.learn_streets()
    assert again.field_work.drive().along is Along.LINES


def test_a_stop_that_comes_later_is_measured_too(day: Truck) -> None:
    make_map(day.store.map_file.path)
    assert day.field_work.learn_streets()
    day.field_work.drive()
    day.gets(replace(an_order(id=OrderId("e")), lat=SOUTH, long=EAST - 0.001, due_at=None))
    assert day.field_work.learn_streets()
    driven = day.field_work.drive()
    assert driven.along is Along.STREETS
    assert listed(day) in ("acedb", "bdeca")


def test_a_stop_in_the_woods_is_said_to_be_off_the_streets(day: Truck) -> None:
    make_map(day.store.map_file.path)
    day.gets(replace(an_order(id=OrderId("e")), lat=NORTH + 0.01, long=EAST, due_at=None))
    assert day.field_work.learn_streets()
    assert day.field_work.drive().along is Along.PARTLY


@pytest.mark.parametrize("content", [b"", b"PMTiles", b"{}", b'{"of_map": [1, 2], "places": [[1, 2]], "metres": []}'])
def test_a_broken_map_or_a_broken_memory_costs_the_streets_alone(day: Truck, content: bytes) -> None:
    path = day.store.map_file.path
    make_map(path)
    path.with_name("ways.json").write_bytes(content)
    assert day.field_work.learn_streets()
    assert day.field_work.drive().along is Along.STREETS
    path.write_bytes(content)
    day.field_work.learn_streets()
    assert day.field_work.drive().along is Along.LINES


def test_where_no_process_can_search_it_is_searched_all_the_same(
    day: Truck, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_map(day.store.map_file.path)
    for number in range(20):
        day.gets(replace(an_order(id=OrderId(f"o{number}")), lat=NORTH, long=WEST + number / 1e4, due_at=None))
    for program in (tmp_path / "none", Path("/bin/false")):
        monkeypatch.setattr("sys.executable", str(program))
        again = day.reopened()
        again.store.map_file.path.with_name("ways.json").unlink(missing_ok=True)
        assert again.field_work.learn_streets()
        assert again.field_work.drive().along is Along.STREETS
        assert len(listed(again)) > 20


def test_tiles_that_lie_are_given_up(tmp_path: Path) -> None:
    path = tmp_path / "map" / "city.pmtiles"
    path.parent.mkdir()
    tangle = [
        Shape(Thing.ROAD, "", (((WEST, SOUTH + at / 1e5), (WEST + 0.008, SOUTH + at / 1e5)),)) for at in range(500)
    ] + [Shape(Thing.ROAD, "", (((WEST + at / 1e5, SOUTH), (WEST + at / 1e5, SOUTH + 0.005)),)) for at in range(700)]
    write_map(tangle, path, on_progress=silent)
    ways = StreetWays(path)
    places = [(SOUTH + 0.001, WEST + 0.001), (SOUTH + 0.002, WEST + 0.004)]
    assert ways.learn(places)
    assert ways.known(places).along(places) is Along.LINES
