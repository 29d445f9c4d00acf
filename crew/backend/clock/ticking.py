"""The city's clock: asks the next level where nobody answers, and escalates what the city's rules say.

Each step is a transaction of its own that also remembers what it acted upon, so two clocks at once have one effect.
After the backend was away, or was put back from a backup, the clock waits: devices bring first what was done meanwhile.
What should have happened long ago is left alone, and an order goes up by one step at a time.
"""

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from crew.backend.change_effects import write_order
from crew.backend.clock.causes import Cause, causes
from crew.backend.database import set_setting
from crew.backend.feed import announce
from crew.backend.notices.staff_queueing import queue_escalation
from crew.backend.order_loading import load_order
from crew.backend.order_writing import Receipt, write_history
from crew.backend.schema import clock_strikes, settings, to_microseconds
from crew.domain.errors import CrewError
from crew.domain.escalating import raised_to
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, Raised, WorkOrder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.deadlines import Level

CITY_CLOCK: Final = "The city's clock"
"""Who did it, in the history."""

TICK_SECONDS: Final = 30.0
_AWAY: Final = timedelta(minutes=10)
"""A clock that has not ticked for so long was away."""
_TICKED, _QUIET = "clock_ticked_at", "clock_quiet_until"

_log = logging.getLogger(__name__)


def keep_time_forever(city: "City", stop: threading.Event, tick_seconds: float = TICK_SECONDS) -> None:
    """Do what is due, again and again, until `stop` is set; meant for a thread of its own."""
    while not stop.is_set():
        try:
            tick(city, stop)
        except CrewError as problem:
            _log.warning("The city's clock stands for %s s. %s", tick_seconds, problem.sentence)
        stop.wait(tick_seconds)


def tick(city: "City", stop: threading.Event | None = None) -> int:
    """Do what is due now, one step an order, and return how many orders were escalated.

    Raises:
        FreeSpace: The disk is full; what was done before stays done.
        TryLater: Another program holds the database for too long.
    """
    if _is_quiet(city):
        return 0
    with city.database.reading() as connection:
        found: dict[str, list[Cause]] = {}
        for cause in causes(connection, city):
            found.setdefault(cause.order_id, []).append(cause)
    done = 0
    for of_order in found.values():
        if stop is not None and stop.is_set():
            break
        done += any(_take(city, cause) for cause in of_order)  # the first that escalates ends it for this time
    return done


def _is_quiet(city: "City") -> bool:
    """Whether the clock waits for devices, as it was away until a moment ago; notes that it ticks."""
    now = city.clock()
    this, away = to_microseconds(now), _AWAY // timedelta(microseconds=1)
    with city.database.writing() as connection:
        of_clock = select(settings.c.name, settings.c.value).where(settings.c.name.in_((_TICKED, _QUIET)))
        known = {row.name: int(row.value) for row in connection.execute(of_clock)}
        quiet_until = known.get(_QUIET, 0)
        if _TICKED not in known or abs(this - known[_TICKED]) > away:
            quiet_until = to_microseconds(now + city.time.grace)
            set_setting(connection, _QUIET, str(quiet_until))
        set_setting(connection, _TICKED, str(this))
    return this < quiet_until


def _take(city: "City", cause: Cause) -> bool:
    try:
        with city.database.writing() as connection:
            return _taken(connection, city, cause)
    except IntegrityError:  # another clock was quicker
        return False


def _taken(connection: "Connection", city: "City", cause: Cause) -> bool:
    order = load_order(connection, city.catalogue, cause.order_id)
    due = cause.due(connection, order) if order is not None else None
    if order is None or due is None:
        return False
    strike = {"order_id": order.id, "rule": due.rule, "occurrence": due.occurrence}
    same = (clock_strikes.c[name] == value for name, value in strike.items())
    if connection.execute(select(clock_strikes.c.at).where(*same)).first() is not None:
        return False
    if due.level is not None:
        _escalate(connection, city, order, due.level, due.reason)
    connection.execute(insert(clock_strikes), {**strike, "at": city.clock()})
    return due.level is not None


def _escalate(connection: "Connection", city: "City", order: WorkOrder, level: "Level", reason: str) -> None:
    now, version = city.clock(), order.version + 1
    by = city.time.deadlines.answer_by(level.name, now)
    raised = raised_to(order, level.name, Raised(now, CITY_CLOCK, reason, level.to, by))
    write_order(connection, city, replace(raised, version=version), needs_look=order.needs_look)
    entry = HistoryEntry(now, CITY_CLOCK, f"escalated to {level.name}: {reason}")
    write_history(connection, order.id, entry, Receipt(version, now, fields=frozenset({"escalation"})))
    announce(connection, order.id, order.crew)
    queue_escalation(connection, city, replace(raised, version=version))
    _log.info("Escalated %s to %s: %s", order.id, level.name, reason)
