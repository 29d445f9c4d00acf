"""Founds cities at once: the steps from nothing to this version's shape are taken once, and what they leave is copied.

The steps themselves are proven by `tests/backend/test_database.py`, which takes each of them.
"""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City, open_city
from crew.backend.database import FILE_NAME, Database
from crew.domain.clock import Clock


def found_city(folder: Path, settings: BackendSettings, clock: Clock) -> City:
    """Found a city in a folder that has none, as `open_city` would, with secrets of its own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = folder / FILE_NAME
    database.touch(0o600, exist_ok=False)
    database.write_bytes(_empty_database())
    return open_city(folder, settings, clock)


@cache
def _empty_database() -> bytes:
    """The file as the steps leave it, without the secrets that opening it makes."""
    with TemporaryDirectory() as name:
        path = Path(name) / FILE_NAME
        Database.open(path.parent).close()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM settings")
        return path.read_bytes()
