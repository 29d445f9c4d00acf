"""Who may do what: verb by scope by state, in one table. Domain layer; pure.

The backend asks here about every change, and the terminal asks the same question before a key is pressed, so what is
grey on a screen is what the backend would refuse. What an order itself allows (rules.py) is another matter: a
permission never makes possible what the rules of a work order forbid.
"""

from enum import StrEnum
from typing import Final

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
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus


class Verb(StrEnum):
    """What somebody may be allowed to do. The values are the words in a city's configuration."""

    WORK = "work"
    FINISH = "finish"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    NOTE = "note"
    PHOTOGRAPH = "photograph"
    MOVE = "move"
    ACCEPT = "accept"
    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"
    LINK = "link"
    TAKE_IN = "take_in"
    TRIAGE = "triage"
    WAIVE = "waive"
    WITHDRAW = "withdraw"
    APPROVE = "approve"

    def on(self, order: str) -> str:
        """The verb with what it is done to, as a sentence has it after "may" or "cannot"."""
        return _VERB_WORDS[self].format(order=order)


_VERB_WORDS: Final = {
    Verb.WORK: "work on {order}",
    Verb.FINISH: "finish {order}",
    Verb.DECLINE: "close {order} without the work",
    Verb.SEND_BACK: "send {order} back",
    Verb.NOTE: "write a note on {order}",
    Verb.PHOTOGRAPH: "add photos to {order}",
    Verb.MOVE: "move {order} to another crew",
    Verb.ACCEPT: "accept the work on {order}",
    Verb.ESCALATE: "escalate {order}",
    Verb.ACKNOWLEDGE: "acknowledge the escalation of {order}",
    Verb.LINK: "link or unlink {order}",
    Verb.TAKE_IN: "take a call in",
    Verb.TRIAGE: "triage {order}",
    Verb.WAIVE: "close {order} without what is asked for",
    Verb.WITHDRAW: "hide a photo of {order} from the public",
    Verb.APPROVE: "approve a photo of {order} for the city's posts",
}

STREET: Final = frozenset({Verb.WORK, Verb.FINISH, Verb.DECLINE, Verb.NOTE, Verb.PHOTOGRAPH})
"""What is done beside a truck: an order that was moved while its crew had no signal is still theirs to report on."""


class Scope(StrEnum):
    """How far a permission reaches. The values are the words in a city's configuration."""

    OWN = "own"
    """Orders of the person's own crew."""
    DISTRICT = "district"
    """Orders of the crews of the person's district, and those in the pool, which nobody has yet."""
    CITY = "city"
    """Every order."""


class Grant(Value):
    """One line of the table: a verb, how far it reaches, and in which states of an order."""

    verb: Verb
    scope: Scope
    states: tuple[WorkStatus, ...] = ()
    """The work statuses in which it holds; empty for every one that the rules of an order allow."""


def grants(scope: Scope, *verbs: Verb) -> tuple[Grant, ...]:
    """The same reach for several verbs, in every state."""
    return tuple(Grant(verb, scope) for verb in verbs)


_OFFICE: Final = (
    Verb.DECLINE,
    Verb.SEND_BACK,
    Verb.NOTE,
    Verb.PHOTOGRAPH,
    Verb.MOVE,
    Verb.ACCEPT,
    Verb.ESCALATE,
    Verb.ACKNOWLEDGE,
    Verb.LINK,
    Verb.TAKE_IN,
    Verb.TRIAGE,
    Verb.WITHDRAW,
)
STANDARD: Final[dict[str, tuple[Grant, ...]]] = {
    "crew": grants(Scope.OWN, *sorted(STREET)),
    "supervisor": grants(Scope.CITY, Verb.WORK, Verb.FINISH, *_OFFICE, Verb.WAIVE, Verb.APPROVE),
    "dispatcher": grants(Scope.CITY, *_OFFICE),
    "administrator": grants(Scope.CITY, *Verb),
}
"""The permissions of the four roles that every city has; a city makes others, or changes these, in roles.toml."""


_VERBS: Final[dict[type[Act], Verb]] = {
    Note: Verb.NOTE,
    PhotosAdded: Verb.PHOTOGRAPH,
    Assignment: Verb.MOVE,
    Escalation: Verb.ESCALATE,
    Acknowledgement: Verb.ACKNOWLEDGE,
    Acceptance: Verb.ACCEPT,
    Link: Verb.LINK,
    Unlink: Verb.LINK,
    Intake: Verb.TAKE_IN,
    Triage: Verb.TRIAGE,
    KeptDecision: Verb.ACCEPT,
    Withdrawal: Verb.WITHDRAW,
    Approval: Verb.APPROVE,
}
_STATUS_VERBS: Final = {
    WorkStatus.DONE: Verb.FINISH,
    WorkStatus.CANT_DO: Verb.DECLINE,
    WorkStatus.SENT_BACK: Verb.SEND_BACK,
}


def verb_of(act: Act) -> Verb:
    """What permission an act needs."""
    if isinstance(act, StatusChange):
        return _STATUS_VERBS.get(act.status, Verb.WORK)
    return _VERBS[type(act)]
