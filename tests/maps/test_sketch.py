"""Without a map: the streets of the addresses stand beside their pins, and hide none."""

from hypothesis import given
from hypothesis import strategies as st

from crew.maps.drawing import Marks, draw
from crew.maps.map_text import Style
from crew.maps.pins import Pin
from crew.maps.sketch import sketched
from crew.maps.view import View


def lines_of(view: View, *pins: Pin) -> list[str]:
    drawn = draw(view, sketched(pins, view), Marks(pins), Style())
    return ["".join(run.text for run in row) for row in drawn.rows]


def pin(number: int, lat: float, long: float, address: str) -> Pin:
    return Pin(str(number), (lat, long), str(number), address=address)


CENTRE = pin(1, 42.312, -71.120, "412 Centre St, Jamaica Plain")
FAR = pin(2, 42.312, -71.100, "900 centre st, Jamaica Plain")
CORNER = pin(3, 42.306, -71.110, "Elm St & Oak St")


def view_of(*pins: Pin) -> View:
    return View.fitting([one.place for one in pins], 160, 80)


def test_a_street_is_named_in_the_row_of_its_pin_and_close_to_it() -> None:
    [line] = [line for line in lines_of(view_of(CENTRE), CENTRE) if "Centre St" in line]
    between = line[line.index("Centre St") + len("Centre St") : line.index("1")]
    assert between.isspace()
    assert len(between) < 6


def test_a_street_of_two_pins_is_named_once_and_between_them() -> None:
    lines = lines_of(view_of(CENTRE, FAR), CENTRE, FAR)
    [line] = [line for line in lines if "Centre St" in line]
    assert sum("entre" in other for other in lines) == 1
    assert line.index("1") < line.index("Centre St") < line.index("2")


def test_both_streets_of_a_corner_are_named() -> None:
    text = "\n".join(lines_of(view_of(CENTRE, FAR, CORNER), CENTRE, FAR, CORNER))
    assert "Elm St" in text
    assert "Oak St" in text


@given(
    st.lists(
        st.tuples(
            st.floats(42.3, 42.32), st.floats(-71.12, -71.1), st.sampled_from(["1 Elm St", "Elm St & Oak St", ""])
        ),
        min_size=1,
        max_size=20,
    )
)
def test_no_name_hides_a_pin(places: list[tuple[float, float, str]]) -> None:
    pins = [pin(number, *place) for number, place in enumerate(places, start=1)]
    view = view_of(*pins)
    drawn = draw(view, sketched(pins, view), Marks(pins), Style())
    lines = ["".join(run.text for run in row) for row in drawn.rows]
    for one in drawn.stands:
        assert lines[one.row][one.column : one.column + len(one.text)] == one.text
