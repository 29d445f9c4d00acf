"""An address is completed from the beginnings of its words, whatever their order, capitals and accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.addresses import AddressIndex, folded

KNOWN = (
    "412 Centre St, Jamaica Plain",
    "41 Centre St, Jamaica Plain",
    "8 Café Rd",
    "Centre St & Myrtle St",
    "4120 A St",
)
INDEX = AddressIndex((address, 42.0 + number, -71.0) for number, address in enumerate(KNOWN))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("412 cen", [KNOWN[0]]),
        ("cen 412", [KNOWN[0]]),
        ("41", [KNOWN[1], KNOWN[4], KNOWN[0]]),
        ("centre st", [KNOWN[3], KNOWN[1], KNOWN[0]]),
        ("CAFE", [KNOWN[2]]),
        ("myrtle centre", [KNOWN[3]]),
        ("nowhere", []),
        (" ,;", []),
    ],
)
def test_the_beginnings_of_words_find_it(typed: str, found: list[str]) -> None:
    complete = INDEX.complete(typed)
    assert sorted(place.address for place in complete) == sorted(found)
    assert [place.address for place in complete][:1] == found[:1], "what begins just so comes first, then the shortest"


def test_a_whole_address_has_its_place() -> None:
    place = INDEX.exactly("41 centre st jamaica plain")
    assert place is not None
    assert (place.address, place.lat) == (KNOWN[1], 43.0)
    assert INDEX.exactly("41 centre") is None


@given(st.lists(st.text(max_size=30), max_size=15), st.text(max_size=12))
def test_exactly_those_are_found_that_have_words_beginning_so(addresses: list[str], typed: str) -> None:
    index = AddressIndex((address, None, None) for address in addresses)
    words = folded(typed).split()

    def fits(address: str) -> bool:
        return bool(words) and all(any(one.startswith(word) for one in folded(address).split()) for word in words)

    found = [place.address for place in index.complete(typed, limit=100)]
    assert sorted(found) == sorted(address for address in addresses if fits(address))
