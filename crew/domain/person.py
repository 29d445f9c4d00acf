"""Who acts, in which role, and what the role may do. Domain layer; pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crew.domain.change import (
    Acceptance,
    Act,
    Assignment,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
)
from crew.domain.errors import NotAllowed
from crew.domain.work_order import WorkOrder, WorkStatus


class Role(StrEnum):
    """What a person is in the city's work."""

    CREW = "crew"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"

    @property
    def sees_whole_city(self) -> bool:
        """Whether the person works with every crew's orders."""
        return self is not Role.CREW


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in. `crew` is the crew's name, empty for those who belong to none."""

    name: str
    role: Role
    crew: str = ""
    crew_title: str = ""
    """The crew's name as it stands on the side of the truck."""


_WORK: Final = frozenset({WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING, WorkStatus.WAITING})
_STATUSES: Final = {
    Role.CREW: _WORK | {WorkStatus.DONE, WorkStatus.CANT_DO},
    Role.SUPERVISOR: _WORK | {WorkStatus.DONE, WorkStatus.CANT_DO, WorkStatus.SENT_BACK},
    Role.DISPATCHER: frozenset({WorkStatus.CANT_DO, WorkStatus.SENT_BACK}),
}


def require_permission(person: Person, act: Act, order: WorkOrder) -> None:
    """Check that the role allows the act on this order.

    The order's crew is not looked at when work is reported: an order may have been moved while the crew was out
    of reach, and work done in the street is never refused (design, contract point 4).

    Raises:
        NotAllowed: The sentence says who may.
    """
    match act:
        case StatusChange(status=status) if status not in _STATUSES[person.role]:
            others = [role.value for role, statuses in _STATUSES.items() if status in statuses]
            who = " or a ".join(others) if others else "nobody"
            raise NotAllowed(f'A {person.role} cannot set "{status.words}" on {order.id}: a {who} can.')
        case Assignment() if person.role is Role.CREW:
            raise NotAllowed(f"A crew cannot move {order.id} to another crew: ask a supervisor.")
        case Escalation() if person.role is Role.CREW:
            raise NotAllowed(f"A crew cannot escalate {order.id}: write a note, a dispatcher will see it.")
        case Acceptance() if person.role is Role.CREW:
            raise NotAllowed(f"A crew cannot accept work on {order.id}: a supervisor looks at it.")
        case Link() | Unlink() if person.role is Role.CREW:
            raise NotAllowed(f"A crew cannot link or unlink {order.id}: write a note, a dispatcher will see it.")
        case Intake() if person.role is Role.CREW:
            raise NotAllowed("A crew takes no calls in: write a note, or tell the caller the city's number.")
        case Triage() if person.role is Role.CREW:
            raise NotAllowed(f"A crew does not triage {order.id}: write a note, a dispatcher will see it.")
        case (
            StatusChange()
            | Note()
            | PhotosAdded()
            | Assignment()
            | Escalation()
            | Acceptance()
            | Link()
            | Unlink()
            | Intake()
            | Triage()
        ):
            return
