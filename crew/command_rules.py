"""What a command is, and the reasons why it cannot act now. Below the commands; pure: knows no Textual, no store."""

from collections.abc import Callable
from typing import Final

from crew.domain.permissions import Verb
from crew.domain.person import Person, Role, why_not, why_not_now
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus


class Situation(Value):
    """What a command needs to know to say whether it can act."""

    role: Role = Role.CREW
    status: WorkStatus | None = None
    """Of the chosen order; None where none is chosen."""
    has_photos: bool = False
    """Whether the chosen order has a photo to look at."""
    has_twins: bool = False
    """Whether an open order near the chosen one may be the same thing."""
    person: Person | None = None
    """Who is signed in, where the role is not one of the standard ones; None stands for anybody of the role."""
    crew: str = ""
    """Who has the chosen order."""
    unanswered: bool = False
    """Whether nobody has acknowledged the escalation of the chosen order."""

    @property
    def who(self) -> Person:
        """Whose permissions count; somebody of a standard role works with the orders they see."""
        return self.person or Person("", self.role, self.crew)


Reason = Callable[[Situation], str | None]
"""Says why a command cannot act now, or None where it can."""


def always(_: Situation) -> None:
    """Nothing is against it."""
    return None


class Command(Value, kw_only=True):
    """One thing a person can ask for.

    `name` is also the name of the screen's method: "go" runs `action_go`.
    """

    name: str
    key: str
    """A plain letter, F-key or named key of Textual; the same everywhere."""
    label: str
    """A word or two for a button."""
    help: str
    """A sentence for the palette and the help screen."""
    more_keys: tuple[str, ...] = ()
    """Other keys that do the same."""
    roles: frozenset[Role] = frozenset(Role)
    """On whose desk it lies; others who press its key are told who can."""
    verb: Verb | None = None
    """The permission that it needs; None where looking is all that it does."""
    reason_against: Reason = always

    @property
    def letter_at(self) -> int | None:
        """Where in the label the key's letter stands, to be underlined; None where it does not stand there."""
        place = self.label.lower().find(self.key) if len(self.key) == 1 else -1
        return None if place < 0 else place

    @property
    def key_words(self) -> str:
        """The key as a person reads it."""
        return KEY_WORDS.get(self.key, self.key)

    def refusal(self, situation: Situation) -> str | None:
        """Why it cannot act in this situation, permissions included; None where it can."""
        if self.verb is None:
            return self._not_on_this_desk(situation) or self.reason_against(situation)
        who, status = situation.who, situation.status
        if who.grant(self.verb) is None or status is not None:
            refusal = why_not(who, self.verb, situation.crew)
            if refusal:
                return refusal
        against = self.reason_against(situation)
        if against is not None or status is None:
            return against
        return why_not_now(who, self.verb, status) or None

    def _not_on_this_desk(self, situation: Situation) -> str | None:
        if situation.role in self.roles:
            return None
        able = " or a ".join(sorted(self.roles - {Role.ADMINISTRATOR}))
        return f"{self.label}: a {situation.role} cannot do this, a {able} can."

    def lies_before(self, person: Person) -> bool:
        """Whether the person's screens show it, able or not: it lies on their desk, or their role may do it."""
        return person.role in self.roles or (self.verb is not None and person.grant(self.verb) is not None)


KEY_WORDS: Final = {
    "question_mark": "?",
    "full_stop": ".",
    "slash": "/",
    "escape": "esc",
    "space": "space",
    "enter": "enter",
    "tab": "tab",
    "shift+tab": "shift+tab",
    "at": "@",
    "asterisk": "*",
    "ampersand": "&",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
"""Keys that Textual names, as they stand on the keyboard."""

FIELD: Final = frozenset({Role.CREW, Role.SUPERVISOR, Role.ADMINISTRATOR})
DRIVERS: Final = frozenset({Role.CREW})
OFFICE: Final = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.ADMINISTRATOR})


def needs_order(situation: Situation) -> str | None:
    """It acts on a chosen order."""
    return None if situation.status else "No stop is chosen: there is nothing to act on here."


def needs_open_order(situation: Situation) -> str | None:
    """It acts on an order that has not ended."""
    if situation.status and situation.status.ended:
        return f"This order is {situation.status.words} already. Notes stay possible; a supervisor can send it back."
    return needs_order(situation)


def not_yet(*statuses: WorkStatus) -> Reason:
    """It acts on an open order that has none of these statuses."""

    def reason(situation: Situation) -> str | None:
        if situation.status in statuses:
            return f"This order is {situation.status.words} already."
        return needs_open_order(situation)

    return reason


def needs_driving(situation: Situation) -> str | None:
    """It acts on an order that somebody still has to drive to."""
    if situation.status in (WorkStatus.WORKING, WorkStatus.ON_THE_WAY):
        return f"This order is {situation.status.words}: it comes first already."
    return needs_open_order(situation)


def needs_ended_order(situation: Situation) -> str | None:
    """It acts on an order that has ended."""
    if situation.status and not situation.status.ended:
        return "This order is still open: only finished work is sent back. Move it to another crew instead."
    return needs_order(situation)


def needs_photos(situation: Situation) -> str | None:
    """It acts on an order with photos."""
    return None if situation.has_photos else needs_order(situation) or "This order has no photo to look at."


def needs_unanswered(situation: Situation) -> str | None:
    """It acts on an order whose escalation nobody has acknowledged."""
    if situation.unanswered:
        return None
    return needs_order(situation) or "Nobody waits for an answer here: it was not escalated, or somebody knows of it."
