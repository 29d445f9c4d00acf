"""How each way stands: since when it fails, when it last worked. Backend layer; sends nothing."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, insert, or_, select, update

from crew.backend.schema import notice_ways
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

ALARM_EVERY: Final = timedelta(hours=1)
_REFRESHED: Final = timedelta(minutes=1)


class Standing(Value):
    """How a way stands; the fields are those of the table."""

    way: str
    failing_since: datetime | None = None
    last_sent_at: datetime | None = None
    last_problem: str = ""


def note_success(city: "City", way: str) -> None:
    """Something was delivered, or the other side at least gave an answer about one message.

    It is written once a minute only, as long as nothing failed: each write is a wait for the disk.
    """
    now = city.clock()
    with city.database.reading() as connection:
        known = next((one for one in standings(connection) if one.way == way), Standing(way))
    if known.failing_since is None and known.last_sent_at is not None and now - known.last_sent_at < _REFRESHED:
        return
    with city.database.writing() as connection:
        _write(connection, way, failing_since=None, last_sent_at=now, last_problem="", alarmed_at=None)


def note_failure(city: "City", way: str, problem: str) -> None:
    """It did not work; it fails since the first time that this was so."""
    table = notice_ways
    with city.database.writing() as connection:
        since = connection.scalar(select(table.c.failing_since).where(table.c.way == way))
        _write(connection, way, failing_since=since or city.clock(), last_problem=problem)


def standings(connection: "Connection") -> list[Standing]:
    """Every way that was ever tried."""
    columns = [notice_ways.c[name] for name in Standing.__struct_fields__]
    return [Standing(*row) for row in connection.execute(select(*columns).order_by(notice_ways.c.way))]


def take_alarm(city: "City", dead: Standing) -> bool:
    """Whether it is this worker's turn to raise the alarm about a way; for the next hour it is nobody's."""
    table, now = notice_ways, city.clock()
    turn = or_(table.c.alarmed_at.is_(None), table.c.alarmed_at <= now - ALARM_EVERY)
    with city.database.writing() as connection:
        mine = update(table).where(and_(table.c.way == dead.way, turn)).values(alarmed_at=now)
        return connection.execute(mine).rowcount == 1


def _write(connection: "Connection", way: str, **values: object) -> None:
    changed = connection.execute(update(notice_ways).where(notice_ways.c.way == way).values(**values))
    if not changed.rowcount:
        connection.execute(insert(notice_ways).values(**{"way": way, "last_problem": "", **values}))
