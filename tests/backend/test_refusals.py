"""What is refused has no effect and is logged with person, device and change; own roles reach as far as they should."""

import json
import logging
from pathlib import Path

import pytest

from crew import wire
from crew.backend import crew_api
from crew.backend.catalogue import load_catalogue
from crew.backend.city import City
from crew.backend.endpoint import Access
from crew.domain.change import (
    Acceptance,
    Act,
    Assignment,
    Change,
    Escalation,
    Intake,
    KeptDecision,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
)
from crew.domain.permissions import Verb, verb_of
from crew.domain.person import Role, why_not
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.backend.crews import JSON, LIGHTS, PLAIN_SERVICE, ROADS, Device, Enrolment, jpeg, photo_of, report, stored
from tests.backend.test_access import ANSWERING_ROUTES, call

pytestmark = pytest.mark.anyio

OFFICE_ACTS: tuple[Act, ...] = (
    Assignment(LIGHTS),
    Escalation("director", "third call"),
    Acceptance(),
    KeptDecision("some change", accepted=True),
    Link(OrderId("1")),
    Unlink("1"),
    Triage(service_code=PLAIN_SERVICE),
    Intake(PLAIN_SERVICE, "Anything", "a lamp", "52 G St"),
    StatusChange(WorkStatus.SENT_BACK, note="edges"),
)
CREWS = f"""
[crews]
{ROADS} = "Roads"
{LIGHTS} = "Lights"
trees = "Trees"
[routing]
default = "{ROADS}"
[districts]
North = ["{ROADS}", "{LIGHTS}"]
"""


@pytest.fixture
def city(city: City, tmp_path: Path) -> City:
    """The city, with roles of its own whose every verb reaches as far as their name says."""
    folder = tmp_path / "own"
    folder.mkdir()
    tables = [
        f'[role.{scope}]\ndesk = "supervisor"\n[role.{scope}.may]\n' + "".join(f'{verb} = "{scope}"\n' for verb in Verb)
        for scope in ("own", "district", "city")
    ]
    (folder / "roles.toml").write_text("".join(tables), encoding="utf-8")
    (folder / "crews.toml").write_text(CREWS, encoding="utf-8")
    return replace(city, catalogue=load_catalogue({}, folder))


def said_of(caplog: pytest.LogCaptureFixture, device: Device, change: Change) -> bool:
    """Whether the log tells who was refused what."""
    lines = [record.getMessage() for record in caplog.records]
    return any(
        line.startswith("Refused to person ") and device.device_id in line and change.id in line for line in lines
    )


@pytest.mark.parametrize("act", OFFICE_ACTS, ids=lambda act: type(act).__name__)
async def test_a_crew_is_refused_what_only_an_office_may(
    city: City, enrol: Enrolment, caplog: pytest.LogCaptureFixture, act: Act
) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, act)
    before = stored(city, order_id)

    with caplog.at_level(logging.WARNING):
        answer = await truck.push_one(change)

    assert answer.outcome == "refused"
    assert stored(city, order_id) == before
    assert said_of(caplog, truck, change)


@pytest.mark.parametrize(
    "act",
    [Note("mine"), StatusChange(WorkStatus.WORKING), StatusChange(WorkStatus.DONE), PhotosAdded((photo_of(jpeg()),))],
    ids=lambda act: type(act).__name__,
)
async def test_the_number_of_anothers_order_opens_nothing(
    city: City, enrol: Enrolment, caplog: pytest.LogCaptureFixture, act: Act
) -> None:
    theirs, _ = report(city, LIGHTS), report(city)
    truck = await enrol(crew=ROADS)
    await truck.send_photo(jpeg())
    change = truck.change(theirs, act)
    before = stored(city, theirs)

    with caplog.at_level(logging.WARNING):
        answer = await truck.push_one(change)

    assert (answer.outcome, answer.order) == ("refused", None)
    assert "There is no work order" in answer.sentence, "that it exists is nobody else's business"
    assert stored(city, theirs) == before
    assert said_of(caplog, truck, change)


async def test_what_a_body_says_beyond_its_shape_is_never_applied(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    before = stored(city, order_id)
    more = {"crew": LIGHTS, "priority": "urgent", "public_status": "closed", "needs_look": True, "escalation": "mayor",
            "version": 99, "person": "Kim", "role": "administrator"}  # fmt: skip
    plain = wire.change_to_wire(truck.change(order_id, Note("a word")))

    refused = await truck.client.post(
        "/crew/v1/changes",
        content=json.dumps({"changes": [{**plain, **more}]}, default=str),
        headers={**truck.headers, **JSON},
    )
    assert refused.status_code == 422
    assert stored(city, order_id) == before
    payload = {**plain["payload"], **more}
    taken = await truck.client.post(
        "/crew/v1/changes",
        content=json.dumps({"changes": [{**plain, "payload": payload}]}, default=str),
        headers={**truck.headers, **JSON},
    )

    assert taken.status_code in (200, 422)
    after = stored(city, order_id)
    assert replace(after, version=0, history=(), updated_at=before.updated_at) == replace(before, version=0, history=())
    assert {entry.person for entry in after.history[len(before.history) :]} <= {truck.person.name}


async def test_nobody_sends_for_another_device_or_under_an_id_that_is_taken(
    city: City, enrol: Enrolment, caplog: pytest.LogCaptureFixture
) -> None:
    order_id = report(city)
    mine, theirs = await enrol(crew=ROADS, name="Ana"), await enrol(crew=ROADS, name="Ben")
    foreign = theirs.change(order_id, Note("not mine"))
    assert (await mine.send(foreign)).status_code == 422
    assert said_of(caplog, mine, foreign)
    taken = mine.change(order_id, Note("first"))
    await mine.push_one(taken)

    assert (await mine.send(replace(taken, act=Note("second")))).status_code == 422
    assert said_of(caplog, mine, taken)
    as_another = replace(mine.change(order_id, Note("as Ben")), person="Ben")
    assert (await mine.push_one(as_another)).outcome == "refused"
    assert said_of(caplog, mine, as_another)


@pytest.mark.parametrize("role", ["own", "district", "city"])
async def test_a_citys_own_role_reaches_as_far_as_the_table_says_and_no_further(
    city: City, enrol: Enrolment, role: str
) -> None:
    orders = {crew: report(city, crew) for crew in (ROADS, LIGHTS, "trees")}
    kim = await enrol(role, ROADS, "Kim", district="North")
    acts = (
        StatusChange(WorkStatus.ACCEPTED),
        Note("a"),
        Escalation("director", "third call"),
        Triage(service_code="pothole"),
    )

    for act in acts:
        for crew, order_id in orders.items():
            answer = await kim.act(order_id, act)
            allowed = not why_not(kim.person, verb_of(act), crew)
            assert (answer.outcome == "applied") is allowed, (role, act, crew, answer.sentence)


async def test_every_route_knows_a_citys_own_role_as_its_desk(city: City, enrol: Enrolment) -> None:
    report(city)
    for role in ("own", "district", "city"):
        device = await enrol(role, ROADS, f"Kim of {role}", district="North")
        for method, path, who in ANSWERING_ROUTES:
            response = await call(device.client, method, path, device.token)
            assert (response.status_code not in (401, 403)) is (Role.SUPERVISOR in who), (role, path)
    assert all(endpoint.who is Access.PUBLIC or endpoint.who for endpoint in crew_api.ENDPOINTS)
