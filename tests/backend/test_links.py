"""Duplicates at the backend: one repair answers every reporter, and nothing of any order is lost."""

import pytest
from sqlalchemy import select

from crew.backend.care.record_checks import record_findings
from crew.backend.city import City
from crew.backend.notice_kinds import ENDINGS
from crew.backend.order_writing import attach_photos
from crew.backend.orders import NewRequest, link_request
from crew.backend.schema import notices, service_requests
from crew.domain.change import Assignment, Link, Note, StatusChange, Unlink
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from tests.backend.crews import LIGHTS, PLAIN_SERVICE, ROADS, Device, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio

DONE = StatusChange(WorkStatus.DONE, public_text="Filled.")


@pytest.fixture
async def office(enrol: Enrolment) -> Device:
    return await enrol(Role.DISPATCHER, name="Dee")


def requests_of(city: City, order_id: str) -> list[str]:
    return [request.request_id for request in stored(city, order_id).requests]


def reported_again(city: City, order_id: str) -> str:
    """Somebody else reports what an order is about already; such a request never had an order of its own."""
    new = NewRequest(service_code=PLAIN_SERVICE, description="The same hole", address="54 G St", email="b@example.org")
    with city.database.writing() as connection:
        return link_request(connection, city, new, order_id)


def told(city: City) -> list[str]:
    """The requests whose reporters have been told of an ending, in the order of their numbers."""
    with city.database.reading() as connection:
        rows = connection.scalars(
            select(notices.c.request_id).where(notices.c.kind.in_(ENDINGS)).order_by(notices.c.request_id)
        ).all()
    return list(rows)


def findings(city: City) -> list[str]:
    with city.database.reading() as connection:
        return [finding.sentence for finding in record_findings(connection) if finding.is_fault]


async def test_one_repair_answers_the_reporters_of_both(city: City, enrol: Enrolment, office: Device) -> None:
    twin, order_id = report(city, email="b@example.org"), report(city)
    truck = await enrol(crew=ROADS)

    answer = await office.act(twin, Link(order_id))

    assert answer.outcome == "applied"
    assert (answer.order, answer.also) == (stored(city, twin), stored(city, order_id))
    ended = stored(city, twin)
    assert (ended.linked_to, ended.work_status, ended.requests) == (order_id, WorkStatus.CANT_DO, ())
    assert requests_of(city, order_id) == [twin, order_id]
    assert told(city) == [], "nothing is repaired yet"

    await truck.act(order_id, DONE)

    assert told(city) == [twin, order_id]
    assert findings(city) == []


async def test_the_crew_that_had_it_is_told_and_can_read_on(city: City, enrol: Enrolment, office: Device) -> None:
    twin, order_id = report(city, LIGHTS), report(city)
    truck = await enrol(crew=LIGHTS)
    await truck.act(twin, Note("by the gate"))
    cursor = (await truck.feed()).cursor

    await office.act(twin, Link(order_id))

    (order,) = (await truck.feed(cursor)).orders
    assert (order.linked_to, order.work_status) == (order_id, WorkStatus.CANT_DO)
    assert [entry.text for entry in order.history] == ["reported", "note: by the gate", f"linked to {order_id}"]


async def test_what_the_other_reporter_photographed_is_seen_by_the_crew(city: City, office: Device) -> None:
    twin, order_id = report(city), report(city)
    before = photo_of(jpeg("red"), PhotoRole.BEFORE)
    await office.send_photo(jpeg("red"))
    await office.act(twin, StatusChange(WorkStatus.CANT_DO, reason="not_found"))  # closed, and sent back
    await office.act(twin, StatusChange(WorkStatus.SENT_BACK, note="it is there"))
    with city.database.writing() as connection:
        attach_photos(connection, twin, [before])

    await office.act(twin, Link(order_id))

    assert [photo.sha256 for photo in stored(city, order_id).photos] == [before.sha256]
    assert [photo.sha256 for photo in stored(city, twin).photos] == [before.sha256]


async def test_a_request_gets_its_old_order_back_with_its_crew(city: City, office: Device) -> None:
    twin, order_id = report(city, LIGHTS), report(city)
    await office.act(twin, Link(order_id))

    answer = await office.act(order_id, Unlink(twin))

    assert answer.outcome == "applied"
    assert answer.also == stored(city, twin)
    again = stored(city, twin)
    assert (again.linked_to, again.crew, again.work_status) == ("", LIGHTS, WorkStatus.ASSIGNED)
    assert again.public_status is PublicStatus.OPEN
    assert (requests_of(city, twin), requests_of(city, order_id)) == ([twin], [order_id])
    assert findings(city) == []


async def test_a_request_that_never_had_an_order_gets_one_under_its_number(
    city: City, enrol: Enrolment, office: Device
) -> None:
    order_id = report(city)
    request_id = reported_again(city, order_id)
    truck = await enrol(crew=ROADS)

    await office.act(order_id, Unlink(request_id))

    order = stored(city, request_id)
    assert (order.crew, order.work_status, order.address) == (ROADS, WorkStatus.ASSIGNED, "54 G St")
    assert order.due_at == stored(city, order_id).due_at
    assert [entry.text for entry in order.history] == [f"unlinked from {order_id}"]
    assert request_id in {one.id for one in (await truck.feed()).orders}
    await truck.act(request_id, DONE)
    assert told(city) == [request_id]
    assert findings(city) == []


async def test_a_reporter_is_told_of_each_ending(city: City, office: Device, enrol: Enrolment) -> None:
    """Closed with the other, parted since it was not mended by that, closed by itself: two events, two notices."""
    twin, order_id = report(city, email="b@example.org"), report(city)
    truck = await enrol(crew=ROADS)
    await office.act(twin, Link(order_id))
    while stored(city, order_id).version < 4:
        await truck.act(order_id, Note("n"))
    await truck.act(order_id, DONE)
    await office.act(order_id, Unlink(twin))
    while stored(city, twin).version < 4:
        await truck.act(twin, Note("n"))
    await truck.act(twin, DONE)

    assert stored(city, twin).version == stored(city, order_id).version - 1 == 5
    assert told(city) == [twin, twin, order_id]
    assert findings(city) == []


async def test_an_order_that_was_linked_to_follows_when_that_one_is_linked(city: City, office: Device) -> None:
    first, second, third = report(city), report(city), report(city)
    await office.act(first, Link(second))
    cursor = (await office.feed()).cursor
    await office.act(second, Link(third))

    assert requests_of(city, third) == [first, second, third]
    assert stored(city, first).linked_to == stored(city, second).linked_to == third
    assert first in {order.id for order in (await office.feed(cursor)).orders}, "its devices hear of it"


@pytest.mark.parametrize("end", ["done", "linked"])
async def test_a_target_that_ended_meanwhile_is_for_a_person_to_decide(
    city: City, enrol: Enrolment, office: Device, end: str
) -> None:
    twin, order_id, third = report(city), report(city), report(city)
    truck, other = await enrol(crew=ROADS, name="Ana"), await enrol(Role.SUPERVISOR, name="Sam")
    await (truck.act(order_id, DONE) if end == "done" else other.act(order_id, Link(third)))

    answer = await office.act(twin, Link(order_id))

    assert answer.outcome == "needs_decision"
    assert answer.other is not None
    stands = {"done": ("Ana", f"{order_id} is done"), "linked": ("Sam", f"{order_id} was linked to {third}")}
    assert (answer.other.person, answer.other.theirs) == stands[end]
    assert stored(city, twin).work_status is WorkStatus.ASSIGNED
    assert requests_of(city, twin) == [twin]


async def test_two_who_linked_one_order_to_different_ones_have_to_agree(
    city: City, enrol: Enrolment, office: Device
) -> None:
    twin, order_id, third = report(city), report(city), report(city)
    other = await enrol(Role.SUPERVISOR, name="Sam")
    await other.act(twin, Link(third))

    answer = await office.act(twin, Link(order_id), base_version=1)

    assert answer.outcome == "needs_decision"
    assert answer.other is not None
    assert answer.other.theirs == f"linked to {third}"
    assert requests_of(city, third) == [twin, third]


async def test_a_request_that_went_elsewhere_meanwhile_is_for_a_person_to_decide(
    city: City, enrol: Enrolment, office: Device
) -> None:
    twin, order_id, third = report(city), report(city), report(city)
    await office.act(twin, Link(order_id))
    seen = stored(city, order_id).version
    await (await enrol(Role.SUPERVISOR)).act(order_id, Link(third))

    answer = await office.act(order_id, Unlink(twin), base_version=seen)

    assert answer.outcome == "needs_decision"
    assert answer.other is not None
    assert answer.other.theirs == f"{third} answers it"


async def test_work_that_was_done_on_a_linked_order_is_kept_for_the_supervisor(
    city: City, enrol: Enrolment, office: Device
) -> None:
    twin, order_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    done = truck.change(twin, DONE)
    await office.act(twin, Link(order_id))

    assert (await truck.push_one(done)).outcome == "kept"

    order = stored(city, twin)
    assert (order.needs_look, order.linked_to) == (True, order_id)


async def test_a_linked_order_is_not_worked_on_but_through_the_one_that_answers(
    city: City, enrol: Enrolment, office: Device
) -> None:
    twin, order_id = report(city), report(city)
    report(city, LIGHTS)
    await office.act(twin, Link(order_id))

    for act in (StatusChange(WorkStatus.SENT_BACK, note="no"), Assignment(LIGHTS), Link(order_id)):
        answer = await office.act(twin, act)
        assert answer.outcome == "refused"
        assert order_id in answer.sentence
    assert (await office.act(twin, Note("two cones are here"))).outcome == "applied"


async def test_a_crew_links_nothing_and_learns_nothing_of_other_orders(city: City, enrol: Enrolment) -> None:
    mine, also_mine, theirs = report(city), report(city), report(city, LIGHTS)
    truck = await enrol(crew=ROADS)

    known = await truck.act(mine, Link(also_mine))
    unknown = await truck.act(mine, Link(theirs))

    assert (known.outcome, unknown.outcome) == ("refused", "refused")
    assert "dispatcher" in known.sentence
    assert unknown.sentence == f"There is no work order with the number {theirs} among yours."
    assert stored(city, mine).version == 1


async def test_a_link_that_is_sent_again_moves_nothing_twice(city: City, office: Device) -> None:
    twin, order_id = report(city), report(city)
    change = office.change(twin, Link(order_id))
    first = await office.push_one(change)

    assert await office.push_one(change) == first
    assert (stored(city, twin).version, stored(city, order_id).version) == (2, 2)
    office.sequence += 1
    again = replace(change, id=type(change.id)("another"), sequence=office.sequence, base_version=2)
    assert (await office.push_one(again)).outcome == "refused"


async def test_the_public_reads_of_a_linked_request_how_the_answering_order_stands(
    city: City, enrol: Enrolment, office: Device
) -> None:
    twin, order_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    await office.act(twin, Link(order_id))

    async def shown() -> tuple[str, str | None]:
        (request,) = (await office.client.get(f"/open311/v2/requests/{twin}.json")).json()
        return request["status"], request["status_notes"]

    assert await shown() == ("open", None)
    await truck.act(order_id, DONE)
    assert await shown() == ("closed", "Filled.")


async def test_no_reporter_is_lost_by_any_of_it(city: City, office: Device) -> None:
    first, second, third = report(city), report(city), report(city)
    request_id = reported_again(city, first)
    for order_id, act in (
        (first, Link(second)),
        (second, Unlink(request_id)),
        (second, Link(third)),
        (third, Unlink(second)),
        (request_id, Link(second)),
        (third, Unlink(first)),
    ):
        assert (await office.act(order_id, act)).outcome == "applied"

    with city.database.reading() as connection:
        rows = connection.execute(select(service_requests.c.id, service_requests.c.order_id)).all()
    assert {row.id: row.order_id for row in rows} == {first: first, second: second, third: third, request_id: second}
    assert findings(city) == []
