"""A real disk that is small, full or read-only: a file system of its own in memory."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """A mounted file system."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self, *, leaving: int = 0) -> None:
        """Take all room but some bytes."""
        disk = os.statvfs(self.folder)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - leaving)

    def make_room(self) -> None:
        """Give the room back."""
        self._ballast.unlink()

    def turn(self, mode: str) -> None:
        """Let it be written (`rw`) or not (`ro`)."""
        subprocess.run(["mount", "-o", f"remount,{mode}", self.folder], check=True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a disk of a size such as `1m`; skips the test where this person may mount nothing."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(
            f"no small disk can be mounted here ({mounted.stderr.strip()}): run this as root, with CAP_SYS_ADMIN"
        )
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)
