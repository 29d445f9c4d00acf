"""An area stays on its picture, whatever keys and mice do to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.picture_area import Area

PARTS = st.floats(-3, 3)
AREAS = st.builds(Area.between, st.tuples(PARTS, PARTS), st.tuples(PARTS, PARTS))


@given(AREAS, PARTS, PARTS)
def test_moved_it_never_leaves_the_picture_and_keeps_its_size(area: Area, across: float, down: float) -> None:
    moved = area.moved(across, down)
    assert moved.right - moved.left == pytest.approx(area.right - area.left)
    assert moved.bottom - moved.top == pytest.approx(area.bottom - area.top)


@given(AREAS, PARTS, PARTS)
def test_it_can_be_seen_however_small_it_is_made(area: Area, across: float, down: float) -> None:
    grown = area.grown(across, down)
    assert grown.right - grown.left >= 0.0099
    assert grown.bottom - grown.top >= 0.0099


@pytest.mark.parametrize("sides", [(0.5, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.1), (0, 0, float("nan"), 1)])
def test_what_lies_on_no_picture_is_no_area(sides: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="on its picture"):
        Area(*sides)
