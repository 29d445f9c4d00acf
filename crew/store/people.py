"""The people who work on this device, each with a sign-in of their own. Store layer; checks no PIN.

People are told apart by name, as changes name them. Who is working now stands in the device table.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.errors import CorrectInput
from crew.domain.person import Person
from crew.domain.value import replace
from crew.store.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.store.database import Database
    from crew.store.device import DeviceTable, SignedInDevice


class SignInState(StrEnum):
    """What the backend said last of somebody's sign-in."""

    VALID = "valid"
    LAPSED = "lapsed"
    """It does not know it any more: that person's work waits for a new code."""
    ENDED = "ended"
    """An administrator ended it: that person's work leaves with somebody else's."""


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who has signed in on this device."""

    person: Person
    token: str
    standing: SignInState = SignInState.VALID
    pin: str = ""
    """A slow hash; empty without a PIN."""
    tries: int = 0
    """PINs that were tried since the last right one."""


class PeopleTable(Values):
    """Who works here."""

    def __init__(self, database: "Database", device: "DeviceTable") -> None:
        super().__init__(database)
        self._device: Final = device

    def all(self) -> tuple[Colleague, ...]:
        """Everybody who has signed in here, in that order."""
        kept = self._decoded("people", tuple[Colleague, ...]) or ()
        now = self._device.signed_in()
        if now is None or any(one.person.name == now.person.name for one in kept):
            return kept
        return (*kept, Colleague(now.person, now.token))

    def get(self, name: str) -> Colleague:
        """Somebody by name.

        Raises:
            CorrectInput: Nobody of this name works here.
        """
        for one in self.all():
            if one.person.name == name:
                return one
        raise CorrectInput(f"{name} has not signed in on this device. Ask for a one-time code and sign in.")

    @property
    def several(self) -> bool:
        """Whether more than one person works here."""
        return len(self.all()) > 1

    def draft_owner(self) -> str:
        """Whose drafts are shown now; empty for the first who signed in here, who had the device alone at first."""
        now, people = self._device.signed_in(), self.all()
        return "" if now is None or now.person.name == people[0].person.name else now.person.name

    def enrol(self, device: "SignedInDevice") -> None:
        """Somebody has signed in with a code, and works from now on. A PIN of before is forgotten.

        Those who have signed in at another backend are no longer known.
        """
        with self._database.transaction():
            before = self._device.signed_in()
            known = self.all() if before is not None and before.url == device.url else ()
            people = {one.person.name: one for one in known}
            people[device.person.name] = Colleague(device.person, device.token)
            self._keep(people.values())
            self._device.sign_in(device)
            self.locked = False

    def let_work(self, name: str) -> None:
        """Somebody works from now on, in place of who did. Raises as `get`."""
        with self._database.transaction():
            one, now = self.get(name), self._device.signed_in()
            if now is not None and now.person.name != name:
                self._device.sign_in(replace(now, token=one.token, person=one.person))

    def renew(self, person: Person) -> None:
        """The backend knows somebody here as something else by now: another role, crew or district."""
        with self._database.transaction():
            for one in self.all():
                if one.person.name == person.name:
                    self._change(one, person=person)
            now = self._device.signed_in()
            if now is not None and now.person.name == person.name:
                self._device.sign_in(replace(now, person=person))

    def tokens(self) -> frozenset[str]:
        """What stands for the tokens of everybody here."""
        return frozenset(one.token for one in self.all())

    def exchange_token(self, old: str, new: str) -> bool:
        """Let something else stand for a token; False where it is not here any more."""
        with self._database.transaction():
            found = [one for one in self.all() if one.token == old]
            for one in found:
                self._change(one, token=new)
            now = self._device.signed_in()
            if now is not None and now.token == old:
                self._device.sign_in(replace(now, token=new))
        return bool(found)

    def note_standing(self, name: str, token: str, standing: SignInState) -> None:
        """Remember what the backend said of a sign-in; one that was replaced meanwhile stays as it is."""
        with self._database.transaction():
            for one in self.all():
                if (one.person.name, one.token) == (name, token) and one.standing is not standing:
                    self._change(one, standing=standing)

    def choose_pin(self, name: str, pin: str) -> None:
        """Keep the hash of a PIN. Raises as `get`."""
        with self._database.transaction():
            self._change(self.get(name), pin=pin, tries=0)

    def count_try(self, name: str) -> int:
        """Write down that a PIN is tried, before it is looked at; returns the how-manieth it is. Raises as `get`."""
        with self._database.transaction():
            one = self.get(name)
            self._change(one, tries=one.tries + 1)
        return one.tries + 1

    def forget_tries(self, name: str) -> None:
        """A PIN was right. Raises as `get`."""
        with self._database.transaction():
            self._change(self.get(name), tries=0)

    @property
    def locked(self) -> bool:
        """Whether the terminal asks for a PIN before it shows anything."""
        return bool(self._read("locked"))

    @locked.setter
    def locked(self, locked: bool) -> None:
        self._write("locked", "yes" if locked else "")

    def _change(self, one: Colleague, **values: object) -> None:
        changed = msgspec.structs.replace(one, **values)
        self._keep(changed if other.person.name == one.person.name else other for other in self.all())

    def _keep(self, people: "Iterable[Colleague]") -> None:
        self._write("people", msgspec.json.encode(tuple(people)).decode())
