"""Names and values in one table of the store, some of them JSON. Store layer; knows no meaning of any."""

from typing import Final, TypeVar

import msgspec

from crew.store.database import Database

_T = TypeVar("_T")


class Values:
    """What is written under a name."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def _read(self, name: str) -> str:
        row = self._database.row("SELECT value FROM device WHERE name = ?", (name,))
        return str(row[0]) if row else ""

    def _decoded(self, name: str, shape: type[_T]) -> _T | None:
        raw = self._read(name)
        with self._database.content():
            return msgspec.json.decode(raw, type=shape) if raw else None

    def _encoded(self, value: object) -> str:
        return msgspec.json.encode(value).decode()

    def _write(self, name: str, value: str) -> None:
        self._database.execute(
            "INSERT INTO device (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
