"""Where settings files lie and how they are read. Above the domain, below everything that is configured.

Reads TOML from the shipped `config/` folder and from the person's own folder; refuses keys that do not exist.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from crew.domain.errors import CorrectSettings

_T = TypeVar("_T")
_PACKAGE: Final = Path(__file__).resolve().parent


def shipped_path(name: str) -> Path:
    """A file of the shipped configuration: inside an installed package, or beside it in a checkout."""
    installed = _PACKAGE / "_config" / name
    return installed if installed.exists() else _PACKAGE.parent / "config" / name


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file into plain values.

    Raises:
        CorrectSettings: The file cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectSettings(f"The settings file {path} cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise CorrectSettings(f"The settings file {path} is not valid TOML: {error}.") from error


def read_own(path: Path, variable: str) -> dict[str, Any] | None:
    """Read somebody's own settings file; None where there is none, and no variable of the environment names it.

    Raises:
        CorrectSettings: The file cannot be read, is no TOML, or is named and not there.
    """
    try:
        there = path.exists()
    except OSError as error:
        raise CorrectSettings(f"The settings file {path} cannot be read: {error.strerror}.") from error
    if there:
        return read_toml(path)
    if variable in os.environ:
        raise CorrectSettings(f"{variable} names {path}, which does not exist. Correct it or unset it.")
    return None


def read_settings(path: Path, shape: type[_T]) -> _T:
    """Read a TOML file into a shape whose structs forbid unknown fields.

    Raises:
        CorrectSettings: The file cannot be read, or a key or value does not fit; the sentence names it.
    """
    return to_shape(read_toml(path), shape, str(path))


def to_shape(values: dict[str, Any], shape: type[_T], origin: str) -> _T:
    """Convert plain values into a shape, naming `origin` where they do not fit.

    Raises:
        CorrectSettings: A key does not exist or a value is of the wrong type.
    """
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        raise CorrectSettings(f"In {origin}: {error}. Compare it with {shipped_path('crew.toml').parent}.") from error
