"""Distance and direction between stops, in words. Widget layer; pure."""

from typing import TYPE_CHECKING

from crew.commands import LINK
from crew.domain.due import day_and_time
from crew.domain.place import direction_words, distance_metres, distance_words, place_of
from crew.domain.ways import along_words
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crew.domain.driving_order import Driven
    from crew.domain.nearby import Nearby
    from crew.domain.place import Placed
    from crew.field_work import Stop

_SAME_PLACE = "at the same place"
_LISTED = 3
_UNDER_WAY = (WorkStatus.WORKING, WorkStatus.ON_THE_WAY)


def way_words(start: "Placed", end: "Placed", units: str) -> str:
    """The way as "350 m north-east"; empty where one of the places is unknown."""
    here, there = place_of(start), place_of(end)
    if here is None or there is None:
        return ""
    metres = distance_metres(here, there)
    if metres < 15:
        return _SAME_PLACE
    return f"{distance_words(metres, units)} {direction_words(here, there)}"


def way_of(start: "Placed", end: "Placed", units: str, whose: str) -> str:
    """The way with its beginning, as "350 m north-east of you"; empty where one of the places is unknown."""
    way = way_words(start, end, units)
    if not way:
        return ""
    return f"{way} as {whose}" if way == _SAME_PLACE else f"{way} of {whose}"


def driven_words(driven: "Driven", units: str) -> str:
    """How far the day leads in driving order, against the order of deadlines."""
    words = f"Driving order: {distance_words(driven.metres, units)} {along_words(driven.along)}"
    if abs(driven.saved_metres) < 50:
        return f"{words}, as by due time."
    how = "less" if driven.saved_metres > 0 else "more, so that fewer are late,"
    return f"{words}, {distance_words(abs(driven.saved_metres), units)} {how} than by due time."


def nearby_lines(found: "Nearby", now: "datetime", units: str, *, may_link: bool = False) -> tuple[str, ...]:
    """What else there is around an order, such as "2 more within 150 m: Graffiti, Broken sign"."""
    from crew.domain.nearby import REACH_METRES  # after the first paint

    lines = []
    offer = f" ({LINK.key_words}: link)" if may_link else ""
    if found.same:
        count = len(found.same)
        lines.append(f"{count} more may be the same: {_listed(near.order_id for near in found.same)}{offer}")
    others = [near for near in found.open if near not in found.same]
    if others:
        services = _listed(dict.fromkeys(near.order.service_name for near in others))
        lines.append(f"{len(others)} more within {distance_words(REACH_METRES, units)}: {services}")
    if found.done:
        lines.append(f"Done here before: {day_and_time(found.done[0].order.updated_at, now)}")
    return tuple(lines)


def _listed(words: "Iterable[str]") -> str:
    some = list(words)
    return ", ".join(some[:_LISTED]) + (" ..." if len(some) > _LISTED else "")


def where_we_are(stops: "Sequence[Stop]", last_ended: "Stop | None") -> "Stop | None":
    """The stop that the crew is most likely at: the one under way, else the one finished last."""
    return next((stop for stop in stops[:2] if stop.work_status in _UNDER_WAY), last_ended)


def next_words(stops: "Sequence[Stop]", chosen: "Stop | None", here: "Stop | None", units: str, dot: str) -> str:
    """The line under the list: the way to the chosen stop, or from the one under way to what follows."""
    if chosen is None:
        return ""
    if here is not None and here.order_id != chosen.order_id:
        way = way_words(here, chosen, units)
        return f"Next: {way} of {here.address or 'the last stop'}" if way else ""
    place = next((place for place, stop in enumerate(stops) if stop.order_id == chosen.order_id), -1)
    if place < 0 or place + 1 == len(stops):
        return ""
    after = stops[place + 1]
    way = way_words(chosen, after, units)
    return f"Then: {way} {dot} {after.service_name}, {after.address or 'no address'}" if way else ""
