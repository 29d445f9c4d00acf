"""Streets under the public map: one picture, drawn by the backend from the city's map; none where there is no map."""

import base64
import gzip
import hashlib
import logging
import re
import time
from html import unescape
from itertools import pairwise
from math import hypot
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.citizens.city_dots import city_dots
from crew.backend.citizens.city_streets import CityStreets
from crew.backend.citizens.map_area import HEIGHT, WIDTH, fitted, read_area
from crew.backend.citizens.street_drawing import drawn_streets, view_of
from crew.backend.city import City
from crew.backend.map_offer import put_map
from crew.backend.public.public_requests import Area, PublicRequest
from crew.domain.work_order import PublicStatus, WorkStatus
from crew.maps.city_map import CityMap
from crew.maps.pieces import Piece
from crew.maps.schemas import Thing
from tests.backend.citizens import NOON, Hands
from tests.backend.test_public_list import reported
from tests.maps.town import TOWN, make_town, silent

pytestmark = pytest.mark.anyio

HERE = Area(42.296, -71.128, 42.324, -71.100)
MOST_BYTES = 15_000
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_town(tmp_path_factory.mktemp("map") / "city.pmtiles")


def picture_in(page: str) -> str:
    found = re.search(r'<image href="([^"]+)"', page)
    return f"/{unescape(found[1])}" if found else ""


def cut(town: Path, copy: Path) -> Path:
    copy.write_bytes(town.read_bytes()[:-2_000])
    return copy


def names_in(svg: str) -> set[str]:
    return {one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def drawn(pieces: list[Piece], area: Area = HERE) -> str:
    view = view_of(fitted(area))
    assert view is not None
    return drawn_streets(view, pieces)


async def test_the_map_lies_on_a_picture_of_its_streets_that_is_light_kept_and_harmless(
    client: httpx.AsyncClient, city: City, clock: Hands, town: Path
) -> None:
    for number in range(0, 24, 3):
        reported(city, clock, number)
    assert not picture_in((await client.get("/requests")).text)
    put_map(city.data_dir, town, silent)

    page = (await client.get("/requests")).text
    assert "Map: Made up for tests" in page
    answer = await client.get(picture_in(page))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert "Centre St" in names_in(answer.text)
    classes = {one.get("class") for one in ElementTree.fromstring(answer.text).iter(f"{SVG}path")}
    assert classes == {"p", "w", "e", "m"}
    assert len(answer.text) <= MOST_BYTES
    style = re.search("<style>(.*)</style>", answer.text)
    assert style is not None
    named = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{named}'; frame-ancestors 'none'"
    assert answer.headers["Content-Security-Policy"] == policy
    assert not re.search("script|href|http(?!://www.w3.org/2000/svg)", answer.text)
    plain = await client.get(picture_in(page), headers={"Accept-Encoding": "identity"})
    assert ("Content-Encoding" in plain.headers, plain.text) == (False, answer.text)


async def test_close_by_small_streets_have_their_names_too(client: httpx.AsyncClient, city: City, town: Path) -> None:
    put_map(city.data_dir, town, silent)
    far = (await client.get("/requests/streets.svg?area=42.296,-71.128,42.324,-71.1")).text
    near = (await client.get("/requests/streets.svg?area=42.307,-71.115,42.313,-71.104")).text
    assert "Green St" not in names_in(far)
    assert "Green St" in names_in(near)
    assert 'class="s"' in near
    assert 'class="s"' not in far


@pytest.mark.parametrize(
    "query", ["", "?area=", "?area=1,2,3", "?area=nan,0,1,1", "?area=-90,-180,90,180", "?area=89.9,10,90,10.1"]
)
async def test_where_nothing_can_be_drawn_there_is_no_picture(
    client: httpx.AsyncClient, city: City, town: Path, query: str
) -> None:
    put_map(city.data_dir, town, silent)
    answer = await client.get(f"/requests/streets.svg{query}")
    assert (answer.status_code, answer.text) == (404, "There are no streets to be drawn here.")


async def test_a_map_that_is_none_is_one_sentence_in_the_log_and_the_next_one_is_taken(
    client: httpx.AsyncClient, city: City, clock: Hands, town: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reported(city, clock, 1)
    broken = cut(town, tmp_path / "broken.pmtiles")
    put_map(city.data_dir, broken, silent)
    with caplog.at_level(logging.WARNING):
        pages = [await client.get(address) for address in ("/requests", "/requests?status=all", "/requests?lang=es")]
    assert [(page.status_code, picture_in(page.text)) for page in pages] == [(200, "")] * 3
    assert (await client.get("/requests/streets.svg?area=42.29,-71.12,42.32,-71.10")).status_code == 404
    (sentence,) = [record.getMessage() for record in caplog.records]
    assert sentence.startswith("The public map has no streets. ")
    assert sentence.endswith("not all of it has come. Put a whole one here: crew backend map FILE")

    put_map(city.data_dir, town, silent)
    page = (await client.get("/requests")).text
    assert "Centre St" in (await client.get(picture_in(page))).text


async def test_each_picture_is_drawn_once_and_all_of_them_have_a_limit(city: City, town: Path) -> None:
    put_map(city.data_dir, town, silent)
    elsewhere = [Area(HERE.south, HERE.west + step / 1_000, HERE.north, HERE.east) for step in range(1, 6)]
    for most_bytes, kept in ((100_000, True), (3_000, False)):
        streets = CityStreets(city.data_dir, most_bytes)
        first = streets.picture(HERE)
        assert first is not None
        assert streets.picture(fitted(HERE)) is first
        assert all(streets.picture(area) for area in elsewhere)
        assert (streets.picture(HERE) is first) == kept


async def test_links_move_the_map_and_end_at_its_limits(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    reported(city, clock, 1)
    reported(city, clock, 20)

    async def follow(page: str, words: str) -> str:
        link = re.search(rf'<a href="([^"]+)" aria-label="{words}"', page)
        return (await client.get(f"/requests{unescape(link[1])}")).text if link else ""

    def shown(page: str) -> Area:
        found = re.search(r'name="area" value="([^"]+)"', page)
        area = read_area(found[1]) if found else None
        assert area is not None
        return fitted(area)

    start = await follow((await client.get("/requests?service=pothole")).text, "Closer")
    here = shown(start)
    north, east = shown(await follow(start, "To the north")), shown(await follow(start, "To the east"))
    assert here.south < north.south < here.north < north.north
    assert here.west < east.west < here.east < east.east
    back = shown(await follow(await follow(start, "To the west"), "To the east"))
    assert back.west == pytest.approx(here.west, abs=0.004)
    assert "selected>Pothole" in start.replace("\n", "")
    for words in ("Closer", "Further out"):
        page, steps = start, 0
        while onward := await follow(page, words):
            page, steps = onward, steps + 1
            assert steps < 15
    assert "There is nothing that fits." in await follow(await follow(start, "To the west"), "To the west")


@given(st.floats(25, 60), st.floats(-120, 150), st.floats(0.006, 0.5), st.floats(0, 1), st.floats(0, 1))
def test_a_street_lies_where_the_dots_say(south: float, west: float, high: float, down: float, right: float) -> None:
    area = fitted(Area(south, west, south + high, west + high / 10))
    view = view_of(area)
    assert view is not None
    lat, long = area.south + down * (area.north - area.south), area.west + right * (area.east - area.west)
    one = PublicRequest("1", "x", "", lat, long, WorkStatus.NEW, PublicStatus.OPEN, NOON, NOON)
    dots = city_dots([one], area)
    x, y = (place / 2 for place in view.dot_of((lat, long)))
    for dot in dots.dots if dots else ():
        assert abs(x - (long - area.west) / (area.east - area.west) * WIDTH) < 1
        assert abs(y - (area.north - lat) / (area.north - area.south) * HEIGHT) < 1.5
        assert hypot(dot.x - x, dot.y - y) <= 32  # it stays in its own square, apart from the others


def test_names_are_of_what_is_drawn_apart_upright_and_never_markup() -> None:
    def street(thing: Thing, name: str, *spots: tuple[int, int]) -> Piece:
        return Piece(thing, name, [list(spots)], 1.0, 0.0, 0.0)

    long_name = "Nowhere " * 40
    pieces = [
        street(Thing.MAIN_ROAD, "", (0, 100), (580, 100)),
        street(Thing.NAME, "<b>A & B</b>\u202e", (10, 101), (570, 101)),  # along the main street
        street(Thing.NAME, "Back Alley", (10, 300), (570, 300)),  # along nothing that is drawn
        street(Thing.MAIN_ROAD, "Steep St", (200, 500), (100, 10)),
        street(Thing.MAIN_ROAD, "Backward St", (570, 400), (250, 400)),
        street(Thing.MAIN_ROAD, "Beside It", (570, 405), (250, 405)),
        street(Thing.MAIN_ROAD, "Bent", *((300 + 9 * step, 200 + 9 * (step % 2)) for step in range(9))),
        street(Thing.MAIN_ROAD, long_name, (10, 480), (570, 480)),
    ]
    svg = drawn(pieces, Area(42.2, -71.2, 42.4, -71.0))
    texts = {one.text or "": one.get("transform", "") for one in ElementTree.fromstring(svg).iter(f"{SVG}text")}
    assert {"<b>A & B</b>", "Steep St", "Backward St"} <= set(texts)
    assert not {"Back Alley", "Beside It", "Bent"} & set(texts)
    assert all(len(text) <= 26 for text in texts)
    turned = [int(re.findall(r"rotate\((-?\d+)\)", where)[0]) for where in texts.values()]
    assert all(-90 <= degrees <= 90 for degrees in turned)


def test_areas_that_meet_or_overlap_stay_filled_and_holes_stay_open() -> None:
    def park(*rings: list[tuple[int, int]]) -> Piece:
        return Piece(Thing.PARK, "", list(rings), 1.0, 0.0, 0.0)

    around, hole = [(0, 0), (300, 0), (300, 300), (0, 300), (0, 0)], [(100, 100), (100, 200), (200, 200), (200, 100)]
    svg = drawn([park(around, hole), park([(250, 0), (250, 300), (500, 300), (500, 0)])])
    assert "fill-rule" not in svg
    (path,) = [one.get("d", "") for one in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    assert [_winding(spots) for spots in _rings(path)] == [1, 1, -1]  # by size: whatever way they came


def _rings(path: str) -> list[list[tuple[int, int]]]:
    rings = []
    for part in path.split("z")[:-1]:
        numbers = [int(word) for word in re.findall(r"-?\d+", part)]
        x, y = numbers[:2]
        spots = [(x, y)]
        for across, down in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + across, y + down
            spots.append((x, y))
        rings.append(spots)
    return rings


def _winding(spots: list[tuple[int, int]]) -> int:
    return 1 if sum(x * y2 - x2 * y for (x, y), (x2, y2) in pairwise([*spots, spots[0]])) > 0 else -1


@pytest.mark.parametrize("thing", [Thing.MAIN_ROAD, Thing.PARK, Thing.NAME])
def test_what_is_made_to_take_long_is_soon_done_and_small(thing: Thing) -> None:
    zigzag = [[(n % 588, (n * 37) % 504 if part % 2 else n % 3) for n in range(250)] for part in range(80)]
    pieces = [Piece(thing, f"Street {n}", [zigzag[n]], 1.0, 0.0, 0.0) for n in range(80)]
    started = time.process_time()
    svg = drawn([Piece(Thing.MAIN_ROAD, "", zigzag[:20], 1.0, 0.0, 0.0), *pieces])
    assert time.process_time() - started < 2
    assert len(gzip.compress(svg.encode())) < 4 * MOST_BYTES


def test_the_town_of_the_tests_is_drawn_as_it_is(town: Path) -> None:
    view = view_of(fitted(HERE))
    assert view is not None
    with CityMap(town) as city_map:
        svg = drawn_streets(view, city_map.pieces(view))
    (streets,) = [one.get("d", "") for one in ElementTree.fromstring(svg).iter(f"{SVG}path") if one.get("class") == "m"]
    spots = [spot for ring in _rings(streets.replace("M", "zM")[1:] + "z") for spot in ring]
    for shape in TOWN:
        if shape.thing is Thing.MAIN_ROAD:
            for long, lat in shape.parts[0][1:-1]:
                x, y = view.dot_of((lat, long))
                assert min(hypot(x - x2, y - y2) for x2, y2 in spots) < 4, shape.name
