"""One thing that a check has found. Backend layer; a value."""

from typing import Final, Literal

from crew.domain.value import Value

Part = Literal["database", "orders", "history", "feed", "changes", "notices", "photos", "contacts"]
"""What of a city a finding is about."""

_NAMED: Final = 5


class Finding(Value):
    """Something that is not as it should be.

    Attributes:
        part: What it is about.
        sentence: What is wrong; for a remark, why it does no harm.
        is_fault: Whether somebody has to do something; a remark otherwise.
    """

    part: Part
    sentence: str
    is_fault: bool = True


def several(count: int, word: str) -> str:
    """A number of things, in words: `1 photo`, `2 photos`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def some(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
