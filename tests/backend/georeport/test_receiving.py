"""A citizen reports: what is taken, what is refused, what is stored."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from crew.backend import schema
from crew.backend.asgi import build_backend
from crew.backend.catalogue import Attribute, Service
from crew.backend.city import City
from crew.backend.contacts import contact_of
from crew.backend.orders import load_order
from crew.domain.value import replace
from crew.domain.work_order import PhotoRole, WorkOrder
from tests.backend.citizens import FORM, SECRET_MAIL, camera_jpeg, with_settings

pytestmark = pytest.mark.anyio

POST = "/open311/v2/requests.json"


def count(city: City, table: Any) -> int:
    with city.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def stored(city: City, request_id: str) -> Any:
    with city.database.reading() as connection:
        return connection.execute(
            select(schema.service_requests).where(schema.service_requests.c.id == request_id)
        ).one()


def order_of(city: City, request_id: str) -> WorkOrder:
    with city.database.reading() as connection:
        order = load_order(connection, city.catalogue, request_id)
        assert order is not None
        return order


async def reported(client: httpx.AsyncClient, form: dict[str, Any], **more: Any) -> str:
    answer = await client.post(POST, data=form, **more)
    assert answer.status_code == 200, answer.text
    (request,) = answer.json()
    return str(request["service_request_id"])


async def refused(client: httpx.AsyncClient, form: dict[str, Any], status: int, **more: Any) -> str:
    answer = await client.post(POST, data=form, **more)
    assert answer.status_code == status, answer.text
    errors = answer.json()
    assert all(error["code"] == status for error in errors)
    return " ".join(error["description"] for error in errors)


async def test_a_report_becomes_a_work_order_with_the_same_number(client: httpx.AsyncClient, city: City) -> None:
    request_id = await reported(client, FORM)
    assert stored(city, request_id).lat == 42.33432833
    with city.database.reading() as connection:
        reporter = contact_of(connection, city, request_id)
    assert (reporter.email, reporter.first_name) == (SECRET_MAIL, "Ada")
    order = order_of(city, request_id)
    assert order.id == request_id
    assert order.description == "Deep hole beside the bus stop"
    assert order.requested_at == city.clock()


async def test_the_answer_tells_where_to_follow_the_report(client: httpx.AsyncClient) -> None:
    (request,) = (await client.post(POST, data={**FORM, "account_id": "a-1"})).json()
    assert set(request) == {"service_request_id", "service_notice", "account_id"}
    address = request["service_notice"].partition(": ")[2]
    assert address.startswith("https://311.example.gov/r/")
    assert (await client.get(address)).status_code == 200
    assert request["account_id"] == "a-1"


async def test_an_xml_client_gets_an_xml_answer(client: httpx.AsyncClient) -> None:
    answer = await client.post("/open311/v2/requests.xml", data=FORM)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "<service_requests><request><service_request_id>3110" in answer.text


@pytest.mark.parametrize("field", ["media", "media[]", "photo", "photo1", "photo2"])
async def test_a_photo_is_made_anew_and_hung_to_the_order(client: httpx.AsyncClient, city: City, field: str) -> None:
    request_id = await reported(client, FORM, files={field: ("../../etc/p.jpg", camera_jpeg(), "image/jpeg")})
    (photo,) = order_of(city, request_id).photos
    assert photo.role is PhotoRole.BEFORE
    content = city.photo_files.read(photo.sha256)
    assert content.startswith(b"\xff\xd8")
    assert b"SecretCamera" not in content
    assert b"secret comment" not in content


async def test_several_photos_are_kept_in_their_order(client: httpx.AsyncClient, city: City) -> None:
    files = [(f"photo{n}", ("p.jpg", camera_jpeg(colour), "image/jpeg")) for n, colour in enumerate(("red", "blue"), 1)]
    request_id = await reported(client, FORM, files=files)
    assert len(order_of(city, request_id).photos) == 2


async def test_a_form_field_for_a_photo_may_stay_empty(client: httpx.AsyncClient, city: City) -> None:
    boundary = "b0undary"
    parts = [(name, "", value.encode()) for name, value in FORM.items()] + [("media", '; filename=""', b"")]
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        for name, more, value in parts
    )
    answer = await client.post(
        POST,
        content=body + f"--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status_code == 200, answer.text
    assert not order_of(city, answer.json()[0]["service_request_id"]).photos


@pytest.mark.parametrize("raw", [b"", b"<html><script>alert(1)</script></html>", camera_jpeg()[:400]])
async def test_a_photo_that_is_none_is_refused_with_a_sentence_and_nothing_is_stored(
    client: httpx.AsyncClient, city: City, raw: bytes
) -> None:
    good = ("photo1", ("good.jpg", camera_jpeg(), "image/jpeg"))
    sentence = await refused(client, FORM, 400, files=[good, ("photo2", ("x.jpg", raw, "image/jpeg"))])
    assert sentence.startswith("Photo 2 ")
    assert count(city, schema.service_requests) == count(city, schema.photos) == count(city, schema.notices) == 0
    assert not list((city.data_dir / "photos").rglob("*.jpg"))


async def test_a_media_url_is_kept_as_text_and_never_fetched(client: httpx.AsyncClient, city: City) -> None:
    url = "http://169.254.169.254/latest/meta-data?x=1#spot=2"
    request_id = await reported(client, {**FORM, "media_url": url})
    assert stored(city, request_id).media_url == url
    assert not order_of(city, request_id).photos


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "javascript://x/%0aalert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http://",
        "//x",
        "http://[::1",
    ],
)
async def test_a_media_url_that_a_browser_could_run_is_refused(client: httpx.AsyncClient, url: str) -> None:
    assert "media_url" in await refused(client, {**FORM, "media_url": url}, 400)


async def test_a_service_must_be_named_and_known(client: httpx.AsyncClient) -> None:
    assert await refused(client, {**FORM, "service_code": ""}, 400) == "service_code was not given."
    assert "no service" in await refused(client, {**FORM, "service_code": "unicorn"}, 404)


@pytest.mark.parametrize(
    "place",
    [
        {"lat": "", "long": "", "address_string": " "},
        {"lat": "0", "long": "0", "address_string": ""},
        {"lat": "42.3", "long": ""},
        {"lat": "north", "long": "-71"},
        {"lat": "nan", "long": "-71"},
        {"lat": "91", "long": "-71"},
        {"lat": "42.3", "long": "-181"},
        {"lat": "1e400", "long": "0"},
    ],
)
async def test_a_place_must_be_given_and_possible(client: httpx.AsyncClient, city: City, place: dict[str, str]) -> None:
    sentence = await refused(client, {**FORM, **place}, 400)
    assert "lat" in sentence
    assert count(city, schema.service_requests) == 0


@pytest.mark.parametrize("place", [{"address_string": ""}, {"lat": "", "long": ""}, {"lat": "0.0", "long": "0.0"}])
async def test_either_a_point_or_an_address_is_enough(client: httpx.AsyncClient, place: dict[str, str]) -> None:
    await reported(client, {**FORM, **place})


async def test_a_description_may_have_4000_characters_however_its_lines_end(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = await reported(client, {**FORM, "description": "a\r\n" * 2000})
    assert stored(city, request_id).description.count("\n") == 1999
    assert "4001" in await refused(client, {**FORM, "description": "a" * 4001}, 400)


async def test_an_address_that_cannot_be_written_to_is_refused(client: httpx.AsyncClient, city: City) -> None:
    form = {**FORM, "email": "ada@example.org\r\nBcc: eve@example.org"}
    assert "mail address" in await refused(client, form, 400)
    assert count(city, schema.service_requests) == 0


async def test_an_empty_parameter_is_as_good_as_absent(client: httpx.AsyncClient) -> None:
    answer = await client.post(POST, data={**FORM, "service_code": " "}, params={"service_code": "pothole"})
    assert answer.status_code == 200, answer.text


async def test_what_nobody_knows_is_ignored(client: httpx.AsyncClient, city: City) -> None:
    form = {**FORM, "jurisdiction_id": "example.gov", "title": "x", "attribute[uprn]": "1", "attribute[": "2"}
    request_id = await reported(client, form)
    assert json.loads(stored(city, request_id).attributes) == {}


async def test_a_reporter_with_an_address_is_told_that_the_report_was_received(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = await reported(client, FORM)
    await reported(client, {**FORM, "email": ""})
    with city.database.reading() as connection:
        rows = connection.execute(select(schema.notices.c.kind, schema.notices.c.request_id)).all()
    assert [tuple(row) for row in rows] == [("received", request_id)]


async def test_a_json_or_xml_body_is_not_read(client: httpx.AsyncClient) -> None:
    xml = b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><request>&y;</request>'
    answer = await client.post("/open311/v2/requests.xml", content=xml, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 400
    assert "service_code was not given" in answer.text


async def test_a_broken_form_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert (await client.post(POST, content=b"--b\r\nnonsense", headers=headers)).status_code == 400
    no_boundary = {"Content-Type": "multipart/form-data"}
    assert (await client.post(POST, content=b"--b\r\n", headers=no_boundary)).status_code == 400


async def test_too_many_files_and_fields_are_refused(client: httpx.AsyncClient) -> None:
    files = [("photo", ("p.jpg", b"x", "image/jpeg"))] * 7
    assert "more than 6 files" in await refused(client, FORM, 400, files=files)
    assert "300 fields" in await refused(client, {f"f{n}": "x" for n in range(301)}, 400)


def client_of(city: City) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(build_backend(city)), base_url="http://city")


async def test_a_key_is_asked_for_only_where_the_city_has_given_keys_out(city: City) -> None:
    async with client_of(with_settings(city, api_keys=("k-1", "k-2"))) as client:
        assert "api_key" in await refused(client, FORM, 403)
        assert "api_key" in await refused(client, {**FORM, "api_key": "k-3"}, 403)
        await reported(client, {**FORM, "api_key": "k-2"})
        await reported(client, FORM, params={"api_key": "k-1"})
        assert (await client.get("/open311/v2/requests.json")).status_code == 200
    assert count(city, schema.service_requests) == 2


async def test_a_body_larger_than_its_photos_may_be_is_not_read_to_its_end(client: httpx.AsyncClient) -> None:
    big = [("photo", ("p.jpg", b"\xff" * 3_600_000, "image/jpeg"))] * 2
    assert (await client.post(POST, data=FORM, files=big)).status_code == 413
    sent_bytes = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent_bytes
        yield b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n\r\n'
        while sent_bytes < 50_000_000:
            sent_bytes += 500_000
            yield b"\xff" * 500_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post(POST, content=endless(), headers=headers)
    assert (answer.status_code, answer.json()[0]["code"]) == (413, 413)
    assert sent_bytes < 10_000_000


async def test_a_single_photo_has_a_limit_of_its_own(client: httpx.AsyncClient) -> None:
    photo = ("p.jpg", b"\xff" * 1_100_000, "image/jpeg")
    assert "the most is 1.0 MB" in await refused(client, FORM, 400, files={"photo": photo})


async def test_an_address_that_sends_without_a_pause_is_told_to_wait(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/open311/v2/services.json") for _ in range(130)]
    assert answers[100].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json()[0]["code"] == 429


QUESTIONS = (
    Attribute(code="size", description="How big?", datatype="singlevaluelist", required=True, values=(("s", "S"),)),
    Attribute(code="kind", description="Kinds?", datatype="multivaluelist", values=(("a", "A"), ("b", "B"))),
    Attribute(code="depth", description="How deep?", datatype="number"),
    Attribute(code="since", description="Since when?", datatype="datetime"),
    Attribute(code="words", description="More?", datatype="text"),
    Attribute(code="read", description="Only to be read", required=True, variable=False),
)


@pytest.fixture
def asking(city: City) -> City:
    """The city with a service that asks a question of every datatype."""
    service = Service(code="asking", name="Asking", due_hours=1, attributes=QUESTIONS)
    services = {**city.catalogue.services, "asking": service}
    return replace(city, catalogue=replace(city.catalogue, services=services))


async def test_answers_to_questions_are_stored_under_their_codes(asking: City) -> None:
    form = {
        **FORM,
        "service_code": "asking",
        "attribute[size]": "s",
        "attribute[kind][]": ["a", "b"],
        "attribute[depth]": "-1.5",
        "attribute[since]": "2026-03-11T02:30:00Z",
        "attribute[words]": "many\r\nwords \x1b[31m",
        "attribute[read]": "",
        "attribute[nobody asked]": "x",
    }
    async with client_of(asking) as client:
        request_id = await reported(client, form)
    assert json.loads(stored(asking, request_id).attributes) == {
        "size": ["s"],
        "kind": ["a", "b"],
        "depth": ["-1.5"],
        "since": ["2026-03-11T02:30:00Z"],
        "words": ["many\nwords [31m"],
    }


async def test_every_answer_that_is_missing_or_does_not_fit_has_its_own_sentence(asking: City) -> None:
    form = {
        **FORM,
        "service_code": "asking",
        "attribute[kind][]": ["a", "z"],
        "attribute[depth]": "deep",
        "attribute[since]": "long ago",
        "attribute[words]": ["one", "two"],
    }
    async with client_of(asking) as client:
        errors = (await client.post(POST, data=form)).json()
    assert [error["description"] for error in errors] == [
        "attribute[size] was not given: How big?",
        "attribute[kind] is not one of: a, b.",
        "attribute[depth] is not a number.",
        "attribute[since] is not a date: write it like 2026-03-11T02:30:00Z.",
        "attribute[words] takes one value.",
    ]
    assert count(asking, schema.service_requests) == 0
