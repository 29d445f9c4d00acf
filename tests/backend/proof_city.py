"""The city of the permission proof: two roles more than are shipped, and one prepared order for each case.

A case is an act by somebody on an order that stands in some relation to them. Whatever an act needs (an escalation to
acknowledge, a photo to hide) the administrator has done before, so that nothing but a permission can refuse it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crew.domain.change import (
    Acceptance,
    Acknowledgement,
    Act,
    Approval,
    Assignment,
    ChangeId,
    Demand,
    Escalation,
    Intake,
    KeptDecision,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
    Waiver,
    Withdrawal,
)
from crew.domain.permissions import STREET, Grant, Scope, Verb, verb_of
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Photo, WorkStatus
from tests.backend.crews import PHOTO_SERVICE, PLAIN_SERVICE, Device, jpeg, photo_of

OWN, SISTER, FAR, POOL = "roads", "lights", "trees", ""
DISTRICT: Final = "North"
ROLES: Final = (
    """
[role.foreman]
title = "foreman of the yard"
desk = "crew"
[role.foreman.may]
move = "district"
escalate = "city"
accept = { scope = "own", states = ["done"] }
decline = "no"

[role.district]
desk = "supervisor"
[role.district.may]
"""
    + "".join(f'{verb} = "district"\n' for verb in Verb if verb is not Verb.TRIAGE)
    + """
triage = "own"
"""
)
CREWS: Final = f"""
[crews]
{OWN} = "Roads"
{SISTER} = "Lights"
{FAR} = "Trees"
[routing]
default = "{OWN}"
[districts]
{DISTRICT} = ["{OWN}", "{SISTER}"]
"""
RELATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "own": (OWN,),
    "district": (SISTER,),
    "pool": (POOL,),
    "city": (FAR,),
    "moved away": (OWN, FAR),
}
"""Which crews have had the order, the one that has it now last; everybody of the proof is of the first."""

SHOWN: Final = photo_of(jpeg("teal"))


def own_photo(order_id: OrderId) -> Photo:
    """A photo that no other order has: hiding one hides it everywhere."""
    return photo_of(order_id.encode())


Said = Callable[[OrderId, OrderId], Act]
"""An act, given the ids of the order and of its companion, which is another of the same crew."""

Done = Callable[[OrderId, OrderId], Sequence[tuple[OrderId, Act]]]
"""What was done before, and to which of the two."""


@dataclass(frozen=True)
class Trial:
    """One thing that somebody may try, and what has to be so for the rules of an order to allow it.

    Attributes:
        act: What is tried.
        before: What the administrator does first.
        status: The status in which it is tried, where `before` changes it.
        also: Another permission that it needs.
        service: What the order is about.
        companion: The crew of the companion, where it is not the order's.
        kept: Something of somebody whose sign-in had ended is kept beside the order.
    """

    act: Said
    before: Done = lambda _order, _companion: ()
    status: WorkStatus | None = None
    also: Verb | None = None
    service: str = PLAIN_SERVICE
    companion: str | None = None
    kept: bool = False

    @property
    def paired(self) -> bool:
        """Whether it needs a second order."""
        return isinstance(self.act(OrderId(""), OrderId("")), Link | Unlink)


def always(act: Act) -> Said:
    return lambda _order, _companion: act


def after(*acts: Act) -> Done:
    return lambda order, _companion: [(order, act) for act in acts]


DONE: Final = StatusChange(WorkStatus.DONE)
NOT_FOUND: Final = StatusChange(WorkStatus.CANT_DO, reason="not_found")
RAISED: Final = Escalation("supervisor", "third call")
TRIALS: Final[Mapping[str, Trial]] = {
    "work": Trial(always(StatusChange(WorkStatus.WORKING))),
    "finish": Trial(always(DONE)),
    "finish without its photo": Trial(
        always(replace(DONE, waiver=Waiver((Demand.PHOTO,), "somebody"))), also=Verb.WAIVE, service=PHOTO_SERVICE
    ),
    "decline": Trial(always(NOT_FOUND)),
    "send back": Trial(always(StatusChange(WorkStatus.SENT_BACK, note="edges")), after(DONE), WorkStatus.DONE),
    "note": Trial(always(Note("a word"))),
    "photograph": Trial(always(PhotosAdded((SHOWN,)))),
    "move to the own crew": Trial(always(Assignment(OWN, "nearer"))),
    "move within the district": Trial(always(Assignment(SISTER, "nearer"))),
    "move far away": Trial(always(Assignment(FAR, "nearer"))),
    "move to the pool": Trial(always(Assignment(POOL, "too many"))),
    "accept": Trial(always(Acceptance()), after(DONE), WorkStatus.DONE),
    "accept what was not done": Trial(always(Acceptance()), after(NOT_FOUND), WorkStatus.CANT_DO),
    "escalate": Trial(always(RAISED)),
    "acknowledge": Trial(always(Acknowledgement("supervisor")), after(RAISED)),
    "link": Trial(lambda _order, companion: Link(companion)),
    "link to an order far away": Trial(lambda _order, companion: Link(companion), companion=FAR),
    "unlink": Trial(lambda _order, companion: Unlink(companion), lambda order, companion: [(companion, Link(order))]),
    "take in": Trial(always(Intake(PLAIN_SERVICE, "Anything", "a lamp", "52 G St"))),
    "triage": Trial(always(Triage(service_code=PHOTO_SERVICE))),
    "triage to a crew far away": Trial(always(Triage(service_code=PHOTO_SERVICE, crew=FAR))),
    "hide a photo": Trial(
        lambda order, _companion: Withdrawal(own_photo(order).sha256),
        lambda order, _companion: [(order, PhotosAdded((own_photo(order),)))],
    ),
    "approve a photo": Trial(
        lambda order, _companion: Approval(own_photo(order).sha256),
        lambda order, _companion: [(order, PhotosAdded((own_photo(order),))), (order, DONE)],
        WorkStatus.DONE,
    ),
    "decide about kept work": Trial(lambda order, _companion: KeptDecision(kept_id(order), accepted=True), kept=True),
}


def kept_id(order_id: OrderId) -> ChangeId:
    return ChangeId(f"kept beside {order_id}")


def reaches(person: Person, grant: Grant, crew: str) -> bool:
    """What the words of a scope mean, said once more and apart from the code that is proved."""
    if grant.verb is Verb.TAKE_IN or (person.role is Role.CREW and grant.verb in STREET):
        return True  # a call has no crew yet; a crew's work in the street is its own, wherever the order went
    return (
        crew
        in {Scope.OWN: (OWN,), Scope.DISTRICT: (OWN, SISTER, POOL), Scope.CITY: (OWN, SISTER, FAR, POOL)}[grant.scope]
    )


@dataclass(frozen=True)
class Case:
    """A trial of somebody on an order of its own."""

    device: Device
    name: str
    relation: str
    order_id: OrderId
    companion: OrderId

    @property
    def trial(self) -> Trial:
        return TRIALS[self.name]

    @property
    def act(self) -> Act:
        return self.trial.act(self.order_id, self.companion)

    @property
    def known(self) -> bool:
        """Whether the person ever had the order; to take a call in, nobody needs one."""
        person = self.device.person
        return person.role.sees_whole_city or person.crew in RELATIONS[self.relation] or isinstance(self.act, Intake)

    @property
    def allowed(self) -> bool:
        """What the permission table says, for the person as the backend has introduced them."""
        person, act, crews = self.device.person, self.act, RELATIONS[self.relation]
        if not self.known:
            return False
        touched = {crews[-1], act.crew} if isinstance(act, Assignment) else {crews[-1]}
        touched |= {act.crew} if isinstance(act, Triage) and act.crew else set()
        touched |= {FAR} if self.trial.companion else set()
        verbs = {verb_of(act), *({self.trial.also} if self.trial.also else ())}
        grants = [grant for grant in map(person.grant, verbs) if grant is not None]
        return (
            len(grants) == len(verbs)
            and all(reaches(person, grant, crew) for grant in grants for crew in touched)
            and all(not grant.states or self.trial.status in grant.states for grant in grants)
        )

    @property
    def moot(self) -> bool:
        """Whether the order is where it would go already, which no permission is about."""
        return isinstance(self.act, Assignment) and self.act.crew == RELATIONS[self.relation][-1]

    def __str__(self) -> str:
        return f"{self.device.person.called}: {self.name}, {self.relation}"
