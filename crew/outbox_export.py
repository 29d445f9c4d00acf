"""Writes the outbox into a folder that can be read without Crew, for a stick. Above the store; changes nothing in it.

What cannot be sent from this device can be carried: one JSON file of all changes, and their photos beside it.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from crew.domain.errors import FreeSpace
from crew.domain.rules import describe
from crew.domain.value import Value
from crew.wire import change_to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.store.outbox import OutboxEntry
    from crew.store.store import Store

CHANGES_FILE: Final = "changes.json"


class Exported(Value):
    """What was written, and where."""

    folder: Path
    changes: int
    photos: int
    absent_photos: int
    """Photos that are named but whose bytes are not on this device."""

    @property
    def words(self) -> str:
        """What was written, as a person is told."""
        photos = _counted(self.photos, "photo")
        absent = self.absent_photos
        without = f" {_counted(absent, 'photo')} {'is' if absent == 1 else 'are'} not on this device." if absent else ""
        return f"Exported {_counted(self.changes, 'change')} and {photos} to {self.folder}.{without}"


def export_outbox(store: "Store", entries: "Iterable[OutboxEntry]", into: Path, now: datetime) -> Exported:
    """Write changes and their photos into a new folder inside `into`; nothing that is there is touched.

    Raises:
        FreeSpace: The folder is full or cannot be written; what was begun there stays and says nothing.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
        folder = _new_folder(into, f"crew-outbox-{now:%Y%m%d-%H%M%S}")
        photos: dict[str, str] = {}
        rows = [_row(store, entry, folder, photos) for entry in entries]
        _write(folder / CHANGES_FILE, msgspec.json.format(msgspec.json.encode(rows), indent=2))
    except OSError as error:
        raise FreeSpace(
            f"Nothing was exported to {into}: {error.strerror or error}. Make room or choose another folder."
        ) from error
    kept = sum(bool(name) for name in photos.values())
    return Exported(folder, len(rows), kept, len(photos) - kept)


def _row(store: "Store", entry: "OutboxEntry", folder: Path, photos: dict[str, str]) -> dict[str, Any]:
    """One change in words, with its envelope as it would have been sent."""
    change = entry.change
    order = store.orders.get(change.order_id)
    for photo in change.photos:
        if photo.sha256 not in photos:
            content = store.photos.read(photo.sha256)
            photos[photo.sha256] = f"photo-{len(photos) + 1:03}.jpg" if content is not None else ""
            if content is not None:
                _write(folder / photos[photo.sha256], content)
    return {
        "order": change.order_id,
        "place": order.address if order else "",
        "service": order.service_name if order else "",
        "what": describe(change),
        "person": change.person,
        "made_at": change.made_at,
        "sending_status": entry.sending_status,
        "reason": entry.reason,
        "photos": [photos[photo.sha256] for photo in change.photos],
        "change": change_to_wire(change),
    }


def _new_folder(into: Path, name: str) -> Path:
    number = 1
    while True:
        folder = into / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return folder


def _write(path: Path, content: bytes) -> None:
    """On the stick when it returns: it is pulled out soon after."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
