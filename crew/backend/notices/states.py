"""How a notice stands, and by which way it goes: the words of the table. Backend layer; pure."""

from enum import StrEnum
from typing import Final

MAIL: Final = "mail"
"""The way of mails to reporters."""


STAFF: Final = "staff"
"""The way of mails to people of the city."""


class State(StrEnum):
    """How a notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    UNTOLD = "untold"
    """It is no news any more, or its reader does not want it."""
    SET_ASIDE = "set_aside"
    """It could not be delivered, or a person has said so: it waits for a person."""


def webhook_way(name: str) -> str:
    """The way to a webhook."""
    return f"webhook:{name}"


def apprise_way(name: str) -> str:
    """The way to a channel that Apprise knows."""
    return f"apprise:{name}"


def post_way(name: str) -> str:
    """The way to an account that posts to everybody."""
    return f"post:{name}"
