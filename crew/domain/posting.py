"""Where photos of finished work go once they are approved: the city's accounts and feeds. Domain layer; pure values.

Devices know them as the backend told; what is said there stands in post_words.py.
"""

from datetime import datetime

from crew.domain.value import Value


class DayWords(Value):
    """How a language writes a day: a form with names in braces, and what weekdays and months are called."""

    form: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]

    def written(self, local: datetime) -> str:
        """A day as a citizen reads it: "Tuesday 4 March 2025"."""
        weekday, month = self.weekdays[local.weekday()], self.months[local.month - 1]
        return self.form.format(weekday=weekday, day=local.day, month=month, year=local.year)


class Account(Value):
    """Who speaks for the city to everybody, and in which words: an account that posts, or the feeds."""

    name: str
    finished: str
    """The template of a post about finished work; the feeds have none."""
    letters: int
    """How long a post may be."""
    link: str
    """What the number of an order is put behind."""
    somewhere: str
    """What stands for a place that is not known."""
    days: DayWords
    services: tuple[str, ...] = ()
    """Codes of those that are told of; empty: all."""
    names: dict[str, str] | None = None
    """What services are called in its language, by their codes, where that is not their own name."""


class Posting(Value):
    """Where approved photos go."""

    time_zone: str = "UTC"
    """The city's, for the days that posts name."""
    accounts: tuple[Account, ...] = ()
    """Those whose posts carry photos."""
    feeds: Account | None = None
    """How the feeds name service and place; None where they carry no photos."""
    listed_hours: float = 0
    """For so long after its end an order is put before those who may approve its photos."""

    @property
    def asks(self) -> bool:
        """Whether anything is to be approved in this city."""
        return bool(self.accounts) or self.feeds is not None
