"""A map is a stranger's file: what is right in it is shown, what is not becomes a sentence or an empty place."""

import gzip
import tracemalloc
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pmtiles.tile import Entry, serialize_directory, serialize_header

from crew.domain.errors import CorrectInput
from crew.maps.city_map import CityMap
from crew.maps.recent import Recent
from crew.maps.schemas import Thing
from crew.maps.view import View
from tests.maps.town import EAST, MIDDLE, NORTH, SOUTH, WEST, make_town

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_town(tmp_path_factory.mktemp("map") / "city.pmtiles")


def seen(path: Path, view: View) -> dict[Thing, set[str]]:
    with CityMap(path) as city_map:
        found: dict[Thing, set[str]] = {}
        for piece in city_map.pieces(view):
            found.setdefault(piece.thing, set()).add(piece.name)
        return found


def test_it_says_what_it_is(town: Path) -> None:
    with CityMap(town) as city_map:
        info = city_map.facts()
    assert (info.name, info.attribution, info.zooms) == ("The town", "Made up for tests", (10, 15))
    assert info.south_west == pytest.approx((SOUTH, WEST), abs=0.01)
    assert info.north_east == pytest.approx((NORTH, EAST), abs=0.01)
    assert info.byte_count == town.stat().st_size


@pytest.mark.parametrize("zoom", [11.0, 13.4, 15.0, 18.7])
def test_a_view_has_its_streets_at_every_zoom_and_beyond_the_last(town: Path, zoom: float) -> None:
    view = View.fitting([MIDDLE], 200, 120).zoomed(zoom - 17)
    found = seen(town, view)
    assert "Centre St" in found[Thing.MAIN_ROAD]
    if zoom < 18:
        assert "Green St" in found[Thing.ROAD]


def test_a_line_stands_where_its_places_are(town: Path) -> None:
    view = View.fitting([MIDDLE], 400, 400).zoomed(-2)
    with CityMap(town) as city_map:
        dots = [
            dot for piece in city_map.pieces(view) if piece.name == "Centre St" for part in piece.dots() for dot in part
        ]
    corner = view.dot_of((42.306, -71.116))
    assert min(abs(x - corner[0]) + abs(y - corner[1]) for x, y in dots) < 1


def test_elsewhere_there_is_nothing(town: Path) -> None:
    assert seen(town, View.fitting([(48.0, 11.0)], 200, 100)) == {}
    assert seen(town, View.fitting([], 200, 100)) == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"PM", "no PMTiles"),
        (b"<html>not found</html>" * 10, "no PMTiles"),
        (b"PMTiles\x02" + bytes(200), "no PMTiles"),
        (b"PMTiles\x03" + b"\xff" * 200, "no PMTiles"),
    ],
)
def test_what_is_no_map_is_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "city.pmtiles"
    file.write_bytes(content)
    with pytest.raises(CorrectInput, match=why):
        CityMap(file)


def test_a_map_of_pictures_is_a_sentence(tmp_path: Path, town: Path) -> None:
    raw = bytearray(town.read_bytes())
    raw[99] = 2
    file = tmp_path / "city.pmtiles"
    file.write_bytes(raw)
    with pytest.raises(CorrectInput, match="pictures"):
        CityMap(file)


def test_a_map_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorrectInput, match="cannot be read"):
        CityMap(tmp_path / "gone.pmtiles")


def test_a_map_cut_anywhere_is_a_sentence_or_shows_less(tmp_path: Path, town: Path) -> None:
    raw, file = town.read_bytes(), tmp_path / "cut.pmtiles"
    view = View.fitting([MIDDLE], 200, 120).zoomed(-3)
    for end in range(0, len(raw), max(1, len(raw) // 150)):
        file.write_bytes(raw[:end])
        try:
            seen(file, view)
        except CorrectInput:
            continue


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6))
def test_a_map_with_other_bytes_is_a_sentence_or_shows_less(
    tmp_path: Path, town: Path, changes: list[tuple[int, int]]
) -> None:
    raw, file = bytearray(town.read_bytes()), tmp_path / "bent.pmtiles"
    for place, byte in changes:
        raw[place % len(raw)] = byte
    file.write_bytes(raw)
    try:
        seen(file, View.fitting([MIDDLE], 200, 120).zoomed(-3))
    except CorrectInput:
        return


def written(folder: Path, town: Path, root: bytes, *, metadata: bytes = b"{}") -> Path:
    """A map with another root directory, or other words about itself."""
    with CityMap(town) as city_map:
        header = dict(city_map._header)
    after = 127 + len(root) + len(metadata)
    places = {
        "root_offset": 127,
        "root_length": len(root),
        "metadata_offset": 127 + len(root),
        "metadata_length": len(metadata),
    }
    nothing = {"leaf_directory_offset": after, "leaf_directory_length": 0, "tile_data_length": 0}
    file = folder / "other.pmtiles"
    changed = {**header, **places, **nothing, "tile_data_offset": after}
    head = serialize_header(changed)  # type: ignore[arg-type]  # a header is a mapping
    file.write_bytes(head + root + metadata)
    return file


WHOLE_ROOT = serialize_directory([Entry(0, 0, 1, 1)])
BOMB = gzip.compress(bytes(100 * MEGABYTE))
MANY = 500_000
FULL_OF_ENTRIES = gzip.compress(bytes([0xA0, 0xC2, 0x1E]) + bytes([1]) * 4 * MANY)


@pytest.mark.parametrize(
    "parts",
    [(BOMB, b"{}"), (WHOLE_ROOT + BOMB, b"{}"), (FULL_OF_ENTRIES, b"{}"), (WHOLE_ROOT, BOMB)],
    ids=["root", "behind-the-root", "entries", "metadata"],
)
def test_what_unpacks_without_end_is_not_unpacked(tmp_path: Path, town: Path, parts: tuple[bytes, bytes]) -> None:
    file = written(tmp_path, town, parts[0], metadata=parts[1])
    tracemalloc.start()
    try:
        with pytest.raises(CorrectInput, match="damaged"):
            seen(file, View.fitting([MIDDLE], 200, 120))
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_map_of_which_the_end_is_missing_is_a_sentence(tmp_path: Path, town: Path) -> None:
    file = tmp_path / "cut.pmtiles"
    for lacking in (1, 100, town.stat().st_size - 200):
        file.write_bytes(town.read_bytes()[:-lacking])
        with pytest.raises(CorrectInput, match="not all of it has come"):
            CityMap(file)


def test_a_map_whose_directories_are_packed_otherwise_is_a_sentence(tmp_path: Path, town: Path) -> None:
    raw = bytearray(town.read_bytes())
    raw[97] = 1
    file = tmp_path / "city.pmtiles"
    file.write_bytes(raw)
    with pytest.raises(CorrectInput, match="directories are packed"):
        CityMap(file)


def test_what_is_kept_has_a_weight_and_the_oldest_goes() -> None:
    asked: list[str] = []

    def read(name: str) -> str:
        asked.append(name)
        return name

    kept = Recent[str, str](10, len)
    for name in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb", "d" * 50, "d" * 50):
        assert kept.get(name, partial(read, name)) == name
    assert asked == ["aaaa", "bbbb", "cccc", "bbbb", "d" * 50]


def test_real_tiles_of_a_large_city_are_read(shared_data: Path) -> None:
    view = View.fitting([(41.88, -87.63)], 240, 160).zoomed(-3)
    found = seen(shared_data / "geo" / "chicago_osm_z15.pmtiles", view)
    assert {Thing.MAIN_ROAD, Thing.ROAD, Thing.RAIL, Thing.PARK, Thing.WATER, Thing.NAME} <= set(found)
    assert {"W Monroe St", "N Clark St"} <= found[Thing.NAME]
