"""Whatever is linked and parted, every request belongs to exactly one order, and no work is lost."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crew.domain.change import Act, Change, ChangeId, Link, Note, StatusChange, Unlink
from crew.domain.errors import NotAllowed
from crew.domain.linking import check_target, order_of_its_own
from crew.domain.person import Role
from crew.domain.rules import apply, check, describe
from crew.domain.work_order import LinkedRequest, OrderId, PublicStatus, WorkOrder, WorkStatus
from tests.builders import NOON, a_change, a_person, an_order

DEE = a_person(Role.DISPATCHER)
NAMES = ("1", "2", "3", "4")
ALL_REQUESTS = (*NAMES, "2b")
"""The last one came as a duplicate, and never had an order of its own."""


def request(name: str) -> LinkedRequest:
    return LinkedRequest(name, f"words of {name}", NOON + timedelta(minutes=len(name)))


def order(name: str, *others: str, **fields: object) -> WorkOrder:
    return an_order(id=OrderId(name), requests=tuple(map(request, (name, *others))), **fields)


def link(source: WorkOrder, target: WorkOrder) -> Change:
    return a_change(Link(target.id, source.requests), order_id=source.id)


def test_the_requests_join_and_the_order_ends_with_what_it_has() -> None:
    source, target = order("1", "1b"), order("2")
    change = link(source, target)

    ended, answering = apply(source, change), apply(target, change)

    assert (ended.work_status, ended.public_status) == (WorkStatus.CANT_DO, PublicStatus.CLOSED)
    assert (ended.linked_to, ended.requests, ended.history[-1].text) == ("2", (), "linked to 2")
    assert [one.request_id for one in answering.requests] == ["1", "2", "1b"]
    assert (answering.work_status, answering.history[-1].text) == (target.work_status, "1 linked to this")
    assert apply(answering, change) == answering, "applied a second time it changes nothing"


def test_a_parted_request_opens_its_old_order_with_the_crew_that_it_had() -> None:
    source, target = order("1", crew="D5"), order("2")
    linked = link(source, target)
    parted = a_change(Unlink("1"), order_id=target.id, id=ChangeId("another"))

    again, alone = (apply(apply(one, linked), parted) for one in (source, target))

    assert (again.work_status, again.public_status, again.crew) == (WorkStatus.ASSIGNED, PublicStatus.OPEN, "D5")
    assert (again.linked_to, again.closure_reason) == ("", "")
    assert [one.request_id for one in again.requests] == ["1"]
    assert [one.request_id for one in alone.requests] == ["2"]
    assert alone.history[-1].text == describe(parted) == "1 unlinked"


@pytest.mark.parametrize(
    ("own", "act", "words"),
    [
        (order("1", work_status=WorkStatus.DONE), Link(OrderId("2")), "is done"),
        (order("1", work_status=WorkStatus.CANT_DO, linked_to="3"), Link(OrderId("2")), "was linked to 3"),
        (order("1"), Link(OrderId("1")), "itself"),
        (order("1", "1b"), Unlink("1"), "the number of this order"),
        (order("1", "1b"), Unlink("2"), "It answers 1b"),
        (order("1"), Unlink("2"), "no other request"),
        (order("1", work_status=WorkStatus.CANT_DO, linked_to="2"), StatusChange(WorkStatus.SENT_BACK, note="x"), "2"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(own: WorkOrder, act: Act, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        check(own, a_change(act, order_id=own.id), a_person(Role.SUPERVISOR))


def test_nothing_joins_an_order_that_has_ended() -> None:
    for ended in (order("2", work_status=WorkStatus.DONE), order("2", work_status=WorkStatus.CANT_DO, linked_to="3")):
        with pytest.raises(NotAllowed):
            check_target(ended)


@pytest.mark.parametrize("act", [Link(OrderId("2")), Unlink("1b")])
def test_a_crew_links_and_parts_nothing(act: Act) -> None:
    with pytest.raises(NotAllowed, match="dispatcher"):
        check(order("1", "1b"), a_change(act, order_id=OrderId("1")), a_person(Role.CREW))


class Duplicates(RuleBasedStateMachine):
    """Some orders, on which a dispatcher links and parts as the rules allow while their crew works."""

    def __init__(self) -> None:
        super().__init__()
        self.orders = {name: order(name) for name in NAMES} | {"2": order("2", "2b")}
        self.done: set[str] = set()
        self.changes = 0

    def does(self, name: str, act: Act, target: str = "") -> bool:
        self.changes += 1
        change = a_change(act, id=ChangeId(str(self.changes)), order_id=OrderId(name))
        before = self.orders[name]
        try:
            check(before, change, a_person(Role.SUPERVISOR))
            if target:
                check_target(self.orders[target])
        except NotAllowed:
            return False
        if isinstance(act, Unlink):
            self.orders.setdefault(act.request, order_of_its_own(before, act))
        for touched in change.orders:
            self.orders[touched] = apply(self.orders[touched], change)
        return True

    @rule(source=st.sampled_from(ALL_REQUESTS), into=st.sampled_from(ALL_REQUESTS))
    def links(self, source: str, into: str) -> None:
        if source in self.orders and into in self.orders:
            self.does(source, Link(OrderId(into), self.orders[source].requests), into)

    @rule(name=st.sampled_from(ALL_REQUESTS), request=st.sampled_from(ALL_REQUESTS))
    def parts(self, name: str, request: str) -> None:
        if name in self.orders:
            self.does(name, Unlink(request))

    @rule(name=st.sampled_from(ALL_REQUESTS), note=st.booleans())
    def works(self, name: str, note: bool) -> None:
        if name in self.orders:
            act = Note("swept") if note else StatusChange(WorkStatus.DONE)
            if self.does(name, act) and not note:
                self.done.add(name)

    @invariant()
    def every_request_belongs_to_exactly_one_order(self) -> None:
        answered = [one.request_id for each in self.orders.values() for one in each.requests]
        assert sorted(answered) == sorted(ALL_REQUESTS)

    @invariant()
    def an_order_is_linked_exactly_when_it_answers_nobody(self) -> None:
        for each in self.orders.values():
            own = each.id in {one.request_id for one in each.requests}
            assert own != bool(each.linked_to)
            assert bool(each.requests) != bool(each.linked_to)

    @invariant()
    def work_that_was_done_stays_done(self) -> None:
        for name in self.done:
            assert self.orders[name].work_status is WorkStatus.DONE
            assert any(entry.text == "done" for entry in self.orders[name].history)


TestDuplicates = Duplicates.TestCase
TestDuplicates.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
