"""Stamps the forms that citizens send: signed, with the time, each once. Backend layer; no third party is asked.

A program that fills forms is quicker than people, or keeps old forms. Whoever is refused here keeps every word.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, Literal

QUICKEST: Final = timedelta(seconds=3)
OLDEST: Final = timedelta(hours=12)
_MOST_SENT: Final = 10_000

Verdict = Literal["", "quick", "old"]
"""What is wrong with a stamp: nothing, it was made a moment ago, or too long ago or not here."""


def new_stamp(secret: str, now: datetime) -> str:
    """The stamp of a form that is shown now.

    Args:
        secret: Of this database; signs.
        now: The current time, aware.
    """
    words = f"{int(now.timestamp())}.{secrets.token_hex(8)}"
    return f"{words}.{_proof(secret, words)}"


def judge(secret: str, stamp: str, now: datetime) -> Verdict:
    """Whether a form with this stamp was filled in by a person, as far as time can tell."""
    words, _, proof = stamp.rpartition(".")
    seconds = words.partition(".")[0]
    genuine = hmac.compare_digest(_proof(secret, words).encode(), proof.encode())
    if not genuine or not seconds.isdecimal():
        return "old"
    age = now - datetime.fromtimestamp(int(seconds), UTC)
    if age > OLDEST:
        return "old"
    return "quick" if age < QUICKEST else ""


def _proof(secret: str, words: str) -> str:
    return hmac.digest(secret.encode(), f"form\0{words}".encode(), hashlib.sha256).hex()[:32]


class SentForms:
    """What became of the forms that were sent, so that a second press of the button makes no second report."""

    def __init__(self) -> None:
        """Know of none."""
        self._sent: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._turn = Lock()

    def find(self, stamp: str) -> tuple[str, str] | None:
        """The number of the request that a form has made, and how its reporter is thanked; None where it has not."""
        with self._turn:
            return self._sent.get(stamp)

    def remember(self, stamp: str, number: str, thanks: str) -> None:
        """Say what a form has made."""
        with self._turn:
            self._sent[stamp] = (number, thanks)
            if len(self._sent) > _MOST_SENT:
                self._sent.popitem(last=False)
