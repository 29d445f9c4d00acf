"""How orders stand, as far as a move looks at them: read and written without the orders themselves. Store layer.

Orders of one standing are moved alike (`crew/domain/rules.py`): the same is allowed, and their lines change alike.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from crew.domain.work_order import OrderId, WorkOrder
from crew.store.crew_titles import CrewTitles
from crew.store.database import Database, listed
from crew.store.order_rows import SHOW_MOVED, moved_line


class Standing(NamedTuple):
    """What a move looks at.

    Attributes:
        crew: Who has it.
        work_status: How its work stands.
        linked_to: The order that answers its reporters, as the backend told it.
        paused: Its own number where its clock stands: such a clock goes on from a moment of its own.
    """

    crew: str
    work_status: str
    linked_to: str
    paused: str


class Stands(NamedTuple):
    """An order: how it stands, and its version."""

    order_id: OrderId
    version: int
    standing: Standing


class StandingTable:
    """The standing of orders."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._titles: Final = CrewTitles(database)

    def of(self, order_ids: Iterable[OrderId]) -> dict[OrderId, Stands]:
        """How those of the orders stand that are on this device, as the person sees them."""
        rows = self._database.rows(
            "SELECT id, crew, work_status, iif(left_seconds IS NULL, '', id), version, linked_to FROM orders "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (listed(order_ids),),
        )
        return {
            order_id: Stands(order_id, version, Standing(crew, work_status, linked_to, paused))
            for order_id, crew, work_status, paused, version, linked_to in rows
        }

    def show_moved(self, order_ids: Iterable[OrderId], moved: WorkOrder, made_at: datetime) -> None:
        """Show orders of one standing as one of them stands that was moved; none whose clock stood."""
        line = moved_line(self._titles.titled(moved), made_at)
        self._database.execute_each(SHOW_MOVED, ((*line, order_id) for order_id in order_ids))
