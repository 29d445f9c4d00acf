"""The opposite of an act that has left already: what an order was, set once more. Domain layer; pure.

Nothing that was sent is taken out of the history; the opposite is an act of its own, and the history shows both.
"""

from typing import Final, assert_never

from crew.domain.approving import approval_before
from crew.domain.change import (
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
from crew.domain.triage import triage_before
from crew.domain.withdrawing import withdrawal_before
from crew.domain.work_order import WorkOrder, WorkStatus

_SET_BY_A_CREW: Final = (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING, WorkStatus.WAITING)

_SAID: Final[dict[type[Act], str]] = {
    Acceptance: "It was accepted, and the history says so: send it back if something is missing.",
    Acknowledgement: "It was acknowledged, and the others rely on it: escalate it anew if somebody else must know.",
}
"""Why a word that was given is not taken back."""


def inverse(before: WorkOrder, act: Act, now: WorkOrder) -> Act:
    """The act that sets what an order was before an act.

    Args:
        before: The order before the act.
        act: What was done.
        now: The order as it stands.

    Raises:
        NotAllowed: There is no opposite, or the order has gone on since; the sentence says what to do instead.
    """
    match act:
        case StatusChange() as change:
            return _status_before(before, change, now)
        case Assignment(crew=crew):
            if now.crew != crew:
                raise NotAllowed(
                    f"{_named(now)} is with {now.crew_title or now.crew or 'no crew'} by now. Move it anew."
                )
            return Assignment(before.crew, "taken back")
        case Escalation(level=level):
            if now.escalation != level or not before.escalation:
                raise NotAllowed("It was escalated and somebody knows of it: write a note that it is not needed.")
            return Escalation(before.escalation, "taken back")
        case Acceptance() | Acknowledgement() | KeptDecision() as word:
            raise NotAllowed(_why_said(word))
        case Link() | Unlink() | Intake() as requests:
            raise NotAllowed(_why_not(requests, now))
        case Triage() | Withdrawal() | Approval() as desk_act:
            return _desk_act_before(before, desk_act, now)
        case Note() | PhotosAdded():
            raise NotAllowed("It has left and stays in the history: write a note that corrects it.")
        case _:
            assert_never(act)


def _why_said(act: Acceptance | Acknowledgement | KeptDecision) -> str:
    if isinstance(act, KeptDecision) and not act.accepted:
        return "It was left aside, and the history says so: do by hand what should hold."
    return _SAID[Acceptance] if isinstance(act, KeptDecision) else _SAID[type(act)]


def _desk_act_before(before: WorkOrder, act: Triage | Withdrawal | Approval, now: WorkOrder) -> Act:
    match act:
        case Triage():
            return triage_before(before, act, now)
        case Withdrawal():
            return withdrawal_before(act, now)
        case Approval():
            return approval_before(act, now)
        case _:
            assert_never(act)


def _why_not(act: Link | Unlink | Intake, now: WorkOrder) -> str:
    """Requests are not taken back and forth behind the citizens: what to do instead."""
    match act:
        case Link(into=into):
            return f"It has left: unlink {now.id} on {into}, and it is open again."
        case Unlink(request=request):
            return f"It has left: link {request} to {now.id}, and both are one again."
        case Intake():
            return "The city has it, and its number may be told already: link it, or end it with a reason."


def _status_before(before: WorkOrder, act: StatusChange, now: WorkOrder) -> StatusChange:
    """Who was only assigned an order goes back to having accepted it: "assigned" is the backend's word."""
    if now.work_status is not act.status:
        raise NotAllowed(f"{_named(now)} is {now.work_status.words} by now. Set its status anew.")
    if act.status.ended:
        raise NotAllowed(
            f"{_named(now)} is {act.status.words}, and the citizen reads it. A supervisor can send it back."
        )
    if before.work_status.ended:
        raise NotAllowed(f"{_named(now)} was sent back, and its crew reads it. Finish it anew.")
    status = before.work_status if before.work_status in _SET_BY_A_CREW else WorkStatus.ACCEPTED
    if (status, before.waiting_reason) == (now.work_status, now.waiting_reason):
        raise NotAllowed(f"{_named(now)} is {status.words}, the first step: there is nothing to go back to.")
    return StatusChange(status, reason=before.waiting_reason if status is WorkStatus.WAITING else "")


def _named(order: WorkOrder) -> str:
    """The order as whoever did it knows it: they read no numbers."""
    return f"{order.service_name}, {order.address or f'number {order.id}'},"
