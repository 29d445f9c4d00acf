"""What reports are worth: points, badges, streaks. Backend layer, pure; the same for the same reports in any order.

Only what led to work counts, and each thing once, however often and by however many reports it was told. A thank-you
is worth nothing to who says it. Nothing is counted up anywhere: all is worked out from the reports that there are.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Final

from crew.domain.place import Point, distance_metres
from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.backend.backend_settings import Badge, RecognitionSettings

_WEEK: Final = timedelta(days=7)


class Deed(Value):
    """An order that somebody's report led to.

    Attributes:
        order_id: The order; several reports of it are one deed.
        service_code: What it is about.
        day: The day on which it was first reported, by whomever.
        points: What its end is worth.
        place: Where it is; None where nobody knows.
        neighbourhood: What part of the city that is; empty where nobody knows.
    """

    order_id: str
    service_code: str
    day: date
    points: int
    place: Point | None = None
    neighbourhood: str = ""


class Standing(Value):
    """What somebody's reports have led to.

    Attributes:
        things: How many things that led to work.
        points: What they are worth.
        streak: In how many weeks on end, up to this one or the last.
        longest_streak: The longest there was.
        neighbourhoods: How many things in each.
        badges: The words of the badges that were earned.
    """

    things: int = 0
    points: int = 0
    streak: int = 0
    longest_streak: int = 0
    neighbourhoods: Mapping[str, int] | None = None
    badges: tuple[str, ...] = ()


def standing(
    deeds: Iterable[Deed], rules: "RecognitionSettings", badges: Mapping[str, "Badge"], today: date
) -> Standing:
    """Work out what deeds are worth, as of a day."""
    things = _things(deeds, rules)
    by_day: dict[date, int] = {}
    around: dict[str, int] = {}
    for thing in things:
        by_day[thing.day] = min(rules.most_a_day, by_day.get(thing.day, 0) + thing.points)
        if thing.neighbourhood:
            around[thing.neighbourhood] = around.get(thing.neighbourhood, 0) + 1
    streak, longest = _streaks({_monday(thing.day) for thing in things}, _monday(today))
    reached = {
        "reports": len(things),
        "weeks": longest,
        "neighbourhood": max(around.values(), default=0),
        "neighbourhoods": len(around),
    }
    earned = tuple(badge.words for badge in badges.values() if 0 < badge.least <= reached[badge.of])
    return Standing(len(things), sum(by_day.values()), streak, longest, around, earned)


def _things(deeds: Iterable[Deed], rules: "RecognitionSettings") -> list[Deed]:
    """Each thing once: what is of one service, near and about the same time is one, and chains of such are."""
    orders: dict[str, Deed] = {}
    for deed in sorted(deeds, key=_rank):
        orders.setdefault(deed.order_id, deed)
    same = {order_id: order_id for order_id in orders}

    def first(order_id: str) -> str:
        while same[order_id] != order_id:
            order_id = same[order_id]
        return order_id

    paid = [deed for deed in orders.values() if deed.points > 0]
    for one, other in combinations(paid, 2):
        if _is_same(one, other, rules):
            same[first(other.order_id)] = first(one.order_id)
    groups: dict[str, list[Deed]] = {}
    for deed in paid:
        groups.setdefault(first(deed.order_id), []).append(deed)
    return [
        Deed(
            min(group, key=_rank).order_id,
            group[0].service_code,
            min(deed.day for deed in group),
            max(deed.points for deed in group),
            neighbourhood=min(group, key=_rank).neighbourhood,
        )
        for group in groups.values()
    ]


def _rank(deed: Deed) -> tuple[date, str]:
    return (deed.day, deed.order_id)


def _is_same(one: Deed, other: Deed, rules: "RecognitionSettings") -> bool:
    return (
        one.service_code == other.service_code
        and abs(one.day - other.day) <= timedelta(days=rules.repeat_days)
        and one.place is not None
        and other.place is not None
        and distance_metres(one.place, other.place) <= rules.repeat_metres
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _streaks(weeks: set[date], this_week: date) -> tuple[int, int]:
    """How many weeks on end there are up to this one or the last, and at the longest."""
    longest = current = 0
    for week in sorted(weeks):
        if week - _WEEK in weeks:
            continue
        length = 1
        while week + length * _WEEK in weeks:
            length += 1
        longest = max(longest, length)
        if week + (length - 1) * _WEEK >= this_week - _WEEK:
            current = length
    return current, longest
