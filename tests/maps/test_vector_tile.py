"""Vector tiles: what is written is read back, and whatever else the bytes are, reading them ends."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.maps.tile_writing import Drawn, _field, _number, encoded
from crew.maps.vector_tile import AREA, LINE, POINT, BrokenTile, Feature, features


def all_keys(layer: str) -> tuple[str, str] | None:
    return ("class", "name") if layer != "unwanted" else None


SPOTS = st.tuples(st.integers(-64, 4160), st.integers(-64, 4160))
LINES = st.lists(st.lists(SPOTS, min_size=2, max_size=8), min_size=1, max_size=3)
THINGS = st.builds(
    Drawn, st.sampled_from(["transportation", "water"]), st.text(max_size=8), st.text(max_size=12), st.just(LINE), LINES
)
TILE = encoded(
    [
        Drawn("transportation", "primary", "Centre St", LINE, [[(0, 0), (4000, 300), (4000, 4000)]]),
        Drawn("water", "lake", "", AREA, [[(10, 10), (500, 20), (400, 600)]]),
        Drawn("unwanted", "shop", "Deli", LINE, [[(1, 1), (2, 2)]]),
    ]
)
WHOLE = features(TILE, all_keys)


@given(st.lists(THINGS, max_size=6))
def test_what_is_written_is_read_back(things: list[Drawn]) -> None:
    found = features(encoded(things), all_keys)
    wanted = sorted((thing.layer, thing.kind, thing.name, thing.parts) for thing in things)
    assert sorted((one.layer, one.kind, one.name, one.parts) for one in found) == wanted


def test_areas_are_closed_and_unwanted_layers_left_out() -> None:
    road, water = features(TILE, all_keys)
    assert road == Feature("transportation", "primary", "Centre St", LINE, [[(0, 0), (4000, 300), (4000, 4000)]], 4096)
    assert (water.shape, water.parts) == (AREA, [[(10, 10), (500, 20), (400, 600), (10, 10)]])


def test_a_tile_cut_anywhere_is_broken_or_shorter() -> None:
    for end in range(len(TILE)):
        try:
            found = features(TILE[:end], all_keys)
        except BrokenTile:
            continue
        assert found == WHOLE[: len(found)]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_tile_or_broken(raw: bytes) -> None:
    try:
        features(raw, all_keys)
    except BrokenTile:
        return


@given(st.integers(0, len(TILE) - 1), st.integers(0, 255))
def test_a_tile_with_one_other_byte_is_a_tile_or_broken(place: int, byte: int) -> None:
    raw = bytearray(TILE)
    raw[place] = byte
    try:
        features(bytes(raw), all_keys)
    except BrokenTile:
        return


def test_a_count_that_lies_is_not_waited_for() -> None:
    endless = bytes([0x22, 5]) + bytes([(2 | 7 << 3) & 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
    feature = bytes([0x18, LINE]) + endless
    layer = bytes([0x0A, 1]) + b"a" + bytes([0x12, len(feature)]) + feature
    with pytest.raises(BrokenTile):
        features(bytes([0x1A, len(layer)]) + layer, all_keys)


def layer_of(content: bytes) -> bytes:
    """A tile with one layer, whatever stands in it."""
    return _field(3, _field(1, b"transportation") + content)


def feature_of(shape: int, commands: bytes) -> bytes:
    return _field(2, _number(3 << 3) + _number(shape) + _field(4, commands))


MEGABYTES = 1 << 20
HEAVY = {
    "too many bytes": feature_of(LINE, b"") * MEGABYTES,
    "too many fields": feature_of(LINE, b"") * 250_000,
    "too many features": feature_of(POINT, bytes([9, 2, 2])) * 60_000,
    "too many points": feature_of(AREA, bytes([9, 2, 2]) + bytes([15]) * 1_000_000),
}
"""Eight megabytes of any of these were read for minutes, or filled hundreds of megabytes."""


@pytest.mark.parametrize("why", HEAVY)
def test_a_tile_that_weighs_too_much_is_broken_soon(why: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BrokenTile, match=why):
            features(layer_of(HEAVY[why]), all_keys)
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTES
    finally:
        tracemalloc.stop()


def test_a_layer_that_is_not_wanted_may_weigh_what_it_likes() -> None:
    buildings = _field(3, _field(1, b"unwanted") + HEAVY["too many fields"])
    assert features(buildings + TILE, all_keys) == WHOLE
