"""What the photos of this device look like, to notice one that comes a second time. Store layer; compares nothing."""

from datetime import datetime
from typing import Final

from crew.domain.value import Value
from crew.domain.work_order import PhotoHash
from crew.store.database import Database, from_column, to_column

_MOST: Final = 1000
"""Some months of a crew's work; all of them are compared while a person waits."""


class PhotoLook(Value):
    """One photo that was kept."""

    sha256: PhotoHash
    kept_at: datetime
    near_hash: str
    order_id: str


class PhotoLooks:
    """The looks of the photos that were made here."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def add(self, look: PhotoLook) -> None:
        """Remember a photo; one that is known stays with the order it was first kept for."""
        self._database.execute(
            "INSERT INTO photo_looks (sha256, kept_at, near_hash, order_id) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (sha256) DO NOTHING",
            (look.sha256, to_column(look.kept_at), look.near_hash, look.order_id),
        )

    def latest(self) -> list[PhotoLook]:
        """The latest photos, the last one first."""
        rows = self._database.rows(
            "SELECT sha256, kept_at, near_hash, order_id FROM photo_looks ORDER BY kept_at DESC LIMIT ?", (_MOST,)
        )
        looks = []
        for sha256, kept_at, near_hash, order_id in rows:
            moment = from_column(kept_at)
            assert moment is not None  # noqa: S101 - the column is NOT NULL
            looks.append(PhotoLook(PhotoHash(sha256), moment, near_hash, order_id))
        return looks
