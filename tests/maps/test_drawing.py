"""A drawn map: every cell in its place, pins that never hide one another, and all of it readable without colour."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from crew.domain.place import distance_metres
from crew.maps.canvas import Canvas, dots_of
from crew.maps.city_map import CityMap
from crew.maps.clipping import lines_in
from crew.maps.drawing import Marks, draw
from crew.maps.furniture import round_metres
from crew.maps.map_text import MapText, Style
from crew.maps.pieces import Piece
from crew.maps.pins import Pin, PinKind, stand
from crew.maps.schemas import Thing
from crew.maps.view import View
from tests.maps.town import EAST, MIDDLE, NORTH, SOUTH, WEST, make_town

WHOLE_TOWN = ((SOUTH, WEST), (NORTH, EAST))
PINS = tuple(
    Pin(str(number), place, str(number))
    for number, place in enumerate(((42.306, -71.116), (42.3105, -71.108), (42.32, -71.122)), start=1)
)
POINTS = st.tuples(st.floats(42.3, 42.32), st.floats(-71.12, -71.1))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> CityMap:
    return CityMap(make_town(tmp_path_factory.mktemp("map") / "city.pmtiles"))


def view_of(columns: int, rows: int) -> View:
    return View.fitting(WHOLE_TOWN, columns * 2, rows * 4)


def text_of(drawn: MapText) -> list[str]:
    return ["".join(run.text for run in row) for row in drawn.rows]


def frame(drawn: MapText) -> str:
    return "\n".join(line.rstrip() for line in text_of(drawn)) + "\n"


@pytest.mark.parametrize(
    ("size", "style"),
    [
        ((60, 20), Style()),
        ((80, 24), Style(units="mi", colours=False)),
        ((120, 40), Style()),
        ((60, 20), Style(ascii_only=True, colours=False)),
    ],
    ids=["60x20", "80x24-no-colours", "120x40", "60x20-ascii"],
)
def test_the_town_reads_as_its_frame(
    town: CityMap, size: tuple[int, int], style: Style, request: pytest.FixtureRequest
) -> None:
    view = view_of(*size)
    drawn = draw(view, town.pieces(view), Marks(PINS, chosen="2", you=MIDDLE, around=MIDDLE), style)
    assert {len(line) for line in text_of(drawn)} == {size[0]}
    name = request.node.callspec.id
    kept = Path(__file__).parent.parent / "frames" / f"map-drawn-{name}.txt"
    if not kept.exists() or "CREW_UPDATE_FRAMES" in os.environ:
        kept.write_text(frame(drawn), encoding="utf-8")
    assert frame(drawn) == kept.read_text(encoding="utf-8")


def test_names_stand_once_and_beside_pins(town: CityMap) -> None:
    view = view_of(120, 40)
    text = "\n".join(text_of(draw(view, town.pieces(view), Marks(PINS), Style())))
    for name in ("Centre St", "Washington St", "Green St"):
        assert text.count(name) == 1


def test_a_name_stays_where_it_stands_on_the_ground_when_the_map_is_moved(town: CityMap) -> None:
    view = view_of(80, 24).zoomed(0.5)
    before = draw(view, town.pieces(view), Marks(PINS), Style())
    for columns, rows in ((20, 0), (-20, 6), (0, -6)):
        view = view.panned(columns * 2, rows * 4)
        after = draw(view, town.pieces(view), Marks(PINS), Style(), before)
        stood = {name.cells: (name.column - columns, name.row - rows) for name in before.names}
        stands = {name.cells: (name.column, name.row) for name in after.names}
        assert len(stands) == len(after.names)
        pins = {(one.row, one.column + place) for one in after.stands for place in range(len(one.text))}
        for cells, (column, row) in stood.items():
            is_free = pins.isdisjoint((row, column + place) for place in range(len(cells)))
            if 0 <= column <= 80 - len(cells) and 1 <= row < 23 and is_free:
                assert stands[cells] == (column, row)
        before = after
    closer = view.zoomed(1)
    fresh = draw(closer, town.pieces(closer), Marks(PINS), Style())
    assert draw(closer, town.pieces(closer), Marks(PINS), Style(), before).rows == fresh.rows


def test_a_cell_says_what_it_is(town: CityMap) -> None:
    view = view_of(120, 40)
    drawn = draw(view, town.pieces(view), Marks(PINS, chosen="2"), Style())
    inks = {run.ink for row in drawn.rows for run in row}
    grounds = {run.ground for row in drawn.rows for run in row}
    assert {"main road", "road", "rail", "name", "pin", "chosen pin", "scale"} <= inks
    assert grounds == {"", "water", "park"}


def test_a_pond_in_a_park_is_water(town: CityMap) -> None:
    view = view_of(120, 40)
    drawn = draw(view, town.pieces(view), Marks(), Style())
    right, down = view.dot_of((42.3202, -71.123))
    grounds = "".join(run.ground[:1].ljust(1) * len(run.text) for run in drawn.rows[int(down) // 4])
    assert grounds[int(right) // 2] == "w"
    assert "pw" in grounds
    assert "wp" in grounds


@pytest.mark.parametrize("name", ["Centre St", "中央通り", "Đường Lê Lợi", "ถนนสุขุมวิท", "शिवाजी मार्ग"])
def test_a_name_of_any_script_leaves_every_row_as_wide_as_the_view(name: str) -> None:
    view = View.fitting([MIDDLE], 120, 80)
    level = Piece(Thing.MAIN_ROAD, name, [[(0, 40), (120, 40)]], 1.0, 0.0, 0.0)
    drawn = draw(view, [level], Marks(), Style())
    assert {cell_len(line) for line in text_of(drawn)} == {60}
    assert name in "".join(text_of(drawn))


@given(st.lists(POINTS, min_size=1, max_size=60), st.integers(8, 120), st.integers(1, 40))
def test_no_pin_hides_another_and_every_pin_in_view_is_found(
    places: list[tuple[float, float]], columns: int, rows: int
) -> None:
    view = View.fitting(places, columns * 2, rows * 4)
    pins = [Pin(str(number), place, str(number), PinKind.LATE) for number, place in enumerate(places, start=1)]
    stands = stand(pins, view)
    cells = [(one.row, one.column + place) for one in stands for place in range(len(one.text))]
    assert len(cells) == len(set(cells))
    assert all(0 <= row < rows and 0 <= column < columns for row, column in cells)
    assert sorted(key for one in stands for key in one.keys) == sorted(pin.key for pin in pins)
    assert all(one.text.endswith("+") == (len(one.keys) > 1) for one in stands)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_view_that_is_narrower_than_a_label_has_no_pin(columns: int) -> None:
    view = View.fitting([MIDDLE], columns * 2, 8)
    assert stand([Pin("1", MIDDLE, "12!")], view) == []


def test_a_tap_on_a_pin_means_its_orders() -> None:
    view = view_of(60, 20)
    drawn = draw(view, (), Marks((*PINS, Pin("4", PINS[0].place, "4"))), Style())
    found = {tuple(drawn.pins_at(column, row)) for row in range(20) for column in range(60)}
    assert {key for keys in found for key in keys} == {"1", "2", "3", "4"}
    assert drawn.pins_at(0, 19) == ()


def test_without_a_map_pins_rings_and_scale_are_drawn() -> None:
    drawn = draw(view_of(60, 20), (), Marks(PINS, you=MIDDLE, around=MIDDLE), Style(units="km"))
    text = "\n".join(text_of(drawn))
    assert all(pin.label in text for pin in PINS)
    assert "◉" in text
    assert "├" in text
    assert " km" in text or " m" in text


def test_a_ring_is_as_far_away_as_it_says() -> None:
    view = view_of(120, 40)
    drawn = draw(view, (), Marks(around=MIDDLE), Style(units="km"))
    dots = [
        (column * 2 + 1, row * 4 + 2)
        for row, line in enumerate(text_of(drawn))
        for column, letter in enumerate(line)
        if "⠀" < letter < "⣿"
    ]
    far = [distance_metres(MIDDLE, view.place_at(*dot)) for dot in dots]
    near = round_metres(min(view.width, view.height) * 0.3 * view.metres_per_dot, "km")
    assert all(min(abs(metres - ring) for ring in (near, 2 * near)) < 4 * view.metres_per_dot for metres in far)


@pytest.mark.parametrize(
    ("most", "units", "length"),
    [(999, "km", 500), (1000, "km", 1000), (70, "km", 50), (40, "mi", 30.48), (9000, "mi", 8046.72)],
)
def test_lengths_read_well(most: float, units: str, length: float) -> None:
    assert round_metres(most, units) == pytest.approx(length)


@given(
    st.lists(st.tuples(st.floats(-500, 700), st.floats(-500, 700)), min_size=2, max_size=12),
    st.integers(1, 40),
    st.integers(1, 30),
)
def test_nothing_is_drawn_outside(dots: list[tuple[float, float]], columns: int, rows: int) -> None:
    canvas = Canvas(columns, rows)
    for line in lines_in(dots, canvas.box):
        canvas.line(line, 3)
    canvas.area([dots], 2)
    letters, inks = canvas.cells()
    assert len(letters) == len(inks) == len(canvas.ground) == columns * rows


@settings(deadline=None)
@example((0.0, 0.0), (4.0, 1.5))
@given(*[st.tuples(st.floats(0, 79), st.floats(0, 79))] * 2)
def test_a_line_leads_from_end_to_end_without_a_gap_and_never_aside(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    canvas = Canvas(40, 20)
    canvas.line([start, end], 3)
    letters, inks = canvas.cells()
    cells = [(at % 40 * 2, at // 40 * 4, letter) for at, letter in enumerate(letters) if letter != " "]
    assert all(ink == 3 * (letter != " ") for ink, letter in zip(inks, letters, strict=True))
    dots = {(left + across, top + down) for left, top, letter in cells for across, down in dots_of(letter)}
    for x, y in (start, end):  # in the middle between two dots either is the nearest
        assert any(abs(dot[0] - x) <= 0.51 and abs(dot[1] - y) <= 0.51 for dot in dots)
    (x, y), (right, down) = start, end
    level = abs(right - x) >= abs(down - y)
    across, along = (right - x, down - y) if level else (down - y, right - x)
    for dot in dots:
        place, aside = (dot[0] - x, dot[1] - y) if level else (dot[1] - y, dot[0] - x)
        assert abs(aside - (along * place / across if across else 0.0)) <= 1.02
    on_the_way = sorted(dots, key=lambda dot: dot[0] * (right - x) + dot[1] * (down - y))
    assert all(max(abs(one[0] - two[0]), abs(one[1] - two[1])) <= 1 for one, two in pairwise(on_the_way))


def test_an_area_with_a_hole_is_filled_around_it() -> None:
    canvas = Canvas(20, 10)
    canvas.area([[(4, 4), (36, 4), (36, 36), (4, 36)], [(12, 12), (28, 12), (28, 28), (12, 28)]], 1)
    rows = [canvas.ground[row * 20 : row * 20 + 20] for row in range(10)]
    assert rows[2] == bytes(2) + bytes([1]) * 16 + bytes(2)
    assert rows[5] == bytes(2) + bytes([1]) * 4 + bytes(8) + bytes([1]) * 4 + bytes(2)
    assert rows[0] == bytes(20)
