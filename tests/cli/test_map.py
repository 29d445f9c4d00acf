"""The map on the command line: from a city's streets to the backend, and from there to a device."""

import json
from pathlib import Path

import pytest

from tests.maps.town import make_town
from tests.running import crew, served

STREETS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"ST_NAME": "Centre St"},
            "geometry": {"type": "LineString", "coordinates": [[-71.12, 42.3], [-71.11, 42.32]]},
        }
    ],
}


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    path = tmp_path / "streets.geojson"
    path.write_text(json.dumps(STREETS), encoding="utf-8")
    return path


def test_a_citys_streets_reach_its_devices(streets: Path, tmp_path: Path) -> None:
    city, truck, built = tmp_path / "city", tmp_path / "truck", tmp_path / "boston.pmtiles"
    words = ("--name", "Boston", "--attribution", "City of Boston")
    ended = crew("map", "build", streets, "-o", built, *words, home=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert "Boston, 0.0 MB, City of Boston" in ended.out
    person = ("Dee", "--role", "dispatcher", "--data", city, "--json")
    code = crew("backend", "add-person", *person, home=tmp_path).json["code"]
    with served(city, tmp_path) as url:
        assert crew("sign-in", url, code, "--data", truck, home=tmp_path).code == 0
        none = crew("map", "get", "--data", truck, home=tmp_path)
        assert none.code != 0
        assert "offers no map" in none.err
        assert crew("backend", "map", built, "--data", city, home=tmp_path).code == 0
        got = crew("map", "get", "--json", "--data", truck, home=tmp_path).json
        assert (got["came"], got["name"], got["byte_count"]) == (True, "Boston", built.stat().st_size)
        assert Path(got["file"]).read_bytes() == built.read_bytes()
        assert not crew("map", "get", "--json", "--data", truck, home=tmp_path).json["came"]
    told = crew("map", "info", "--json", "--data", truck, home=tmp_path).json
    assert told["attribution"] == "City of Boston"


def test_a_map_is_taken_from_a_stick(tmp_path: Path) -> None:
    stick, truck = make_town(tmp_path / "stick" / "town.pmtiles"), tmp_path / "truck"
    missing = crew("map", "info", "--data", truck, home=tmp_path)
    assert (missing.code, missing.out) == (6, "")
    assert "crew map get" in missing.err
    assert "The town" in crew("map", "add", stick, "--data", truck, home=tmp_path).out
    assert "The town" in crew("map", "info", "--data", truck, home=tmp_path).out
    assert "The town" in crew("map", "info", stick, home=tmp_path).out


@pytest.mark.parametrize("arguments", [("map", "add"), ("map", "info"), ("backend", "map")])
def test_what_is_no_map_is_refused_and_kept_nowhere(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    page = tmp_path / "map.pmtiles"
    page.write_bytes(b"<html>")
    ended = crew(*arguments, page, "--data", tmp_path / "data", home=tmp_path)
    assert ended.code == 6
    assert "not a map that can be used" in ended.err
    assert not list(tmp_path.rglob("city.pmtiles"))
    assert not list((tmp_path / "data").rglob("*.pmtiles"))
