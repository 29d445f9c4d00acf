"""What an administrator sees of the notices, and can do about them. Backend layer; delivers nothing."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select, update

from crew.backend.notices.alarms import dead_ways
from crew.backend.notices.queueing import NOTICES
from crew.backend.notices.standing import Standing, standings
from crew.backend.notices.states import STAFF, State
from crew.backend.notices.ways import ways_of
from crew.backend.schema import notices
from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from crew.backend.city import City

_OPEN: Final = (State.WAITING, State.SET_ASIDE)


class WayLine(Value):
    """How a way stands.

    Attributes:
        way: Its name.
        title: What it is.
        waiting: Notices that wait for it.
        set_aside: Notices that wait for a person.
        failing_since: Since when nothing has left; None while it works.
        last_sent_at: When something left.
        last_problem: What went wrong last.
        dead: Whether it fails for so long that it is an alarm.
    """

    way: str
    title: str
    waiting: int
    set_aside: int
    failing_since: datetime | None
    last_sent_at: datetime | None
    last_problem: str
    dead: bool


class NoticeLine(Value):
    """A notice that has not left; the fields are those of the table."""

    id: str
    way: str
    kind: str
    request_id: str
    state: str
    created_at: datetime
    next_try_at: datetime
    attempts: int
    last_problem: str


def list_ways(city: "City") -> list[WayLine]:
    """Every way of the settings, and those of before that something still waits for."""
    titles = {way.name: way.title for way in ways_of(city)}
    with city.database.reading() as connection:
        known = {one.way: one for one in standings(connection)}
        counts = _counts(connection)
    dead = {one.way for one in dead_ways(city, known.values(), city.clock())}
    lines = []
    used = {way for way, _ in counts}
    if STAFF not in used | known.keys():  # most cities mail no staff
        del titles[STAFF]
    for way in [*titles, *sorted(used - titles.keys())]:
        stands = known.get(way, Standing(way))
        lines.append(
            WayLine(
                way,
                titles.get(way, "is not in the settings any more"),
                counts.get((way, State.WAITING), 0),
                counts.get((way, State.SET_ASIDE), 0),
                stands.failing_since,
                stands.last_sent_at,
                clean_line(stands.last_problem),
                way in dead and way in titles,
            )
        )
    return lines


def list_notices(city: "City", limit: int) -> list[NoticeLine]:
    """What waits and what was set aside, the oldest first. No address is among it."""
    columns = [notices.c[name] for name in NoticeLine.__struct_fields__]
    question = (
        select(*columns).where(notices.c.state.in_(_OPEN)).order_by(notices.c.created_at, notices.c.id).limit(limit)
    )
    with city.database.reading() as connection:
        return [NoticeLine(*row) for row in connection.execute(question)]


def retry(city: "City", name: str | None) -> int:
    """Let what waits or was set aside be tried at once: one notice, or all of them with None.

    Raises:
        CorrectInput: No notice that has not left has this id.
    """
    fresh = {"state": State.WAITING, "next_try_at": city.clock(), "doubts": 0}
    return _change(city, name, _OPEN, fresh)


def set_aside(city: "City", name: str, reason: str) -> None:
    """Try a notice no more, because a person says so.

    Raises:
        CorrectInput: No notice that waits has this id, or there is no reason.
    """
    words = clean_line(reason)
    if not words:
        raise CorrectInput("Say why, with --reason: whoever looks later wants to know.")
    _change(city, name, (State.WAITING,), {"state": State.SET_ASIDE, "last_problem": f"Set aside: {words}"})


def _change(city: "City", name: str | None, states: tuple[State, ...], values: dict[str, object]) -> int:
    """Change notices that no worker has in hand; the start of an id is enough where it is the only one."""
    free = or_(notices.c.leased_until.is_(None), notices.c.leased_until <= city.clock())
    which = and_(notices.c.state.in_(states), free)
    with city.database.writing() as connection:
        if name is not None:
            which = and_(which, notices.c.id == _only(connection, which, name))
        changed = connection.execute(update(notices).where(which).values(**values)).rowcount
        city.database.bell.note(NOTICES)
    return changed


def _only(connection: "Connection", which: "ColumnElement[bool]", name: str) -> str:
    named = select(notices.c.id).where(which, notices.c.id.startswith(name, autoescape=True))
    found: list[str] = list(connection.scalars(named))
    if not name or len(found) != 1:
        how = "Several notices begin" if name and found else "Nothing that waits, and is in no worker's hands, begins"
        raise CorrectInput(f'{how} with "{clean_line(name)}". `crew backend notices` lists them.')
    return found[0]


def _counts(connection: "Connection") -> dict[tuple[str, str], int]:
    counted = (
        select(notices.c.way, notices.c.state, func.count())
        .where(notices.c.state.in_(_OPEN))
        .group_by(notices.c.way, notices.c.state)
    )
    return {(way, state): count for way, state, count in connection.execute(counted)}
