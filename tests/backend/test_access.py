"""Who may use which route, and what nobody gets to see."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from crew import wire
from crew.backend import asgi, crew_api, crew_http
from crew.backend.city import City
from crew.backend.endpoint import Access, Endpoint
from crew.backend.openapi import described
from crew.domain.change import Note, PhotosAdded
from crew.domain.person import Role
from tests.backend.citizens import SECRET_MAIL, SECRET_PHONE
from tests.backend.crews import JSON, LIGHTS, ROADS, Device, Enrolment, jpeg, photo_of, report

pytestmark = pytest.mark.anyio

PUBLIC_CREW_ROUTES = {
    ("POST", "/crew/v1/sign-in"),
    ("GET", "/crew/v1/sign-in"),
    ("POST", "/crew/v1/sign-in/device"),
    ("POST", "/crew/v1/sign-in/device/ask"),
    ("GET", "/crew/v1/openapi.json"),
}


def test_in_the_crew_api_only_the_sign_in_and_the_description_are_public() -> None:
    public = {(e.method, e.path) for e in asgi.ENDPOINTS if e.path.startswith("/crew/") and e.who is Access.PUBLIC}

    assert public == PUBLIC_CREW_ROUTES


async def test_a_role_that_a_route_does_not_name_is_turned_away_and_logged(
    enrol: Enrolment, city: City, app: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(request: Request) -> Response:
        return Response(None, 204, crew_http.HEADERS)

    app.router.routes.append(
        asgi.guarded(Endpoint("GET", "/crew/v1/office", answer, frozenset({Role.SUPERVISOR}), "For one role"))
    )

    refused = await (await enrol(Role.DISPATCHER)).get("office")

    assert refused.status_code == 403
    assert wire.decode(refused.content, wire.Problem).code == "not_allowed"
    assert (await (await enrol(Role.SUPERVISOR)).get("office")).status_code == 204
    assert re.search(r"Refused to person \d+ on device [0-9a-f-]{36}, a dispatcher: /crew/v1/office", caplog.text)


async def test_every_answer_of_the_crew_api_bears_its_media_type_and_protocol(
    client: httpx.AsyncClient, city: City, enrol: Enrolment
) -> None:
    report(city)
    truck = await enrol(crew=ROADS)
    answers = [
        await truck.get("me"),
        await truck.get("feed"),
        await truck.get("nowhere"),
        await truck.get("me/"),
        await truck.get("photos/none"),
        await truck.send_photo(jpeg()),
        await truck.send_photo(b"junk"),
        await truck.send(),
        await client.get("/crew/v1/me"),
        await client.delete("/crew/v1/me"),
        await client.get("/crew/v1/openapi.json"),
        await client.post("/crew/v1/sign-in", content=b"{}", headers=JSON),
        await client.post("/crew/v1/sign-in", content=b"x" * 20_000_000, headers=JSON),
    ]

    assert [answer.status_code for answer in answers] == [
        200,
        200,
        404,
        404,
        404,
        201,
        422,
        200,
        401,
        405,
        200,
        422,
        413,
    ]
    for answer in answers:
        assert answer.headers["Content-Type"] == wire.MEDIA_TYPE
        assert answer.headers[wire.PROTOCOL_HEADER] == wire.PROTOCOL
        if answer.status_code >= 400:
            assert wire.decode(answer.content, wire.Problem).sentence


async def test_a_client_of_another_version_is_told_to_update(client: httpx.AsyncClient) -> None:
    for path in ("me", "openapi.json", "feed"):
        response = await client.get(f"/crew/v1/{path}", headers={wire.PROTOCOL_HEADER: "2"})
        assert response.status_code == 426
        assert wire.decode(response.content, wire.Problem).code == "protocol"


async def test_a_body_of_another_type_is_415(city: City, enrol: Enrolment) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    form = {**truck.headers, "Content-Type": "application/x-www-form-urlencoded"}
    assert (await truck.client.post("/crew/v1/changes", content=b"", headers=form)).status_code == 415
    sha256 = photo_of(jpeg()).sha256
    await truck.begin_upload(sha256, len(jpeg()))
    assert (await truck.send_piece(sha256, 0, jpeg(), Content_Type="image/png")).status_code == 415


@pytest.mark.parametrize("path", ["/crew/v1/changes", "/crew/v1/sign-in", "/open311/v2/requests.json", "/nowhere"])
@pytest.mark.parametrize("form", [False, True])
async def test_no_route_reads_an_endless_body(city: City, enrol: Enrolment, path: str, form: bool) -> None:
    report(city)
    truck = await enrol(crew=ROADS)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            yield b"x" * 1_000_000

    headers = {**truck.headers, "Content-Type": "application/x-www-form-urlencoded" if form else wire.MEDIA_TYPE}
    response = await truck.client.post(path, content=endless(), headers=headers)

    assert response.status_code in (400, 404, 413, 415)
    assert sent <= 8_000_000


async def test_a_handler_that_would_read_for_ever_is_stopped(client: httpx.AsyncClient, app: Starlette) -> None:
    async def read_all(request: Request) -> Response:
        await request.body()
        return Response(None, 204, crew_http.HEADERS)

    app.router.routes.append(asgi.guarded(Endpoint("POST", "/crew/v1/all", read_all, Access.PUBLIC, "Reads all")))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000_000

    response = await client.post("/crew/v1/all", content=pieces())

    assert response.status_code == 413
    assert wire.decode(response.content, wire.Problem).code == "too_long"


@pytest.mark.parametrize("path", ["/crew/v1/changes", "/open311/v2/requests.json", "/nowhere"])
async def test_a_body_that_announces_too_much_is_not_read_at_all(client: httpx.AsyncClient, path: str) -> None:
    pieces_read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal pieces_read
        pieces_read += 1
        yield b"x"

    response = await client.post(path, content=body(), headers={"Content-Length": "20000000"})

    assert (response.status_code, pieces_read) == (413, 0)


async def look_everywhere(device: Device, order_id: str) -> str:
    """Everything that the crew API says to a device, as one text."""
    answers = [
        await device.get("me"),
        await device.get("feed"),
        await device.send(device.change(order_id, Note("look"))),
        await device.send(device.change("999", Note("look"), base_version=1)),
        await device.get("openapi.json"),
    ]
    return "\n".join(answer.text for answer in answers)


@pytest.mark.parametrize("role", list(Role))
async def test_no_answer_tells_who_reported(city: City, enrol: Enrolment, role: Role) -> None:
    order_id = report(city)
    device = await enrol(role, ROADS if role is Role.CREW else "")

    said = await look_everywhere(device, order_id)

    assert order_id in said
    for secret in (SECRET_MAIL, SECRET_PHONE, "Ada", "Quiet-Lastname", "citizen-device", "citizen-account"):
        assert secret not in said


def test_no_answer_of_the_crew_api_has_room_for_a_reporter() -> None:
    """Who takes a call in sends who called; nothing that the backend answers leads to such a shape."""
    document = described(crew_api.ENDPOINTS)
    shapes = document["components"]["schemas"]
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]

    def named(part: object) -> set[str]:
        return {name for name in shapes if f'"#/components/schemas/{name}"' in json.dumps(part)}

    answered, further = set[str](), named(answers)
    while further:
        answered |= further
        further = {inner for name in further for inner in named(shapes[name])} - answered
    fields = {name for shape in answered for name in shapes[shape].get("properties", ())}
    assert {"WorkOrder", "Answer", "description"} <= answered | fields
    assert fields.isdisjoint({"email", "phone", "first_name", "last_name", "account_id", "reporter", "contact"})
    assert [name for name in shapes if "Contact" in named(shapes[name])] == ["Intake"]


async def test_a_crew_cannot_see_the_photo_of_another_crews_order(city: City, enrol: Enrolment) -> None:
    theirs = report(city, LIGHTS)
    report(city)
    roads, lights, office = await enrol(crew=ROADS), await enrol(crew=LIGHTS), await enrol(Role.SUPERVISOR)
    content = jpeg("purple")
    await lights.send_photo(content)
    photo = photo_of(content)
    path = f"photos/{photo.sha256}"

    assert (await office.get(path)).status_code == 404

    await lights.act(theirs, PhotosAdded((photo,)))

    assert (await roads.get(path)).status_code == 404
    for device in (lights, office):
        response = await device.get(path)
        assert (response.status_code, response.content) == (200, content)
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers[wire.PROTOCOL_HEADER] == wire.PROTOCOL
