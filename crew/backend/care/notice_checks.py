"""Whether a city's notices fit to what happened, and which wait for a person. Backend layer; only reads."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from crew.backend.care.finding import Finding, several, some
from crew.backend.notice_kinds import EVERY_KIND
from crew.backend.notices.queueing import TOLD_BEFORE, event_id_of, notice_id_of
from crew.backend.notices.standing import standings
from crew.backend.notices.states import State
from crew.backend.schema import notice_events, notices, work_orders

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WRITTEN_BEFORE: Final = 0
"""The version of an event that an earlier Crew wrote: its id, and those of its notices, were made in another way."""


def notice_findings(connection: "Connection") -> Iterator[Finding]:
    """Each event is one that its order had, and each notice of an event, so none can be there twice."""
    events = {
        row.id: row
        for row in connection.execute(
            select(notice_events, work_orders.c.version.label("newest")).join_from(notice_events, work_orders)
        )
    }
    strange = [
        row.id
        for row in events.values()
        if row.version != _WRITTEN_BEFORE
        and (row.version > row.newest or row.id != event_id_of(row.order_id, row.kind, row.version))
    ]
    if strange:
        yield Finding("notices", f"Of no event that its order had: {some(strange)}.")
    lost = []
    columns = (notices.c.id, notices.c.event_id, notices.c.kind, notices.c.way, notices.c.destination)
    for row in connection.execute(select(*columns)):
        event = events.get(row.event_id)
        known = event is not None and row.kind == event.kind and row.kind in EVERY_KIND
        before = event is not None and event.version == _WRITTEN_BEFORE
        if not known or not (before or row.id == notice_id_of(row.event_id, row.way, row.destination)):
            lost.append(row.id)
    if lost:
        yield Finding("notices", f"Of no event that was written down: notice {some(lost)}.")
    yield from _remarks(connection)


def dead_way_findings(connection: "Connection", ways: set[str], now: datetime, limit: timedelta) -> Iterator[Finding]:
    """The ways of the settings on which nothing has left for too long."""
    for one in standings(connection):
        if one.way in ways and one.failing_since is not None and one.failing_since <= now - limit:
            since = f"{one.failing_since:%Y-%m-%d %H:%M} UTC"
            yield Finding("notices", f"Nothing has left by {one.way} since {since}: {one.last_problem}")


def _remarks(connection: "Connection") -> Iterator[Finding]:
    told = (notices.c.last_problem == TOLD_BEFORE).label("told_before")
    counted = connection.execute(select(notices.c.state, told, func.count()).group_by(notices.c.state, told)).all()
    for state, told_before, count in counted:
        if state == State.UNTOLD and told_before:
            words = f"{several(count, 'notice')} not mailed, since citizens may know from before a restore."
            yield Finding("notices", words, is_fault=False)
        elif state == State.SET_ASIDE:
            words = f"{several(count, 'notice')} set aside: `crew backend notices` says why."
            yield Finding("notices", words, is_fault=False)
