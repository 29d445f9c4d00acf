"""Crews as people call them, in texts that name them by the city's own codes. Domain layer; pure.

The history says "moved to BTDT_Sign Shop_Sign Installation", on the device and at the backend alike: only the code is
the same on both. Who reads it knows the crew by its title.
"""

from typing import TYPE_CHECKING, Final

from crew.domain.rules import BY_ANOTHER_CREW

if TYPE_CHECKING:
    from collections.abc import Mapping

_BEFORE: Final = ("moved to ", f"{BY_ANOTHER_CREW}: ")
"""What stands before a crew."""


def with_titles(text: str, titles: "Mapping[str, str]") -> str:
    """A line of history with the crews in it as people call them; one that is not known keeps its code.

    Args:
        text: The line, as `describe` made it.
        titles: The titles of crews by their codes.
    """
    for before in _BEFORE:
        head, found, rest = text.partition(before)
        named = [
            code for code in titles if found and code and (rest == code or rest.startswith((f"{code}:", f"{code},")))
        ]
        if named:
            code = max(named, key=len)
            return f"{head}{before}{titles[code] or code}{rest[len(code) :]}"
    return text
