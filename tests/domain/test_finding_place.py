"""Finding a place by words: orders, the nearest number, streets."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.finding_place import MOST_FOUND, FoundKind, find_places

MIDDLE = (42.31, -71.11)


@dataclass(frozen=True)
class Order:
    order_id: str
    address: str
    lat: float | None = 42.31
    long: float | None = -71.11


ORDERS = (
    Order("1", "412 Centre St, Jamaica Plain"),
    Order("2", "20 Centre St, Jamaica Plain"),
    Order("3", "408 Green Street"),
    Order("4", "9 Centre St", 0, 0),
)
STREETS = (("Centre Street", ((42.4, -71.2), (42.311, -71.11))), ("Centre Avenue", ((42.3101, -71.11),)))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("412 centre", ["order 1", "street Centre Avenue", "street Centre Street"]),
        ("400 centre st", ["nearest number 1", "street Centre Street"]),
        ("30 centre", ["nearest number 2", "street Centre Avenue", "street Centre Street"]),
        ("green", ["order 3"]),
        ("centre av", ["street Centre Avenue"]),
        ("plain 20", ["order 2"]),
        ("412", ["order 1"]),
        ("  ", []),
        ("nowhere", []),
    ],
)
def test_words_find(words: str, found: list[str]) -> None:
    places = find_places(words, ORDERS, STREETS, MIDDLE)
    assert [f"{one.kind} {one.order_id or one.name}" for one in places] == found


def test_of_a_street_the_point_is_taken_that_is_nearest_to_where_one_looks() -> None:
    [found] = find_places("centre street", (), STREETS, (42.5, -71.3))
    assert found.place == (42.4, -71.2)


def test_no_more_are_found_than_anybody_reads() -> None:
    many = [Order(str(number), f"{number} Long Road") for number in range(500)]
    assert len(find_places("long", many, (), MIDDLE)) == MOST_FOUND


WORDS = st.text(alphabet="abc 123ST.,&-é", max_size=12)


@given(WORDS, st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_any_words_find_only_what_has_a_place(words: str, addresses: list[str], names: list[str]) -> None:
    orders = [Order(str(at), address, *((42.0, -71.0) if at % 2 else (0, 0))) for at, address in enumerate(addresses)]
    for found in find_places(words, orders, [(name, (MIDDLE,)) for name in names], MIDDLE):
        assert found.kind is FoundKind.STREET or int(found.order_id) % 2
