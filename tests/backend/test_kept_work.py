"""What a revoked person did offline is decided by a supervisor: it holds as of then, or is left aside with a word."""

import pytest

from crew.backend.admin import revoke_person
from crew.backend.city import City
from crew.domain.change import Acceptance, Change, KeptDecision, Note, StatusChange
from crew.domain.person import Role
from crew.domain.work_order import OrderId, PublicStatus, WorkStatus
from tests.backend.crews import LIGHTS, ROADS, Device, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio

DONE = StatusChange(WorkStatus.DONE, note="gate code 4711", public_text="We filled it on Monday.")


async def kept(city: City, enrol: Enrolment, *acts: StatusChange) -> tuple[OrderId, list[Change]]:
    """Ana did something to an order, was revoked, and Ben's device sent it."""
    order_id = report(city)
    report(city, LIGHTS)
    ana = await enrol(Role.CREW, ROADS, "Ana", device_id="truck")
    changes = [ana.change(order_id, act) for act in acts or (DONE,)]
    revoke_person(city, "Ana")
    ben = await enrol(Role.CREW, LIGHTS, "Ben", device_id="truck")
    for change in changes:
        assert (await ben.push_one(change)).outcome == "kept"
    return order_id, changes


async def supervisor(enrol: Enrolment, name: str = "Kim") -> Device:
    return await enrol(Role.SUPERVISOR, name=name)


async def test_what_is_accepted_holds_as_of_when_it_was_done(city: City, enrol: Enrolment) -> None:
    order_id, (done,) = await kept(city, enrol)
    kim = await supervisor(enrol)
    (waiting,) = (order for order in (await kim.feed()).orders if order.kept)
    assert (waiting.kept[0].person, waiting.kept[0].status) == ("Ana", WorkStatus.DONE)

    answer = await kim.act(order_id, KeptDecision(done.id, accepted=True))

    assert answer.outcome == "applied"
    order = stored(city, order_id)
    assert (order.work_status, order.public_status) == (WorkStatus.DONE, PublicStatus.CLOSED)
    assert order.public_text == DONE.public_text
    assert not order.kept
    assert not order.needs_look
    last = order.history[-1]
    assert last.text == "done by Ana, whose sign-in had ended; accepted by Kim"
    assert (last.person, last.at) == ("Ana", done.made_at)


async def test_what_is_left_aside_has_no_effect_and_says_why(city: City, enrol: Enrolment) -> None:
    order_id, (done,) = await kept(city, enrol)
    kim = await supervisor(enrol)
    assert (await kim.act(order_id, KeptDecision(done.id, accepted=False))).outcome == "refused"

    await kim.act(order_id, KeptDecision(done.id, accepted=False, words="nobody was there"))

    order = stored(city, order_id)
    assert not order.work_status.ended
    assert not order.kept
    assert not order.needs_look
    last = order.history[-1]
    assert (last.person, last.text, last.note) == (
        "Kim",
        "done by Ana, whose sign-in had ended: left aside",
        "nobody was there",
    )


async def test_it_is_decided_once_and_by_who_may(city: City, enrol: Enrolment) -> None:
    order_id, (done,) = await kept(city, enrol)
    crew = await enrol(Role.CREW, ROADS, "Cem")
    assert (await crew.act(order_id, KeptDecision(done.id, accepted=True))).outcome == "refused"
    kim, lee = await supervisor(enrol), await supervisor(enrol, "Lee")
    late = lee.change(order_id, KeptDecision(done.id, accepted=True))
    decision = kim.change(order_id, KeptDecision(done.id, accepted=True))
    first = await kim.push_one(decision)
    lines = len(stored(city, order_id).history)

    assert await kim.push_one(decision) == first
    assert (await lee.push_one(late)).outcome == "needs_decision", "somebody else has set the status"
    again = await lee.act(order_id, KeptDecision(done.id, accepted=True))

    assert again.outcome == "refused"
    assert "somebody has decided it" in again.sentence
    assert len(stored(city, order_id).history) == lines


async def test_what_was_kept_of_several_acts_is_decided_one_by_one(city: City, enrol: Enrolment) -> None:
    order_id, (working, done) = await kept(city, enrol, StatusChange(WorkStatus.WORKING), DONE)
    kim = await supervisor(enrol)
    refused = await kim.act(order_id, Acceptance())
    assert "Decide first" in refused.sentence

    await kim.act(order_id, KeptDecision(working.id, accepted=False, words="the end says it all"))
    await kim.act(order_id, Note("I was there"))
    assert stored(city, order_id).needs_look, "a note decides nothing"
    await kim.act(order_id, KeptDecision(done.id, accepted=True))

    assert stored(city, order_id).work_status is WorkStatus.DONE


async def test_the_rules_of_an_order_hold_for_what_is_accepted_too(city: City, enrol: Enrolment) -> None:
    order_id, (done,) = await kept(city, enrol)
    cem = await enrol(Role.CREW, ROADS, "Cem")
    await cem.act(order_id, StatusChange(WorkStatus.CANT_DO, "not_found"))
    kim = await supervisor(enrol)

    refused = await kim.act(order_id, KeptDecision(done.id, accepted=True))

    assert refused.outcome == "refused"
    assert "already" in refused.sentence
    assert stored(city, order_id).kept, "it waits to be left aside"


async def test_photos_of_what_is_kept_count_where_the_service_wants_one(city: City, enrol: Enrolment) -> None:
    order_id = report(city, service_code="pothole")
    ana = await enrol(Role.CREW, ROADS, "Ana", device_id="truck")
    content = jpeg()
    done = ana.change(order_id, StatusChange(WorkStatus.DONE, photos=(photo_of(content),)))
    revoke_person(city, "Ana")
    ben = await enrol(Role.CREW, ROADS, "Ben", device_id="truck")
    await ben.send_photo(content)
    await ben.push_one(done)

    await (await supervisor(enrol)).act(order_id, KeptDecision(done.id, accepted=True))

    assert stored(city, order_id).work_status is WorkStatus.DONE
