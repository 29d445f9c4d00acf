"""Escalations that nobody has acknowledged, on this device. Store layer; only reads."""

from typing import Final

from crew.domain.escalating import concerns, is_asked
from crew.domain.person import Person
from crew.domain.work_order import WorkOrder
from crew.store.database import Database
from crew.store.orders import OrderTable

_MOST: Final = 500


class UnansweredTable:
    """The orders that wait for somebody's word."""

    def __init__(self, database: Database, orders: OrderTable) -> None:
        self._database: Final = database
        self._orders: Final = orders

    def of(self, person: Person) -> list[WorkOrder]:
        """Those of the orders that wait for this person's word."""
        asked = self._database.rows(
            "SELECT DISTINCT answer_to FROM orders INDEXED BY orders_unanswered WHERE answer_to IS NOT NULL"
        )
        if not any(concerns(person, str(row[0])) for row in asked):
            return []
        return [order for order in self._all() if is_asked(person, order)]

    def _all(self) -> list[WorkOrder]:
        """All of them, those first that are to be answered first; no more than 500."""
        return self._orders.whole("WHERE answer_to IS NOT NULL ORDER BY answer_by IS NULL, answer_by LIMIT ?", (_MOST,))
