"""Two people did something to one order without knowing of each other: who gets what."""

import pytest
from sqlalchemy import select

from crew.backend.city import City
from crew.backend.schema import work_orders
from crew.domain.change import Act, Assignment, Escalation, Note, StatusChange
from crew.domain.person import Role
from crew.domain.rules import what_to_look_at
from crew.domain.work_order import PublicStatus, WorkStatus
from tests.backend.crews import LIGHTS, PHOTO_SERVICE, ROADS, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio

DONE = StatusChange(WorkStatus.DONE, public_text="Done by roads.")
CANT_DO = StatusChange(WorkStatus.CANT_DO, reason="not_found")
WORKING = StatusChange(WorkStatus.WORKING)
WAITING = StatusChange(WorkStatus.WAITING, reason="parts")
TO_LIGHTS = Assignment(LIGHTS)
ESCALATED = Escalation("director", "third time")


def needs_look(city: City, order_id: str) -> bool:
    with city.database.reading() as connection:
        return bool(connection.scalar(select(work_orders.c.needs_look).where(work_orders.c.id == order_id)))


@pytest.mark.parametrize(
    ("theirs", "mine", "outcome", "look"),
    [
        (WORKING, WAITING, "needs_decision", False),
        (TO_LIGHTS, WORKING, "needs_decision", False),
        (DONE, WORKING, "needs_decision", False),
        (WORKING, DONE, "applied", True),
        (WORKING, CANT_DO, "applied", True),
        (TO_LIGHTS, DONE, "applied", True),
        (TO_LIGHTS, CANT_DO, "applied", True),
        (DONE, DONE, "kept", True),
        (CANT_DO, DONE, "kept", True),
        (DONE, CANT_DO, "kept", True),
        (ESCALATED, WORKING, "applied", False),
        (Note("by the office"), DONE, "applied", False),
        (TO_LIGHTS, Note("late note"), "applied", False),
        (DONE, Note("late note"), "applied", False),
    ],
)
async def test_what_a_crew_did_meets_what_the_office_did_meanwhile(
    city: City, enrol: Enrolment, theirs: Act, mine: Act, outcome: str, look: bool
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    change = truck.change(order_id, mine)
    assert (await office.act(order_id, theirs)).outcome == "applied"
    version = stored(city, order_id).version

    answer = await truck.push_one(change)

    assert answer.outcome == outcome
    assert needs_look(city, order_id) is look
    assert stored(city, order_id).version == version + (outcome != "needs_decision")


@pytest.mark.parametrize(
    ("theirs", "mine", "outcome"),
    [
        (WORKING, TO_LIGHTS, "applied"),
        (WORKING, ESCALATED, "applied"),
        (DONE, TO_LIGHTS, "refused"),
        (DONE, StatusChange(WorkStatus.SENT_BACK, note="look again"), "needs_decision"),
    ],
)
async def test_what_the_office_did_meets_what_a_crew_did_meanwhile(
    city: City, enrol: Enrolment, theirs: Act, mine: Act, outcome: str
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    change = office.change(order_id, mine)
    assert (await truck.act(order_id, theirs)).outcome == "applied"

    assert (await office.push_one(change)).outcome == outcome


async def test_a_decision_shows_both_values_who_and_when(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR, name="Sam")
    change = truck.change(order_id, WAITING)
    await office.act(order_id, StatusChange(WorkStatus.WAITING, reason="permit"))

    answer = await truck.push_one(change)

    assert answer.other is not None
    assert (answer.other.field, answer.other.person) == ("work_status", "Sam")
    assert (answer.other.mine, answer.other.theirs) == ("waiting for parts", "waiting for a permit")
    assert answer.other.at == city.clock().isoformat()
    assert answer.order == stored(city, order_id)
    assert stored(city, order_id).waiting_reason == "permit"


async def test_a_decision_about_an_order_that_has_gone_names_its_new_crew_and_shows_no_more(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    await office.act(order_id, TO_LIGHTS)

    unknowing = await truck.act(order_id, WORKING, base_version=1)
    knowing = await truck.act(order_id, WORKING)

    for answer in (unknowing, knowing):
        assert answer.outcome == "needs_decision"
        assert answer.other is not None
        assert (answer.other.field, answer.other.theirs) == ("crew", f"moved to {LIGHTS}")
        assert answer.order is None
    assert stored(city, order_id).work_status is WorkStatus.ASSIGNED


async def test_a_decision_names_the_crew_as_people_call_it(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    report(city, "BTDT_Sign Shop_Sign Installation")
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    await office.act(order_id, Assignment("BTDT_Sign Shop_Sign Installation", "wrong crew"))
    answer = await truck.act(order_id, WORKING, base_version=1)
    assert answer.other is not None
    assert answer.other.theirs == "moved to Sign Shop: wrong crew"


async def test_two_supervisors_who_moved_one_order_have_to_agree(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    report(city, "trees")
    first, second = await enrol(Role.SUPERVISOR), await enrol(Role.SUPERVISOR)
    late = second.change(order_id, Assignment("trees"))
    await first.act(order_id, TO_LIGHTS)

    answer = await second.push_one(late)

    assert answer.outcome == "needs_decision"
    assert answer.other is not None
    assert (answer.other.mine, answer.other.theirs) == ("moved to trees", f"moved to {LIGHTS}")
    assert stored(city, order_id).crew == LIGHTS


async def test_work_on_an_order_that_another_crew_ended_is_kept_beside_it(city: City, enrol: Enrolment) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    report(city, LIGHTS)
    roads, lights, office = await enrol(crew=ROADS), await enrol(crew=LIGHTS), await enrol(Role.SUPERVISOR)
    ours, theirs = jpeg("red"), jpeg("blue")
    await roads.send_photo(ours)
    await lights.send_photo(theirs)
    late = roads.change(
        order_id, StatusChange(WorkStatus.DONE, note="we were there too", public_text="x", photos=(photo_of(ours),))
    )
    await office.act(order_id, TO_LIGHTS)
    await lights.act(order_id, StatusChange(WorkStatus.DONE, public_text="Done.", photos=(photo_of(theirs),)))
    before = stored(city, order_id)

    answer = await roads.push_one(late)

    after = stored(city, order_id)
    assert (answer.outcome, answer.order) == ("kept", None)
    assert (after.work_status, after.crew, after.public_text) == (before.work_status, LIGHTS, "Done.")
    assert {photo.sha256 for photo in after.photos} == {photo_of(ours).sha256, photo_of(theirs).sha256}
    assert (after.history[-1].text, after.history[-1].note) == (f"done by another crew: {ROADS}", "we were there too")
    assert needs_look(city, order_id)
    assert (await roads.push_one(late)) == answer
    assert len(stored(city, order_id).history) == len(after.history)


async def test_work_that_the_same_crew_reports_again_is_not_called_another_crews(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    late = truck.change(order_id, DONE)
    await office.act(order_id, CANT_DO)
    await truck.push_one(late)
    assert what_to_look_at(stored(city, order_id)) == "done, reported a second time"

    other = report(city)
    late = truck.change(other, DONE)
    await office.act(other, WAITING)
    await truck.push_one(late)
    assert what_to_look_at(stored(city, other)) == "it was finished while somebody else changed it"
    assert stored(city, other).history[-1].text == "done"


async def test_another_step_of_work_on_an_order_that_started_anew_elsewhere_is_for_a_person_to_decide(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    first, second = await enrol(Role.SUPERVISOR), await enrol(Role.SUPERVISOR)
    late = second.change(order_id, WAITING)
    await first.act(order_id, TO_LIGHTS)

    answer = await second.push_one(late)

    assert answer.outcome == "needs_decision"
    assert answer.other is not None
    assert (answer.other.field, answer.other.theirs) == ("work_status", f"moved to {LIGHTS}")


async def test_who_may_not_end_an_order_cannot_do_so_beside_another_either(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    hall, office = await enrol(Role.DISPATCHER), await enrol(Role.SUPERVISOR)
    late = hall.change(order_id, DONE)
    await office.act(order_id, DONE)

    assert (await hall.push_one(late)).outcome == "refused"
    assert not needs_look(city, order_id)


async def test_work_that_is_kept_waits_for_its_photos_too(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    content = jpeg("red")
    late = truck.change(order_id, StatusChange(WorkStatus.DONE, photos=(photo_of(content),)))
    await office.act(order_id, CANT_DO)

    assert (await truck.push_one(late)).outcome == "photos_missing"
    await truck.send_photo(content)
    assert (await truck.push_one(late)).outcome == "kept"
    assert stored(city, order_id).work_status is WorkStatus.CANT_DO


async def test_completed_work_on_a_moved_order_closes_it_for_its_new_crew(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    roads, lights, office = await enrol(crew=ROADS), await enrol(crew=LIGHTS), await enrol(Role.SUPERVISOR)
    late = roads.change(order_id, DONE)
    await office.act(order_id, TO_LIGHTS)
    cursor = (await lights.feed()).cursor

    await roads.push_one(late)

    order = stored(city, order_id)
    assert (order.crew, order.work_status, order.public_status) == (LIGHTS, WorkStatus.DONE, PublicStatus.CLOSED)
    assert (order.history[-1].text, order.needs_look) == (f"done by another crew: {ROADS}", True)
    assert (await lights.feed(cursor)).orders == (order,)


async def test_changes_of_one_device_never_conflict_with_each_other(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    steps = [StatusChange(WorkStatus.ACCEPTED), StatusChange(WorkStatus.ON_THE_WAY), WORKING, WAITING, WORKING, DONE]

    answers = await truck.push(*(truck.change(order_id, step, base_version=1) for step in steps))

    assert [answer.outcome for answer in answers] == ["applied"] * len(steps)
    assert not needs_look(city, order_id)


async def test_who_knew_that_an_order_had_ended_cannot_end_it_again(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    await office.act(order_id, DONE)

    answer = await truck.act(order_id, DONE)

    assert answer.outcome == "refused"
    assert not needs_look(city, order_id)
