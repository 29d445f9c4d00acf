"""Finds picture files where cameras and phones leave them. Stands alone: folders in, values out; reads no picture.

Bounded in depth and number, so that a full card or a large disk answers as soon as a small one. File names are
cleaned for the eye; the path itself is never changed.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from crew.domain.plain_text import clean_line
from crew.domain.value import Value

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic"})
"""Names that are offered. HEIC is refused when it is taken, with the sentence that says how to mend it."""

_MOST_ENTRIES: Final = 5000
_MOST_FOUND: Final = 500
_NAME_LIMIT: Final = 120


class PictureFile(Value):
    """A picture file, or a folder on the way to one."""

    path: Path
    name: str
    """As it may be shown."""
    place: str
    """The folder it lies in, as it may be shown."""
    byte_count: int = 0
    changed_at: datetime | None = None
    """None for a folder."""

    @property
    def is_folder(self) -> bool:
        """Whether it leads on."""
        return self.changed_at is None


class Places(Value):
    """Where pictures may lie.

    Attributes:
        photo_folder: The folder of the camera app; empty where none is set.
        home: The person's home folder.
        mounts: Folders below which removable cards appear.
        current: The folder in which the program was started.
    """

    photo_folder: str
    home: Path
    mounts: tuple[Path, ...]
    current: Path

    def folders(self) -> Iterator[tuple[Path, int]]:
        """The folders that matter, those that matter most first, each with how deep to look."""
        if self.photo_folder:
            yield Path(self.photo_folder).expanduser(), 3
        for mount in self.mounts:
            yield mount, 5
        yield self.home / "DCIM", 3
        yield self.home / "Pictures", 3
        yield self.current, 1


def usual_places(photo_folder: str) -> Places:
    """The places of this device."""
    return Places(photo_folder, Path.home(), (Path("/media"), Path("/run/media")), Path.cwd())


def find_pictures(places: Places) -> list[PictureFile]:
    """The pictures in all places, the newest first, each once."""
    found: dict[Path, PictureFile] = {}
    for folder, depth in places.folders():
        for picture in _below(folder, depth):
            found.setdefault(picture.path, picture)
    return sorted(found.values(), key=_newest_first)[:_MOST_FOUND]


def completions(typed: str, places: Places) -> list[PictureFile]:
    """What a typed path may become: folders by name, then pictures, the newest first."""
    path = typed_path(typed, places)
    folder, start = (path, "") if typed.endswith("/") else (path.parent, path.name.casefold())
    folders: list[PictureFile] = []
    pictures: list[PictureFile] = []
    for entry in _entries(folder):
        hidden = entry.name.startswith(".") and not start.startswith(".")
        if hidden or not entry.name.casefold().startswith(start):
            continue
        if _is_folder(entry):
            folders.append(_folder(entry))
        elif (picture := _picture(entry)) is not None:
            pictures.append(picture)
    by_name = sorted(folders, key=lambda file: file.name.casefold())
    return [*by_name, *sorted(pictures, key=_newest_first)][:_MOST_FOUND]


def is_path(typed: str) -> bool:
    """Whether the words are meant as a path."""
    return typed.strip("'\" ").startswith(("/", "~", "./", "../", "file://"))


def typed_path(typed: str, places: Places) -> Path:
    """The path that a person typed or a terminal pasted: quoted, escaped or as an address."""
    text = typed.strip().strip("'\"")
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    text = text.replace("\\ ", " ")
    if text == "~" or text.startswith("~/"):
        return places.home / text[2:]
    return places.current / text


def _below(folder: Path, depth: int) -> Iterator[PictureFile]:
    """Pictures below a folder, near ones first; links to folders are not followed."""
    waiting = deque([(folder, depth)])
    left = _MOST_ENTRIES
    while waiting:
        here, deeper = waiting.popleft()
        for entry in _entries(here):
            left -= 1
            if left < 0:
                return
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                if deeper > 1 and not entry.is_symlink():
                    waiting.append((Path(entry.path), deeper - 1))
            elif (picture := _picture(entry)) is not None:
                yield picture


def _entries(folder: Path) -> "Iterable[os.DirEntry[str]]":
    """What lies in a folder; one that is missing or may not be read has nothing to offer."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry, _ in zip(entries, range(_MOST_ENTRIES), strict=False)]
    except (OSError, ValueError):
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _folder(entry: "os.DirEntry[str]") -> PictureFile:
    path = Path(entry.path)
    return PictureFile(path, f"{_shown(entry.name)}/", _shown(str(path.parent)))


def _picture(entry: "os.DirEntry[str]") -> PictureFile | None:
    path = Path(entry.path)
    if path.suffix.lower() not in SUFFIXES:
        return None
    try:
        known = entry.stat()
    except OSError:
        return None
    changed_at = datetime.fromtimestamp(known.st_mtime, UTC)
    return PictureFile(path, _shown(entry.name), _shown(str(path.parent)), known.st_size, changed_at)


def _shown(name: str) -> str:
    return clean_line(name, _NAME_LIMIT) or "(no readable name)"


def _newest_first(picture: PictureFile) -> tuple[float, str]:
    return (-picture.changed_at.timestamp() if picture.changed_at else 0.0, picture.name)
