"""A sign-in is renewed by use, lapses without it, and ends when an administrator says so; what was done is kept."""

import httpx
import pytest
from sqlalchemy import select

from crew import wire
from crew.backend.admin import add_person, code_for, list_people, list_sign_ins, revoke_device, revoke_person
from crew.backend.city import City
from crew.backend.schema import people, work_orders
from crew.domain.change import Change, Intake, Note, PhotosAdded, StatusChange
from crew.domain.errors import CorrectInput
from crew.domain.escalating import concerns
from crew.domain.person import Role
from crew.domain.rules import what_to_look_at
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import JSON, LIGHTS, PLAIN_SERVICE, ROADS, Device, Enrolment, jpeg, photo_of, report, stored
from tests.backend.test_sign_in import again

pytestmark = pytest.mark.anyio


async def problem_of(device: Device) -> wire.Problem:
    response = await device.get("me")
    assert response.status_code == 401
    return wire.decode(response.content, wire.Problem)


async def test_a_sign_in_lasts_as_long_as_it_is_used(city: City, enrol: Enrolment, clock: Hands) -> None:
    device = await enrol(Role.SUPERVISOR)
    for _ in range(3):
        clock.turn(days=city.settings.sign_in.days - 1)
        assert (await device.get("me")).status_code == 200

    clock.turn(days=city.settings.sign_in.days)

    problem = await problem_of(device)
    assert problem.code == "sign_in"
    assert "not used for 180 days" in problem.sentence


async def test_a_revoked_person_is_out_on_every_device_until_there_is_a_new_code(city: City, enrol: Enrolment) -> None:
    truck = await enrol(Role.SUPERVISOR, name="Sam", device_id="truck")
    desk = await again(enrol.client, city, "Sam", "desk")
    unused = code_for(city, "Sam")
    other = await enrol(Role.DISPATCHER, name="Dee", device_id="desk")

    assert revoke_person(city, "Sam") == 2

    for device in (truck, desk):
        problem = await problem_of(device)
        assert problem.code == wire.ENDED
        assert "kept" in problem.sentence
    assert (await other.get("me")).status_code == 200
    body = wire.encode(wire.SignIn(unused, "desk"))
    answer = await enrol.client.post("/crew/v1/sign-in", content=body, headers={"Content-Type": wire.MEDIA_TYPE})
    assert answer.status_code == 401
    assert [person.revoked_at is not None for person in list_people(city)] == [False, True]

    assert (await (await again(enrol.client, city, "Sam", "desk")).get("me")).status_code == 200
    assert (await problem_of(truck)).code == wire.ENDED
    assert [person.revoked_at for person in list_people(city)] == [None, None]


async def test_a_lost_device_is_out_with_everybody_on_it(city: City, enrol: Enrolment) -> None:
    lost = [await enrol(Role.SUPERVISOR, name=name, device_id="lost") for name in ("Ana", "Ben")]
    kept = await again(enrol.client, city, "Ana", "desk")

    assert revoke_device(city, "lost") == 2

    assert {(await problem_of(device)).code for device in lost} == {wire.ENDED}
    assert (await kept.get("me")).status_code == 200
    with pytest.raises(CorrectInput, match="crew backend devices"):
        revoke_device(city, "lost")


async def test_the_lists_say_who_works_where_and_what_waits_there_once(city: City, enrol: Enrolment) -> None:
    report(city)
    ana, ben = [await enrol(Role.CREW, ROADS, name, device_id="truck") for name in ("Ana", "Ben")]
    await ana.get("feed", {"cursor": "", "unsent": "3"})
    await ben.get("feed", {"cursor": "", "unsent": "3"})

    assert [(one.device_id, one.person, one.unsent) for one in list_sign_ins(city)] == [
        ("truck", "Ana", 0),
        ("truck", "Ben", 3),
    ]
    assert [(person.name, person.crew, person.devices) for person in list_people(city)] == [
        ("Ana", ROADS, 1),
        ("Ben", ROADS, 1),
    ]


async def test_a_second_person_of_one_name_has_their_number_behind_it_and_the_two_are_never_mixed(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    first = await enrol(Role.CREW, ROADS, "Ana Lima", device_id="truck")
    second = await enrol(Role.CREW, ROADS, "ana lima", device_id="truck")

    assert (first.person.name, second.person.name) == ("Ana Lima", "ana lima (2)")
    for device in (first, second):
        assert (await device.act(order_id, Note("here"))).outcome == "applied"
    assert [line.person for line in stored(city, order_id).history if line.text.startswith("note")] == [
        "Ana Lima",
        "ana lima (2)",
    ]
    assert [concerns(first.person, name) for name in ("Ana Lima", "ana lima (2)")] == [True, False]
    with pytest.raises(CorrectInput, match="nobody called"):
        revoke_person(city, "3")
    assert revoke_person(city, "2") == revoke_person(city, "Ana Lima") == 1


async def test_two_of_one_name_from_before_do_not_get_onto_one_device(city: City, enrol: Enrolment) -> None:
    await enrol(Role.SUPERVISOR, name="Sam", device_id="office")
    code = add_person(city, "Sam", Role.SUPERVISOR)
    with city.database.writing() as connection:  # as such a database has it
        connection.execute(people.update().values(name="Sam"))

    body = wire.encode(wire.SignIn(code, "office", "tablet"))
    refused = await enrol.client.post("/crew/v1/sign-in", content=body, headers=JSON)

    assert refused.status_code == 422
    assert "Another Sam, number 1, has worked on this device" in refused.text
    with pytest.raises(CorrectInput, match="2 people are called Sam: say which by the number, 1 or 2"):
        revoke_person(city, "Sam")


async def test_what_a_revoked_person_did_has_no_effect_and_waits_for_a_supervisor(
    city: City, enrol: Enrolment, client: httpx.AsyncClient
) -> None:
    order_id, _ = report(city), report(city, LIGHTS)
    ana = await enrol(Role.CREW, ROADS, "Ana", device_id="truck")
    content = jpeg()
    done = ana.change(order_id, StatusChange(WorkStatus.DONE, note="gate code 4711", photos=(photo_of(content),)))
    revoke_person(city, "Ana")
    ben = await enrol(Role.CREW, LIGHTS, "Ben", device_id="truck")

    assert (await ben.push_one(done)).outcome == "photos_missing"
    await ben.send_photo(content)
    answer = await ben.push_one(done)

    assert answer.outcome == "kept"
    assert "Ana" in answer.sentence
    assert answer.order is None, "the order is another crew's"
    order = stored(city, order_id)
    assert not order.work_status.ended
    assert order.needs_look
    assert what_to_look_at(order) == "done, 1 photo, by somebody whose sign-in had ended; sent by Ben"
    assert (order.history[-1].person, order.history[-1].note) == ("Ana", "gate code 4711")
    assert [photo.sha256 for photo in order.photos] == [photo_of(content).sha256]
    assert await ben.push_one(done) == answer, "once"
    assert len(stored(city, order_id).history) == len(order.history)


async def test_who_has_a_new_code_sends_the_work_as_it_was_done(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    ana = await enrol(Role.CREW, ROADS, "Ana", device_id="truck")
    note = ana.change(order_id, Note("the hole is deep"))
    revoke_person(city, "Ana")

    assert (await (await again(enrol.client, city, "Ana", "truck")).push_one(note)).outcome == "applied"
    assert not stored(city, order_id).needs_look


async def test_a_call_that_was_taken_in_is_never_lost(city: City, enrol: Enrolment) -> None:
    dee = await enrol(Role.DISPATCHER, name="Dee", device_id="desk")
    act = Intake(PLAIN_SERVICE, "Anything", "a lamp is out", "52 G St")
    report(city)
    taken = dee.change(report(city), act)
    taken = replace(taken, order_id=OrderId(taken.id))
    revoke_person(city, "Dee")
    sam = await enrol(Role.SUPERVISOR, name="Sam", device_id="desk")

    answer = await sam.push_one(taken)

    assert answer.outcome == "kept"
    assert answer.order is not None
    assert answer.order.id == answer.number
    assert answer.order.needs_look
    with city.database.reading() as connection:
        assert connection.scalar(select(work_orders.c.description).where(work_orders.c.id == answer.number)) == (
            "a lamp is out"
        )


async def test_nobody_speaks_for_who_never_worked_on_the_device_or_for_another_crews_order(
    city: City, enrol: Enrolment
) -> None:
    order_id, elsewhere = report(city), report(city, LIGHTS)
    await enrol(Role.CREW, ROADS, "Ana", device_id="other truck")
    await enrol(Role.CREW, ROADS, "Cem", device_id="truck")
    ben = await enrol(Role.CREW, ROADS, "Ben", device_id="truck")

    def by(name: str, order: str) -> Change:
        change = ben.change(order, PhotosAdded(()))
        return replace(change, person=name)

    unknown, foreign = await ben.push(by("Ana", order_id), by("Cem", elsewhere))

    assert (unknown.outcome, foreign.outcome) == ("refused", "refused")
    assert "never signed in on this device" in unknown.sentence
    assert "among yours" in foreign.sentence
    assert len(stored(city, order_id).history) == len(stored(city, elsewhere).history) == 1
