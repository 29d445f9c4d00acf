"""What is new is placed in one act, with authority: a type, a priority and a crew that the city has."""

import pytest

from crew.backend.city import City
from crew.domain.change import Assignment, StatusChange, Triage
from crew.domain.person import Role
from crew.domain.work_order import Priority, WorkStatus
from tests.backend.crews import LIGHTS, ROADS, Device, Enrolment, report, stored

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(enrol: Enrolment) -> Device:
    return await enrol(Role.DISPATCHER, name="Dee")


async def test_type_priority_and_crew_are_set_at_once(city: City, enrol: Enrolment, office: Device) -> None:
    report(city, ROADS)
    order_id = report(city, "")
    truck = await enrol(crew=ROADS)

    answer = await office.act(order_id, Triage("pothole", "Pothole", Priority.HIGH, ROADS))

    order = stored(city, order_id)
    assert answer.order == order
    assert (order.service_code, order.service_name, order.photo_required) == ("pothole", "Pothole", True)
    assert (order.priority, order.crew, order.work_status) == (Priority.HIGH, ROADS, WorkStatus.ASSIGNED)
    assert order.history[-1].text == f"triaged: Pothole, high, to {ROADS}"
    assert order in (await truck.feed()).orders, "its crew has it now"


async def test_another_type_brings_its_own_deadline(city: City, office: Device) -> None:
    order_id = report(city)
    hours = city.catalogue.service("pothole").due_hours

    await office.act(order_id, Triage("pothole", "Pothole"))

    order = stored(city, order_id)
    assert order.due_at is not None
    assert (order.due_at - order.requested_at).total_seconds() == hours * 3600


async def test_what_is_not_given_stays(city: City, office: Device) -> None:
    order_id = report(city)
    before = stored(city, order_id)

    await office.act(order_id, Triage())

    after = stored(city, order_id)
    assert (after.crew, after.service_code, after.priority, after.due_at) == (
        before.crew,
        before.service_code,
        before.priority,
        before.due_at,
    )
    assert (before.is_untriaged, after.is_untriaged) == (True, False)
    assert after.history[-1].text == "triaged: as it is"


@pytest.mark.parametrize("act", [Triage("no such service"), Triage(crew="no such crew")])
async def test_what_the_city_has_not_is_refused(city: City, office: Device, act: Triage) -> None:
    order_id = report(city)
    answer = await office.act(order_id, act)
    assert answer.outcome == "refused"
    assert "no such" in answer.sentence


async def test_only_the_office_triages_and_nothing_that_has_ended(city: City, enrol: Enrolment, office: Device) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    assert (await truck.act(order_id, Triage())).outcome == "refused"
    await truck.act(order_id, StatusChange(WorkStatus.DONE))
    assert (await office.act(order_id, Triage(priority=Priority.LOW))).outcome == "refused"


async def test_two_who_gave_it_to_different_crews_have_to_agree_and_a_priority_merges(
    city: City, enrol: Enrolment, office: Device
) -> None:
    report(city, LIGHTS)
    order_id = report(city)
    await (await enrol(Role.SUPERVISOR)).act(order_id, Assignment(LIGHTS))

    assert (await office.act(order_id, Triage(priority=Priority.URGENT), base_version=1)).outcome == "applied"
    answer = await office.act(order_id, Triage(crew=ROADS), base_version=1)

    assert answer.outcome == "needs_decision"
    assert (stored(city, order_id).crew, stored(city, order_id).priority) == (LIGHTS, Priority.URGENT)
