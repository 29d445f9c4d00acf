"""Chains the history of the city, so that a line that was changed, taken out or put in shows. Backend layer.

Each line has the SHA-256 over its own words and the hash of the line before it, over all orders, in the order in which
they were written: writers come one after the other. Triggers refuse to change or delete a line, which stops accidents;
the chain shows what somebody did who took the triggers away. Lines cut off at the end show only against a head that was
written down before: that is what `crew backend audit --against` is for.
"""

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import insert, select

from crew.backend.schema import history, history_chain, to_microseconds
from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Row

NOTHING_BEFORE: Final = "0" * 64
"""What stands for the hash before the first line."""

_WORDS: Final = (
    "order_id", "version", "at", "received_at", "person", "device_id", "change_id", "fields", "text", "note",
)  # fmt: skip
_LINE: Final = (history.c.id, *(history.c[name] for name in _WORDS))
"""What is hashed: columns that come later are no part of it, and no earlier hash changes."""
_AT_ONCE: Final = 2000


class Audit(Value):
    """What an audit found.

    Attributes:
        lines: How many lines of history there are.
        head: The hash of the last line; write it down, somewhere else.
        broken: What is wrong, where it begins, as a sentence; empty where the chain is whole.
        has_seen: Whether the chain goes through the hash that was asked for.
    """

    lines: int
    head: str
    broken: str
    has_seen: bool


def seal(connection: "Connection") -> None:
    """Chain the lines that were written and have no hash yet; inside the transaction that writes them."""
    last = connection.execute(select(history_chain).order_by(history_chain.c.history_id.desc()).limit(1)).one_or_none()
    before, begin = (last.hash, last.history_id) if last is not None else (NOTHING_BEFORE, 0)
    while True:
        rows = connection.execute(
            select(*_LINE).where(history.c.id > begin).order_by(history.c.id).limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        sealed = []
        for row in rows:
            before = hash_of(before, row)
            sealed.append({"history_id": row.id, "hash": before})
        connection.execute(insert(history_chain), sealed)
        begin = rows[-1].id


def hash_of(before: str, row: "Row[Any]") -> str:
    """The hash of a line behind another.

    Args:
        before: The hash of the line before it, or `NOTHING_BEFORE`.
        row: The line, with every column that is hashed.
    """
    words = [row.id, *(_plain(getattr(row, name)) for name in _WORDS)]
    return hashlib.sha256(before.encode() + msgspec.json.encode(words)).hexdigest()


def _plain(value: "str | int | datetime") -> str | int:
    return value if isinstance(value, str | int) else to_microseconds(value)


def audit(connection: "Connection", seen: str = "") -> Audit:
    """Follow the whole chain.

    Args:
        connection: Any connection.
        seen: A hash that was written down before; empty for none.
    """
    before, lines, has_seen, broken = NOTHING_BEFORE, 0, seen in ("", NOTHING_BEFORE), ""
    for row, hash_there in _lines(connection):
        lines += row is not None
        if not broken:
            broken = _fault(before, row, hash_there)
        before = hash_there or before
        has_seen = has_seen or before == seen
    return Audit(lines, before, broken, has_seen)


def _lines(connection: "Connection") -> "Iterator[tuple[Row[Any] | None, str]]":
    """Each line with its hash: None for a line that is gone, an empty hash for one that was never chained."""
    chained = history_chain.c.hash.label("hash_there")
    everything = (
        select(chained, *_LINE)
        .select_from(history_chain.outerjoin(history, history.c.id == history_chain.c.history_id))
        .order_by(history_chain.c.history_id)
    )
    for row in connection.execute(everything):
        yield (row if row.id is not None else None), row.hash_there
    loose = select(*_LINE).where(
        ~select(history_chain.c.history_id).where(history_chain.c.history_id == history.c.id).exists()
    )
    for row in connection.execute(loose.order_by(history.c.id)):
        yield row, ""


def _fault(before: str, row: "Row[Any] | None", hash_there: str) -> str:
    if row is None:
        return "A line of the history was taken out: its place in the chain is empty."
    about = f"line {row.id}, of order {row.order_id}"
    if not hash_there:
        return f"A line was put into the history past the backend: {about}."
    if hash_of(before, row) != hash_there:
        return f"The history was changed at or before {about}: the chain breaks there."
    return ""
