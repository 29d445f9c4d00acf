"""The words and the places of orders, brought in step with the orders in one go. Store layer.

Order by order takes four times as long; which are not in step is noted by triggers, in the transaction of each order.
"""

from typing import Final

from crew.store.database import Database

_CATCH_UP: Final = (
    "DELETE FROM orders_words WHERE rowid IN (SELECT place FROM orders_reworded)",
    "INSERT INTO orders_words (rowid, state, id, service_name, address, description) "
    "SELECT * FROM orders_to_find WHERE place IN (SELECT place FROM orders_reworded)",
    "DELETE FROM orders_places WHERE place IN (SELECT place FROM orders_reworded)",
    "INSERT INTO orders_places SELECT rowid, lat, lat, long, long FROM orders "
    "WHERE rowid IN (SELECT place FROM orders_reworded) AND lat IS NOT NULL AND long IS NOT NULL",
    "DELETE FROM orders_reworded",
)


def catch_up(database: Database) -> None:
    """Bring both in step with the orders; costs nothing where they are. Raises FreeSpace."""
    if database.row("SELECT 1 FROM orders_reworded LIMIT 1") is None:
        return
    with database.transaction():
        for statement in _CATCH_UP:
            database.execute(statement)
