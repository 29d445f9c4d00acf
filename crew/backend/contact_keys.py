"""The keys that lock the contacts of those who report, and the lock itself. Backend layer; knows no table.

A key comes from the environment; where none is set, one lies in the backend's folder, so that a yard has nothing to
configure. The first key locks, every key opens: that is how keys are changed. No key is ever written to the database.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crew.domain.errors import CorrectSettings, FreeSpace, TryLater
from crew.domain.value import Value
from crew.durable import sync_folder, write_new_file

KEY_VARIABLE: Final = "CREW_CONTACTS_KEY"
"""Holds the keys, the newest first, with spaces or commas between them."""

KEY_FILE_VARIABLE: Final = "CREW_CONTACTS_KEY_FILE"
"""Names a file that holds them instead, a line each."""

KEY_FILE: Final = "contacts.key"
"""The key in the backend's folder, which is in no backup."""

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12  # as NIST SP 800-38D has it for random ones
_ID_LETTERS: Final = 12


class KeyAway(TryLater):
    """What is locked was locked with a key that this backend does not have: it waits until somebody gives it back."""


class Locked(Value):
    """Something that only the owner of a key can read.

    Attributes:
        key_id: Names the key, and tells nothing of it.
        content: The nonce, and what AES-256-GCM made.
    """

    key_id: str
    content: bytes


class ContactKeys(Value):
    """The keys that are at hand.

    Attributes:
        keys: The newest first.
        in_folder: Whether the first one lies in the backend's folder, beside what it locks.
    """

    keys: tuple[bytes, ...]
    in_folder: bool = False

    def __repr__(self) -> str:
        return f"ContactKeys({len(self.keys)} keys)"  # which no log shall show

    @property
    def newest(self) -> str:
        """The id of the key that locks."""
        return key_id(self.keys[0])

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys."""
        return tuple(map(key_id, self.keys))

    def lock(self, clear: bytes, about: str) -> Locked:
        """Lock bytes with the newest key; `about` names whose they are, and has to be said again to open them."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return Locked(self.newest, nonce + AESGCM(self.keys[0]).encrypt(nonce, clear, about.encode()))

    def unlock(self, locked: Locked, about: str) -> bytes:
        """Open what was locked for `about`.

        Raises:
            KeyAway: No key at hand opens it, or it is not what was locked for this.
        """
        for key in self.keys:
            if key_id(key) == locked.key_id:
                nonce, content = locked.content[:_NONCE_BYTES], locked.content[_NONCE_BYTES:]
                try:
                    return AESGCM(key).decrypt(nonce, content, about.encode())
                except (InvalidTag, ValueError) as error:
                    raise KeyAway("A contact in the database was changed or put in another's place.") from error
        raise KeyAway(
            f"This contact is locked with the key {locked.key_id}, which the backend does not have. "
            f"Give it back in {KEY_VARIABLE}, after the newest one."
        )


def key_id(key: bytes) -> str:
    """What a key is called: enough to find the right one, and nothing that opens."""
    return hashlib.sha256(b"crew contacts key\0" + key).hexdigest()[:_ID_LETTERS]


def new_key() -> str:
    """A key nobody had before, as it is written down."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def contact_keys(data_dir: Path) -> ContactKeys:
    """The keys of the environment; else the one in the backend's folder, which is made where it is missing.

    With a key in the environment the one in the folder goes on opening what it has locked.

    Raises:
        CorrectSettings: A variable or a file holds no key.
        FreeSpace: The key in the folder cannot be written.
    """
    path = data_dir / KEY_FILE
    there = _read(path, path.name) if path.is_file() else ()
    if named := os.environ.get(KEY_VARIABLE, ""):
        return ContactKeys(_distinct((*_keys(named, KEY_VARIABLE), *there)))
    if named := os.environ.get(KEY_FILE_VARIABLE, ""):
        return ContactKeys(_distinct((*_read(Path(named), KEY_FILE_VARIABLE), *there)))
    return ContactKeys(there or _made(path), in_folder=True)


def _made(path: Path) -> tuple[bytes, ...]:
    try:
        write_new_file(path, [new_key().encode() + b"\n"])
        sync_folder(path.parent)
    except FileExistsError:
        pass  # another program founds the city in this moment: its key is the key
    except OSError as error:
        raise FreeSpace(f"The key {path} cannot be written: {error.strerror}. Make room.") from error
    return _read(path, path.name)


def _read(path: Path, name: str) -> tuple[bytes, ...]:
    try:
        return _keys(path.read_text(encoding="ascii"), name)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CorrectSettings(f"{name}: the keys cannot be read from {path}: {why}. Look at the file.") from error


def _keys(words: str, name: str) -> tuple[bytes, ...]:
    try:
        named = re.split(r"[\s,]+", words.strip())
        keys = tuple(base64.b64decode(word, altchars=b"-_", validate=True) for word in named)
    except (binascii.Error, ValueError) as error:
        raise _no_key(name) from error
    if any(len(key) != _KEY_BYTES for key in keys):
        raise _no_key(name)
    return keys


def _no_key(name: str) -> CorrectSettings:
    return CorrectSettings(
        f"{name} holds no key. Put back the one that was there, as nothing else opens what it locked; "
        "where there was none, `crew backend keys --new` prints one."
    )


def _distinct(keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(keys))
