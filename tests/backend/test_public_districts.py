"""The public list, its map and its feeds, narrowed to a district: a filter with counts, without script."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings, PublicSettings
from crew.backend.city import City, open_city
from crew.backend.public.public_requests import MOST_COUNTED, Asked, district_counts, public_requests
from crew.domain.work_order import PublicStatus
from tests.backend.citizens import Hands, close_order
from tests.backend.test_public_list import fill, numbers, reported

pytestmark = pytest.mark.anyio

CREWS = """
[crews]
"north" = "North Yard"
"south" = "South Yard"
"lights" = "Street Lights"
[routing]
default = "lights"
[districts]
"Jamaica Plain" = ["north", "south"]
"Roxbury & Beyond" = ["south"]
"Nobody's" = []
"""


@pytest.fixture
def city(tmp_path: Path, clock: Hands) -> Iterator[City]:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "crews.toml").write_text(CREWS)
    settings = BackendSettings(public_url="http://city", public=PublicSettings(feeds=True))
    opened = open_city(folder, settings, clock)
    yield opened
    opened.database.close()


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_backend(city)), base_url="http://city") as opened:
        yield opened


async def test_a_district_shows_what_its_crews_have(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    hole, paint, light, done = (
        reported(city, clock, place, crew=crew, service_code=code)
        for place, (crew, code) in enumerate(
            (("north", "pothole"), ("south", "graffiti"), ("lights", "street-light"), ("north", "pothole"))
        )
    )
    close_order(city, done)

    async def shown(query: str) -> list[str]:
        return numbers((await client.get(f"/requests?{query}")).text)

    assert await shown("") == [light, paint, hole]
    assert await shown("district=Jamaica+Plain") == [paint, hole]
    assert await shown("district=Roxbury+%26+Beyond") == [paint]
    assert await shown("district=Jamaica+Plain&service=pothole") == [hole]
    assert await shown("district=Jamaica+Plain&status=all") == [done, paint, hole]
    assert await shown("district=Jamaica+Plain&status=closed&service=pothole") == [done]
    assert await shown("district=Nowhere") == await shown("district=Nobody%27s") == [light, paint, hole]
    for feed, entry in (("atom", r"<id>tag:[^<]*requests/(\d+)</id>"), ("json", r'"id": ?"tag:[^"]*requests/(\d+)"')):
        found = (await client.get(f"/requests/feed.{feed}?district=Jamaica+Plain&status=all")).text
        assert set(re.findall(entry, found)) == {done, paint, hole}, feed


async def test_the_filter_counts_keeps_the_choice_and_goes_on_to_maps_pages_and_feeds(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    for place in range(20):
        reported(city, clock, place, crew="north")
    reported(city, clock, 30, crew="south", service_code="graffiti")
    page = (await client.get("/requests?district=Jamaica+Plain")).text
    options = dict(re.findall(r'<option value="([^"]+)"(?: selected)?>[^<]* \((\d+)\)</option>', page))
    assert options == {"Jamaica Plain": "21", "Roxbury &amp; Beyond": "1"}
    assert re.findall(r'<option value="([^"]+)" selected>', page) == ["open", "Jamaica Plain"]
    links = re.findall(r'href="([^"]*(?:area=|before=|feed\.)[^"]*)"', page)
    kinds = ("area=", "before=", "feed.atom", "feed.json")
    assert all(any(kind in link for link in links) for kind in kinds)
    assert not [link for link in links if "streets.svg" not in link and "district=Jamaica+Plain" not in link]
    narrowed = (await client.get("/requests?service=graffiti")).text
    assert re.findall(r"\((\d+)\)</option>", narrowed) == ["1", "1"]


def test_counts_are_those_of_everything_up_to_a_limit(city: City) -> None:
    fill(city, 1_000)
    districts = {"one": ("north",), "both": ("north", "south"), "none": ("lights",)}
    with city.database.reading() as connection:
        for asked in (Asked(), Asked(status=None), Asked(PublicStatus.CLOSED, "graffiti")):
            found = {
                name: len(public_requests(connection, Asked(asked.status, asked.service_code, crews=crews), 1_000))
                for name, crews in districts.items()
            }
            counted = district_counts(connection, asked, districts)
            assert counted == {name: min(MOST_COUNTED, count) for name, count in found.items()}
            assert found["both"] > found["one"] > found["none"] == 0
