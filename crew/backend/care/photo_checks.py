"""Whether every photo that a city remembers is on disk, byte for byte. Backend layer; only reads.

A file is read to its end: only its bytes can say that it is the photo that its name stands for.
"""

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.backend.care.finding import Finding, several, some
from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from crew.backend.photo_files import PhotoFiles

_CHUNK_BYTES: Final = 1 << 20
_ADVICE: Final = "Restore a backup into another folder, and copy them from its photos to this one's."


def photo_findings(
    photo_files: "PhotoFiles", remembered: Mapping[str, int], on_bytes: Callable[[int], None]
) -> list[Finding]:
    """Read every photo.

    Args:
        photo_files: Where they lie.
        remembered: Each photo's size in bytes, by its hash.
        on_bytes: Called with the size of each photo that was looked at.
    """
    lost, damaged = [], []
    for sha256, byte_count in remembered.items():
        match _standing(photo_files, sha256, byte_count):
            case "lost":
                lost.append(sha256)
            case "damaged":
                damaged.append(sha256)
        on_bytes(byte_count)
    findings = []
    if lost:
        findings.append(
            Finding("photos", f"Gone from the disk: {several(len(lost), 'photo')}: {some(lost)}. {_ADVICE}")
        )
    if damaged:
        findings.append(
            Finding("photos", f"Damaged on the disk: {several(len(damaged), 'photo')}: {some(damaged)}. {_ADVICE}")
        )
    return findings


def unnamed_findings(files: Sequence[Path], remembered: Container[str]) -> list[Finding]:
    """Files among the photos that no record names: their program was killed before it could write the record."""
    unnamed = [path.name for path in files if path.suffix != ".jpg" or path.stem not in remembered]
    if not unnamed:
        return []
    words = f"No record names {several(len(unnamed), 'file')}, which does no harm: {some(unnamed)}."
    return [Finding("photos", words, is_fault=False)]


def _standing(photo_files: "PhotoFiles", sha256: str, byte_count: int) -> str:
    try:
        path = photo_files.path(sha256)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            size = file.tell()
    except FileNotFoundError:
        return "lost"
    except (CorrectInput, OSError):
        return "damaged"
    return "sound" if digest.hexdigest() == sha256 and size == byte_count else "damaged"
