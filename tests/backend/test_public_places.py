"""Where something is, for everybody: the block and not the house."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.public_places import block_of, coarse, without_house_numbers


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("412 Centre St, Jamaica Plain", "400\u2013499 Centre St, Jamaica Plain"),
        ("52 G St, South Boston", "1\u201399 G St, South Boston"),
        ("32-34 Elm St", "1\u201399 Elm St"),
        ("412A Centre St", "400\u2013499 Centre St"),
        ("12 1/2 Elm St", "1\u201399 Elm St"),
        ("1001 Tremont St Apt 3B, Roxbury", "1000\u20131099 Tremont St, Roxbury"),
        ("Unit 5, 412 Centre St", "400\u2013499 Centre St"),
        ("in front of 412 Centre St", "in front of 400\u2013499 Centre St"),
        ("Hauptstrasse 12", "Hauptstrasse 1\u201399"),
        ("52 G St, South Boston, MA 02127", "1\u201399 G St, South Boston, MA 02127"),
        ("Centre St at Myrtle St", "Centre St at Myrtle St"),
        ("Route 9 at 5th Ave", "Route 9 at 5th Ave"),
        ("Pole 123 on Elm St", "Pole 123 on Elm St"),
        ("", ""),
    ],
)
def test_a_house_number_becomes_its_block(address: str, block: str) -> None:
    assert block_of(address) == block


@given(number=st.integers(1, 99_999), street=st.sampled_from(["Centre St", "Elm Street", "Paul Gore St"]))
def test_no_house_can_be_told_from_another_of_its_block(number: int, street: str) -> None:
    first = number // 100 * 100
    assert block_of(f"{number} {street}") == block_of(f"{first + 7} {street}")
    assert re.fullmatch(rf"\d+\u2013\d+ {street}", block_of(f"{number} {street}"))


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(address: str) -> None:
    block_of(address)


def test_a_sentence_that_names_the_address_names_the_block() -> None:
    said = "The pothole at 412 Centre St is filled. We were there 2 times."
    assert without_house_numbers(said, "412 Centre St") == (
        "The pothole at 400\u2013499 Centre St is filled. We were there 2 times."
    )


def test_a_coordinate_is_as_exact_as_a_block() -> None:
    assert coarse(42.31614999) == 42.316
