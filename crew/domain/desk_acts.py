"""What the desks do to an order: move it, accept or triage it, hide or approve its photos. Domain layer; pure.

The rules of work in the street stand in rules.py, which asks here; those of escalations in escalating.py.
"""

from typing import Final, TypeAlias, assert_never

from crew.domain.approving import after_approval, check_approval, describe_approval
from crew.domain.change import Acceptance, Approval, Assignment, Triage, Withdrawal
from crew.domain.errors import NotAllowed
from crew.domain.linking import check_not_linked
from crew.domain.triage import after_triage, check_triage, describe_triage
from crew.domain.value import replace
from crew.domain.withdrawing import after_withdrawal, check_withdrawal
from crew.domain.work_order import WorkOrder, WorkStatus

DeskAct: TypeAlias = Assignment | Acceptance | Triage | Withdrawal | Approval

ACCEPTED: Final = "looked at and accepted"
"""What the history says of ended work that was found good."""


def check_desk_act(order: WorkOrder, act: DeskAct) -> None:
    """Check what the order says against it.

    Raises:
        NotAllowed: The sentence says why, and what would be allowed.
    """
    match act:
        case Assignment(crew=crew):
            check_not_linked(order)
            _check_assignment(order, crew)
        case Acceptance():
            _check_acceptance(order)
        case Triage():
            check_not_linked(order)
            check_triage(order)
        case Withdrawal():
            check_withdrawal(order, act)
        case Approval():
            check_approval(order, act)
        case _:
            assert_never(act)


def _check_assignment(order: WorkOrder, crew: str) -> None:
    if order.work_status.ended:
        raise NotAllowed(f"{order.id} is {order.work_status.words}; send it back before it is moved.")
    if crew == order.crew:
        raise NotAllowed(f"{order.id} is with {crew} already." if crew else f"{order.id} is in the pool already.")


def _check_acceptance(order: WorkOrder) -> None:
    if order.kept:
        raise NotAllowed(f"Decide first about what is kept beside {order.id}: it holds, or is left aside.")
    if not order.work_status.ended:
        raise NotAllowed(f"{order.id} is {order.work_status.words}: there is no finished work to accept.")
    if not order.needs_look and order.history and order.history[-1].text == ACCEPTED:
        raise NotAllowed(f"The work on {order.id} was accepted already.")


def after_desk_act(order: WorkOrder, act: DeskAct) -> WorkOrder:
    """The order as it stands after it."""
    match act:
        case Assignment(crew=crew):
            status = WorkStatus.ASSIGNED if crew else WorkStatus.NEW
            return replace(order, crew=crew, crew_title="", work_status=status, waiting_reason="")
        case Acceptance():
            return replace(order, needs_look=False)
        case Triage():
            return after_triage(order, act)
        case Withdrawal():
            return after_withdrawal(order, act)
        case Approval():
            return after_approval(order, act)
        case _:
            assert_never(act)


def describe_desk_act(act: DeskAct) -> str:
    """The act in words."""
    match act:
        case Assignment(crew=crew, reason=reason):
            where = f"moved to {crew}" if crew else "back to the pool"
            return f"{where}: {reason}" if reason else where
        case Acceptance():
            return ACCEPTED
        case Triage():
            return describe_triage(act)
        case Withdrawal(shown_again=again):
            return "a photo is shown to the public again" if again else "a photo is hidden from the public"
        case Approval():
            return describe_approval(act)
        case _:
            assert_never(act)
