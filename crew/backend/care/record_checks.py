"""Whether a city's records fit together: orders, history, feed, changes and notices. Backend layer; only reads.

Each function asks one question and answers with findings, none where all is well.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, distinct, exists, false, func, not_, or_, select, text

from crew import wire
from crew.backend.care.finding import Finding, some
from crew.backend.care.notice_checks import notice_findings
from crew.backend.change_effects import REQUESTS_MOVED
from crew.backend.feed import EVERYBODY
from crew.backend.history_chain import audit
from crew.backend.schema import applied_changes, feed, history, order_photos, work_orders
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from crew.backend.care.finding import Part

_APPLIED: Final = frozenset({"applied", "kept"})
_OUTCOMES: Final = _APPLIED | {"refused", "needs_decision"}
_GIVEN: Final = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = 'feed'",
    "postgresql": "SELECT last_value FROM feed_position_seq",
}
"""The last position that was given, as each database keeps it."""
_REQUESTS: Final = ",".join(REQUESTS_MOVED)


def record_findings(connection: "Connection") -> list[Finding]:
    """Everything about the records of a database that is not as it should be."""
    checks = (
        _states,
        _gaps,
        _chain,
        _doubled_effects,
        _unannounced,
        _announced_to_others,
        _positions,
        _answers,
        notice_findings,
    )
    return [finding for check in checks for finding in check(connection)]


def _states(connection: "Connection") -> Iterator[Finding]:
    """Every word that stands for a state is one that the rules know."""
    for column, known in (
        (work_orders.c.work_status, WorkStatus),
        (work_orders.c.public_status, PublicStatus),
        (order_photos.c.role, PhotoRole),
    ):
        strange = sorted(set(connection.scalars(select(column).distinct())) - {member.value for member in known})
        if strange:
            yield Finding("orders", f"Unknown words stand in {column}: {some(strange)}.")


def _gaps(connection: "Connection") -> Iterator[Finding]:
    """An order's history has one line a version up to its own; records taken over as ended may lack the first."""
    lines, low, high = func.count(distinct(history.c.version)), func.min(history.c.version), func.max(history.c.version)
    counted = (
        select(
            history.c.order_id, func.count().label("rows"), lines.label("lines"), low.label("low"), high.label("high")
        )
        .group_by(history.c.order_id)
        .subquery()
    )
    taken_over = and_(
        counted.c.order_id.is_(None),
        work_orders.c.version == 1,
        work_orders.c.public_status == PublicStatus.CLOSED.value,
    )
    whole = and_(
        counted.c.low <= 2,
        counted.c.high == work_orders.c.version,
        counted.c.lines == counted.c.high - counted.c.low + 1,
        counted.c.rows == counted.c.lines,
    )
    question = (
        select(work_orders.c.id)
        .join_from(work_orders, counted, counted.c.order_id == work_orders.c.id, isouter=True)
        .where(not_(func.coalesce(or_(taken_over, whole), false())))
        .order_by(work_orders.c.id)
    )
    yield from _about("history", connection.scalars(question), "The history has a gap, or a line twice, on order")


def _chain(connection: "Connection") -> Iterator[Finding]:
    """The history is as it was written."""
    if broken := audit(connection).broken:
        yield Finding("history", broken)


def _doubled_effects(connection: "Connection") -> Iterator[Finding]:
    """A change has one line of history; one that moved requests has another, on the order that they came to."""
    doubled = (
        select(history.c.change_id)
        .where(history.c.change_id != "")
        .group_by(history.c.change_id, history.c.fields == _REQUESTS)
        .having(func.count() > 1)
    )
    yield from _about("history", connection.scalars(doubled), "A change had its effect more than once:")


def _unannounced(connection: "Connection") -> Iterator[Finding]:
    """Whoever has an order can pull it. Records taken over as ended are nobody's, and have no history either."""
    heard_of = or_(
        work_orders.c.public_status == PublicStatus.OPEN.value, exists().where(history.c.order_id == work_orders.c.id)
    )
    missing = or_(not_(_in_feed_of(EVERYBODY)), and_(work_orders.c.crew != "", not_(_in_feed_of(work_orders.c.crew))))
    question = select(work_orders.c.id).where(heard_of, missing).order_by(work_orders.c.id)
    yield from _about("feed", connection.scalars(question), "Not announced to those who have it: order")


def _announced_to_others(connection: "Connection") -> Iterator[Finding]:
    question = (
        select(feed.c.order_id)
        .join_from(feed, work_orders)
        .where(feed.c.gone.is_(False), feed.c.audience.not_in([EVERYBODY]), feed.c.audience != work_orders.c.crew)
    )
    yield from _about("feed", connection.scalars(question), "Announced to a crew that does not have it: order")


def _positions(connection: "Connection") -> Iterator[Finding]:
    last = connection.scalar(select(func.max(feed.c.position))) or 0
    given = connection.scalar(text(_GIVEN[connection.dialect.name])) or 0
    if last > given:
        yield Finding("feed", f"Position {last} could be given a second time, and a device would miss an order.")


def _answers(connection: "Connection") -> Iterator[Finding]:
    """Every remembered answer can be given again, and what was answered as applied has its effect."""
    effects = select(history.c.change_id, func.count().label("count")).group_by(history.c.change_id).subquery()
    question = select(applied_changes.c.change_id, applied_changes.c.answer, effects.c.count).join_from(
        applied_changes, effects, effects.c.change_id == applied_changes.c.change_id, isouter=True
    )
    unreadable, without_effect = [], []
    for change_id, encoded, count in connection.execute(question):
        answer = _answer(encoded)
        if answer is None or answer.id != change_id or answer.outcome not in _OUTCOMES:
            unreadable.append(change_id)
        elif answer.outcome in _APPLIED and not count:
            without_effect.append(change_id)
    yield from _about("changes", unreadable, "The remembered answer cannot be read, of change")
    yield from _about("changes", without_effect, "Answered as taken, and without effect: change")


def _answer(encoded: bytes) -> wire.Answer | None:
    try:
        return wire.decode(encoded, wire.Answer)
    except wire.Malformed:
        return None


def _in_feed_of(audience: "str | ColumnElement[str]") -> "ColumnElement[bool]":
    return exists().where(feed.c.order_id == work_orders.c.id, feed.c.audience == audience, feed.c.gone.is_(False))


def _about(part: "Part", names: Iterable[str], words: str) -> Iterator[Finding]:
    """A finding that names what it is about, where there is anything."""
    if found := list(names):
        yield Finding(part, f"{words} {some(found)}.")
