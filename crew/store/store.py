"""The store as one thing: its tables over one database file, opened in one place. Store layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from crew.domain.errors import CrewError, FreeSpace
from crew.store.database import Database, to_column
from crew.store.device import DeviceTable
from crew.store.hold import Hold
from crew.store.map_file import MapFile
from crew.store.orders import OrderTable
from crew.store.originals import Originals
from crew.store.outbox import OutboxTable
from crew.store.people import PeopleTable
from crew.store.photo_files import PhotoFiles
from crew.store.photo_looks import PhotoLooks
from crew.store.places import PlaceTable
from crew.store.posting import PostingTable
from crew.store.queue import QueueTable, QueueViews
from crew.store.sentences import Damaged
from crew.store.standing import StandingTable
from crew.store.symptoms import PHOTO_FOLDER, needs_a_look
from crew.store.thumbnails import ThumbnailTable
from crew.store.time_rules import TimeRulesTable
from crew.store.unanswered import UnansweredTable
from crew.store.week import WeekTable

STORE_FILE: Final = "crew.sqlite"
_ORIGINALS_FOLDER: Final = "originals"
_MAP_FOLDER: Final = "map"
_OTHERS_END_SECONDS: Final = 3
"""How long a damaged store waits for the others: one that mends it lets go, the terminal does not."""


class Store:
    """Everything that this device knows, on disk."""

    def __init__(self, database: Database, hold: Hold, folder: Path) -> None:
        self._database: Final = database
        self._hold: Final = hold
        self.folder: Final = folder
        self.outbox: Final = OutboxTable(database)
        self.time_rules: Final = TimeRulesTable(database)
        self.posting: Final = PostingTable(database)
        self.orders: Final = OrderTable(database, self.outbox, self.time_rules)
        self.standing: Final = StandingTable(database)
        self.week: Final = WeekTable(database, self.orders)
        self.unanswered: Final = UnansweredTable(database, self.orders)
        self.places: Final = PlaceTable(database)
        self.queue: Final = QueueTable(database)
        self.queue_views: Final = QueueViews(database)
        self.device: Final = DeviceTable(database)
        self.people: Final = PeopleTable(database, self.device)
        self.photos: Final = PhotoFiles(database, folder / PHOTO_FOLDER)
        self.thumbnails: Final = ThumbnailTable(database)
        self.photo_looks: Final = PhotoLooks(database)
        self.map_file: Final = MapFile(folder / _MAP_FOLDER)
        self.originals: Final = Originals(database, folder / _ORIGINALS_FOLDER)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several tables change together, or none does."""
        with self._database.transaction():
            yield

    def data_version(self) -> int:
        """A number that moves when another process has written to the store."""
        return self._database.data_version()

    def keep_draft(self, order_id: str, kind: str, body: str, now: datetime) -> None:
        """Keep a half-written text of who works now over a restart; an empty one is forgotten."""
        kind = self._own(kind)
        if not body.strip():
            self._database.execute("DELETE FROM drafts WHERE order_id = ? AND kind = ?", (order_id, kind))
            return
        self._database.execute(
            "INSERT OR REPLACE INTO drafts (order_id, kind, body, kept_at) VALUES (?, ?, ?, ?)",
            (order_id, kind, body, to_column(now)),
        )

    def draft(self, order_id: str, kind: str) -> str:
        """The half-written text of an order by who works now, or an empty one."""
        kind = self._own(kind)
        row = self._database.row("SELECT body FROM drafts WHERE order_id = ? AND kind = ?", (order_id, kind))
        return str(row[0]) if row else ""

    def _own(self, kind: str) -> str:
        owner = self.people.draft_owner()
        return f"{kind} by {owner}" if owner else kind

    def close(self) -> None:
        """Close the database file, and let others mend it."""
        self._database.close()
        self._hold.close()


def open_store(folder: Path, now: datetime) -> Store:
    """Open or create the store in a folder. A damaged one is set aside first, and what can be read is carried over.

    Raises:
        FreeSpace: The folder cannot be made or written.
        UpdateNeeded: The store was written by a newer version.
        Damaged: The store is damaged and another program uses it, or its disk is broken.
        CallForHelp: Its disk cannot keep it safely.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FreeSpace(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another with --data DIR."
        ) from error
    hold = Hold(folder)
    try:
        database = _sound_database(hold, folder / STORE_FILE, now)
    except CrewError:
        hold.close()
        raise
    store = Store(database, hold, folder)
    store.photos.sweep(now)
    return store


def _sound_database(hold: Hold, path: Path, now: datetime) -> Database:
    """The database, which is held together with other programs from here on."""
    if _needs_a_look(path) and hold.takes_alone():
        _mend(hold, path, now)
    hold.take_together()
    try:
        return Database.open(path)
    except Damaged:
        hold.let_go()
        if hold.takes_alone(_OTHERS_END_SECONDS):
            _mend(hold, path, now)
        hold.take_together()
        return Database.open(path)


def _needs_a_look(path: Path) -> bool:
    try:
        return needs_a_look(path)
    except OSError as error:
        raise FreeSpace(
            f"The store {path} cannot be read: {error.strerror}. Choose another with --data DIR."
        ) from error


def _mend(hold: Hold, path: Path, now: datetime) -> None:
    from crew.store.recovery import mend  # no start has to read how that is done

    try:
        mend(path, now)
    finally:
        hold.let_go()
