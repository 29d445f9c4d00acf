"""The OpenAPI document is true: real answers fit it, and it names every route."""

import json
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from crew import wire
from crew.backend import crew_api
from crew.backend.admin import add_person
from crew.backend.city import City
from crew.backend.openapi import SentChange
from crew.domain.change import (
    KINDS,
    Acceptance,
    Acknowledgement,
    Assignment,
    Contact,
    Demand,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
    Waiver,
)
from crew.domain.person import Role
from crew.domain.work_order import Priority, WorkStatus
from tests.backend.citizens import NOON
from tests.backend.crews import JSON, LIGHTS, ROADS, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await client.get("/crew/v1/openapi.json")).json())


def check(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {**schema, "components": document["components"]}
    jsonschema.validate(value, whole, cls=jsonschema.Draft202012Validator)


def check_answer(document: dict[str, Any], path: str, response: httpx.Response) -> None:
    operation = document["paths"][path][response.request.method.lower()]
    described = operation["responses"].get(str(response.status_code), operation["responses"]["4XX"])
    check(document, described["content"][wire.MEDIA_TYPE]["schema"], response.json())


async def test_the_document_names_every_route_and_its_roles(document: dict[str, Any]) -> None:
    for endpoint in crew_api.ENDPOINTS:
        operation = document["paths"][endpoint.path][endpoint.method.lower()]
        roles = {role.value for role in endpoint.who} if isinstance(endpoint.who, frozenset) else set()
        assert set(operation["x-roles"]) == roles
        assert bool(operation["security"]) is bool(roles)


async def test_real_answers_fit_the_document(city: City, enrol: Enrolment, document: dict[str, Any]) -> None:
    order_id, moved_id = report(city), report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    content = jpeg()
    photo = photo_of(content)
    late = truck.change(moved_id, StatusChange(WorkStatus.WORKING))
    waiting = truck.change(order_id, PhotosAdded((photo,)))
    pushed = [
        await truck.send(waiting, truck.change(order_id, Note("held"))),
        await truck.send_photo(content),
        await truck.send(waiting, truck.change(order_id, StatusChange(WorkStatus.DONE, photos=(photo,)))),
        await office.send(office.change(moved_id, Assignment(LIGHTS)), office.change(moved_id, Escalation("x", "y"))),
        await truck.send(late, truck.change("999", Note("none"), base_version=1)),
    ]
    outcomes = [answer["outcome"] for response in pushed if response.content for answer in response.json()["answers"]]

    assert outcomes == [
        "photos_missing",
        "held",
        "applied",
        "applied",
        "applied",
        "applied",
        "needs_decision",
        "refused",
    ]
    for response in pushed:
        if response.content:
            check_answer(document, "/crew/v1/changes", response)
    for device in (truck, office):
        check_answer(document, "/crew/v1/me", await device.get("me"))
        check_answer(document, "/crew/v1/feed", await device.get("feed"))
    check_answer(document, "/crew/v1/feed", await truck.client.get("/crew/v1/feed"))


async def test_a_real_sign_in_fits_the_document(
    client: httpx.AsyncClient, city: City, document: dict[str, Any]
) -> None:
    body = wire.encode(wire.SignIn(add_person(city, "Sam", Role.SUPERVISOR), "tablet"))
    schema = document["paths"]["/crew/v1/sign-in"]["post"]["requestBody"]["content"][wire.MEDIA_TYPE]["schema"]
    check(document, schema, json.loads(body))
    check_answer(document, "/crew/v1/sign-in", await client.post("/crew/v1/sign-in", content=body, headers=JSON))
    check_answer(document, "/crew/v1/sign-in", await client.post("/crew/v1/sign-in", content=b"{}", headers=JSON))


async def test_the_changes_that_the_terminal_sends_fit_the_document(
    city: City, enrol: Enrolment, document: dict[str, Any]
) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    photo = photo_of(jpeg())
    acts = (
        StatusChange(WorkStatus.DONE, note="n", public_text="p", photos=(photo,)),
        StatusChange(WorkStatus.DONE, "filled", public_note="n", waiver=Waiver((Demand.PHOTO,), "supervisor")),
        Note("n"),
        PhotosAdded((photo,)),
        Assignment(LIGHTS),
        Escalation("director", "why", "Kim", NOON),
        Acknowledgement("director", NOON),
        Acceptance(),
        Link(order_id, stored(city, order_id).requests),
        Unlink("311000000099"),
        Triage("pothole", "Pothole", Priority.HIGH, LIGHTS),
        Intake("pothole", "Pothole", "A hole", "52 G St", contact=Contact(phone="617 555 0100")),
    )
    changes = tuple(truck.change(order_id, act) for act in acts)
    sent = json.loads(wire.encode_changes(changes))
    schema = document["paths"]["/crew/v1/changes"]["post"]["requestBody"]["content"][wire.MEDIA_TYPE]["schema"]

    check(document, schema, sent)
    for raw in sent["changes"]:
        assert set(raw) == set(SentChange.__struct_fields__)
        name = KINDS[raw["kind"]].__name__
        check(document, {"$ref": f"#/components/schemas/{name}"}, raw["payload"])
