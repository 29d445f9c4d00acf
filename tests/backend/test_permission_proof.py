"""Every route and every act, for every role and as far as each scope reaches: what the one permission table says.

The routes are the application's own and the acts those of the wire, so a new one fails here until it is listed. What is
refused is logged, and leaves no trace.
"""

import json
import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from crew import thumbnail_wire, wire
from crew.backend.admin import revoke_person
from crew.backend.asgi import ENDPOINTS, build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.catalogue import load_catalogue
from crew.backend.changes import MOST_CHANGES
from crew.backend.city import City, open_city
from crew.backend.endpoint import Access, Endpoint
from crew.backend.order_writing import keep_photo
from crew.backend.orders import NewRequest, insert_request
from crew.backend.schema import people, work_orders
from crew.domain.change import KINDS, Act, Approval, Assignment, Change, PhotosAdded, Withdrawal
from crew.domain.permissions import Verb, verb_of
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder
from tests.backend.citizens import Hands
from tests.backend.crews import JSON, PLAIN_SERVICE, Device, Enrolment, jpeg, photo_of, stored
from tests.backend.proof_city import (
    CREWS,
    DISTRICT,
    DONE,
    FAR,
    OWN,
    RELATIONS,
    ROLES,
    SISTER,
    TRIALS,
    Case,
    kept_id,
    own_photo,
    reaches,
)

pytestmark = pytest.mark.anyio
IDS: Final = OrderId("1"), OrderId("2")


class About(Enum):
    """What a route is about, and so what else about it is proved here."""

    ANYBODY = auto()
    """Without a sign-in: what it answers is the same whoever asks."""
    ORDERS = auto()
    """Orders: those of the caller."""
    CREWS = auto()
    """Crews and their load: those that the caller may look at."""
    ACTS = auto()
    """What people do: verb by scope by state."""
    PHOTOS = auto()
    """Photos: those of orders that the caller has or had."""
    CITY = auto()
    """The same for everybody who has signed in."""


ROUTES: Final = {
    "POST /crew/v1/sign-in": About.ANYBODY,
    "GET /crew/v1/sign-in": About.ANYBODY,
    "POST /crew/v1/sign-in/device": About.ANYBODY,
    "POST /crew/v1/sign-in/device/ask": About.ANYBODY,
    "GET /crew/v1/me": About.CREWS,
    "GET /crew/v1/feed": About.ORDERS,
    "GET /crew/v1/events": About.ORDERS,
    "POST /crew/v1/changes": About.ACTS,
    "POST /crew/v1/uploads": About.PHOTOS,
    "HEAD /crew/v1/uploads/{sha256}": About.PHOTOS,
    "PATCH /crew/v1/uploads/{sha256}": About.PHOTOS,
    "GET /crew/v1/thumbnails": About.PHOTOS,
    "GET /crew/v1/map": About.CITY,
    "GET /crew/v1/map/{sha256}": About.CITY,
    "GET /crew/v1/photos/{sha256}": About.PHOTOS,
    "GET /crew/v1/openapi.json": About.ANYBODY,
    "GET /open311/discovery.{format}": About.ANYBODY,
    "GET /open311/v2/discovery.{format}": About.ANYBODY,
    "GET /open311/v2/services.{format}": About.ANYBODY,
    "GET /open311/v2/services/{code:path}.{format}": About.ANYBODY,
    "POST /open311/v2/requests.{format}": About.ANYBODY,
    "GET /open311/v2/requests.{format}": About.ANYBODY,
    "GET /open311/v2/requests/{request_id}.{format}": About.ANYBODY,
    "GET /r/{token}": About.ANYBODY,
    "GET /r/{token}/photos/{sha256}.jpg": About.ANYBODY,
    "GET /photos/{sha256}.jpg": About.ANYBODY,
    "POST /r/{token}/reaction": About.ANYBODY,
    "POST /r/{token}/not-fixed": About.ANYBODY,
    "GET /u/{token}": About.ANYBODY,
    "POST /u/{token}": About.ANYBODY,
    "GET /report": About.ANYBODY,
    "POST /report": About.ANYBODY,
    "GET /requests": About.ANYBODY,
    "GET /requests/streets.svg": About.ANYBODY,
    "GET /requests/feed.atom": About.ANYBODY,
    "GET /requests/feed.json": About.ANYBODY,
    "GET /requests/{number}": About.ANYBODY,
    "POST /requests/{number}/me-too": About.ANYBODY,
    "GET /me/start": About.ANYBODY,
    "POST /me/start": About.ANYBODY,
    "GET /l/{token}": About.ANYBODY,
    "POST /l/{token}": About.ANYBODY,
    "GET /me/reports": About.ANYBODY,
    "POST /me/shown": About.ANYBODY,
    "POST /me/leave": About.ANYBODY,
    "POST /me/delete": About.ANYBODY,
    "GET /board/citizens": About.ANYBODY,
}
ENDLESS: Final = "GET /crew/v1/events"  # its answer streams on; that it asks for a sign-in first is proved


@dataclass
class Office:
    """The city with one person of each role, and what they have in their hands."""

    city: City
    app: Starlette
    client: httpx.AsyncClient
    people: dict[str, Device]
    """By role."""
    numbers: dict[str, int]
    """The number of each person, by device."""
    revoked: Device
    """Of somebody whose sign-in on the administrator's device was ended."""
    clock: Hands

    @property
    def administrator(self) -> Device:
        return self.people[Role.ADMINISTRATOR]

    def report(self, crew: str, service: str = PLAIN_SERVICE) -> OrderId:
        with self.city.database.writing() as connection:
            return reported(connection, self.city, crew, service)

    def versions(self) -> dict[str, int]:
        with self.city.database.reading() as connection:
            return {row.id: row.version for row in connection.execute(select(work_orders.c.id, work_orders.c.version))}


def reported(connection: Any, city: City, crew: str, service: str = PLAIN_SERVICE) -> OrderId:
    return OrderId(insert_request(connection, city, NewRequest(service_code=service, description="a", crew=crew)))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("proof")
    (folder / "roles.toml").write_text(ROLES, encoding="utf-8")
    (folder / "crews.toml").write_text(CREWS, encoding="utf-8")
    clock = Hands()
    opened = open_city(folder / "city", BackendSettings(photo_limit_mb=1), clock)
    city = replace(opened, catalogue=load_catalogue({}, folder))
    app = build_backend(city)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://city") as client:
        enrol = Enrolment(client, city)
        devices = {
            role: await enrol(role, OWN, f"One {role}", f"device {role}", DISTRICT) for role in city.catalogue.roles
        }
        with city.database.reading() as connection:
            named = {row.name: row.id for row in connection.execute(select(people))}
        numbers = {device.device_id: named[device.person.name] for device in devices.values()}
        revoked = await enrol(Role.SUPERVISOR, name="Rex", device_id=devices[Role.ADMINISTRATOR].device_id)
        revoke_person(city, "Rex")
        await devices[Role.ADMINISTRATOR].send_photo(jpeg("teal"))  # what the trials show
        yield Office(city, app, client, devices, numbers, revoked, clock)
    city.database.close()


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


async def test_every_route_of_the_app_and_every_act_of_the_wire_is_proved_here(office: Office) -> None:
    routes = {
        f"{method} {route.path}"
        for route in office.app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD" or "GET" not in (route.methods or ())
    }
    assert len(office.app.routes) == len(ROUTES), "something that is no route of ours answers, too"
    assert routes == ROUTES.keys()
    assert {name_of(one): one.who is Access.PUBLIC for one in ENDPOINTS} == {
        name: about is About.ANYBODY for name, about in ROUTES.items()
    }
    acts = [trial.act(*IDS) for trial in TRIALS.values()]
    assert {type(act) for act in acts} == set(KINDS.values())
    assert {*map(verb_of, acts), *(trial.also for trial in TRIALS.values() if trial.also)} == set(Verb)


async def ask(office: Office, endpoint: Endpoint, token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    path = re.sub(r"{format}", "json", endpoint.path)
    return await office.client.request(endpoint.method, re.sub(r"{[\w:]+}", "0" * 64, path), headers=headers)


async def test_a_closed_route_is_closed_to_strangers_and_answers_each_role_as_it_declares(office: Office) -> None:
    for endpoint in ENDPOINTS:
        if isinstance(endpoint.who, Access):
            continue
        for token in ("", "wrong", "\x7f"):
            response = await ask(office, endpoint, token)
            assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer"), name_of(endpoint)
            assert endpoint.method == "HEAD" or wire.decode(response.content, wire.Problem).code == "sign_in"
        for role, device in office.people.items():
            if name_of(endpoint) != ENDLESS:
                status = (await ask(office, endpoint, device.token)).status_code
                assert (status not in (401, 403)) is (device.person.role in endpoint.who), (name_of(endpoint), role)


async def test_an_open_route_answers_whoever_asks_alike(office: Office) -> None:
    for endpoint in ENDPOINTS:
        if isinstance(endpoint.who, Access):
            answers = set()
            for token in ("", *(device.token for device in office.people.values())):
                office.clock.turn(minutes=20)  # so that nobody is told to wait
                answers.add((await ask(office, endpoint, token)).status_code)
            assert len(answers) == 1, name_of(endpoint)


async def test_everybody_sees_the_orders_and_photos_of_their_desk_and_no_others(office: Office) -> None:
    orders, photos = {}, {}
    for relation, crews in RELATIONS.items():
        order_id = orders[relation] = office.report(crews[0])
        content = jpeg("tan", (64, 40 + len(orders)))
        photos[relation] = photo_of(content).sha256
        await office.administrator.send_photo(content)
        await office.administrator.act(order_id, PhotosAdded((photo_of(content),)))
        if len(crews) > 1:
            await office.administrator.act(order_id, Assignment(crews[-1]))
    for role, device in office.people.items():
        whole, crew = device.person.role.sees_whole_city, device.person.crew
        has = {relation for relation, crews in RELATIONS.items() if whole or crews[-1] == crew}
        had = {relation for relation, crews in RELATIONS.items() if whole or crew in crews}
        shown = {order.id for order in (await device.feed(limit=1000)).orders}
        assert {relation for relation, order_id in orders.items() if order_id in shown} == has, role
        for relation, sha256 in photos.items():
            assert (await device.get(f"photos/{sha256}")).status_code == (200 if relation in had else 404)
        thumbnails = await device.get("thumbnails", {"of": ",".join(photos.values())})
        assert set(thumbnail_wire.decode_thumbnails(thumbnails.content)) == {photos[relation] for relation in had}, role


async def test_everybody_is_told_the_load_of_the_crews_that_they_may_look_at_or_move_work_to(office: Office) -> None:
    for role, device in office.people.items():
        me = wire.decode((await device.get("me")).content, wire.Me)
        move = device.person.grant(Verb.MOVE)
        expected = {
            crew
            for crew in (OWN, SISTER, FAR)
            if device.person.role.sees_whole_city or crew == OWN or (move and reaches(device.person, move, crew))
        }
        assert {load.name for load in me.crews} == expected, role


async def test_an_upload_is_its_devices_own(office: Office) -> None:
    content = jpeg("orchid")
    sha256 = photo_of(content).sha256
    beginner, *others = office.people.values()
    await beginner.begin_upload(sha256, len(content), content[:100])

    assert (await beginner.upload_standing(sha256)).headers["Upload-Offset"] == "100"
    for other in others:
        assert (await other.upload_standing(sha256)).status_code == 404
        assert (await other.send_piece(sha256, 100, content[100:])).status_code == 404
        assert (await other.get(f"photos/{sha256}")).status_code == 404


def made(office: Office) -> list[Case]:
    """Every case, each with an order of its own."""
    cases = []
    with office.city.database.writing() as connection:
        for device in office.people.values():
            for name, trial in TRIALS.items():
                for relation, crews in RELATIONS.items():
                    order_id = reported(connection, office.city, crews[0], trial.service)
                    there = trial.companion or crews[-1]
                    companion = reported(connection, office.city, there) if trial.paired else OrderId("")
                    cases.append(Case(device, name, relation, order_id, companion))
    return [case for case in cases if not case.moot]


async def prepare(office: Office, cases: Sequence[Case]) -> None:
    """Let everything be done that the trials need."""
    chief = office.administrator
    with office.city.database.writing() as connection:
        for case in cases:
            if isinstance(case.act, Approval | Withdrawal):
                keep_photo(connection, office.city, own_photo(case.order_id), case.order_id.encode())
    before: list[Change] = []
    for case in cases:
        crews = RELATIONS[case.relation]
        moved = [(case.order_id, Assignment(crews[-1]))] if len(crews) > 1 else []
        for order_id, act in (*moved, *case.trial.before(case.order_id, case.companion)):
            before.append(chief.change(order_id, act, base_version=100))
        if case.trial.kept:
            kept = office.revoked.change(case.order_id, DONE, base_version=100, change_id=kept_id(case.order_id))
            before.append(kept)
    assert {answer.outcome for answer in await sent(chief, before)} <= {"applied", "kept"}


async def sent(device: Device, changes: Sequence[Change]) -> list[wire.Answer]:
    """The answers to any number of changes."""
    batches = [changes[start : start + MOST_CHANGES] for start in range(0, len(changes), MOST_CHANGES)]
    return [answer for batch in batches for answer in await device.push(*batch)]


async def test_every_act_is_allowed_as_the_table_says_and_what_is_refused_is_logged_and_leaves_no_trace(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    cases = made(office)
    await prepare(office, cases)
    before = office.versions()
    wrong, refusals = [], set[str]()
    with caplog.at_level(logging.WARNING):
        for device in office.people.values():
            own = [case for case in cases if case.device is device]
            changes = [device.change(case.order_id, case.act, base_version=before[case.order_id]) for case in own]
            for case, change, answer in zip(own, changes, await sent(device, changes), strict=True):
                if (answer.outcome in ("applied", "kept", "needs_decision")) is not case.allowed:
                    wrong.append(f"{case}: {answer.outcome} {answer.sentence}")
                if not case.known:  # that it exists is nobody else's business
                    assert answer.order is None
                    assert "There is no work order" in answer.sentence
                if answer.outcome == "refused":
                    refusals.add(
                        f"Refused to person {office.numbers[device.device_id]} on device {device.device_id}: "
                        f"{change.kind} {change.id} of {case.order_id}: {answer.sentence}"
                    )
    after = office.versions()

    assert not wrong, "\n".join(wrong)
    assert {record.getMessage() for record in caplog.records if "Refused" in record.getMessage()} == refusals
    assert {case for case in cases if not case.allowed and after[case.order_id] != before[case.order_id]} == set()
    assert len(refusals) > len(cases) / 3


BEYOND: Final = {
    name: "x" for name in (*WorkOrder.__struct_fields__, "person_id", "role", "may", "device", "outcome")
} | {"version": 99, "needs_look": True, "public_status": "closed", "priority": "urgent", "crew": FAR, "status": "done"}
"""Everything that a sender might like to set in passing."""


def beyond(act: Act) -> dict[str, Any]:
    """What no field of the act is called."""
    return {name: value for name, value in BEYOND.items() if name not in type(act).__struct_fields__}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_an_act_says_beyond_its_fields_is_never_applied(office: Office, kind: str) -> None:
    name, trial = next(
        (name, trial)
        for name, trial in TRIALS.items()
        if isinstance(trial.act(*IDS), KINDS[kind]) and name != "move to the own crew"
    )
    chief, looks = office.administrator, []
    for more in (False, True):
        case = Case(chief, name, "own", office.report(OWN, trial.service), office.report(OWN))
        await prepare(office, [case])
        plain = wire.change_to_wire(chief.change(case.order_id, case.act))
        body = json.dumps(
            {"changes": [{**plain, "payload": {**(beyond(case.act) if more else {}), **plain["payload"]}}]}, default=str
        )
        answer = await office.client.post("/crew/v1/changes", content=body, headers={**chief.headers, **JSON})
        assert answer.json()["answers"][0]["outcome"] == "applied"
        number = answer.json()["answers"][0]["number"] or case.order_id
        looks.append(plain_look(stored(office.city, number), case))
    assert looks[0] == looks[1]
    refused = await office.client.post(
        "/crew/v1/changes",
        content=json.dumps({"changes": [{**plain, "id": "new", "crew": FAR}]}, default=str),
        headers={**chief.headers, **JSON},
    )
    assert refused.status_code == 422


def plain_look(order: WorkOrder, case: Case) -> str:
    """The order in words, without what tells it from its twin."""
    photo = own_photo(case.order_id)
    words = repr(replace(order, history=tuple(replace(line, change_id="") for line in order.history)))
    words = words.replace(photo.sha256, "photo")
    return words.replace(case.companion, "companion").replace(order.id, "order").replace(case.order_id, "order")
