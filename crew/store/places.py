"""Where the orders of the device are: what lies in a box, from a tree beside them, and addresses. Store layer.

The tree tells rows, and places to a metre; the lines of those that are wanted are read afterwards.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from crew.domain.nearby import Spot
from crew.domain.place import Point
from crew.domain.work_order import OrderId
from crew.store.database import Database
from crew.store.indexes import catch_up

_MOST_ADDRESSES: Final = 20_000
_IN_BOX: Final = (
    "SELECT place, south, west FROM orders_places WHERE north >= ? AND south <= ? AND east >= ? AND west <= ?"
)


class Located(NamedTuple):
    """What is needed of an order to find a place by its address."""

    order_id: OrderId
    address: str
    lat: float | None
    long: float | None


class PlaceTable:
    """Where the orders of the device are."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def around(self, place: Point, degrees: tuple[float, float]) -> list[Spot]:
        """The orders, open and ended, in a box so many degrees of latitude and longitude to each side of a place."""
        catch_up(self._database)
        (lat, long), (up, across) = place, degrees
        found: list[Spot] = self._database.rows(_IN_BOX, (lat - up, lat + up, long - across, long + across))
        return found

    def order_ids(self, spots: Sequence[Spot]) -> list[OrderId]:
        """The orders of these spots, in any order."""
        places = ", ".join("?" * len(spots))
        rows = self._database.rows(
            f"SELECT id FROM orders WHERE rowid IN ({places})",  # noqa: S608 - question marks
            [row for row, _, _ in spots],
        )
        return [OrderId(row[0]) for row in rows]

    def with_address(self) -> list[Located]:
        """The orders that have an address, open ones first, then the latest; no more than a city has in some weeks."""
        rows = self._database.rows(
            "SELECT id, address, lat, long FROM orders WHERE address != '' ORDER BY ended, updated_at DESC LIMIT ?",
            (_MOST_ADDRESSES,),
        )
        return [Located(*row) for row in rows]

    def of_addresses(self) -> list[tuple[str, float | None, float | None]]:
        """Every address with where it is, each once."""
        rows = self._database.rows(
            "SELECT address, MAX(lat), MAX(long) FROM orders WHERE address <> '' GROUP BY address"
        )
        return [(str(address), lat, long) for address, lat, long in rows]
