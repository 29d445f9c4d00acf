"""Watches where pictures may lie, and offers each one when it has stopped growing. Stands above `picture_files`.

Nothing is told when a folder changes: a card that is put in, a network folder and a camera's own file system send no
word. So whoever watches looks again and again, off the event loop; this remembers what was seen before.
"""

from typing import TYPE_CHECKING, Final

from crew.picture_files import PictureFile, Places, find_pictures

if TYPE_CHECKING:
    from pathlib import Path


class PictureWatch:
    """The pictures of some places, looked at again and again."""

    def __init__(self, places: Places) -> None:
        """Watch these places; nothing is read yet."""
        self._places: Final = places
        self._seen: dict[Path, PictureFile] | None = None

    def look(self) -> list[PictureFile]:
        """The pictures that can be taken now, the newest first. Blocks on the disk.

        The first look offers all there are. After that a picture that is new or has changed waits for the next look:
        one that a camera still writes would be refused as broken.
        """
        found = find_pictures(self._places)
        before, self._seen = self._seen, {picture.path: picture for picture in found}
        if before is None:
            return found
        return [picture for picture in found if before.get(picture.path) == picture]
