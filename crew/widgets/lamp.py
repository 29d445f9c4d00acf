"""The link in words. Widget layer: given a link's state, never asks for it; no spinner, no colour without a word."""

from typing import TYPE_CHECKING

from crew.domain.due import day_and_time
from crew.domain.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from crew.sync import LinkState


class LampWords(Value):
    """What the lamp says."""

    words: str
    trouble: bool = False
    """Whether only a person can mend it; being offline is no trouble."""


def lamp_words(
    link: "LinkState | None", now: "datetime", dot: str = "·", *, short: bool = False, anew: bool = True
) -> LampWords:
    """Say how the link stands.

    Args:
        link: The latest state; None before the first one.
        now: The current time, aware, in the reader's zone.
        dot: What stands between two facts.
        short: Leave out since when, for narrow terminals.
        anew: Whether somebody was signed in before.
    """
    if link is None:
        return LampWords("Looking for a link")
    to_send = f" {dot} {link.to_send} to send" if link.to_send else ""
    if link.sign_in_needed:
        return LampWords(f"Sign in{' again' if anew else ''}{to_send}", trouble=True)
    if link.sending is not None:
        place, count = link.sending
        added = max(0, link.to_send - (count - place + 1))  # done while a slow backend was waited for
        return LampWords(f"Sending {place} of {count + added}")
    if link.online:
        return LampWords(f"Online{to_send}")
    return LampWords(f"Offline{'' if short else _since(link, now)}{to_send}")


def _since(link: "LinkState", now: "datetime") -> str:
    if link.since is None:
        return ""
    return f" since {day_and_time(link.since, now).removeprefix('today ')}"
