"""Escalations that nobody has acknowledged, on this device. Store layer; only reads."""

from typing import Final

import msgspec

from crew.domain.escalating import concerns, is_asked
from crew.domain.person import Person
from crew.domain.work_order import WorkOrder
from crew.store.database import Database

_MOST: Final = 500


class UnansweredTable:
    """The orders that wait for somebody's word."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def of(self, person: Person) -> list[WorkOrder]:
        """Those of the orders that wait for this person's word."""
        asked = self._database.rows(
            "SELECT DISTINCT answer_to FROM orders INDEXED BY orders_unanswered WHERE answer_to IS NOT NULL"
        )
        if not any(concerns(person, str(row[0])) for row in asked):
            return []
        return [order for order in self._orders() if is_asked(person, order)]

    def _orders(self) -> list[WorkOrder]:
        """All of them, those first that are to be answered first; no more than 500."""
        rows = self._database.rows(
            "SELECT COALESCE(shown, server) FROM orders INDEXED BY orders_unanswered WHERE answer_to IS NOT NULL "
            "ORDER BY answer_by IS NULL, answer_by LIMIT ?",
            (_MOST,),
        )
        with self._database.content():
            return [msgspec.json.decode(row[0], type=WorkOrder) for row in rows]
