"""Who acts, in which role, and what the role may do. Domain layer; pure."""

from enum import StrEnum
from typing import Final

from crew.domain.change import Act, Assignment, Triage
from crew.domain.errors import NotAllowed
from crew.domain.permissions import STANDARD, STREET, Grant, Scope, Verb, verb_of
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder, WorkStatus


class Role(StrEnum):
    """What a person is in the city's work, and so which desk the terminal sets before them."""

    CREW = "crew"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    ADMINISTRATOR = "administrator"

    @property
    def sees_whole_city(self) -> bool:
        """Whether the person works with every crew's orders."""
        return self is not Role.CREW


_STANDARD: Final = {role: {grant.verb: grant for grant in STANDARD[role.value]} for role in Role}


class Person(Value):
    """Somebody who signed in. `crew` is the crew's name, empty for those who belong to none."""

    name: str
    role: Role
    crew: str = ""
    crew_title: str = ""
    """The crew's name as it stands on the side of the truck."""
    title: str = ""
    """What the city calls the role where it made one of its own, such as "foreman"; empty for a standard role."""
    may: tuple[Grant, ...] | None = None
    """The role's permissions where they are the city's own; None for the standard ones."""
    district: str = ""
    district_crews: tuple[str, ...] = ()
    """The crews of the person's district."""

    @property
    def called(self) -> str:
        """The role in a word or two."""
        return self.title or self.role.value

    @property
    def places_work(self) -> bool:
        """Whether the person decides who does what, and so needs to know the city's crews and types of request."""
        return self.role.sees_whole_city or any(map(self.grant, (Verb.MOVE, Verb.TAKE_IN, Verb.TRIAGE)))

    def grant(self, verb: Verb) -> Grant | None:
        """How far the person's permission for a verb reaches; None where there is none."""
        if self.may is None:
            return _STANDARD[self.role].get(verb)
        return next((grant for grant in self.may if grant.verb is verb), None)


def why_not(person: Person, verb: Verb, crew: str, order: str = "this order") -> str:
    """Why a person may not do something to an order of a crew, as a sentence; empty where they may.

    Args:
        person: Who would do it.
        verb: What.
        crew: The crew that has the order; empty for one in the pool.
        order: What the sentence calls the order.
    """
    grant = person.grant(verb)
    if grant is None:
        able = [role for role in Role if role is not Role.ADMINISTRATOR and _is_standard(role, verb)]
        return f"A {person.called} cannot {verb.on(order)}: a {' or a '.join(able)} can."
    if _reaches(person, grant, crew):
        return ""
    whose = person.district if grant.scope is Scope.DISTRICT else person.crew_title or person.crew
    return f"A {person.called} may {verb.on('orders')} only of {whose or 'their own'}, and {order} is not."


def why_not_now(person: Person, verb: Verb, status: WorkStatus, order: str = "this order") -> str:
    """Why a person may not do something to an order in this status, by the city's own table; empty where they may."""
    grant = person.grant(verb)
    if grant is None or not grant.states or status in grant.states:
        return ""
    states = " or ".join(state.words for state in grant.states)
    return f"A {person.called} may {verb.on(order)} only while it is {states}; it is {status.words}."


def require_permission(person: Person, act: Act, order: WorkOrder) -> None:
    """Check that the person's role allows the act on an order of this crew, whatever state the order is in.

    Raises:
        NotAllowed: The sentence says who may.
    """
    verb = verb_of(act)
    to = act.crew if isinstance(act, Assignment | Triage) else ""
    for crew in (order.crew, to) if to else (order.crew,):
        if refusal := why_not(person, verb, crew, order.id if crew == order.crew else f"the crew {crew}"):
            raise NotAllowed(refusal)


def require_state(person: Person, act: Act, order: WorkOrder) -> None:
    """Check that the person's role allows the act in the state that the order is in.

    Raises:
        NotAllowed: The sentence says in which states it does.
    """
    if refusal := why_not_now(person, verb_of(act), order.work_status, order.id):
        raise NotAllowed(refusal)


def _is_standard(role: Role, verb: Verb) -> bool:
    return any(grant.verb is verb for grant in STANDARD[role.value])


def _reaches(person: Person, grant: Grant, crew: str) -> bool:
    if grant.verb is Verb.TAKE_IN:
        return True  # what a caller reports has no crew yet
    if grant.verb in STREET and not person.role.sees_whole_city:
        return (
            True  # a crew's device is only ever sent its own orders, and one that was moved meanwhile was still theirs
        )
    match grant.scope:
        case Scope.CITY:
            return True
        case Scope.OWN:
            return crew == person.crew
        case Scope.DISTRICT:
            return not crew or crew == person.crew or crew in person.district_crews
