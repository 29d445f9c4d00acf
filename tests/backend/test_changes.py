"""Every change has its effect once, in order for each work order, or it has none."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from crew import wire
from crew.backend.backend_settings import BackendSettings
from crew.backend.changes import MOST_CHANGES, take_changes
from crew.backend.city import City, open_city
from crew.backend.contacts import mail_addresses
from crew.backend.endpoint import Caller
from crew.backend.schema import applied_changes, history, notices
from crew.domain.change import Assignment, Change, ChangeId, Escalation, Note, PhotosAdded, StatusChange
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, PublicStatus, WorkStatus
from tests.backend.citizens import SECRET_MAIL, Hands
from tests.backend.crews import LIGHTS, PHOTO_SERVICE, ROADS, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio


def history_count(city: City, change_id: str) -> int:
    with city.database.reading() as connection:
        return connection.scalar(select(func.count()).where(history.c.change_id == change_id)) or 0


async def test_a_change_is_applied_with_its_history_in_the_name_of_who_is_signed_in(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS, name="Ana")
    change = truck.change(order_id, StatusChange(WorkStatus.ON_THE_WAY, note="by the bridge"))

    answer = await truck.push_one(change)

    assert (answer.id, answer.outcome) == (change.id, "applied")
    order = stored(city, order_id)
    assert answer.order == order
    assert (order.version, order.work_status) == (2, WorkStatus.ON_THE_WAY)
    entry = order.history[-1]
    assert (entry.person, entry.text, entry.note, entry.change_id) == ("Ana", "on the way", "by the bridge", change.id)


async def test_a_batch_brings_each_order_once_as_it_stands_in_the_end(city: City, enrol: Enrolment) -> None:
    one, other = report(city), report(city)
    truck = await enrol(crew=ROADS)

    answers = await truck.push(*(truck.change(order_id, Note("x")) for order_id in (one, other, one)))

    assert [answer.outcome for answer in answers] == ["applied"] * 3
    assert [answer.order for answer in answers] == [None, stored(city, other), stored(city, one)]


async def test_the_same_change_again_gets_the_same_answer_and_no_second_effect(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, Note("fence is down"))

    first = await truck.push_one(change)
    second = await truck.push_one(change)

    assert second == first
    assert history_count(city, change.id) == 1
    assert stored(city, order_id).version == 2


async def test_a_repeated_answer_carries_the_order_as_it_stands_now(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, Note("fence is down"))
    await truck.push_one(change)
    await truck.act(order_id, StatusChange(WorkStatus.WORKING))

    again = await truck.push_one(change)

    assert again.order == stored(city, order_id)


async def test_the_same_change_twice_in_one_batch_has_one_effect(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, Note("fence is down"))

    first, second = await truck.push(change, change)

    assert first.outcome == second.outcome == "applied"
    assert history_count(city, change.id) == 1


async def test_a_refusal_too_is_the_same_when_asked_again(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, StatusChange(WorkStatus.WAITING, reason="no such reason"))

    first = await truck.push_one(change)
    again = await truck.push_one(change)

    assert first.outcome == "refused"
    assert "parts" in first.sentence
    assert again == first


async def test_an_id_with_another_body_is_refused_and_nothing_of_its_batch_is_applied(
    city: City, enrol: Enrolment
) -> None:
    order_id, other_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, Note("fence is down"))
    await truck.push_one(change)

    response = await truck.send(truck.change(other_id, Note("innocent")), replace(change, act=Note("fence is up")))

    assert response.status_code == 422
    assert wire.decode(response.content, wire.Problem).code == "id_reused"
    assert stored(city, order_id).version == 2
    assert stored(city, other_id).version == 1


async def test_another_device_cannot_ask_for_the_answer_to_an_id(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, thief = await enrol(crew=ROADS), await enrol(crew=ROADS)
    change = truck.change(order_id, Note("fence is down"))
    await truck.push_one(change)

    response = await thief.send(replace(change, device_id=thief.device_id))

    assert response.status_code == 422
    assert wire.decode(response.content, wire.Problem).code == "id_reused"


async def test_a_device_cannot_send_in_the_name_of_another(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, other = await enrol(crew=ROADS), await enrol(crew=ROADS)

    response = await truck.send(other.change(order_id, Note("not mine")))

    assert response.status_code == 422
    assert stored(city, order_id).version == 1


async def test_a_refused_change_holds_back_its_own_order_and_no_other(city: City, enrol: Enrolment) -> None:
    order_id, other_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    bad = truck.change(order_id, StatusChange(WorkStatus.NEW))
    later = truck.change(order_id, Note("after the bad one"))
    elsewhere = truck.change(other_id, Note("elsewhere"))

    answers = await truck.push(bad, later, elsewhere)

    assert [answer.outcome for answer in answers] == ["refused", "held", "applied"]
    assert history_count(city, later.id) == 0

    assert (await truck.push_one(later)).outcome == "applied"


async def test_a_completion_waits_for_its_photo_and_is_then_applied(city: City, enrol: Enrolment) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck = await enrol(crew=ROADS)
    content = jpeg()
    photo = photo_of(content)
    done = truck.change(order_id, StatusChange(WorkStatus.DONE, public_text="Filled.", photos=(photo,)))
    later = truck.change(order_id, Note("swept too"))

    first, held = await truck.push(done, later)

    assert (first.outcome, first.missing) == ("photos_missing", (photo.sha256,))
    assert held.outcome == "held"
    assert stored(city, order_id).version == 1

    assert (await truck.send_photo(content)).status_code == 201
    answers = await truck.push(done, later)

    assert [answer.outcome for answer in answers] == ["applied", "applied"]
    order = stored(city, order_id)
    assert order.work_status is WorkStatus.DONE
    assert [kept.sha256 for kept in order.photos] == [photo.sha256]
    assert city.photo_files.read(photo.sha256) == content


async def test_a_completion_without_the_photo_that_its_service_asks_for_is_refused(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck = await enrol(crew=ROADS)

    answer = await truck.act(order_id, StatusChange(WorkStatus.DONE))

    assert answer.outcome == "refused"
    assert "photo" in answer.sentence


@pytest.mark.parametrize(
    ("act", "public_text"),
    [
        (StatusChange(WorkStatus.DONE, public_text="Filled."), "Filled."),
        (StatusChange(WorkStatus.CANT_DO, reason="not_found", public_text="Not there."), "Not there."),
    ],
)
async def test_an_ending_closes_the_request_and_queues_a_notice_in_the_same_transaction(
    city: City, enrol: Enrolment, act: StatusChange, public_text: str
) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)

    await truck.act(order_id, StatusChange(WorkStatus.WORKING))
    await truck.act(order_id, act)

    order = stored(city, order_id)
    assert (order.public_status, order.public_text) == (PublicStatus.CLOSED, public_text)
    with city.database.reading() as connection:
        rows = connection.scalars(select(notices.c.request_id)).all()
        addressed = mail_addresses(connection, city, order_id)
    assert (rows, addressed) == ([order_id], [(order_id, SECRET_MAIL)])


async def test_a_supervisor_sends_back_moves_and_escalates(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    await truck.act(order_id, StatusChange(WorkStatus.DONE))

    outcomes = [
        (await office.act(order_id, StatusChange(WorkStatus.SENT_BACK, note="edge is rough"))).outcome,
        (await office.act(order_id, Assignment(LIGHTS))).outcome,
        (await office.act(order_id, Escalation("director", "third time"))).outcome,
    ]

    assert outcomes == ["applied"] * 3
    order = stored(city, order_id)
    assert (order.crew, order.work_status, order.escalation) == (LIGHTS, WorkStatus.ASSIGNED, "director")
    assert order.public_status is PublicStatus.OPEN


@pytest.mark.parametrize("act", [Assignment(LIGHTS), Escalation("director", "now"), StatusChange(WorkStatus.SENT_BACK)])
async def test_a_crew_is_refused_what_belongs_to_others(
    city: City, enrol: Enrolment, act: Assignment | Escalation | StatusChange
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    truck = await enrol(crew=ROADS)

    answer = await truck.act(order_id, act)

    assert answer.outcome == "refused"
    assert stored(city, order_id).version == 1


async def test_a_device_that_pulled_from_another_database_has_to_pull_first(city: City, enrol: Enrolment) -> None:
    """The backend was restored: what the device has to send again is older than what it sends now."""
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    cursor = (await truck.feed()).cursor

    def sent(cursor: str) -> wire.Answers:
        return take_changes(city, Caller(truck.person, truck.device_id), [truck.change(order_id, Note("n"))], cursor)

    assert sent("0123456789abcdef.1") == wire.Answers((), pull_first=True)
    assert stored(city, order_id).version == 1
    assert [answer.outcome for answer in sent(cursor).answers] == ["applied"]
    assert [answer.outcome for answer in sent("").answers] == ["applied"], "a device that has never pulled"


async def test_an_order_goes_to_no_crew_that_does_not_exist(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    office = await enrol(Role.SUPERVISOR)

    for crew in ("*", "road"):
        answer = await office.act(order_id, Assignment(crew))
        assert answer.outcome == "refused"
    assert ROADS in answer.sentence
    assert stored(city, order_id).crew == ROADS


async def test_an_order_that_the_crew_never_had_is_as_good_as_none(city: City, enrol: Enrolment) -> None:
    others, _ = report(city, LIGHTS), report(city)
    truck = await enrol(crew=ROADS)

    real = await truck.push_one(truck.change(others, Note("peek"), base_version=1))
    invented = await truck.push_one(truck.change("999", Note("peek"), base_version=1))

    assert (real.outcome, real.order) == ("refused", None)
    assert real.sentence.replace(others, "999") == invented.sentence
    assert stored(city, others).version == 1


async def test_a_change_that_the_database_cannot_hold_harms_no_other(city: City, enrol: Enrolment) -> None:
    order_id, other_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    with city.database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full_book BEFORE INSERT ON history WHEN NEW.text = 'note: poison' "
            "BEGIN SELECT RAISE(ABORT, 'the book is full'); END"
        )

    poison = truck.change(order_id, Note("poison"))
    answers = await truck.push(poison, truck.change(other_id, Note("fine")))

    assert [answer.outcome for answer in answers] == ["refused", "applied"]
    assert stored(city, order_id).version == 1
    with city.database.reading() as connection:
        assert connection.scalar(select(func.count()).where(applied_changes.c.change_id == poison.id)) == 0


async def test_photos_and_notes_are_added_however_old_the_knowledge(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    await office.act(order_id, StatusChange(WorkStatus.DONE))
    content = jpeg("green")
    await truck.send_photo(content)

    answers = await truck.push(
        truck.change(order_id, Note("late"), base_version=1),
        truck.change(order_id, PhotosAdded((photo_of(content),)), base_version=1),
        truck.change(order_id, PhotosAdded((photo_of(content),)), base_version=1),
    )

    assert [answer.outcome for answer in answers] == ["applied"] * 3
    assert len(stored(city, order_id).photos) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda change: replace(change, id=""),
        lambda change: replace(change, id="x" * 65),
        lambda change: replace(change, base_version=-1),
        lambda change: replace(change, base_version=2**70),
        lambda change: replace(change, made_at=datetime(2026, 3, 11, 12, 0)),  # noqa: DTZ001 - the fault under test
    ],
)
async def test_a_change_that_cannot_be_is_malformed(
    city: City, enrol: Enrolment, spoil: Callable[[Change], Change]
) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)

    response = await truck.send(spoil(truck.change(order_id, Note("x"))))

    assert response.status_code == 422
    assert wire.decode(response.content, wire.Problem).code == "malformed"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"changes": 3}', b'{"changes": [{}]}', b"[" * 100_000])
async def test_a_body_that_is_no_batch_is_malformed(city: City, enrol: Enrolment, body: bytes) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    response = await truck.client.post(
        "/crew/v1/changes", content=body, headers={**truck.headers, "Content-Type": wire.MEDIA_TYPE}
    )

    assert response.status_code == 422
    assert wire.decode(response.content, wire.Problem).code == "malformed"


async def test_a_batch_has_a_bounded_length(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)

    response = await truck.send(*(truck.change(order_id, Note("x"), base_version=1) for _ in range(MOST_CHANGES + 1)))

    assert response.status_code == 413
    assert stored(city, order_id).version == 1


@pytest.mark.parametrize("processes", [1, 2])
def test_the_same_change_sent_twice_at_the_same_moment_has_one_effect(
    tmp_path: Path, clock: Hands, processes: int
) -> None:
    cities = [open_city(tmp_path, BackendSettings(), clock) for _ in range(processes)]
    order_id = report(cities[0])
    caller = Caller(Person("Ana", Role.CREW, ROADS), "tablet")
    changes = [
        Change(
            id=ChangeId(str(uuid4())),
            device_id="tablet",
            sequence=number,
            order_id=OrderId(order_id),
            base_version=1,
            made_at=clock(),
            person="Ana",
            act=Note(f"note {number}"),
        )
        for number in range(20)
    ]
    start = threading.Barrier(2)
    answers: list[list[str]] = []

    def send(city: City) -> None:
        start.wait()
        answers.append([take_changes(city, caller, [change]).answers[0].outcome for change in changes])

    threads = [threading.Thread(target=send, args=(cities[number % processes],)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [["applied"] * len(changes)] * 2
    assert [history_count(cities[0], change.id) for change in changes] == [1] * len(changes)
    assert stored(cities[0], order_id).version == 1 + len(changes)
    for city in cities:
        city.database.close()
