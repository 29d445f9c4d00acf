"""Completes an address while somebody types, of those that are known. Domain layer; pure, built once, no network.

Each typed word is the beginning of a word of the address, in any order: "cen 412" finds "412 Centre St, Jamaica Plain".
Accents and capitals count for nothing.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from crew.domain.value import Value

_LAST: Final = "\U0010ffff"


class KnownPlace(Value):
    """An address and where it is, in WGS 84 degrees; None where only the words are known."""

    address: str
    lat: float | None
    long: float | None


class AddressIndex:
    """The addresses by the words in them."""

    def __init__(self, places: Iterable[tuple[str, float | None, float | None]]) -> None:
        """Sort the words of all places; some 100,000 take about a second.

        Args:
            places: Address, degrees north, degrees east.
        """
        self._places: Final = [KnownPlace(*place) for place in places]
        self._folded: Final = [folded(place.address) for place in self._places]
        self._words: Final = sorted(
            (word, number) for number, text in enumerate(self._folded) for word in dict.fromkeys(text.split())
        )

    def complete(self, typed: str, limit: int = 8) -> list[KnownPlace]:
        """The places whose words begin like those typed: those that begin just so first, then the shortest.

        Args:
            typed: What was typed so far; nothing finds nothing.
            limit: At most so many.
        """
        whole = folded(typed)
        words = sorted(whole.split(), key=len, reverse=True)  # the longest leaves the fewest
        if not words:
            return []
        found = self._beginning(words[0])
        for word in words[1:]:
            found &= self._beginning(word)
        ranked = sorted(found, key=lambda number: _rank(self._folded[number], whole))
        return [self._places[number] for number in ranked[:limit]]

    def exactly(self, typed: str) -> KnownPlace | None:
        """The place of just this address; None where it is not known."""
        whole = folded(typed)
        return next((place for place in self.complete(typed) if folded(place.address) == whole), None)

    def _beginning(self, word: str) -> set[int]:
        first, last = bisect_left(self._words, (word, -1)), bisect_left(self._words, (word + _LAST, -1))
        return {number for _, number in self._words[first:last]}


def _rank(text: str, whole: str) -> tuple[bool, bool, int]:
    return not f"{text} ".startswith(f"{whole} "), not text.startswith(whole), len(text)


def folded(text: str) -> str:
    """A text as it is compared: small letters without accents, words and numbers with one space between."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
