"""Keeps programs from filling the forms of citizens, without asking a third party and without refusing a person.

Backend layer. A form that is turned away comes back with every word in it, and with a sentence that says what to do.
"""

import math
from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.backend.citizens.form_stamps import SentForms, judge, new_stamp
from crew.backend.citizens.photo_shelf import PhotoShelf
from crew.backend.database import setting
from crew.backend.georeport.address_limits import AddressLimits

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.citizens.form_reading import Typed
    from crew.backend.city import City

_HOUR_SECONDS: Final = 3600.0
_PROBLEMS: Final = {"quick": "wrong_quick", "old": "wrong_old"}


class FormGuard:
    """What the forms of a city share: stamps, the share of each address, photos between two looks, what was sent.

    Attributes:
        shelf: The photos of forms that are looked at once more.
        sent: What became of forms.
        taking: Held while a form is taken, so that each is taken once.
    """

    def __init__(self, city: "City") -> None:
        """Guard the forms of a city."""
        an_hour = city.settings.public.reports_an_hour
        self.shelf = PhotoShelf(city.clock)
        self.sent = SentForms()
        self.taking = Lock()
        self._limits = AddressLimits(city.clock, an_hour, an_hour / _HOUR_SECONDS)
        self._clock = city.clock
        with city.database.reading() as connection:
            self._secret = setting(connection, "page_secret")

    def new_stamp(self) -> str:
        """The stamp of a form that is shown now."""
        return new_stamp(self._secret, self._clock())

    def stamp_again(self, stamp: str) -> str:
        """The stamp of a form that is shown once more: its own, as its age counts, or a new one for an old."""
        return self.new_stamp() if judge(self._secret, stamp, self._clock()) == "old" else stamp

    def problem_of(self, typed: "Typed") -> str:
        """What is wrong with how a form was filled in: the key of a sentence, or nothing."""
        if typed.trap:
            return "wrong_trap"
        return _PROBLEMS.get(judge(self._secret, typed.stamp, self._clock()), "")

    def minutes_to_wait(self, request: "Request") -> int:
        """Count one report of an address: zero where it has its share, else the minutes until it has."""
        seconds = self._limits.seconds_to_wait(request.client.host if request.client else "")
        return math.ceil(seconds / 60)


def guard_of(request: "Request") -> FormGuard:
    """The guard of the city that a request is about."""
    guard: FormGuard = request.app.state.form_guard
    return guard
