"""Brings a database to this version's shape with Alembic, inside the caller's transaction. Backend layer.

Never touches a database that a newer version wrote.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from crew.backend.contact_keys import ContactKeys
from crew.domain.errors import CallForHelp, UpdateNeeded

SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"
_SHAPE_TABLE: Final = "alembic_version"


def migrate(connection: Connection, place: str, contact_keys: Callable[[], ContactKeys]) -> None:
    """Run the steps that the database does not have yet; none when it is up to date.

    Args:
        connection: A connection inside a writing transaction: all steps happen, or none.
        place: Where the database lies, for the sentence.
        contact_keys: Gives the keys of the contacts, should a step have to lock some.

    Raises:
        UpdateNeeded: The database is of a newer version; nothing was changed.
        CallForHelp: The steps, which are files of this program, cannot be read; nothing was changed.
    """
    try:
        _step_by_step(connection, place, contact_keys)
    except OSError as error:
        raise CallForHelp(
            f"A file of this program cannot be read ({error.filename}: {error.strerror}); the database is as it was. "
            "Look at the disk, then install Crew anew."
        ) from error


def _step_by_step(connection: Connection, place: str, contact_keys: Callable[[], ContactKeys]) -> None:
    files = [path.stem for path in (SCRIPTS / "versions").iterdir() if path.suffix == ".py"]
    steps = sorted(name.partition("_")[0] for name in files if name[0].isdigit())
    there = _shape(connection)
    if there == steps[-1]:
        return
    if there is not None and there not in steps:
        raise UpdateNeeded(
            f"The database {place} is of a newer Crew (shape {there}; this one knows {steps[-1]}). "
            "Update Crew; the database was not touched."
        )
    from alembic import command  # takes as long to load as all else that a command needs; most find nothing to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["contact_keys"] = contact_keys
    command.upgrade(config, "head")


def _shape(connection: Connection) -> str | None:
    """The last step that the database has; None for one that has none yet."""
    if not inspect(connection).has_table(_SHAPE_TABLE):
        return None
    shape: str | None = connection.scalar(text(f"SELECT version_num FROM {_SHAPE_TABLE}"))  # noqa: S608 - a constant
    return shape
