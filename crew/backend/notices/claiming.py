"""Hands waiting notices to one worker at a time, and writes down what became of them. Backend layer; sends nothing.

A worker takes a letter for a while. If it dies, the letter is free again when that while is over; if it merely was
slow, it finds out before it hands anything over, as each step asks whether the letter is still its own.
"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select, update

from crew.backend.notice_kinds import AnyKind
from crew.backend.notices.gathering import gathered
from crew.backend.notices.letters import Letter, Notice, letter_id_of
from crew.backend.notices.states import MAIL, State
from crew.backend.schema import notices
from crew.domain.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

    from crew.backend.city import City

LEASE: Final = timedelta(minutes=2)
"""How long a worker has a letter; longer than a server may take to answer what was handed to it."""

MOST_DOUBTS: Final = 2
"""Copies that may be out there at most, of what nobody can say whether it was taken."""

IN_DOUBT: Final = (
    "Twice it was handed over and nobody said whether it was taken: it may have arrived. "
    "`crew backend notices retry` sends it once more."
)
"""`last_problem` of a notice that was set aside for that reason."""


class LetGo(TryLater):
    """The worker was too slow, and another may have the letter by now."""


def claim(city: "City", way: str, kinds: "Iterable[AnyKind]") -> Letter | None:
    """Take the next letter that is due on a way; None where nothing is.

    What may be out twice already is set aside instead.
    """
    told = tuple(kinds)
    now = city.clock()
    with city.database.reading() as connection:
        if _next_due(connection, way, told, now) is None:
            return None
    with city.database.writing() as connection:
        while (first := _next_due(connection, way, told, now)) is not None:
            if first.doubts >= MOST_DOUBTS:
                _set(connection, notices.c.id == first.id, state=State.SET_ASIDE, last_problem=IN_DOUBT)
            elif letter := _taken(connection, city, first, told, now):
                return letter
    return None


def _taken(
    connection: "Connection", city: "City", first: Notice, kinds: tuple[AnyKind, ...], now: datetime
) -> Letter | None:
    """The letter that a due notice leaves in; None where it was put off to leave with others."""
    if first.letter_id:
        together = [one for one in _of_letter(connection, first.letter_id) if one.doubts < MOST_DOUBTS]
    elif first.way != MAIL:
        together = [first]
    else:
        waiting = _of_destination(connection, first.destination, kinds, now)
        together, until = gathered(connection, city, first, waiting, now)
        if until is not None:
            _set(connection, notices.c.id.in_([one.id for one in together]), next_try_at=until)
            return None
    letter_id = first.letter_id or letter_id_of(together)
    lease = secrets.token_hex(16)
    ids = notices.c.id.in_([one.id for one in together])
    _set(connection, ids, lease=lease, leased_until=now + LEASE, letter_id=letter_id, attempts=notices.c.attempts + 1)
    return Letter(letter_id, lease, tuple(together))


def begin_to_hand_over(city: "City", letter: Letter) -> None:
    """Write down, just before a letter is handed over, that from now on nobody can say whether it was taken.

    Raises:
        LetGo: It is not this worker's any more.
    """
    now = city.clock()
    own = and_(notices.c.lease == letter.lease, notices.c.leased_until > now)
    with city.database.writing() as connection:
        if not _set(connection, own, doubts=notices.c.doubts + 1, leased_until=now + LEASE):
            raise LetGo("The letter took so long that another worker may have it.")


def settle(city: "City", letter: Letter, state: State, problem: str = "", only: Notice | None = None) -> None:
    """Write down what became of a letter, or of one of its notices; nothing, where it is not this worker's any more."""
    own = notices.c.lease == letter.lease
    values: dict[str, Any] = {"state": state, "lease": "", "leased_until": None, "last_problem": problem}
    if state is State.SENT:
        values |= {"sent_at": city.clock()}
    with city.database.writing() as connection:
        _set(connection, own if only is None else and_(own, notices.c.id == only.id), **values)


def put_off(city: "City", letter: Letter, until: datetime, problem: str, *, in_doubt: bool) -> None:
    """Let a letter wait for its next try; it was not taken, unless that is in doubt."""
    with city.database.writing() as connection:
        for one in letter.notices:
            doubts = one.doubts + in_doubt
            free = {"lease": "", "leased_until": None, "doubts": doubts}
            own = and_(notices.c.lease == letter.lease, notices.c.id == one.id)
            _set(connection, own, next_try_at=until, last_problem=problem, **free)


def _is_due(way: str, kinds: tuple[AnyKind, ...], now: datetime) -> "ColumnElement[bool]":
    return and_(
        notices.c.state == State.WAITING,
        notices.c.way == way,
        notices.c.kind.in_(kinds),
        notices.c.next_try_at <= now,
        _is_free(now),
    )


def _is_free(now: datetime) -> "ColumnElement[bool]":
    return or_(notices.c.leased_until.is_(None), notices.c.leased_until <= now)


def _next_due(connection: "Connection", way: str, kinds: tuple[AnyKind, ...], now: datetime) -> Notice | None:
    question = select(*_columns()).where(_is_due(way, kinds, now))
    row = connection.execute(question.order_by(notices.c.next_try_at, notices.c.created_at, notices.c.id).limit(1))
    return next((Notice(*found) for found in row), None)


def _of_letter(connection: "Connection", letter_id: str) -> list[Notice]:
    question = select(*_columns()).where(notices.c.letter_id == letter_id, notices.c.state == State.WAITING)
    return [Notice(*row) for row in connection.execute(question.order_by(notices.c.created_at, notices.c.id))]


def _of_destination(
    connection: "Connection", destination: str, kinds: tuple[AnyKind, ...], now: datetime
) -> list[Notice]:
    """What waits for one address and was never tried: what was, leaves in the letter that it was tried in."""
    question = select(*_columns()).where(
        notices.c.destination == destination,
        notices.c.state == State.WAITING,
        notices.c.way == MAIL,
        notices.c.letter_id == "",
        notices.c.kind.in_(kinds),
        _is_free(now),
    )
    return [Notice(*row) for row in connection.execute(question.order_by(notices.c.created_at, notices.c.id))]


def _columns() -> list["ColumnElement[Any]"]:
    return [notices.c[name] for name in Notice.__struct_fields__]


def _set(connection: "Connection", which: "ColumnElement[bool]", **values: Any) -> int:  # noqa: ANN401 - columns
    return connection.execute(update(notices).where(which).values(**values)).rowcount
