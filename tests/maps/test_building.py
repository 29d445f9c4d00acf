"""A city's own files become a map; what is wrong in them is left out, or said."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crew.domain.errors import CorrectInput, FreeSpace
from crew.maps.building import build_map
from crew.maps.city_map import CityMap
from crew.maps.clipping import lines_in, ring_in, thinned
from crew.maps.geojson import Shape, shapes_in
from crew.maps.joining import joined
from crew.maps.schemas import Thing
from crew.maps.view import View
from tests.maps.town import silent

LINE = {"type": "LineString", "coordinates": [[-71.12, 42.31], [-71.11, 42.312]]}


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write(path: Path, *features: object) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def build(folder: Path, *features: object) -> Path:
    goal = folder / "city.pmtiles"
    build_map([write(folder / "streets.geojson", *features)], goal, name="Boston", on_progress=silent)
    return goal


@pytest.mark.parametrize("key", ["name", "ST_NAME", "STREET_NAM", "FULLNAME"])
def test_a_street_is_called_as_the_citys_file_calls_it(tmp_path: Path, key: str) -> None:
    [shape] = shapes_in(write(tmp_path / "a.geojson", feature(LINE, **{key: "Centre St"})))
    assert (shape.thing, shape.name) == (Thing.ROAD, "Centre St")


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"NAME": "", "FULLNAME": "Main St"}, "Main St"),
        ({"St_Name": "Centre"}, "Centre"),
        ({"PRE_DIR": "N", "STREET_NAM": "CLARK", "STREET_TYP": "ST"}, "N Clark St"),
        ({"STREET_NAM": "31ST", "STREET_TYP": "PL"}, "31st Pl"),
        ({"ST_NAME": "Centre St", "ST_TYPE": "ST"}, "Centre St"),
        ({"PRE_DIR": "N", "STREET_TYP": "ST"}, ""),
        ({"name": None, "street": "\x1b[2JElm\u202e St"}, "[2JElm St"),
    ],
)
def test_a_name_is_put_together_of_what_the_city_has(tmp_path: Path, properties: dict[str, Any], name: str) -> None:
    [shape] = shapes_in(write(tmp_path / "a.geojson", feature(LINE, **properties)))
    assert shape.name == name


@pytest.mark.parametrize(
    ("geometry", "properties", "thing"),
    [
        (LINE, {"highway": "primary"}, Thing.MAIN_ROAD),
        (LINE, {"highway": "footway"}, Thing.PATH),
        (LINE, {"railway": "subway"}, Thing.RAIL),
        (LINE, {"CLASS": 7}, Thing.ROAD),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, {"natural": "water"}, Thing.WATER),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, {"TYPE": "Park"}, Thing.PARK),
    ],
)
def test_a_thing_is_what_its_words_say(
    tmp_path: Path, geometry: object, properties: dict[str, Any], thing: Thing
) -> None:
    [shape] = shapes_in(write(tmp_path / "a.geojson", feature(geometry, **properties)))
    assert shape.thing is thing


def test_what_is_not_on_earth_and_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.geojson",
        feature({"type": "Point", "coordinates": [0, 0]}),
        feature({"type": "LineString", "coordinates": [[-71.1, 42.3], ["a", None], [1e9, 0], [-71.2, 42.3, 7]]}),
        feature({"type": "LineString", "coordinates": "nothing"}),
        feature({"type": "LineString", "coordinates": [[10**400, 0], [float("nan"), 1], [float("-inf"), 2], [0, 3]]}),
        feature(None),
        "no feature",
        feature({"type": "MultiLineString", "coordinates": [[[0, 0]], 7, [[0, 0], [1, 1]]]}, name=7),
    )
    assert [shape.parts for shape in shapes_in(path)] == [
        (((-71.1, 42.3), (-71.2, 42.3)),),
        (((0.0, 0.0), (1.0, 1.0)),),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no GeoJSON"),
        (b"[1, 2]", "feature collection"),
        (b"[" * 100_000, "no GeoJSON"),
        (b"\xff\xfe{", "no GeoJSON"),
    ],
)
def test_what_is_no_geojson_is_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    with pytest.raises(CorrectInput, match=why):
        build_map([path], tmp_path / "city.pmtiles", on_progress=silent)
    with pytest.raises(CorrectInput, match="cannot be read"):
        build_map([tmp_path / "gone.geojson"], tmp_path / "city.pmtiles", on_progress=silent)


@pytest.mark.parametrize("kind", ["LineString", "Polygon"])
def test_what_crosses_the_world_is_a_sentence_and_soon(tmp_path: Path, kind: str) -> None:
    line = [[-170, -70], [170, 70], [170, -70]]
    with pytest.raises(CorrectInput, match="more than a city"):
        build(tmp_path, feature({"type": kind, "coordinates": [line] if kind == "Polygon" else line}))


def test_a_file_without_anything_to_draw_leaves_the_map_before(tmp_path: Path) -> None:
    goal = build(tmp_path, feature(LINE))
    before = goal.read_bytes()
    with pytest.raises(CorrectInput, match="no street"):
        build(tmp_path, feature({"type": "Point", "coordinates": [0, 0]}))
    assert goal.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city.pmtiles", "streets.geojson"]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    source = write(tmp_path / "a.geojson", feature(LINE))
    with pytest.raises(FreeSpace, match="not written"):
        build_map([source], tmp_path / "gone" / "city.pmtiles", on_progress=silent)


COORDINATES = st.lists(st.tuples(st.floats(-71.13, -71.10), st.floats(42.30, 42.32)).map(list), min_size=2, max_size=6)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COORDINATES)
def test_a_line_goes_into_the_map_and_comes_out_where_it_was(tmp_path: Path, coordinates: list[list[float]]) -> None:
    assume(coordinates[0] != coordinates[-1])
    goal = build(tmp_path, feature({"type": "LineString", "coordinates": coordinates}, name="It"))
    view = View.fitting([(lat, long) for long, lat in coordinates], 240, 160)
    with CityMap(goal) as city_map:
        dots = [dot for piece in city_map.pieces(view) for part in piece.dots() for dot in part]
    lat, long = coordinates[0][1], coordinates[0][0]
    x, y = view.dot_of((lat, long))
    spread = max(abs(one[0] - coordinates[0][0]) + abs(one[1] - coordinates[0][1]) for one in coordinates)
    if spread > 0.001:
        assert min(abs(x - right) + abs(y - down) for right, down in dots) < 2


GRID = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda spot: (float(spot[0]), float(spot[1])))
PIECES = st.lists(st.lists(GRID, min_size=2, max_size=4).map(tuple), max_size=12)


def strokes(lines: Iterable[tuple[tuple[float, float], ...]]) -> Counter[frozenset[tuple[float, float]]]:
    """From point to point, whichever way, and how often."""
    return Counter(frozenset(pair) for line in lines for pair in pairwise(line))


@given(PIECES)
def test_joined_lines_draw_the_same_with_fewer_ends(lines: list[tuple[tuple[float, float], ...]]) -> None:
    pieces = [Shape(Thing.ROAD, "Elm St", (line,)) for line in lines]
    parts = [part for shape in joined(pieces) for part in shape.parts]
    assert strokes(parts) == strokes(lines)
    assert len(parts) <= len(lines)


def test_the_pieces_of_a_street_are_one_line_whichever_way_they_run() -> None:
    a, b, c, d, e = ((float(place), 0.0) for place in range(5))
    pieces = [Shape(Thing.ROAD, "Elm St", (line,)) for line in ((c, d), (c, b), (e, d), (a, b))]
    other = Shape(Thing.PATH, "Elm St", ((a, e),))
    street, path = joined([*pieces, other])
    assert street.parts in (((a, b, c, d, e),), ((e, d, c, b, a),))
    assert path == other


def test_areas_are_not_joined() -> None:
    ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))
    parks = [Shape(Thing.PARK, "", (ring,)), Shape(Thing.PARK, "", (ring,))]
    assert list(joined(parks)) == parks


SPOTS = st.tuples(st.floats(-300, 400), st.floats(-300, 400))


@given(st.lists(SPOTS, min_size=2, max_size=9))
def test_a_cut_line_lies_inside(line: list[tuple[float, float]]) -> None:
    for piece in lines_in(line, (0, 0, 100, 100)):
        assert all(-1e-6 <= value <= 100 + 1e-6 for spot in piece for value in spot)


@given(st.lists(SPOTS, min_size=3, max_size=9))
def test_a_cut_area_lies_inside(ring: list[tuple[float, float]]) -> None:
    assert all(-1e-6 <= value <= 100 + 1e-6 for spot in ring_in(ring, (0, 0, 100, 100)) for value in spot)


@given(st.lists(SPOTS, min_size=2, max_size=30), st.floats(0.1, 50))
def test_a_thinned_line_keeps_its_ends_and_its_points(line: list[tuple[float, float]], tolerance: float) -> None:
    thin = thinned(line, tolerance)
    assert (thin[0], thin[-1]) == (line[0], line[-1])
    assert set(thin) <= set(line)


def test_a_real_citys_street_lines_become_a_map(shared_data: Path, tmp_path: Path) -> None:
    goal = tmp_path / "boston.pmtiles"
    source = shared_data / "geo" / "boston_bike_network_2024_street_lines.geojson"
    build_map([source], goal, name="Boston", attribution="City of Boston", on_progress=silent)
    view = View.fitting([(42.31, -71.11)], 240, 160).zoomed(-3)
    with CityMap(goal) as city_map:
        names = {piece.name for piece in city_map.pieces(view)}
    assert {"Centre Street", "Southwest Corridor"} & names
    assert goal.stat().st_size < 1_000_000
