"""What reports are worth: no more for telling the same twice, the same in any order, and so much a day at most."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.backend.backend_settings import Badge, RecognitionSettings
from crew.backend.recognition.rules import Deed, standing
from crew.domain.value import replace

RULES = RecognitionSettings(points_done=10, most_a_day=30, repeat_metres=40, repeat_days=30)
BADGES = {
    "first": Badge("First", "reports", 1),
    "steady": Badge("Steady", "weeks", 3),
    "home": Badge("Home", "neighbourhood", 2),
    "wide": Badge("Wide", "neighbourhoods", 2),
    "off": Badge("Off", "reports", 0),
}
TODAY = date(2026, 3, 11)
NEAR, FAR = (42.3300, -71.0400), (42.3400, -71.0400)
STEP = 0.0002  # some twenty metres

deeds = st.builds(
    Deed,
    order_id=st.integers(0, 30).map(str),
    service_code=st.sampled_from(["pothole", "light"]),
    day=st.integers(0, 90).map(lambda days: TODAY - timedelta(days=days)),
    points=st.sampled_from([0, 10]),
    place=st.one_of(st.none(), st.integers(0, 60).map(lambda steps: (42.33 + steps * STEP, -71.04))),
    neighbourhood=st.sampled_from(["", "north", "south"]),
)
several = st.lists(deeds, max_size=14, unique_by=lambda deed: deed.order_id)


def points(several: list[Deed], rules: RecognitionSettings = RULES) -> int:
    return standing(several, rules, BADGES, TODAY).points


@settings(deadline=None)
@given(several, st.randoms(use_true_random=False))
def test_the_order_in_which_things_happen_does_not_matter(told: list[Deed], chance: object) -> None:
    shuffled = sorted(told, key=lambda deed: hash((deed.order_id, str(chance))))

    assert standing(shuffled, RULES, BADGES, TODAY) == standing(told, RULES, BADGES, TODAY)


@settings(deadline=None)
@given(several.filter(bool), st.data())
def test_telling_the_same_again_changes_nothing(told: list[Deed], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(told), min_size=1))

    assert standing([*told, *again], RULES, BADGES, TODAY) == standing(told, RULES, BADGES, TODAY)


@settings(deadline=None)
@given(several.filter(lambda told: any(deed.place and deed.points for deed in told)), st.data())
def test_another_order_for_the_same_thing_never_raises_points(told: list[Deed], data: st.DataObject) -> None:
    known = data.draw(st.sampled_from([deed for deed in told if deed.place and deed.points]))
    assert known.place is not None
    beside = (known.place[0] + data.draw(st.sampled_from([-STEP, 0.0, STEP])), known.place[1])

    assert points([*told, replace(known, order_id="another", place=beside)]) <= points(told)


@settings(deadline=None)
@given(several)
def test_no_day_is_worth_more_than_the_city_allows(told: list[Deed]) -> None:
    assert points(told) <= RULES.most_a_day * len({deed.day for deed in told})


@settings(deadline=None)
@given(several)
def test_what_led_to_no_work_is_worth_nothing(told: list[Deed]) -> None:
    assert points([replace(deed, points=0) for deed in told]) == 0
    assert points(told) == points([deed for deed in told if deed.points])


@pytest.mark.parametrize(
    ("changes", "things"),
    [
        ({}, 1),
        ({"place": FAR}, 2),
        ({"place": None}, 2),
        ({"service_code": "light"}, 2),
        ({"day": TODAY - timedelta(days=31)}, 2),
        ({"day": TODAY - timedelta(days=30)}, 1),
    ],
)
def test_the_same_thing_is_what_is_near_alike_and_about_the_same_time(changes: dict[str, Any], things: int) -> None:
    one = Deed("1", "pothole", TODAY, 10, NEAR, "north")

    assert standing([one, replace(one, order_id="2", **changes)], RULES, BADGES, TODAY).things == things


def test_streaks_count_weeks_and_badges_what_was_reached() -> None:
    weeks = [Deed(str(n), "pothole", TODAY - timedelta(weeks=n), 10, None, "north") for n in (0, 1, 2, 5)]
    weeks.append(Deed("x", "pothole", TODAY - timedelta(weeks=6), 10, None, "south"))

    found = standing(weeks, RULES, BADGES, TODAY)

    assert (found.things, found.streak, found.longest_streak) == (5, 3, 3)
    assert found.badges == ("First", "Steady", "Home", "Wide")
    assert standing(weeks, RULES, BADGES, TODAY + timedelta(weeks=2)).streak == 0
    assert standing([], RULES, BADGES, TODAY).badges == ()
