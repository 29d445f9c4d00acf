"""Writes entries to the tables, a batch in a transaction. Backend layer; decides nothing about a record.

Tens of thousands of rows come at once, so each is bound once, into a table that lives as long as the batch, and the
database itself carries it from there to the tables that take it.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crew.backend.feed import EVERYBODY
from crew.backend.history_chain import seal
from crew.backend.importing.entry import Entry
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult

_TYPES: Final = {"lat": "DOUBLE PRECISION", "long": "DOUBLE PRECISION"} | dict.fromkeys(
    ("requested_at", "updated_at", "due_at"), "BIGINT"
)
_COLUMNS: Final = ", ".join(f"{name} {_TYPES.get(name, 'TEXT')}" for name in Entry._fields)
_STAGE: Final = f"CREATE TEMP TABLE staged ({_COLUMNS})"
_FILL: Final = f"INSERT INTO staged VALUES ({', '.join('?' * len(Entry._fields))})"  # noqa: S608 - our own names
_KEEP_NEW: Final = "DELETE FROM staged WHERE id IN (SELECT id FROM service_requests)"
_COUNT: Final = "SELECT count(*) FROM staged"
_UNSTAGE: Final = "DROP TABLE staged"
_ORDERS: Final = """
INSERT INTO work_orders (id, service_code, description, address, lat, long, crew, work_status, public_status,
    closure_reason, public_text, requested_at, updated_at, due_at, version, waiting_reason, escalation, needs_look)
SELECT id, service_code, description, address, lat, long, crew, work_status, public_status,
    closure_reason, public_text, requested_at, updated_at, due_at, 1, '', '', false FROM staged
"""
_REQUESTS: Final = """
INSERT INTO service_requests (id, order_id, service_code, description, address, lat, long, requested_at, media_url,
    address_id, attributes)
SELECT id, id, service_code, description, address, lat, long, requested_at, media_url,
    '', '{}' FROM staged
"""
_HISTORY: Final = """
INSERT INTO history (order_id, version, at, received_at, person, device_id, change_id, fields, text, note)
SELECT id, 1, requested_at, ?, 'import', '', '', '', 'taken over from the city''s records', ''
FROM staged WHERE public_status = ?
"""
_FEED_OF_ALL: Final = """
INSERT INTO feed (order_id, audience, gone) SELECT id, ?, false FROM staged WHERE public_status = ?
"""
_FEED_OF_CREWS: Final = """
INSERT INTO feed (order_id, audience, gone) SELECT id, crew, false FROM staged WHERE public_status = ? AND crew <> ''
"""
_SERVICE: Final = "INSERT INTO imported_services (code, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
_OPEN: Final = PublicStatus.OPEN.value


def write_new(connection: "Connection", entries: Mapping[str, Entry], received_at: int) -> int:
    """Write those entries whose ids the database does not have; open ones are announced to their crews.

    Args:
        connection: A connection inside a writing transaction.
        entries: By id.
        received_at: The current time in microseconds since 1970.

    Returns:
        How many were written.
    """
    if not entries:
        return 0
    run = partial(_run, connection)
    run(_STAGE)
    run(_FILL, list(entries.values()))
    run(_KEEP_NEW)
    written: int = run(_COUNT).scalar_one()
    run(_ORDERS)
    run(_REQUESTS)
    run(_HISTORY, (received_at, _OPEN))
    seal(connection)
    run(_FEED_OF_ALL, (EVERYBODY, _OPEN))
    run(_FEED_OF_CREWS, (_OPEN,))
    run(_UNSTAGE)
    return written


def write_services(connection: "Connection", services: Mapping[str, str]) -> None:
    """Remember types that stand in no catalogue, name by code."""
    if services:
        _run(connection, _SERVICE, list(services.items()))


def _run(connection: "Connection", words: str, values: Any = None) -> "CursorResult[Any]":  # noqa: ANN401 - the driver's
    """Have the driver itself do it: at so many rows what lies between would cost more than they do."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    return connection.exec_driver_sql(words.replace("?", mark), values)
