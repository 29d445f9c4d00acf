"""The page that a citizen reads, and the photos that the public may see."""

import base64
import hashlib
import re
import sqlite3
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import delete
from starlette.applications import Starlette

from crew.backend.city import City
from crew.backend.database import FILE_NAME
from crew.backend.orders import NewRequest, insert_request, link_request
from crew.backend.public.page_links import page_address, page_secret, page_token
from crew.backend.schema import settings
from crew.domain.work_order import PhotoRole
from crew.photos.intake import prepare
from tests.backend.citizens import (
    HOSTILE,
    SECRET_MAIL,
    SECRET_PHONE,
    Hands,
    add_photo,
    camera_jpeg,
    close_order,
    prepared,
    set_order,
    with_settings,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def city(city: City) -> City:
    return with_settings(city, public_url="https://311.example.gov", city_name="Example & Sons City")


class Page(HTMLParser):
    """The elements of a page, and the words that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report(city: City, **words: Any) -> str:
    asked = {"service_code": "pothole", "description": "Deep hole", "address": "52 G St", **words}
    with city.database.writing() as connection:
        return insert_request(connection, city, NewRequest(**asked))


def address_of(city: City, request_id: str) -> str:
    with city.database.reading() as connection:
        return page_address(connection, city.settings.public_url, request_id)


async def page_of(client: httpx.AsyncClient, city: City, request_id: str) -> Page:
    answer = await client.get(address_of(city, request_id))
    assert answer.status_code == 200
    return Page(answer.text)


async def test_the_page_tells_number_service_place_and_where_the_work_stands(
    client: httpx.AsyncClient, city: City
) -> None:
    page = await page_of(client, city, report(city))
    for words in (
        "Report 311000000001",
        "A crew will come.",
        "Pothole",
        "52 G St",
        "Wednesday 11 March 2026, 12:00",
        "We aim to finish by Friday 13 March 2026.",
        "Deep hole",
        "Example & Sons City",
    ):
        assert words in page.words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"work_status": "new"}, "We have your report."),
        ({"work_status": "working"}, "A crew is taking care of it."),
        ({"work_status": "waiting", "waiting_reason": "weather"}, "We are waiting for better weather."),
        ({"work_status": "sent_back"}, "A crew will come again."),
        (
            {"work_status": "cant_do", "public_status": "closed", "public_text": "We could not find it."},
            "Your report is closed. We could not find it.",
        ),
    ],
)
async def test_the_page_says_each_state_in_words(
    client: httpx.AsyncClient, city: City, columns: dict[str, str], words: str
) -> None:
    request_id = report(city)
    set_order(city, request_id, **columns)
    assert words in (await page_of(client, city, request_id)).words


async def test_a_deadline_that_was_missed_is_admitted(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    request_id = report(city)
    clock.turn(days=3)
    assert "We wanted to finish by Friday 13 March 2026." in (await page_of(client, city, request_id)).words


async def test_a_page_that_was_read_before_is_never_older_than_what_it_tells(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    request_id = report(city)
    assert "A crew will come." in (await page_of(client, city, request_id)).words
    report(city)  # of somebody else: the page stays as it is
    assert "We aim to finish by" in (await page_of(client, city, request_id)).words
    clock.turn(days=3)  # nothing is written
    assert "We wanted to finish by" in (await page_of(client, city, request_id)).words
    set_order(city, request_id, "working", work_status="working")
    assert "A crew is taking care of it." in (await page_of(client, city, request_id)).words
    with sqlite3.connect(city.data_dir / FILE_NAME) as another_program:
        another_program.execute("UPDATE work_orders SET work_status = 'sent_back', version = version + 1")
    another_program.close()
    assert "A crew will come again." in (await page_of(client, city, request_id)).words


async def test_a_page_is_written_anew_only_where_something_has_changed(
    client: httpx.AsyncClient, city: City, app: Starlette
) -> None:
    request_id = report(city)
    address = address_of(city, request_id)
    name = (address.rpartition("/")[2], "en", "", "")
    await client.get(address)
    first = app.state.page_memory.find(name)
    await client.get(address)
    assert app.state.page_memory.find(name) is first
    report(city)
    await client.get(address)
    assert app.state.page_memory.find(name).content is first.content
    set_order(city, request_id, "working", work_status="working")
    await client.get(address)
    assert app.state.page_memory.find(name).content != first.content


async def test_a_finished_order_shows_both_photos_with_words_for_those_who_cannot_see_them(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    request_id = report(city, photos=[prepared("red")])
    add_photo(city, request_id, PhotoRole.AFTER, prepared("green", (640, 360)), device_id="truck-1")
    clock.turn(hours=2)
    close_order(city, request_id, "The pothole is filled.")
    page = await page_of(client, city, request_id)
    assert "The work is done. The pothole is filled." in page.words
    assert "Done Wednesday 11 March 2026, 14:00" in page.words
    before, after = page.all("img")
    assert before["alt"] == "Pothole, 52 G St, before the work"
    assert after["alt"] == "Pothole, 52 G St, after the work"
    assert (after["width"], after["height"]) == ("640", "360")
    for image in (before, after):
        photo = await client.get(httpx.URL(address_of(city, request_id)).join(str(image["src"])))
        assert photo.status_code == 200
        assert photo.headers["Content-Type"] == "image/jpeg"
        prepare(photo.content)


async def test_each_reporter_of_one_repair_has_a_page_of_their_own(client: httpx.AsyncClient, city: City) -> None:
    first = report(city, description="First words")
    with city.database.writing() as connection:
        new = NewRequest(service_code="pothole", description="Second words", address="54 G St")
        second = link_request(connection, city, new, first)
    close_order(city, first, "The pothole is filled.")
    page = await page_of(client, city, second)
    assert "Report 311000000002" in page.words
    assert "Second words" in page.words
    assert "First words" not in page.words
    assert "The pothole is filled." in page.words


async def test_the_page_names_nobody(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(
        city,
        email=SECRET_MAIL,
        phone=SECRET_PHONE,
        first_name="Ada",
        last_name="Quiet-Lastname",
        description=f"Call {SECRET_PHONE}",
    )
    set_order(city, request_id, "note: gate code 4711", work_status="working")
    close_order(city, request_id, f"We called {SECRET_PHONE}.")
    html = (await client.get(address_of(city, request_id))).text
    for secret in (SECRET_MAIL, SECRET_PHONE, "Ada", "Quiet-Lastname", "Roberta", "4711"):
        assert secret not in html


async def test_the_page_runs_nothing_and_loads_nothing_from_elsewhere(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city, photos=[prepared()])
    answer = await client.get(address_of(city, request_id))
    policy = answer.headers["Content-Security-Policy"]
    style = base64.b64encode(hashlib.sha256(answer.text.split("<style>")[1].split("</style>")[0].encode()).digest())
    for part in (
        "default-src 'none'",
        "img-src 'self'",
        f"style-src 'sha256-{style.decode()}'",
        "frame-ancestors 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    page = Page(answer.text)
    assert not {"script", "link", "iframe", "form"} & {tag for tag, _ in page.elements}
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.elements)
    addresses = [attributes[name] for _, attributes in page.elements for name in ("src", "href") if name in attributes]
    for address in addresses:
        assert not re.match(r"[a-z]+:|//", str(address))
        loaded = await client.get(httpx.URL(str(answer.url)).join(str(address)))
        assert loaded.status_code == 200
        assert loaded.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_shown_and_not_obeyed(client: httpx.AsyncClient, city: City, text: str) -> None:
    from crew.domain.plain_text import clean_line, clean_text

    line = clean_line(text)
    request_id = report(city, description=clean_text(text), address=line)
    close_order(city, request_id, line)
    plain = report(city)
    close_order(city, plain, "x")
    page, quiet = await page_of(client, city, request_id), await page_of(client, city, plain)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in quiet.elements]
    assert [set(attributes) for _, attributes in page.elements] == [set(attributes) for _, attributes in quiet.elements]
    if "@" not in line:
        assert " ".join(line.split()) in page.words


@pytest.mark.parametrize("token", ["wrong", "a" * 200, "%00", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E", "\u202e"])
async def test_an_address_that_opens_nothing_says_what_to_do(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get(f"/r/{token}")
    assert answer.status_code == 404
    if "%2f" not in token:
        assert "This address opens no report." in answer.text
        assert "copy the whole of it" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.text


async def test_the_number_of_a_report_alone_opens_no_page(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city)
    other = page_token("another city's secret", request_id)
    assert (await client.get(f"/r/{request_id}")).status_code == 404
    assert (await client.get(f"/r/{other}")).status_code == 404


async def test_a_database_that_has_lost_its_secret_opens_no_page(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city)
    with city.database.writing() as connection:
        connection.execute(delete(settings).where(settings.c.name == "page_secret"))
    assert (await client.get(f"/r/{page_token('', request_id)}")).status_code == 404


async def test_a_page_of_a_request_that_is_gone_is_not_found(client: httpx.AsyncClient, city: City) -> None:
    assert (await client.get(address_of(city, "311000009999"))).status_code == 404


async def test_a_page_shows_only_the_photos_of_its_own_order(client: httpx.AsyncClient, city: City) -> None:
    one, two = report(city, photos=[prepared("red")]), report(city, photos=[prepared("blue")])
    with city.database.reading() as connection:
        token = page_token(page_secret(connection), one)
    red, blue = prepared("red").sha256, prepared("blue").sha256
    assert (await client.get(f"/r/{token}/photos/{red}.jpg")).status_code == 200
    assert (await client.get(f"/r/{token}/photos/{blue}.jpg")).status_code == 404
    assert (await client.get(f"/r/wrong/photos/{red}.jpg")).status_code == 404
    assert two != one


async def test_photos_are_public_by_whose_they_are_and_when_the_work_is_finished(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = report(city, photos=[prepared("red")])
    crews = add_photo(city, request_id, PhotoRole.BEFORE, prepared("blue"), device_id="truck-1")
    after = add_photo(city, request_id, PhotoRole.AFTER, prepared("green"), device_id="truck-1")

    async def statuses() -> list[int]:
        names = (prepared("red").sha256, crews, after)
        return [(await client.get(f"/photos/{name}.jpg")).status_code for name in names]

    assert await statuses() == [200, 404, 404]
    close_order(city, request_id)
    assert await statuses() == [200, 404, 200]
    set_order(city, request_id, work_status="sent_back", public_status="open")
    assert await statuses() == [200, 404, 404]


async def test_a_photo_is_served_as_a_picture_and_nothing_else(client: httpx.AsyncClient, city: City) -> None:
    report(city, photos=[prepare(camera_jpeg())])
    answer = await client.get(f"/photos/{prepare(camera_jpeg()).sha256}.jpg")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"SecretCamera" not in answer.content


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fbackend.sqlite", "A" * 64, "%00"])
async def test_a_photo_that_is_not_there_is_not_found(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/photos/{name}.jpg")).status_code == 404


async def test_a_photo_whose_file_is_gone_is_not_found(client: httpx.AsyncClient, city: City) -> None:
    report(city, photos=[prepared()])
    city.photo_files.path(prepared().sha256).unlink()
    assert (await client.get(f"/photos/{prepared().sha256}.jpg")).status_code == 404
