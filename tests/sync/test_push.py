"""What waits leaves once, in order, whatever the network does to it."""

import httpx
import pytest

from crew import wire
from crew.domain.change import SendingStatus
from crew.domain.errors import AwaitLink, CrewError, NotAllowed, SignInAgain, TryLater, UpdateNeeded
from crew.domain.work_order import WorkStatus
from crew.sync import Round
from tests.builders import an_order
from tests.sync.backend import (
    Fault,
    answering,
    cut,
    foreign_echo,
    login_page,
    lost_answer,
    problem,
    slow,
)
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio

WAITING, ACKNOWLEDGED, REFUSED = SendingStatus.WAITING, SendingStatus.ACKNOWLEDGED, SendingStatus.REFUSED


async def test_a_round_empties_the_outbox_in_one_request(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    changes = [road.truck.field_work.add_note(order_id, "a note") for order_id in ("one", "two", "one")]
    assert await road.sync.run_once() == Round(sent=3)
    assert road.backend.batches == [[change.id for change in changes]]
    assert [road.truck.status_of(change) for change in changes] == [ACKNOWLEDGED] * 3
    assert road.truck.store.device.last_success_at == road.truck.clock()


async def test_the_answers_order_replaces_what_was_shown(road: Road) -> None:
    road.has(an_order())
    road.backend.orders[an_order().id] = an_order(version=9, description="The citizen wrote again.")
    road.truck.field_work.set_status(an_order().id, WorkStatus.WORKING)
    await road.sync.run_once()
    order = road.truck.field_work.order(an_order().id)
    assert (order.version, order.description, order.work_status) == (9, "The citizen wrote again.", WorkStatus.WORKING)


FAULTS: list[tuple[Fault, type[CrewError], str]] = [
    (login_page, TryLater, "on a hotspot, log in there first"),
    (
        answering(httpx.Response(302, headers={"Location": "http://login.example.net/"})),
        TryLater,
        "leads to login.example.net",
    ),
    (answering(problem(500, "")), TryLater, "answered 500"),
    (answering(problem(503, "The city's database is being moved.")), TryLater, "database is being moved"),
    (answering(problem(429, "Too many.")), TryLater, "Too many"),
    (cut, TryLater, "cannot be reached"),
    (slow, TryLater, "did not answer in time"),
    (foreign_echo, TryLater, "does not belong to what was sent"),
    (lost_answer, TryLater, "cannot be reached"),
    (answering(problem(401, "This device was signed out.")), SignInAgain, "signed out"),
    (answering(problem(426, "Update to 2.")), UpdateNeeded, "Update to 2"),
]


@pytest.mark.parametrize(("fault", "error", "words"), FAULTS)
async def test_whatever_goes_wrong_the_same_change_waits_and_has_one_effect_in_the_end(
    road: Road, fault: Fault, error: type[CrewError], words: str
) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.WORKING)
    road.backend.fails("POST changes", fault)
    with pytest.raises(error, match=words):
        await road.sync.run_once()
    assert road.truck.status_of(change) is WAITING
    assert road.truck.field_work.order(an_order().id).work_status is WorkStatus.WORKING
    assert await road.sync.run_once() == Round(sent=1)
    assert road.backend.effects == {change.id: 1}
    assert road.truck.status_of(change) is ACKNOWLEDGED


async def test_a_lost_answer_sends_the_same_change_again_not_a_new_one(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(an_order().id, "gate code is 4411")
    road.backend.fails("POST changes", lost_answer, lost_answer)
    for _ in range(2):
        with pytest.raises(TryLater):
            await road.sync.run_once()
    await road.sync.run_once()
    assert road.backend.batches == [[change.id]] * 3
    assert road.backend.applied == {change.id: change}
    entry = road.truck.store.outbox.get(change.id)
    assert entry is not None
    assert entry.attempts == 3


async def test_a_refusal_keeps_the_change_with_the_backends_words(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    refused = road.truck.field_work.set_status("one", WorkStatus.WORKING)
    later = road.truck.field_work.add_note("one", "held back by it")
    other = road.truck.field_work.add_note("two", "another order")
    road.backend.verdicts = {
        refused.id: wire.Answer(refused.id, "refused", "It was withdrawn."),
        later.id: wire.Answer(later.id, "held", "An earlier change has to be settled first."),
    }
    assert await road.sync.run_once() == Round(sent=1, refused=1)
    [first, second] = road.truck.field_work.unsent_of("one")
    assert (first.change, first.sending_status, first.reason) == (refused, REFUSED, "It was withdrawn.")
    assert (second.change, second.sending_status) == (later, WAITING)
    assert road.truck.status_of(other) is ACKNOWLEDGED
    assert road.truck.field_work.order("one").work_status is WorkStatus.ASSIGNED
    assert await road.sync.run_once() == Round()
    assert len(road.backend.batches) == 1, "what is held back is not sent again and again"


async def test_a_conflict_keeps_both_values_for_the_person_who_decides(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.WORKING)
    other = wire.OtherValue("work_status", "working", "waiting", "Sam", "2026-11-23T16:00:00Z")
    road.backend.verdicts = {change.id: wire.Answer(change.id, "needs_decision", "Sam set it.", other=other)}
    assert await road.sync.run_once() == Round(undecided=1)
    [entry] = road.truck.field_work.unsent_of(an_order().id)
    assert (entry.sending_status, entry.reason, entry.other) == (SendingStatus.NEEDS_DECISION, "Sam set it.", other)


async def test_work_that_the_backend_keeps_beside_is_settled(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.DONE)
    road.backend.verdicts = {change.id: wire.Answer(change.id, "kept", "Your work is kept beside it.")}
    assert await road.sync.run_once() == Round(sent=1)
    [entry] = road.truck.field_work.settled()
    assert (entry.sending_status, entry.reason) == (ACKNOWLEDGED, "Your work is kept beside it.")


async def test_an_outcome_of_a_later_backend_leaves_the_change_waiting(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(an_order().id, "a note")
    road.backend.verdicts = {change.id: wire.Answer(change.id, "pondered")}
    assert await road.sync.run_once() == Round()
    assert road.truck.status_of(change) is WAITING
    assert len(road.backend.batches) == 1


async def test_a_batch_that_is_refused_is_sent_one_by_one_and_the_culprit_holds_only_its_own_order(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    good, culprit, later, other = (
        road.truck.field_work.add_note(order_id, "a note") for order_id in ("two", "one", "one", "two")
    )
    refusal = answering(problem(422, "The id stands for another change already."))

    road.backend.fails("POST changes", refusal)
    road.backend.fails("POST changes", lambda request, proper: proper(request), refusal)
    assert await road.sync.run_once() == Round(sent=2, refused=1)
    assert road.backend.batches == [[good.id], [other.id]]
    assert (road.truck.status_of(culprit), road.truck.status_of(later)) == (REFUSED, WAITING)


async def test_an_act_undone_before_it_leaves_is_never_sent(road: Road) -> None:
    road.has(an_order())
    undone = road.truck.field_work.set_status(an_order().id, WorkStatus.DONE)
    road.truck.field_work.undo(undone.id)
    assert await road.sync.run_once() == Round()
    assert road.backend.batches == []


async def test_an_act_in_its_grace_time_waits_for_the_next_round(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.DONE, grace_seconds=5)
    await road.sync.run_once()
    assert road.backend.batches == []
    road.truck.clock.turn(seconds=5)
    await road.sync.run_once()
    assert road.backend.batches == [[change.id]]


async def test_a_long_outbox_leaves_in_batches_of_bounded_length_in_its_order(road: Road) -> None:
    road.has(an_order())
    with road.truck.store.transaction():
        changes = [road.truck.field_work.add_note(an_order().id, f"note {number}") for number in range(120)]
    assert await road.sync.run_once() == Round(sent=120)
    assert [len(batch) for batch in road.backend.batches] == [50, 50, 20]
    assert [change_id for batch in road.backend.batches for change_id in batch] == [change.id for change in changes]


async def test_an_order_that_moved_away_goes_with_its_last_change(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.DONE, grace_seconds=5)
    road.backend.pages.append(wire.FeedPage(cursor="9", more=False, gone=(an_order().id,)))
    await road.sync.run_once()
    assert road.truck.shown(an_order().id) is not None
    road.truck.clock.turn(seconds=5)
    road.backend.verdicts = {change.id: wire.Answer(change.id, "applied")}
    await road.sync.run_once()
    assert road.truck.shown(an_order().id) is None
    assert road.truck.status_of(change) is ACKNOWLEDGED


async def test_a_try_without_a_connection_sent_nothing_so_the_act_can_still_be_undone(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(an_order().id, WorkStatus.CANT_DO, reason="not_found")
    road.backend.fails("POST changes", cut, cut)
    for _ in range(2):
        with pytest.raises(AwaitLink):
            await road.sync.run_once()
    road.truck.field_work.undo(change.id)
    assert road.truck.field_work.order(an_order().id).work_status is not WorkStatus.CANT_DO
    await road.sync.run_once()
    assert road.backend.batches == []


async def test_a_try_without_a_connection_does_not_make_an_earlier_one_undone(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(an_order().id, "gate code is 4411")
    road.backend.fails("POST changes", lost_answer, cut)
    for _ in range(2):
        with pytest.raises(TryLater):
            await road.sync.run_once()
    with pytest.raises(NotAllowed, match=r"may have arrived\. Write a note"):
        road.truck.field_work.undo(change.id)
