"""The city's map, from the administrator's file to a device: whole or absent, over any number of cuts."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from crew import wire
from crew.api_client import CrewApi
from crew.backend.city import City
from crew.backend.map_offer import offered_map, put_map
from crew.domain.errors import CallForHelp, CorrectInput, FreeSpace, SendAgain, TryLater
from crew.store.map_file import MapFile
from crew.sync.map_fetching import fetch_map
from tests.backend.crews import ROADS, Device, Enrolment, report

pytestmark = pytest.mark.anyio

MAP = b"PMTiles" + bytes(range(256)) * 300


def silent(done: int, total: int | None) -> None:
    """Nobody looks at the progress."""


def offer(city: City, folder: Path, content: bytes = MAP) -> wire.MapOffer:
    file = folder / "boston.pmtiles"
    file.write_bytes(content)
    return put_map(city.data_dir, file, silent)


class Road(httpx.AsyncBaseTransport):
    """The road to the real application: cut or bent as a test says, one fault for each request for a piece."""

    def __init__(self, app: Starlette) -> None:
        self._inner = httpx.ASGITransport(app)
        self.faults: list[str] = []
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if "Range" not in request.headers:
            return response
        self.asked.append(request.headers["Range"])
        match self.faults.pop(0) if self.faults else "":
            case "cut":
                raise httpx.ReadError("cut", request=request)
            case "bent":
                content = bytearray(await response.aread())
                content[-1] ^= 1
                return httpx.Response(response.status_code, headers=response.headers, content=bytes(content))
            case "another piece":
                headers = {**response.headers, "content-range": "bytes 7-8/9"}
                return httpx.Response(206, headers=headers, content=await response.aread())
        return response


@pytest.fixture
def road(app: Starlette) -> Road:
    return Road(app)


@pytest.fixture
async def truck(city: City, enrol: Enrolment) -> Device:
    report(city)
    return await enrol(crew=ROADS)


@pytest.fixture
async def api(truck: Device, road: Road) -> AsyncIterator[CrewApi]:
    async with CrewApi("http://localhost", truck.token, road) as opened:
        yield opened


@pytest.fixture
def here(tmp_path: Path) -> MapFile:
    return MapFile(tmp_path / "device" / "map")


async def test_a_map_comes_in_pieces_and_only_once(
    city: City, tmp_path: Path, api: CrewApi, here: MapFile, road: Road
) -> None:
    offer(city, tmp_path)
    seen: list[tuple[int, int | None]] = []
    assert await fetch_map(api, here, lambda done, total: seen.append((done, total)))
    assert here.path.read_bytes() == MAP
    assert (seen[0], len(road.asked)) == ((0, len(MAP)), len(seen))
    assert not await fetch_map(api, here, silent)
    assert len(road.asked) == len(seen)


async def test_a_map_goes_on_where_it_was_cut_after_a_restart_too(
    city: City, tmp_path: Path, api: CrewApi, here: MapFile, road: Road
) -> None:
    offer(city, tmp_path, content := os.urandom(2_000_000))
    road.faults = ["", "cut", "", "cut", "another piece", "cut"]
    with pytest.raises(TryLater):
        await fetch_map(api, here, silent)
    assert not here.path.exists()
    begun = here.begun(hashlib.sha256(content).hexdigest())
    assert 0 < begun < len(content)
    assert await fetch_map(api, MapFile(here.path.parent), silent)
    assert here.path.read_bytes() == content
    assert f"bytes={begun}-" in road.asked[6]


async def test_a_damaged_map_is_not_put_in_place_and_the_next_try_begins_anew(
    city: City, tmp_path: Path, api: CrewApi, here: MapFile, road: Road
) -> None:
    here.path.parent.mkdir(parents=True)
    here.path.write_bytes(b"the map before")
    offer(city, tmp_path)
    road.faults = ["bent"]
    with pytest.raises(SendAgain, match="damaged"):
        await fetch_map(api, here, silent)
    assert here.path.read_bytes() == b"the map before"
    assert await fetch_map(api, here, silent)
    assert here.path.read_bytes() == MAP


async def test_another_map_meanwhile_begins_anew_and_leaves_nothing_of_the_first(
    city: City, tmp_path: Path, api: CrewApi, here: MapFile, road: Road
) -> None:
    offer(city, tmp_path, os.urandom(300_000))
    road.faults = ["", "cut", "cut", "cut"]
    with suppress(TryLater):
        await fetch_map(api, here, silent)
    offer(city, tmp_path)
    assert await fetch_map(api, here, silent)
    assert [path.name for path in here.path.parent.iterdir()] == [here.path.name]
    assert here.path.read_bytes() == MAP


async def test_a_city_without_a_map_says_so(api: CrewApi, here: MapFile) -> None:
    with pytest.raises(CallForHelp, match="no map"):
        await fetch_map(api, here, silent)


async def test_nobody_gets_it_without_a_token_and_nothing_else_is_to_be_had(
    city: City, tmp_path: Path, truck: Device
) -> None:
    made = offer(city, tmp_path)
    assert (await truck.client.get("/crew/v1/map")).status_code == 401
    assert (await truck.client.get(f"/crew/v1/map/{made.sha256}")).status_code == 401
    for name in ("0" * 64, "..%2f..%2fcity", "current"):
        assert (await truck.get(f"map/{name}")).status_code == 404
    assert (await truck.get(f"map/{made.sha256}")).content == MAP


def test_the_last_map_that_was_put_is_the_one_that_is_offered(city: City, tmp_path: Path) -> None:
    first, second = offer(city, tmp_path), offer(city, tmp_path, b"another map")
    assert (offered_map(city.data_dir), first == second) == (second, False)
    assert offer(city, tmp_path) == first == offered_map(city.data_dir)
    assert len(list((city.data_dir / "map").iterdir())) == 1


def test_a_map_that_cannot_be_read_or_written_is_a_sentence(city: City, tmp_path: Path) -> None:
    with pytest.raises(CorrectInput, match="cannot be read"):
        put_map(city.data_dir, tmp_path / "gone.pmtiles", silent)
    made = offer(city, tmp_path)
    assert offered_map(city.data_dir) == made
    (city.data_dir / "map").rename(city.data_dir / "kept")
    (city.data_dir / "map").touch()
    with pytest.raises(FreeSpace, match="Make room"):
        offer(city, tmp_path)


def test_a_map_from_a_stick_takes_the_place_of_the_one_before(here: MapFile, tmp_path: Path) -> None:
    stick = tmp_path / "stick.pmtiles"
    stick.write_bytes(MAP)
    here.put(stick)
    assert here.path.read_bytes() == MAP
    with pytest.raises(CorrectInput, match="cannot be read"):
        here.put(tmp_path / "gone.pmtiles")
    assert [path.name for path in here.path.parent.iterdir()] == [here.path.name]
