"""The store as one thing: its tables over one database file, opened in one place. Store layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from crew.domain.errors import FreeSpace
from crew.store.database import Database, to_column
from crew.store.device import DeviceTable
from crew.store.orders import OrderTable
from crew.store.outbox import OutboxTable
from crew.store.photo_files import PhotoFiles

STORE_FILE: Final = "crew.sqlite"


class Store:
    """Everything that this device knows, on disk."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database: Final = database
        self.folder: Final = folder
        self.outbox: Final = OutboxTable(database)
        self.orders: Final = OrderTable(database, self.outbox)
        self.device: Final = DeviceTable(database)
        self.photos: Final = PhotoFiles(database, folder / "photos")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several tables change together, or none does."""
        with self._database.transaction():
            yield

    def data_version(self) -> int:
        """A number that moves when another process has written to the store."""
        return self._database.data_version()

    def keep_draft(self, order_id: str, kind: str, body: str, now: datetime) -> None:
        """Keep a half-written text over a restart; an empty one is forgotten."""
        if not body.strip():
            self._database.execute("DELETE FROM drafts WHERE order_id = ? AND kind = ?", (order_id, kind))
            return
        self._database.execute(
            "INSERT OR REPLACE INTO drafts (order_id, kind, body, kept_at) VALUES (?, ?, ?, ?)",
            (order_id, kind, body, to_column(now)),
        )

    def draft(self, order_id: str, kind: str) -> str:
        """The half-written text of an order, or an empty one."""
        row = self._database.row("SELECT body FROM drafts WHERE order_id = ? AND kind = ?", (order_id, kind))
        return str(row[0]) if row else ""

    def close(self) -> None:
        """Close the database file."""
        self._database.close()


def open_store(folder: Path, now: datetime) -> Store:
    """Open or create the store in a folder.

    Raises:
        FreeSpace: The folder cannot be made or written.
        UpdateNeeded: The store was written by a newer version.
        CallForHelp: The store is damaged or its disk cannot keep it safely.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FreeSpace(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another with --data DIR."
        ) from error
    store = Store(Database.open(folder / STORE_FILE), folder)
    store.photos.sweep(now)
    return store
