"""What is around an order: within reach, perhaps the same, done here before; and nothing where there is no place."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crew.domain.nearby import REACH_METRES, Nearby, nearby, nearest
from crew.domain.place import distance_metres
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from tests.builders import NOON, an_order

HERE = (42.31, -71.11)
METRE = 1 / 111_195


def order(name: str, metres: float, service: str = "Pothole", status: WorkStatus = WorkStatus.ASSIGNED) -> WorkOrder:
    """An order so many metres north."""
    placed = an_order(id=OrderId(name), lat=HERE[0] + metres * METRE, long=HERE[1], service_name=service)
    return replace(placed, work_status=status, updated_at=NOON)


def found(*others: WorkOrder, **later: float) -> tuple[list[str], list[str], list[str]]:
    near = nearby("me", order("me", 0), ((other.id, other) for other in others), NOON + timedelta(**later))
    ids = ([one.order_id for one in part] for part in (near.open, near.same, near.done))
    opened, same, done = ids
    return opened, same, done


def test_open_orders_within_reach_come_the_nearest_first_and_it_is_not_its_own_neighbour() -> None:
    others = (order("far", 151), order("b", 149, "Sign"), order("a", 60, "Graffiti"), order("me", 0))
    assert found(*others) == (["a", "b"], [], [])


def test_the_same_service_at_the_same_place_may_be_the_same_thing() -> None:
    assert found(order("twin", 30), order("other", 30, "Sign"), order("apart", 60)) == (
        ["other", "twin", "apart"],
        ["twin"],
        [],
    )


def test_what_was_done_here_in_the_last_month_is_told_and_nothing_older() -> None:
    done = order("done", 20, status=WorkStatus.DONE)
    assert found(done, days=29) == ([], [], ["done"])
    assert found(done, days=31) == ([], [], [])
    assert found(order("not", 20, status=WorkStatus.CANT_DO)) == ([], [], [])
    assert found(order("sign", 20, "Sign", WorkStatus.DONE)) == ([], [], [])


def test_without_a_place_there_is_nothing_near() -> None:
    lost = replace(order("me", 0), lat=None, long=None)
    assert nearby("me", lost, [("a", order("a", 0))], NOON) == Nearby()
    assert found(replace(order("a", 0), lat=None, long=None)) == ([], [], [])


@given(st.lists(st.tuples(st.floats(42.305, 42.315), st.floats(-71.115, -71.105)), max_size=20))
def test_exactly_those_within_reach_are_found(places: list[tuple[float, float]]) -> None:
    others = [replace(order(str(number), 0), lat=lat, long=long) for number, (lat, long) in enumerate(places)]
    wanted = {
        other.id for other, place in zip(others, places, strict=True) if distance_metres(HERE, place) <= REACH_METRES
    }
    assert set(found(*others)[0]) == wanted


def test_of_very_many_at_one_place_the_nearest_are_looked_up() -> None:
    spots = [(number, HERE[0] + (100 - number / 10) * METRE, HERE[1]) for number in range(900)]
    assert [row for row, _, _ in nearest(HERE, spots)] == list(range(899, 399, -1))
    assert nearest(HERE, [(1, HERE[0] + 160 * METRE, HERE[1])]) == []
