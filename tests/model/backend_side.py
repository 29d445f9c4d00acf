"""The real backend of the model, in this process: it can be restarted, killed, backed up and restored."""

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select

from crew.backend import schema
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.restore import restore
from crew.backend.change_effects import REQUESTS_MOVED
from crew.backend.city import City, open_city
from crew.domain.change import ChangeId
from tests.backend.citizens import Hands

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

SETTINGS = BackendSettings(photo_limit_mb=1)


def _silent(done: int, total: int) -> None:
    """Nobody looks at the progress."""


class Backend:
    """A city's backend on a folder of its own."""

    unfinished: "ClassVar[list[Callable[[], object]]]" = []
    """What a sound backend never has: work that it has answered for and does a moment later, unless it dies."""

    def __init__(self, folder: Path, clock: Hands) -> None:
        self._folder = folder
        self._clock = clock
        self.unfinished.clear()
        self._open()

    def _open(self) -> None:
        self.city: City = open_city(self._folder, SETTINGS, self._clock)
        self.app: Starlette = build_backend(self.city)

    def lives_on(self) -> None:
        """A moment has passed in which it did not die."""
        while self.unfinished:
            self.unfinished.pop(0)()

    def restarts(self) -> None:
        """It dies at once, without finishing anything, and is started again."""
        self.unfinished.clear()
        self.close()
        self._open()

    def is_backed_up(self, file: Path) -> None:
        """An administrator writes a backup."""
        self.lives_on()
        file.unlink(missing_ok=True)
        back_up(self.city, file, _silent)

    def is_restored(self, file: Path) -> None:
        """An administrator puts a backup in its place."""
        self.lives_on()
        self.close()
        result = restore(file, self._folder, self._clock(), timedelta(hours=1), _silent)
        if result.set_aside is not None:
            shutil.rmtree(result.set_aside)  # a model runs for long; that it is kept is another test's promise
        self._open()

    def close(self) -> None:
        self.city.database.close()

    # What an inspector finds

    def strikes(self, order_id: str) -> int:
        """How often the city's clock has remembered that it acted upon an order."""
        with self.city.database.reading() as connection:
            of_order = schema.clock_strikes.c.order_id == order_id
            return len(connection.execute(select(schema.clock_strikes.c.at).where(of_order)).all())

    def effects(self) -> Counter[ChangeId]:
        """How often each change has had its effect; what a link does to the second order is a part of it."""
        own = select(schema.history.c.change_id).where(schema.history.c.fields != ",".join(REQUESTS_MOVED))
        with self.city.database.reading() as connection:
            found = connection.scalars(own)
            return Counter(ChangeId(change_id) for change_id in found if change_id)

    def history(self, order_id: str) -> list[tuple[ChangeId, str, int, frozenset[str]]]:
        """Change, device, version and fields of every entry of an order, the oldest first."""
        columns = schema.history.c
        rows = select(columns.change_id, columns.device_id, columns.version, columns.fields)
        with self.city.database.reading() as connection:
            found = connection.execute(rows.where(columns.order_id == order_id).order_by(columns.id)).all()
        return [(ChangeId(row[0]), row[1], row[2], frozenset(row[3].split(",")) - {""}) for row in found]

    def photos(self) -> set[str]:
        """Every photo that it says to have."""
        with self.city.database.reading() as connection:
            return set(connection.scalars(select(schema.photos.c.sha256)))
