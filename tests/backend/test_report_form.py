"""A citizen reports on the city's own form: nothing typed is lost, programs are turned away, and "me too" joins."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from crew.backend import schema
from crew.backend.backend_settings import PublicSettings
from crew.backend.citizens.form_guard import FormGuard
from crew.backend.city import City
from crew.domain.work_order import PhotoRole
from tests.backend.citizens import HOSTILE, SECRET_MAIL, Hands, camera_jpeg, close_order, with_settings
from tests.backend.crews import stored
from tests.backend.test_citizen_pages import Page, report

pytestmark = pytest.mark.anyio

PLACED = (42.3163, -71.1123)
LARGER: dict[str, Any] = {"attribute[size]": "larger"}


@pytest.fixture
def city(city: City) -> City:
    return with_settings(city, public_url="http://city")


class Form:
    """A form as a browser holds it: fields that were shown, what a person typed, photos that were chosen."""

    def __init__(self, client: httpx.AsyncClient, clock: Hands, page: str, address: str = "/report") -> None:
        self.client = client
        self.clock = clock
        self.address = address
        self.fields: dict[str, Any] = {}
        for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
            name, value = re.findall(r'(?:name|value)="([^"]*)"', tag)
            self.fields.setdefault(name, []).append(value)
        self.fields["website"] = ""

    async def send(self, *photos: bytes, seconds: float = 20, **typed: Any) -> httpx.Response:
        self.clock.turn(seconds=seconds)
        files = [("media", ("IMG_1.JPG", photo, "image/jpeg")) for photo in photos] or [("media", ("", b"", ""))]
        return await self.client.post(self.address, data=self.fields | {"use_place": "yes"} | typed, files=files)


async def opened(client: httpx.AsyncClient, clock: Hands, service: str = "pothole", lang: str = "") -> Form:
    answer = await client.get("/report", params={"service": service, **({"lang": lang} if lang else {})})
    assert answer.status_code == 200
    return Form(client, clock, answer.text)


def again(form: Form, answer: httpx.Response) -> Form:
    return Form(form.client, form.clock, answer.text, form.address)


def count(city: City, table: str = "service_requests") -> int:
    with city.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(schema.metadata.tables[table])) or 0


def placed_jpeg(lat: float = PLACED[0], long: float = PLACED[1]) -> bytes:
    """A photo with a place in its metadata."""
    from io import BytesIO

    from PIL import ExifTags, Image

    def degrees(value: float) -> tuple[float, float, float]:
        whole = int(abs(value))
        minutes = int((abs(value) - whole) * 60)
        return float(whole), float(minutes), ((abs(value) - whole) * 60 - minutes) * 60

    exif = Image.Exif()
    exif[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
        ExifTags.GPS.GPSLatitude: degrees(lat),
        ExifTags.GPS.GPSLongitudeRef: "E" if long >= 0 else "W",
        ExifTags.GPS.GPSLongitude: degrees(long),
    }
    file = BytesIO()
    Image.new("RGB", (320, 240), "olive").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def test_a_report_by_form_is_a_request_like_any_other(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    form = await opened(client, clock)

    answer = await form.send(
        camera_jpeg(),
        description="Deep hole",
        address_string="52 G St",
        email=SECRET_MAIL,
        **LARGER,
    )

    assert answer.status_code == 303
    page = Page((await client.get(answer.headers["location"])).text)
    assert "Thank you. We have your report." in page.words
    assert "Deep hole" in page.words
    listed = (await client.get("/open311/v2/requests.json")).json()[0]
    assert (listed["service_code"], listed["description"]) == ("pothole", "Deep hole")
    assert stored(city, listed["service_request_id"]).address == "52 G St"
    assert len(stored(city, listed["service_request_id"]).photos_of(PhotoRole.BEFORE)) == 1
    assert count(city, "notices") == 1


async def test_a_photo_says_where_it_was_taken_where_no_address_was_typed(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    assert (await (await opened(client, clock)).send(placed_jpeg(), description="Hole")).status_code == 303
    order = stored(city, "311000000001")
    assert order.lat is not None
    assert order.long is not None
    assert (round(order.lat, 3), round(order.long, 3)) == (42.316, -71.112)


async def test_a_photo_says_nothing_where_that_was_not_allowed(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    answer = await (await opened(client, clock)).send(placed_jpeg(), use_place="")
    assert answer.status_code == 422
    answer = await (await opened(client, clock)).send(placed_jpeg(), use_place="", address_string="52 G St")
    assert answer.status_code == 303
    assert stored(city, "311000000001").lat is None


async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    form = await opened(client, clock, lang="es")

    answer = await form.send(camera_jpeg(), description="Un hoyo\nmuy hondo", email="ada at home")

    assert answer.status_code == 422
    page = Page(answer.text)
    place, mail = (
        next(one for one in page.all("input") if one.get("name") == name) for name in ("address_string", "email")
    )
    assert place["aria-invalid"] == "true"
    for field in (place, mail):
        wrong = str(field["aria-describedby"]).split()[-1]
        assert any(attributes.get("id") == wrong for _, attributes in page.elements)
    assert "Su foto no lleva lugar." in page.words
    assert "Un hoyo\nmuy hondo</textarea>" in answer.text
    assert mail["value"] == "ada at home"
    assert "Su foto está guardada" in page.words
    assert 'lang="es"' in answer.text
    assert count(city) == 0

    sent = await again(form, answer).send(description="Un hoyo", address_string="52 G St")

    assert sent.status_code == 303
    assert "lang=es" in sent.headers["location"]
    assert len(stored(city, "311000000001").photos_of(PhotoRole.BEFORE)) == 1


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_come_back_as_words(client: httpx.AsyncClient, clock: Hands, text: str) -> None:
    form = await opened(client, clock)
    calm = Page((await form.send(description="x", email="x", address_string="")).text)
    answer = await form.send(description=text, email=text, address_string="", joins=text)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in calm.elements]


@pytest.mark.parametrize(
    ("seconds", "typed", "sentence"),
    [
        (1, {}, "quicker than people type"),
        (13 * 3600, {}, "open for a long time"),
        (20, {"stamp": "1773244800.0011223344556677.0123456789abcdef0123456789abcdef"}, "open for a long time"),
        (20, {"stamp": ""}, "open for a long time"),
        (20, {"website": "https://buy.example"}, "a field that people do not see"),
    ],
)
async def test_what_a_program_does_is_turned_away_and_a_person_can_send_it_again(
    client: httpx.AsyncClient, city: City, clock: Hands, seconds: float, typed: dict[str, Any], sentence: str
) -> None:
    form = await opened(client, clock)
    words: dict[str, Any] = {"description": "Deep hole", "address_string": "52 G St"}

    answer = await form.send(seconds=seconds, **words, **typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Deep hole</textarea>" in answer.text
    assert count(city) == 0
    assert (await again(form, answer).send(seconds=20, **words)).status_code == 303


async def test_a_button_that_is_pressed_twice_makes_one_report(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    form = await opened(client, clock)
    first = await form.send(address_string="52 G St")
    second = await form.send(address_string="52 G St", joins="none")
    assert first.headers["location"] == second.headers["location"]
    assert count(city) == 1


async def test_one_address_has_its_share(client: httpx.AsyncClient, city: City, clock: Hands, app: Any) -> None:
    app.state.form_guard = FormGuard(with_settings(city, public=PublicSettings(reports_an_hour=2)))
    for number, status in enumerate((303, 303, 429)):
        form = await opened(client, clock, service="graffiti")
        answer = await form.send(address_string=f"{1000 * number} Elm St", description="Paint")
        assert answer.status_code == status
    assert "Please try again in 30 minutes" in answer.text
    assert "Paint</textarea>" in answer.text
    clock.turn(minutes=31)
    assert (await again(form, answer).send(address_string="2000 Elm St")).status_code == 303


@pytest.mark.parametrize("photo", [b"no picture at all", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
async def test_a_photo_that_is_none_is_told_and_nothing_is_written(
    client: httpx.AsyncClient, city: City, clock: Hands, photo: bytes
) -> None:
    answer = await (await opened(client, clock)).send(photo, address_string="52 G St")
    assert answer.status_code == 422
    assert "A photo could not be read." in answer.text
    assert count(city) == 0


async def test_what_is_known_nearby_is_shown_before_it_is_sent_and_me_too_joins_it(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    known = report(
        city, address="52 G St", description="At number 52 G St, call 617-555-0123", lat=PLACED[0], long=PLACED[1]
    )
    form = await opened(client, clock)

    answer = await form.send(
        camera_jpeg("navy"), description="My words", address_string="54 G Street", email=SECRET_MAIL
    )

    assert answer.status_code == 200
    page = Page(answer.text)
    assert "Is it one of these?" in page.words
    assert "52 G St" not in page.words
    assert "617-555" not in page.words
    assert count(city) == 1

    sent = await again(form, answer).send(joins=known)

    assert sent.status_code == 303
    order = stored(city, known)
    assert [request.description for request in order.requests][1:] == ["My words"]
    assert len(order.photos_of(PhotoRole.BEFORE)) == 1
    assert count(city, "work_orders") == 1
    page = Page((await client.get(sent.headers["location"])).text)
    assert "You are now part of this report." in page.words
    assert "54 G Street" in page.words
    assert count(city, "notices") == 1, "who joins is told once that they follow it"
    close_order(city, known)
    assert count(city, "notices") == 2, "the second reporter hears of the end, too"


async def test_what_is_something_else_becomes_a_report_of_its_own(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    report(city, address="52 G St")
    form = await opened(client, clock)
    answer = await form.send(address_string="50 G St")
    assert (await again(form, answer).send(joins="none")).status_code == 303
    assert count(city, "work_orders") == 2


async def test_what_ended_meanwhile_is_not_joined_and_the_report_is_not_lost(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    known = report(city, address="52 G St")
    form = await opened(client, clock)
    answer = await form.send(address_string="52 G St", description="Again")
    close_order(city, known)
    assert (await again(form, answer).send(joins=known)).status_code == 303
    assert stored(city, "311000000002").description == "Again"


@pytest.mark.parametrize("other", [{"service_code": "graffiti"}, {"address": "252 G St"}, {"address": "52 H St"}])
async def test_what_is_another_thing_or_far_away_is_not_suggested(
    client: httpx.AsyncClient, city: City, clock: Hands, other: dict[str, str]
) -> None:
    report(city, **{"address": "52 G St", **other})
    assert (await (await opened(client, clock)).send(address_string="52 G St")).status_code == 303


async def test_types_are_found_by_the_words_of_every_language(client: httpx.AsyncClient) -> None:
    for find, lang in (("asphalt", "en"), ("bach", "es"), ("twou", "ht")):
        page = Page((await client.get("/report", params={"find": find, "lang": lang})).text)
        assert any("service=pothole" in str(link["href"]) for link in page.all("a"))
        assert not any("service=graffiti" in str(link["href"]) for link in page.all("a"))
    page = Page((await client.get("/report", params={"find": "zzz"})).text)
    assert "Nothing is called that." in page.words
    assert any("service=graffiti" in str(link["href"]) for link in page.all("a"))


async def test_a_city_turns_the_form_off(client: httpx.AsyncClient, city: City, app: Any) -> None:
    app.state.city = with_settings(city, public=PublicSettings(report_form=False, list=False))
    for method, path in (("GET", "/report"), ("POST", "/report"), ("GET", "/requests"), ("GET", "/requests/1")):
        answer = await client.request(method, path)
        assert answer.status_code == 404
        assert "This page is turned off" in answer.text
