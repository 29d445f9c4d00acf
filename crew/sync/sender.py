"""Whose changes leave with which sign-in. Sync layer; pure but for the store that it is made from.

Each person's leave with their own. What somebody did whose sign-in an administrator ended, or who is not known here any
more, leaves with that of whoever works now, and the backend keeps it for a supervisor. What somebody did whose sign-in
lapsed waits for their new code.
"""

from typing import TYPE_CHECKING

from crew.domain.value import Value
from crew.store.people import SignInState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from crew.api_client import CrewApi
    from crew.domain.change import Change
    from crew.store.people import Colleague
    from crew.store.store import Store


class Sender(Value):
    """A person's connection to the backend, and whose changes it takes along."""

    api: "CrewApi"
    name: str
    alone: bool = False
    """Whether it takes this person's alone, as somebody else works now."""

    def ready(self, store: "Store", now: "datetime") -> "tuple[list[Change], Collection[str]]":
        """What may leave now, whoever did it, and those whose changes do not leave with this sign-in.

        Read in this order: whoever has a change has signed in before.
        """
        changes = store.outbox.ready(now)
        if self.alone:
            return changes, {change.person for change in changes} - {self.name}
        others = (one for one in store.people.all() if one.person.name != self.name)
        return changes, {one.person.name for one in others if one.standing is not SignInState.ENDED}


def note_who_is_waited_for(store: "Store", name: str, now: "datetime") -> None:
    """Say at each change that waits for somebody's new code that it does."""
    lapsed = {one.person.name for one in store.people.all() if one.standing is SignInState.LAPSED} - {name}
    for change in store.outbox.ready(now) if lapsed else ():
        if change.person in lapsed:
            store.outbox.note_hindrance(
                change.id,
                f"The sign-in of {change.person} has lapsed: this waits until {change.person} has a new code.",
            )


def others_with_work(store: "Store", name: str, now: "datetime") -> "list[Colleague]":
    """The others here whose sign-in stands, and whose changes may leave now."""
    authors = {change.person for change in store.outbox.ready(now)}
    return [
        one
        for one in store.people.all()
        if one.person.name != name and one.person.name in authors and one.standing is SignInState.VALID
    ]
