"""The permission table: every verb, scope and state, for the standard roles and for a city's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.change import (
    KINDS,
    Acceptance,
    Acknowledgement,
    Act,
    Approval,
    Assignment,
    Escalation,
    Intake,
    KeptDecision,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
    Withdrawal,
)
from crew.domain.errors import NotAllowed
from crew.domain.permissions import STANDARD, STREET, Grant, Scope, Verb, verb_of
from crew.domain.person import Person, Role, require_permission, require_state, why_not, why_not_now
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.builders import a_person, a_photo, an_order

OWN, SISTER, FAR = "D2", "D2 lights", "D9"
ACTS: dict[Verb, Act] = {
    Verb.WORK: StatusChange(WorkStatus.WORKING),
    Verb.FINISH: StatusChange(WorkStatus.DONE),
    Verb.DECLINE: StatusChange(WorkStatus.CANT_DO, reason="not_found"),
    Verb.SEND_BACK: StatusChange(WorkStatus.SENT_BACK, note="edges"),
    Verb.NOTE: Note("a"),
    Verb.PHOTOGRAPH: PhotosAdded(()),
    Verb.MOVE: Assignment(""),
    Verb.ACCEPT: Acceptance(),
    Verb.ESCALATE: Escalation("district", "third call"),
    Verb.ACKNOWLEDGE: Acknowledgement("district"),
    Verb.LINK: Link(OrderId("2")),
    Verb.TAKE_IN: Intake("pothole", "Pothole", "", "1 Elm St"),
    Verb.TRIAGE: Triage(service_code="pothole"),
    Verb.WITHDRAW: Withdrawal(a_photo().sha256),
    Verb.APPROVE: Approval(a_photo().sha256),
}
"""An act for each verb but that of closing without what is asked for, which is a way of finishing (test_wording.py)."""


def one_of_a_district(desk: Role, *may: Grant) -> Person:
    return Person("Fay", desk, OWN, "Works D2", "foreman", may, "Jamaica Plain", (OWN, SISTER))


def permits(person: Person, act: Act, crew: str) -> bool:
    try:
        require_permission(person, act, an_order(crew=crew))
    except NotAllowed as refusal:
        assert person.called in refusal.sentence
        return False
    return True


def test_every_act_needs_a_verb_and_every_verb_is_needed_by_an_act() -> None:
    assert {verb: verb_of(act) for verb, act in ACTS.items()} == {verb: verb for verb in Verb if verb is not Verb.WAIVE}
    assert verb_of(KeptDecision("1", accepted=True)) is Verb.ACCEPT
    assert {type(act) for act in ACTS.values()} | {Unlink, KeptDecision} == set(KINDS.values())
    assert verb_of(Unlink("1")) is Verb.LINK
    assert {verb_of(StatusChange(status)) for status in WorkStatus} == {
        Verb.WORK,
        Verb.FINISH,
        Verb.DECLINE,
        Verb.SEND_BACK,
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", ACTS)
def test_a_standard_role_may_what_its_line_says_and_the_terminal_knows_the_same(role: Role, verb: Verb) -> None:
    person = a_person(role)
    granted = {grant.verb for grant in STANDARD[role]}
    for crew in (OWN, FAR, ""):
        expected = verb in granted and (role is not Role.CREW or verb in STREET)
        assert permits(person, ACTS[verb], crew) is expected
        assert (why_not(person, verb, crew) == "") is expected


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("verb", ACTS)
@pytest.mark.parametrize("desk", Role)
def test_a_scope_reaches_as_far_as_its_name_says(desk: Role, verb: Verb, scope: Scope) -> None:
    person = one_of_a_district(desk, Grant(verb, scope))
    reached = {crew for crew in (OWN, SISTER, FAR, "") if permits(person, ACTS[verb], crew)}

    street = verb in STREET and desk is Role.CREW  # its device has no others, but for those that were its own
    everything = scope is Scope.CITY or verb is Verb.TAKE_IN or street
    own = {OWN} if scope is Scope.OWN else {OWN, SISTER, ""}
    assert reached == ({OWN, SISTER, FAR, ""} if everything else own)
    others = [other for other in ACTS if other is not verb]
    assert not any(permits(person, ACTS[other], OWN) for other in others)


@pytest.mark.parametrize("act", [Assignment(FAR, "nearer"), Triage(crew=FAR)])
def test_nobody_moves_work_to_where_their_permission_does_not_reach(act: Assignment | Triage) -> None:
    person = one_of_a_district(Role.SUPERVISOR, Grant(verb_of(act), Scope.DISTRICT))

    with pytest.raises(NotAllowed, match=f"only of Jamaica Plain, and the crew {FAR} is not"):
        require_permission(person, act, an_order(crew=OWN))
    require_permission(person, replace(act, crew=SISTER), an_order(crew=""))


@given(
    verb=st.sampled_from(list(ACTS)), status=st.sampled_from(WorkStatus), states=st.sets(st.sampled_from(WorkStatus))
)
def test_a_state_that_the_table_does_not_name_is_refused_with_those_that_it_does(
    verb: Verb, status: WorkStatus, states: set[WorkStatus]
) -> None:
    person = one_of_a_district(Role.SUPERVISOR, Grant(verb, Scope.CITY, tuple(states)))
    order = an_order(work_status=status)
    refusal = why_not_now(person, verb, status)

    if not states or status in states:
        assert refusal == ""
        require_state(person, ACTS[verb], order)
    else:
        assert all(state.words in refusal for state in (*states, status))
        with pytest.raises(NotAllowed, match="only while it is"):
            require_state(person, ACTS[verb], order)


def test_a_role_without_permissions_may_look_and_nothing_else() -> None:
    councillor = Person("Cy", Role.DISPATCHER, title="councillor", may=())

    assert not any(permits(councillor, act, crew) for act in ACTS.values() for crew in (OWN, ""))
