"""Who lives and works in the demo city. Made up; every mail address ends in example.com. Pure."""

from itertools import cycle
from random import Random
from typing import Final

from crew.backend.demo.reports import FIRST_NAMES, LAST_NAMES, WORKERS
from crew.domain.value import Value

ANA: Final = "Ana"
"""Works on the crew that the demo follows."""

SAM: Final = "Sam"
"""Supervisor."""

DEE: Final = "Dee"
"""Dispatcher."""

_WITH_MAIL_OF_TEN: Final = 7
_WITH_PHONE_OF_TEN: Final = 3


class Reporter(Value):
    """A citizen who reports something; the fields are as in a service request."""

    first_name: str
    last_name: str
    email: str
    phone: str


class Reporters:
    """Makes up citizens, some of whom leave no address."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice

    def next(self, *, mail: bool) -> Reporter:
        """Somebody; without a mail address where `mail` is false."""
        dice = self._dice
        first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
        has_mail = dice.randrange(10) < _WITH_MAIL_OF_TEN and mail
        has_phone = dice.randrange(10) < _WITH_PHONE_OF_TEN
        return Reporter(
            first_name=first,
            last_name=last,
            email=f"{first}.{last}@example.com".lower() if has_mail else "",
            phone=f"617-555-01{dice.randrange(100):02d}" if has_phone else "",
        )


class Workers:
    """Gives every crew one person who does its work."""

    def __init__(self) -> None:
        self._names = cycle(WORKERS)
        self._of_crew: dict[str, str] = {}

    def of_crew(self, crew: str) -> str:
        """The name of the person."""
        if crew not in self._of_crew:
            self._of_crew[crew] = next(self._names)
        return self._of_crew[crew]
