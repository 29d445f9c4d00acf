"""Taking back what has not left, and deciding about what was refused."""

import pytest

from crew.domain.change import SendingStatus, StatusChange
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.rules import apply
from crew.domain.work_order import WorkStatus
from crew.wire import OtherValue
from tests.builders import an_order
from tests.trucks import Truck

ID = an_order().id
TROUBLE = pytest.mark.parametrize("status", [SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION])


@pytest.fixture
def truck(truck: Truck) -> Truck:
    truck.gets(an_order())
    return truck


def work_status(truck: Truck) -> WorkStatus:
    return truck.field_work.order(ID).work_status


def test_an_act_is_undone_in_its_grace_time(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.DONE, grace_seconds=5)
    truck.field_work.undo(change.id)
    truck.reopened()
    assert truck.field_work.order(ID) == an_order()
    assert truck.ready() == []
    [entry] = truck.field_work.settled()
    assert (entry.sending_status, entry.reason) == (SendingStatus.SET_ASIDE, "undone")


def test_an_act_that_waits_for_the_link_can_still_be_undone(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING, grace_seconds=5)
    truck.clock.turn(hours=3)
    truck.field_work.undo(change.id)
    assert work_status(truck) is WorkStatus.ASSIGNED


def test_what_was_undone_can_no_longer_leave(truck: Truck) -> None:
    """Sync had read it as ready; marking is the moment that decides."""
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    [ready] = truck.ready()
    truck.field_work.undo(change.id)
    assert truck.store.outbox.mark_sending([ready]) == frozenset()


def test_what_has_left_cannot_be_undone_even_when_no_answer_came(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.store.outbox.mark_sending([change.id])
    with pytest.raises(NotAllowed, match="Too late to undo"):
        truck.field_work.undo(change.id)
    truck.store.outbox.mark_waiting_again()
    with pytest.raises(NotAllowed, match="Too late to undo"):
        truck.field_work.undo(change.id)
    truck.settles(change, SendingStatus.ACKNOWLEDGED)
    with pytest.raises(NotAllowed, match="Too late to undo"):
        truck.field_work.undo(change.id)
    assert work_status(truck) is WorkStatus.ASSIGNED, "the backend's copy, which has not come yet"


def test_the_later_act_is_undone_first(truck: Truck) -> None:
    first = truck.field_work.set_status(ID, WorkStatus.WORKING, grace_seconds=5)
    second = truck.field_work.set_status(ID, WorkStatus.DONE, grace_seconds=5)
    with pytest.raises(NotAllowed, match="later act"):
        truck.field_work.undo(first.id)
    truck.field_work.undo(second.id)
    assert work_status(truck) is WorkStatus.WORKING
    truck.field_work.undo(first.id)
    assert work_status(truck) is WorkStatus.ASSIGNED


@pytest.mark.parametrize("tried", [True, False], ids=["no answer came", "answered"])
def test_what_has_left_is_taken_back_by_its_opposite(truck: Truck, tried: bool) -> None:
    truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.store.outbox.mark_sending([change.id])
    if not tried:
        truck.gets(apply(truck.field_work.order(ID), change))
        truck.settles(change, SendingStatus.ACKNOWLEDGED)
    opposite = truck.field_work.take_back(change.id, grace_seconds=5)
    assert opposite is not None
    assert opposite.act == StatusChange(WorkStatus.ON_THE_WAY)
    order = truck.field_work.order(ID)
    assert [entry.text for entry in order.history][-2:] == ["working", "on the way"]
    assert order.work_status is WorkStatus.ON_THE_WAY


def test_what_has_not_left_is_undone_and_needs_no_opposite(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    assert truck.field_work.take_back(change.id) is None
    assert truck.field_work.order(ID) == an_order()


def test_only_the_latest_act_of_this_program_has_an_opposite(truck: Truck) -> None:
    first = truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    truck.settles(first, SendingStatus.ACKNOWLEDGED)
    truck.field_work.add_note(ID, "later")
    with pytest.raises(NotAllowed, match="Set the status again"):
        truck.field_work.take_back(first.id)
    last = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.settles(last, SendingStatus.ACKNOWLEDGED)
    with pytest.raises(NotAllowed, match="Set the status again"):
        truck.reopened().field_work.take_back(last.id)


@TROUBLE
def test_what_needs_a_person_is_decided_in_the_outbox_instead(truck: Truck, status: SendingStatus) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.settles(change, status)
    with pytest.raises(NotAllowed, match="the outbox says what can be done"):
        truck.field_work.take_back(change.id)


def test_there_is_nothing_to_undo_or_decide_where_there_is_no_such_change(truck: Truck) -> None:
    for act in (truck.field_work.undo, truck.field_work.set_aside, truck.field_work.keep_mine):
        with pytest.raises(CorrectInput, match="no change 999"):
            act("999")


def test_there_is_nothing_to_decide_about_what_simply_waits(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    for act in (truck.field_work.set_aside, truck.field_work.keep_mine, truck.field_work.send_again):
        with pytest.raises(NotAllowed, match="waiting: there is nothing to decide"):
            act(change.id)


@TROUBLE
def test_what_is_set_aside_stays_to_be_read_with_the_backends_words(truck: Truck, status: SendingStatus) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    later = truck.field_work.add_note(ID, "held back")
    truck.settles(change, status, "Somebody else was faster.")
    assert truck.ready() == []
    truck.field_work.set_aside(change.id)
    assert truck.ready() == [later.id]
    [entry] = truck.reopened().field_work.settled()
    assert (entry.change, entry.reason) == (change, "Somebody else was faster.")
    assert entry.sending_status is SendingStatus.SET_ASIDE


@TROUBLE
def test_keeping_mine_makes_the_act_anew_knowing_the_other_value(truck: Truck, status: SendingStatus) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.DONE, note="two bags")
    truck.settles(change, status)
    truck.gets(an_order(version=9, work_status=WorkStatus.WORKING))
    truck.clock.turn(hours=26)
    anew = truck.field_work.keep_mine(change.id)
    assert anew.id != change.id
    assert (anew.base_version, anew.made_at, anew.sequence) == (9, change.made_at, 2)
    assert anew.act == change.act, "the citizen still reads when the work was done"
    assert isinstance(anew.act, StatusChange)
    assert "on 23 November at 12:00" in anew.act.public_text
    assert (truck.status_of(change), truck.ready()) == (SendingStatus.SET_ASIDE, [anew.id])
    assert work_status(truck) is WorkStatus.DONE


def test_mine_that_the_rules_forbid_by_now_stays_undecided(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.settles(change, SendingStatus.NEEDS_DECISION)
    truck.gets(an_order(version=9, work_status=WorkStatus.DONE))
    with pytest.raises(NotAllowed, match="done already"):
        truck.field_work.keep_mine(change.id)
    assert truck.status_of(change) is SendingStatus.NEEDS_DECISION
    assert len(truck.changes()) == 1


def test_a_refused_act_is_sent_again_under_a_new_id(truck: Truck) -> None:
    change = truck.field_work.add_note(ID, "gate code is 4411")
    truck.settles(change, SendingStatus.REFUSED, "no disk")
    truck.clock.turn(minutes=10)
    anew = truck.field_work.send_again(change.id)
    assert (anew.act, anew.made_at, truck.ready()) == (change.act, change.made_at, [anew.id])
    assert anew.id != change.id
    assert truck.status_of(change) is SendingStatus.SET_ASIDE


def test_both_values_stay_to_be_read_after_a_decision(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    other = OtherValue("work_status", "working", "waiting for parts", "Dee", "2026-11-23T12:00:00Z")
    truck.store.outbox.settle(change.id, SendingStatus.NEEDS_DECISION, truck.clock(), reason="Decide.", other=other)
    truck.field_work.keep_theirs(change.id)
    [entry] = truck.reopened().field_work.outbox().aside
    assert (entry.reason, entry.other) == ("decided: theirs", other)


def test_what_was_set_aside_stays_listed_and_what_was_undone_only_for_a_day(truck: Truck) -> None:
    aside, undone = truck.field_work.add_note(ID, "a"), truck.field_work.add_note(ID, "b")
    truck.settles(aside, SendingStatus.REFUSED)
    truck.field_work.set_aside(aside.id)
    truck.field_work.undo(undone.id)
    assert [entry.change for entry in truck.field_work.outbox().aside] == [aside, undone]
    with truck.store.transaction():
        for number in range(300):
            truck.settles(truck.field_work.add_note(ID, f"note {number}"), SendingStatus.ACKNOWLEDGED)
    truck.clock.turn(hours=25)
    assert [entry.change for entry in truck.field_work.outbox().aside] == [aside]


def test_what_needs_a_decision_is_not_simply_sent_again(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.settles(change, SendingStatus.NEEDS_DECISION)
    with pytest.raises(NotAllowed, match="keep yours or keep theirs"):
        truck.field_work.send_again(change.id)
    assert truck.status_of(change) is SendingStatus.NEEDS_DECISION


def test_a_decision_is_possible_about_an_order_that_has_moved_away(truck: Truck) -> None:
    change = truck.field_work.set_status(ID, WorkStatus.DONE)
    truck.settles(change, SendingStatus.REFUSED)
    truck.store.orders.remove([ID])
    anew = truck.field_work.send_again(change.id)
    assert truck.ready() == [anew.id]
    truck.settles(anew, SendingStatus.ACKNOWLEDGED)
    assert truck.shown(ID) is None
