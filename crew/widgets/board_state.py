"""What is chosen and what is marked on the board. Widget layer; pure, no Textual.

The cursor stays on its order while others come and go; what is marked stays marked until it is gone or let go.
"""

from typing import TYPE_CHECKING

from crew.domain.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.domain.crew_day import CrewDay
    from crew.field_work import Stop


class BoardState(Value):
    """A board at one moment.

    Attributes:
        days: The crews, from left to right, each with its orders from above.
        crew: Which crew the cursor is in.
        row: Which of its orders it is on.
        marked: The ids of the marked orders.
        anchor: The id of the order from which a range is marked.
    """

    days: "Sequence[CrewDay[Stop]]" = ()
    crew: int = 0
    row: int = 0
    marked: frozenset[str] = frozenset()
    anchor: str = ""

    @property
    def day(self) -> "CrewDay[Stop] | None":
        """The crew that the cursor is in."""
        return self.days[self.crew] if self.days else None

    @property
    def chosen(self) -> "Stop | None":
        """The order under the cursor."""
        day = self.day
        return day.orders[self.row] if day is not None and day.orders else None

    @property
    def taken(self) -> tuple[str, ...]:
        """What an act is meant for: the marked orders as they stand on the board, else the one under the cursor."""
        if self.marked:
            return tuple(stop.order_id for day in self.days for stop in day.orders if stop.order_id in self.marked)
        return (self.chosen.order_id,) if self.chosen is not None else ()

    def showing(self, days: "Sequence[CrewDay[Stop]]", known: frozenset[str] | None = None) -> "BoardState":
        """The same with other orders.

        Args:
            days: What is shown now.
            known: Every order that there is, shown or not: a filter hides marked orders and lets go of none.
                None where all of them are shown.
        """
        there = {stop.order_id for day in days for stop in day.orders} if known is None else known
        anew = replace(self, days=days, marked=self.marked & there)
        if self.chosen is not None:
            for crew, day in enumerate(days):
                for row, stop in enumerate(day.orders):
                    if stop.order_id == self.chosen.order_id:
                        return replace(anew, crew=crew, row=row)
        name = self.day.name if self.day is not None else None
        crew = next((place for place, day in enumerate(days) if day.name == name), min(self.crew, len(days) - 1))
        return anew._at(max(0, crew), self.row)

    def moved(self, by: int) -> "BoardState":
        """The cursor on another order of the same crew."""
        return self._at(self.crew, self.row + by)

    def turned(self, by: int) -> "BoardState":
        """The cursor in another crew, as far down as that has orders."""
        return self._at(max(0, min(self.crew + by, len(self.days) - 1)), self.row)

    def at(self, crew: int, row: int) -> "BoardState":
        """The cursor at a place, or as near to it as there is one."""
        return self._at(max(0, min(crew, len(self.days) - 1)), row)

    def _at(self, crew: int, row: int) -> "BoardState":
        last = len(self.days[crew].orders) - 1 if self.days else 0
        return replace(self, crew=crew if self.days else 0, row=max(0, min(row, last)))

    def toggled(self) -> "BoardState":
        """The chosen order marked, or no longer; a range begins at it."""
        if self.chosen is None:
            return self
        return replace(self, marked=self.marked ^ {self.chosen.order_id}, anchor=self.chosen.order_id)

    def extended(self, by: int) -> "BoardState":
        """The cursor moved, and everything marked from where the range begins to there."""
        if self.day is None or self.chosen is None:
            return self
        ids: list[str] = [stop.order_id for stop in self.day.orders]
        start = ids.index(self.anchor) if self.anchor in ids else self.row
        there = self.moved(by)
        first, last = sorted((start, there.row))
        return replace(there, marked=self.marked | set(ids[first : last + 1]), anchor=ids[start])

    def all_marked(self, *, everywhere: bool) -> "BoardState":
        """Every shown order of the crew marked, or of all crews; none of them where all were."""
        days = self.days if everywhere else [self.day] if self.day is not None else []
        ids = frozenset(stop.order_id for day in days for stop in day.orders)
        return replace(self, marked=self.marked - ids if ids <= self.marked else self.marked | ids)

    def let_go(self) -> "BoardState":
        """Nothing marked."""
        return replace(self, marked=frozenset(), anchor="")
