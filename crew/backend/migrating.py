"""Brings a database to this version's shape with Alembic, inside the caller's transaction. Backend layer.

Never touches a database that a newer version wrote.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from crew.backend.contact_keys import ContactKeys
from crew.domain.errors import CallForHelp, UpdateNeeded

SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"


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
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["contact_keys"] = contact_keys
    scripts = ScriptDirectory.from_config(config)
    there = MigrationContext.configure(connection).get_current_revision()
    if there == scripts.get_current_head():
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if there is not None and there not in known:
        raise UpdateNeeded(
            f"The database {place} is of a newer Crew (shape {there}; this one knows {scripts.get_current_head()}). "
            "Update Crew; the database was not touched."
        )
    command.upgrade(config, "head")
