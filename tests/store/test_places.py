"""The tree of places keeps step with the orders, whatever becomes of them, and finds what a look at every one finds."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crew.domain.value import replace
from crew.domain.work_order import OrderId
from crew.store.store import Store, open_store
from tests.builders import NOON, an_order

HERE = (42.31, -71.11)
NUMBERS = st.integers(0, 5)
PLACES = st.none() | st.tuples(st.floats(42.308, 42.312), st.floats(-71.112, -71.108))
STEPS = st.lists(st.tuples(NUMBERS, PLACES, st.booleans()), max_size=20)
METRE = 1e-5


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("places"), NOON)
    yield opened
    opened.close()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.floats(0.0001, 0.003), st.floats(0.0001, 0.003))
def test_a_box_holds_what_lies_in_it_and_at_most_a_metre_beyond(
    store: Store, steps: list[tuple[int, tuple[float, float] | None, bool]], up: float, across: float
) -> None:
    store.orders.remove(OrderId(str(number)) for number in range(6))
    there: dict[str, tuple[float, float] | None] = {}
    for number, place, goes in steps:
        name = OrderId(str(number))
        if goes:
            store.orders.remove([name])
            there.pop(name, None)
        else:
            lat, long = place or (None, None)
            store.orders.put_server_copies([replace(an_order(id=name), lat=lat, long=long)], 0)
            there[name] = place
    found = set(store.places.order_ids(store.places.around(HERE, (up, across))))

    def within(slack: float) -> set[str]:
        return {
            name
            for name, place in there.items()
            if place and abs(place[0] - HERE[0]) <= up + slack and abs(place[1] - HERE[1]) <= across + slack
        }

    assert within(0) <= found <= within(METRE)
