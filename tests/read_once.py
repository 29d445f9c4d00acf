"""Reads once what stays as it is while tests run: else most of the time of opening a city goes into its files.

The steps of the database are files of the program, which Python compiles anew each time where it may keep no bytecode;
the settings are the same five files for nearly every city. A file with other words is another file.
"""

import pickle
import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from alembic.config import Config
from alembic.script import ScriptDirectory

from crew.backend.migrating import SCRIPTS
from crew.settings import shipped_path

_read_scripts = ScriptDirectory.from_config
_read_toml = tomllib.loads


def read_once(put: Callable[[object, str, object], None]) -> None:
    """Let both be remembered, by what puts an attribute in another's place."""
    put(ScriptDirectory, "from_config", _remembered_scripts)
    put(tomllib, "loads", _remembered_toml)


def read_ahead() -> None:
    """Read what every city of this version needs, so that each fork of this process has it."""
    _scripts(str(SCRIPTS)).get_current_head()
    for path in shipped_path("crew.toml").parent.glob("*.toml"):
        _toml(path.read_text(encoding="utf-8"))


def _remembered_scripts(config: Config) -> ScriptDirectory:
    return _scripts(config.get_main_option("script_location"))


@cache
def _scripts(location: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", location.replace("%", "%%"))
    return _read_scripts(config)


def _remembered_toml(text: str) -> dict[str, Any]:
    """Values of its own for each reader, who may change them."""
    return cast("dict[str, Any]", pickle.loads(_toml(text)))


@cache
def _toml(text: str) -> bytes:
    return pickle.dumps(_read_toml(text))
