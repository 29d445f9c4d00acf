"""A call that was taken in becomes a request like any other, once, and what was done on it meanwhile follows it."""

import pytest
from sqlalchemy import func, select

from crew import wire
from crew.backend.care.record_checks import record_findings
from crew.backend.city import City
from crew.backend.contacts import Reporter, contact_of
from crew.backend.orders import skip_numbers
from crew.backend.schema import applied_changes, notices, service_requests
from crew.domain.change import Assignment, Change, Contact, Intake, Note, StatusChange
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.backend.crews import LIGHTS, ROADS, Device, Enrolment, report, stored

pytestmark = pytest.mark.anyio

CALLER = Contact("Ada", "Quiet", "617 555 0100", "ada@example.org")
CALL = Intake("pothole", "Pothole", "A hole", "52 G St", 42.3, -71.1, contact=CALLER)


@pytest.fixture
async def office(enrol: Enrolment) -> Device:
    return await enrol(Role.DISPATCHER, name="Dee")


def taken(device: Device, act: Intake = CALL, number: int = 1) -> Change:
    """The call as a device sends it that has no number for its order."""
    own_id = f"0193599a-0000-7000-8000-{number:012}"
    return (
        device.change(own_id, act, base_version=0, change_id=own_id) if not act.joins else device.change(act.joins, act)
    )


async def test_a_call_becomes_a_request_with_a_number_and_an_order_for_the_right_crew(
    city: City, office: Device
) -> None:
    change = taken(office)

    answer = await office.push_one(change)

    assert (answer.outcome, answer.order) == ("applied", stored(city, answer.number))
    order = stored(city, answer.number)
    assert (order.service_code, order.address, order.description) == ("pothole", "52 G St", "A hole")
    assert order.crew == city.catalogue.crew_for("", "pothole")
    assert (order.history[-1].person, order.history[-1].text) == ("Dee", "reported by telephone")
    assert order.due_at is not None
    with city.database.reading() as connection:
        caller = contact_of(connection, city, answer.number)
        mails = connection.execute(select(notices.c.kind, notices.c.request_id)).all()
        faults = [finding.sentence for finding in record_findings(connection) if finding.is_fault]
    assert caller == Reporter("Ada", "Quiet", "ada@example.org", "617 555 0100")
    assert [tuple(mail) for mail in mails] == [("received", answer.number)]
    assert faults == []


async def test_no_device_and_nobody_outside_ever_reads_who_called(city: City, office: Device) -> None:
    answer = await office.push_one(taken(office))

    said = [
        wire.encode(answer),
        (await office.get("feed")).content,
        (await office.client.get(f"/open311/v2/requests/{answer.number}.json")).content,
    ]
    with city.database.reading() as connection:
        said += connection.scalars(select(applied_changes.c.answer)).all()
    for secret in (CALLER.last_name, CALLER.phone, CALLER.email):
        assert all(secret.encode() not in text for text in said)


async def test_what_was_done_before_it_had_a_number_follows_it(city: City, office: Device) -> None:
    report(city, LIGHTS)
    change = taken(office)
    note = office.change(change.id, Note("caller waits there"), base_version=0)
    move = office.change(change.id, Assignment(LIGHTS), base_version=0)

    first, second = await office.push(change, note)
    third = await office.push_one(move)

    assert [answer.outcome for answer in (first, second, third)] == ["applied"] * 3
    order = stored(city, first.number)
    assert (order.crew, [entry.text for entry in order.history][2:]) == (
        LIGHTS,
        ["note: caller waits there", f"moved to {LIGHTS}"],
    )
    assert first.order is None, "the last answer about it brings it"
    assert second.order is not None
    assert second.order.id == first.number


@pytest.mark.parametrize("form", ["as it was", "without the caller", "under its number"])
async def test_the_same_call_again_is_not_taken_in_twice(city: City, office: Device, form: str) -> None:
    change = taken(office)
    first = await office.push_one(change)
    again = {
        "as it was": change,
        "without the caller": replace(change, act=replace(CALL, contact=Contact())),
        "under its number": replace(change, order_id=OrderId(first.number), act=replace(CALL, contact=Contact())),
    }[form]

    assert await office.push_one(again) == first
    with city.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(service_requests)) == 1


async def test_a_caller_joins_an_order(city: City, office: Device) -> None:
    order_id = report(city)

    answer = await office.push_one(taken(office, replace(CALL, joins=order_id)))

    assert (answer.outcome, answer.number) == ("applied", "")
    order = stored(city, order_id)
    assert [request.description for request in order.requests] == ["A hole", "A hole"]
    assert order.history[-1].text == "one more caller"


async def test_a_caller_for_an_order_that_ended_meanwhile_gets_one_of_its_own(
    city: City, enrol: Enrolment, office: Device
) -> None:
    order_id = report(city)
    await (await enrol(crew=ROADS)).act(order_id, StatusChange(WorkStatus.DONE))

    answer = await office.push_one(taken(office, replace(CALL, joins=order_id)))

    assert answer.outcome == "applied"
    assert stored(city, answer.number).work_status is WorkStatus.ASSIGNED
    assert len(stored(city, order_id).requests) == 1


async def test_a_number_that_a_caller_was_told_outlives_a_restore(city: City, office: Device) -> None:
    """The backup does not know the call: the device sends it once more, under the number that it has learned."""
    given = report(city)
    number = str(int(given) + 5)
    with city.database.writing() as connection:
        skip_numbers(connection, 1_000)

    answer = await office.push_one(replace(taken(office), order_id=OrderId(number)))

    assert answer.number == number
    for wrong in (given, "999999999999", "someone"):
        other = taken(office, number=hash(wrong) % 1000 + 2)
        assert (await office.push_one(replace(other, order_id=OrderId(wrong)))).number not in (given, wrong)


@pytest.mark.parametrize(
    "act",
    [
        replace(CALL, service_code=""),
        replace(CALL, address="", lat=None, long=None),
        replace(CALL, contact=Contact(email="ada")),
        replace(CALL, contact=Contact(email="ada@ex..org")),
        replace(CALL, contact=Contact(phone="<script>")),
    ],
)
async def test_what_says_too_little_is_refused_and_holds_what_was_done_on_it(
    city: City, office: Device, act: Intake
) -> None:
    change = taken(office, act)
    refused, held = await office.push(change, office.change(change.id, Note("n"), base_version=0))

    assert (refused.outcome, held.outcome) == ("refused", "held")
    with city.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(service_requests)) == 0


async def test_a_crew_takes_nothing_in_and_names_no_order_by_another_devices_id(
    city: City, enrol: Enrolment, office: Device
) -> None:
    report(city)
    truck, other = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    change = taken(office)
    await office.push_one(change)

    assert (await truck.push_one(taken(truck, number=2))).outcome == "refused"
    assert (await other.push_one(other.change(change.id, Note("n"), base_version=0))).outcome == "refused"


async def test_the_office_is_told_what_can_be_taken_in_and_a_crew_is_not(
    city: City, enrol: Enrolment, office: Device
) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    told = [wire.decode((await device.get("me")).content, wire.Me).services for device in (truck, office)]

    assert told[0] == ()
    assert "pothole" in {service.code for service in told[1]}


async def test_hostile_words_are_cleaned_and_long_ones_cut(city: City, office: Device) -> None:
    act = replace(CALL, description="a\x1b[2Jb", address="x" * 900, contact=Contact(first_name="y" * 900))

    answer = await office.push_one(taken(office, act))

    assert (stored(city, answer.number).description, len(stored(city, answer.number).address)) == ("a[2Jb", 300)
    with city.database.reading() as connection:
        assert len(contact_of(connection, city, answer.number).first_name) == 200
