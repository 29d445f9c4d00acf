"""What is allowed, and what it does: every combination against a table written for this test alone."""

from datetime import timedelta
from itertools import product

import pytest

from crew.domain.change import (
    Acceptance,
    Act,
    Assignment,
    Change,
    ChangeId,
    Escalation,
    Note,
    PhotosAdded,
    StatusChange,
)
from crew.domain.errors import NotAllowed
from crew.domain.person import Role
from crew.domain.reasons import CANT_DO_REASONS, WAITING_REASONS
from crew.domain.rules import apply, check
from crew.domain.value import replace
from crew.domain.work_order import PhotoRole, PublicStatus, WorkOrder, WorkStatus
from tests.builders import NOON, a_change, a_person, a_photo, an_order

S = WorkStatus
ENDED = {S.DONE, S.CANT_DO}
MAY_SET = {
    Role.CREW: {S.ACCEPTED, S.ON_THE_WAY, S.WORKING, S.WAITING, S.DONE, S.CANT_DO},
    Role.SUPERVISOR: {S.ACCEPTED, S.ON_THE_WAY, S.WORKING, S.WAITING, S.DONE, S.CANT_DO, S.SENT_BACK},
    Role.DISPATCHER: {S.CANT_DO, S.SENT_BACK},
    Role.ADMINISTRATOR: {S.ACCEPTED, S.ON_THE_WAY, S.WORKING, S.WAITING, S.DONE, S.CANT_DO, S.SENT_BACK},
}
FITTING_REASON = {S.WAITING: "permit", S.CANT_DO: "not_found"}


def allowed(order: WorkOrder, act: StatusChange, role: Role) -> bool:
    """The table: who may bring which order into which status, with what."""
    if act.status not in MAY_SET[role]:
        return False
    if order.work_status in ENDED and act.status is not S.SENT_BACK:
        return False
    if act.status is order.work_status and act.reason == order.waiting_reason:
        return False
    if act.status is S.SENT_BACK and not act.note:
        return False
    if act.reason != FITTING_REASON.get(act.status, ""):
        return False
    return not (act.status is S.DONE and order.photo_required and not act.photos)


def is_allowed(order: WorkOrder, act: Act, role: Role) -> bool:
    try:
        check(order, a_change(act), a_person(role))
    except NotAllowed as refusal:
        assert len(refusal.sentence) > 20
        return False
    return True


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("before", WorkStatus)
def test_every_status_change_is_allowed_exactly_where_the_table_says(role: Role, before: WorkStatus) -> None:
    reasons = ("", "permit", "not_found", "because")
    photo_sets = ((), (a_photo(),))
    combinations = product(WorkStatus, reasons, photo_sets, ("", "the lid is missing"), (False, True))
    for status, reason, photos, note, photo_required in combinations:
        waiting_reason = "permit" if before is S.WAITING else ""
        order = an_order(work_status=before, photo_required=photo_required, waiting_reason=waiting_reason)
        act = StatusChange(status, reason=reason, note=note, photos=photos)
        assert is_allowed(order, act, role) == allowed(order, act, role), (role, before, act, photo_required)


@pytest.mark.parametrize(("status", "reasons"), [(S.WAITING, WAITING_REASONS), (S.CANT_DO, CANT_DO_REASONS)])
def test_every_known_reason_is_taken(status: WorkStatus, reasons: dict[str, str]) -> None:
    for reason in reasons:
        assert is_allowed(an_order(), StatusChange(status, reason=reason), Role.CREW)


def test_a_photo_from_before_does_not_prove_the_repair() -> None:
    order = an_order(photo_required=True, photos=(a_photo("b" * 64, PhotoRole.BEFORE),))
    assert not is_allowed(order, StatusChange(S.DONE), Role.CREW)
    added_earlier = replace(order, photos=(*order.photos, a_photo()))
    assert is_allowed(added_earlier, StatusChange(S.DONE), Role.CREW)


def test_work_may_be_reported_on_an_order_that_is_with_another_crew_now() -> None:
    assert is_allowed(an_order(crew="D5"), StatusChange(S.DONE), Role.CREW)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("before", WorkStatus)
def test_who_may_move_and_escalate(role: Role, before: WorkStatus) -> None:
    order = an_order(work_status=before)
    office = role is not Role.CREW
    assert is_allowed(order, Assignment("D5"), role) == (office and before not in ENDED)
    assert is_allowed(order, Assignment(""), role) == (office and before not in ENDED)
    assert not is_allowed(order, Assignment(order.crew), role)
    assert not is_allowed(replace(order, crew=""), Assignment(""), role)
    assert is_allowed(order, Acceptance(), role) == (office and before in ENDED)
    assert is_allowed(order, Escalation("district", "third call today"), role) == office
    assert not is_allowed(order, Escalation("", "third call today"), role)
    assert not is_allowed(order, Escalation("district", "  "), role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("before", WorkStatus)
def test_notes_and_photos_are_always_possible_and_never_empty(role: Role, before: WorkStatus) -> None:
    order = an_order(work_status=before)
    assert is_allowed(order, Note("gate code is 4411"), role)
    assert not is_allowed(order, Note(" \n "), role)
    assert is_allowed(order, PhotosAdded((a_photo(),)), role)
    assert not is_allowed(order, PhotosAdded(()), role)


EVERY_ACT: tuple[Act, ...] = (
    StatusChange(S.WORKING),
    StatusChange(S.WAITING, reason="parts"),
    StatusChange(S.DONE, note="two bags", public_text="We filled it.", photos=(a_photo(),)),
    StatusChange(S.CANT_DO, reason="not_found", public_text="We could not find it."),
    StatusChange(S.SENT_BACK, note="edges missing"),
    Note("gate code is 4411"),
    PhotosAdded((a_photo("c" * 64),)),
    Assignment("D5"),
    Assignment("", "nobody has room"),
    Acceptance(),
    Escalation("district", "third call today"),
)


@pytest.mark.parametrize("act", EVERY_ACT, ids=lambda act: type(act).__name__)
@pytest.mark.parametrize("before", WorkStatus)
def test_a_change_counts_once_and_only_adds_to_the_history(act: Act, before: WorkStatus) -> None:
    order = an_order(work_status=before)
    change = a_change(act, made_at=NOON + timedelta(minutes=5))
    once = apply(order, change)
    assert apply(once, change) == once
    assert once.version == order.version
    assert once.history[: len(order.history)] == order.history
    [entry] = once.history[len(order.history) :]
    assert (entry.change_id, entry.person, entry.at) == (change.id, "Ana", change.made_at)
    assert once.updated_at == change.made_at


@pytest.mark.parametrize("status", WorkStatus)
def test_the_citizen_reads_closed_exactly_when_the_work_has_ended(status: WorkStatus) -> None:
    after = apply(an_order(), a_change(StatusChange(status)))
    assert (after.public_status is PublicStatus.CLOSED) == (status in ENDED)


def test_each_act_sets_its_own_field_and_no_other() -> None:
    order = an_order(work_status=S.WORKING)
    waiting = apply(order, a_change(StatusChange(S.WAITING, reason="parts")))
    assert (waiting.work_status, waiting.waiting_reason, waiting.closure_reason) == (S.WAITING, "parts", "")
    working = apply(waiting, a_change(StatusChange(S.WORKING), id=ChangeId("2")))
    assert working.waiting_reason == ""
    gone = apply(order, a_change(StatusChange(S.CANT_DO, reason="not_found", public_text="We looked.")))
    assert (gone.closure_reason, gone.public_text) == ("not_found", "We looked.")
    back = apply(gone, a_change(StatusChange(S.SENT_BACK, note="look again"), id=ChangeId("2")))
    assert (back.public_text, back.closure_reason, back.public_status) == ("", "", PublicStatus.OPEN)
    moved = apply(waiting, a_change(Assignment("D5"), id=ChangeId("2")))
    assert (moved.crew, moved.work_status, moved.waiting_reason) == ("D5", S.ASSIGNED, "")
    pooled = apply(waiting, a_change(Assignment("", "nobody has room"), id=ChangeId("2")))
    assert (pooled.crew, pooled.work_status, pooled.waiting_reason) == ("", S.NEW, "")
    accepted = apply(replace(gone, needs_look=True), a_change(Acceptance(), id=ChangeId("2")))
    assert (accepted.needs_look, accepted.work_status, accepted.public_text) == (False, S.CANT_DO, "We looked.")
    raised = apply(order, a_change(Escalation("district", "third call")))
    assert (raised.escalation, raised.work_status) == ("district", S.WORKING)


def test_the_same_photo_twice_is_one_photo() -> None:
    order = an_order(photos=(a_photo("b" * 64, PhotoRole.BEFORE),))
    twice = apply(order, a_change(PhotosAdded((a_photo(), a_photo()))))
    again = apply(twice, a_change(PhotosAdded((a_photo(),)), id=ChangeId("2")))
    assert [photo.sha256 for photo in again.photos] == ["b" * 64, "a" * 64]


def test_an_older_clock_never_turns_the_order_back() -> None:
    change: Change = a_change(Note("made while the clock was wrong"), made_at=NOON - timedelta(days=400))
    assert apply(an_order(), change).updated_at == NOON
