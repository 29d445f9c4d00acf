"""Addresses as people write them: streets, numbers, and words that mean one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.street_address import folded, means, number_of, streets_of


@pytest.mark.parametrize(
    ("address", "streets"),
    [
        ("412 Centre St, Jamaica Plain", ["Centre St"]),
        ("32-34 Symphony Rd, Boston", ["Symphony Rd"]),
        ("8A Moss Hill Rd", ["Moss Hill Rd"]),
        ("Centre St & Myrtle St, Jamaica Plain", ["Centre St", "Myrtle St"]),
        ("Arborway at Murray Cir", ["Arborway", "Murray Cir"]),
        ("Hauptstrasse 12b", ["Hauptstrasse"]),
        ("900 Route 9", ["Route 9"]),
        ("31 31st St", ["31st St"]),
        ("Green St Station", ["Green St Station"]),
        ("", []),
        (", Boston", []),
        ("412", ["412"]),
    ],
)
def test_an_address_names_its_streets(address: str, streets: list[str]) -> None:
    assert streets_of(address) == streets


@given(st.text())
def test_any_text_is_an_address_or_none(address: str) -> None:
    assert all(name and len(name) <= 120 for name in streets_of(address))


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("412 Centre St, Jamaica Plain", 412),
        ("32-34 Symphony Rd", 32),
        ("8A Moss Hill Rd", 8),
        ("Hauptstrasse 12b", 12),
        ("Centre St & 9 Myrtle St", None),
        ("Green St Station", None),
        ("31 31st St", 31),
        ("", None),
    ],
)
def test_an_address_has_one_number_or_none(address: str, number: int | None) -> None:
    assert number_of(address) == number


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("centre", "412 Centre St"),
        ("412 cen", "412 Centre St"),
        ("centre street", "412 Centre St"),
        ("centre stre", "412 Centre St"),
        ("moss rd", "Moss Hill Road"),
        ("ste anne", "Rue Ste-Anne"),
        ("espana", "Calle España"),
        ("mount vernon", "Mt Vernon St"),
    ],
)
def test_words_mean_an_address(asked: str, address: str) -> None:
    assert means(folded(asked), folded(address))


@pytest.mark.parametrize(("asked", "address"), [("413 centre", "412 Centre St"), ("entre", "Centre St"), ("x", "")])
def test_other_words_do_not(asked: str, address: str) -> None:
    assert not means(folded(asked), folded(address))


@given(st.text(max_size=60))
def test_a_text_means_itself(text: str) -> None:
    assert means(folded(text), folded(text))
