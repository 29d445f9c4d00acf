"""What people call the city's crews, for lines of orders that were moved here. Store layer.

A change names a crew by its code; the title comes with the backend's copy, which may take a day without a link.
"""

from typing import TYPE_CHECKING

from crew.domain.value import replace
from crew.store.values import Values
from crew.wire import CrewLoad

if TYPE_CHECKING:
    from crew.domain.work_order import WorkOrder
    from crew.store.database import Database


class CrewTitles(Values):
    """The titles by the codes, as the backend last told them."""

    def __init__(self, database: "Database") -> None:
        super().__init__(database)
        self._of: tuple[str, dict[str, str]] = ("", {})

    def titled(self, order: "WorkOrder") -> "WorkOrder":
        """The order with its crew's title, where it has a crew without one and the title is known."""
        if not order.crew or order.crew_title:
            return order
        raw = self._read("crews")
        if raw != self._of[0]:
            crews = self._decoded("crews", tuple[CrewLoad, ...]) or ()
            self._of = raw, {crew.name: crew.title for crew in crews}
        title = self._of[1].get(order.crew, "")
        return replace(order, crew_title=title) if title else order
