"""The streets of a map by name: found once, kept beside the map, found anew when another map comes."""

from pathlib import Path

import pytest

from crew.domain.place import distance_metres
from crew.map_work import MapWork
from crew.maps.building import write_map
from crew.maps.city_map import CityMap
from crew.maps.geojson import Shape
from crew.maps.schemas import Thing
from crew.maps.street_names import street_names
from tests.maps.town import make_town, silent


def test_the_streets_of_the_town_are_known_with_points_along_them(tmp_path: Path) -> None:
    with CityMap(make_town(tmp_path / "city.pmtiles")) as town:
        streets = street_names(town)
    assert list(streets) == ["Amory St", "Centre St", "Green St", "Moss Hill Rd", "Washington St"]
    north, south = max(streets["Centre St"]), min(streets["Centre St"])
    assert distance_metres(north, south) > 1_000, "a long street has points far apart"
    assert distance_metres(streets["Green St"][0], (42.3101, -71.111)) < 700


def test_what_was_found_is_kept_beside_the_map_and_found_anew_for_another(tmp_path: Path) -> None:
    path = make_town(tmp_path / "city.pmtiles")
    found = MapWork(path).streets()
    assert len(found) == 5
    kept = tmp_path / "streets.json"
    kept.write_bytes(kept.read_bytes().replace(b"Amory St", b"Kept St!"))
    assert "Kept St!" in dict(MapWork(path).streets()), "it was not read from the map again"
    line = Shape(Thing.ROAD, "Another Rd", (((-71.12, 42.31), (-71.11, 42.31)),))
    write_map([line], path, name="Another", attribution="", on_progress=silent)
    assert [name for name, _ in MapWork(path).streets()] == ["Another Rd"]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"of_map":null,"streets":[["a",[[1,"x"]]]]}'])
def test_what_was_kept_and_is_damaged_is_found_again(tmp_path: Path, content: bytes) -> None:
    path = make_town(tmp_path / "city.pmtiles")
    (tmp_path / "streets.json").write_bytes(content)
    assert len(MapWork(path).streets()) == 5


def test_where_it_cannot_be_kept_it_is_found_all_the_same(tmp_path: Path) -> None:
    path = make_town(tmp_path / "city.pmtiles")
    (tmp_path / "streets.part").mkdir()
    assert len(MapWork(path).streets()) == 5


def test_without_a_map_or_with_a_broken_one_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "city.pmtiles"
    assert MapWork(path).streets() == ()
    path.write_bytes(b"no map at all")
    assert MapWork(path).streets() == ()


def test_the_streets_of_a_real_city_are_known(shared_data: Path) -> None:
    with CityMap(shared_data / "geo" / "chicago_osm_z15.pmtiles") as chicago:
        streets = street_names(chicago)
    assert len(streets) > 500
    state = streets["S State St"]
    assert max(distance_metres(one, other) for one in state for other in state) > 2_000
