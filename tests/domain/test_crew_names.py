"""Lines of history name crews as people call them."""

import pytest

from crew.domain.crew_names import with_titles

TITLES = {"BTDT_Sign": "Signs", "BTDT_Sign Shop": "Sign Shop", "D5": "Public Works D5", "X": ""}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("moved to BTDT_Sign Shop: closer to their other work", "moved to Sign Shop: closer to their other work"),
        ("moved to BTDT_Sign", "moved to Signs"),
        ("moved to BTDT_Sign Shop West: wrong crew", "moved to BTDT_Sign Shop West: wrong crew"),
        ("can't do: not found by another crew: D5", "can't do: not found by another crew: Public Works D5"),
        ("moved to X: no title", "moved to X: no title"),
        ("back to the pool: D5 is out", "back to the pool: D5 is out"),
        ("note: was it moved to D5?", "note: was it moved to D5?"),
        ("", ""),
    ],
)
def test_a_crew_is_read_by_its_title(line: str, read: str) -> None:
    assert with_titles(line, TITLES) == read
