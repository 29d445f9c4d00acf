"""System keyrings for the real keyring program: one that keeps, one that refuses, one that asks a person for ever."""

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keeping(KeyringBackend):
    """Keeps everything in the file that CREW_TEST_KEYRING names."""

    priority = 5

    @property
    def _file(self) -> Path:
        return Path(os.environ["CREW_TEST_KEYRING"])

    def _all(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._all()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError(username)
        self._file.write_text(json.dumps(kept))


class Forgetting(Keeping):
    """Takes everything and gives nothing back."""

    def get_password(self, service: str, username: str) -> str | None:
        return None


class Refusing(Keeping):
    """Is locked, and nobody is there to unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(service)


class Asking(Keeping):
    """Waits for a person who does not come."""

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait()
