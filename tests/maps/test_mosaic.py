"""Which tiles make up a view: every pixel once, each place where it is, and the best that there is of it."""

from hypothesis import example, given
from hypothesis import strategies as st

from crew.maps.mosaic import MOST_TILES, Mosaic, mosaic
from crew.maps.tile_address import Tile
from crew.maps.view import View

views = st.builds(
    View,
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    zoom=st.floats(3, 19),
    width=st.integers(1, 240).map(lambda cells: 2 * cells),
    height=st.integers(1, 60).map(lambda cells: 4 * cells),
)


def everywhere(_: Tile) -> bool:
    return True


def nowhere(_: Tile) -> bool:
    return False


def laid(view: View, pixels_a_dot: int = 1, tile_pixels: int = 256) -> Mosaic:
    width, height = view.width * pixels_a_dot, view.height * pixels_a_dot
    return mosaic(view, width, height, tile_pixels, everywhere, nowhere)


@given(views, st.sampled_from([(1, 128), (1, 256), (5, 256)]))
@example(View(0.3, 0.4, 14.49, 240, 160), (5, 256))
def test_every_pixel_of_the_world_is_drawn_once(view: View, fineness: tuple[int, int]) -> None:
    pixels, tile_pixels = fineness
    found = laid(view, pixels, tile_pixels)
    assert found.whole
    assert len(found.tiles) <= MOST_TILES
    drawn = sum((patch.right - patch.left) * (patch.bottom - patch.top) for patch in found.patches)
    across = _inside(view.left * view.scale * pixels, view.scale * pixels, view.width * pixels)
    down = _inside(view.top * view.scale * pixels, view.scale * pixels, view.height * pixels)
    assert drawn == across * down
    for one in found.patches:
        for other in found.patches:
            apart = one.right <= other.left or other.right <= one.left
            assert one is other or apart or one.bottom <= other.top or other.bottom <= one.top


def _inside(start: float, world: float, width: int) -> int:
    """How many pixels of a picture lie on the world."""
    return min(width, round(world - start)) - max(0, round(-start))


@given(views, st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_a_place_is_drawn_where_it_is(view: View, across: float, down: float) -> None:
    place = across * view.width, down * view.height
    x, y = view.left + place[0] / view.scale, view.top + place[1] / view.scale
    found = laid(view)
    for patch in found.patches:
        if patch.left <= place[0] < patch.right and patch.top <= place[1] < patch.bottom:
            tile = found.tiles[patch.tile]
            part = (place[0] - patch.left) / (patch.right - patch.left)
            shown = tile.column + patch.box[0] + part * (patch.box[2] - patch.box[0])
            assert abs(shown / 2**tile.zoom - x) * view.scale < 1
            part = (place[1] - patch.top) / (patch.bottom - patch.top)
            shown = tile.row + patch.box[1] + part * (patch.box[3] - patch.box[1])
            assert abs(shown / 2**tile.zoom - y) * view.scale < 1


@given(views, st.integers(1, 6))
def test_what_is_not_here_is_stood_in_for_by_a_part_of_what_is(view: View, levels: int) -> None:
    whole = laid(view)
    zoom = max(0, whole.tiles[0].zoom - levels) if whole.tiles else 0
    found = mosaic(view, view.width, view.height, 256, lambda tile: tile.zoom <= zoom, nowhere)
    assert found.whole
    assert {tile.zoom for tile in found.tiles} <= {zoom}
    assert [(patch.left, patch.top, patch.right, patch.bottom) for patch in found.patches] == [
        (patch.left, patch.top, patch.right, patch.bottom) for patch in whole.patches
    ]
    for before, patch in zip(whole.patches, found.patches, strict=True):
        larger, tile = found.tiles[patch.tile], whole.tiles[before.tile]
        assert tile.above(tile.zoom - larger.zoom) == larger


def test_where_nothing_is_here_all_is_wanted_what_shows_most_first_and_then_the_middle() -> None:
    view = View(0.3025, 0.3700, 14, 480, 320)
    found = mosaic(view, view.width, view.height, 256, nowhere, nowhere)
    assert not found.patches
    assert not found.whole
    zooms = [tile.zoom for tile in found.wanted]
    assert zooms == sorted(zooms)
    assert set(zooms) == {12, 14}
    own = [tile for tile in found.wanted if tile.zoom == 14]
    assert own[0] == Tile(14, int(view.x * 2**14), int(view.y * 2**14))


def test_in_place_of_what_the_server_does_not_have_a_larger_one_is_wanted() -> None:
    view = View(0.3025, 0.3700, 19, 160, 80)
    found = mosaic(view, view.width, view.height, 256, nowhere, lambda tile: tile.zoom > 16)
    assert {tile.zoom for tile in found.wanted} == {16}
