"""Thumbnails of the backend's photos, so that a day's pictures are here long before the photos. Store layer."""

from collections.abc import Iterable, Mapping
from typing import Final

from crew.domain.work_order import PhotoHash
from crew.store.database import Database

_MOST: Final = 2000
"""About 20 MB; the oldest go first."""


class ThumbnailTable:
    """JPEGs by the names of the photos that they show. The name is not their own hash."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def keep(self, found: Mapping[PhotoHash, bytes]) -> None:
        """Keep some, and let go of the oldest where they are too many."""
        with self._database.transaction():
            for sha256, content in found.items():
                self._database.execute(
                    "INSERT OR REPLACE INTO thumbnails (sha256, content) VALUES (?, ?)", (sha256, content)
                )
            self._database.execute(
                "DELETE FROM thumbnails WHERE place <= (SELECT max(place) FROM thumbnails) - ?", (_MOST,)
            )

    def lacking(self, wanted: Iterable[PhotoHash]) -> list[PhotoHash]:
        """Those of the photos of which there is no thumbnail, in the same order."""
        here = {row[0] for row in self._database.rows("SELECT sha256 FROM thumbnails")}
        return [sha256 for sha256 in wanted if sha256 not in here]

    def read(self, sha256: PhotoHash) -> bytes | None:
        """A thumbnail, or None where it is not here."""
        row = self._database.row("SELECT content FROM thumbnails WHERE sha256 = ?", (sha256,))
        return bytes(row[0]) if row else None
