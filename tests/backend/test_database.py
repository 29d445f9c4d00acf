"""The backend's file: durable, its owner's alone, brought to this version's shape, and never half-written."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, delete, insert, select

from crew.backend.database import FILE_NAME, Database, set_setting, setting
from crew.backend.migrating import SCRIPTS
from crew.backend.notices.queueing import TOLD_BEFORE
from crew.backend.prepared import Prepared
from crew.backend.schema import imported_services, metadata, notice_events, notices, settings
from crew.domain.errors import CallForHelp, FreeSpace, TryLater, UpdateNeeded


def test_each_step_is_in_a_file_of_its_number() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    steps = [(step.revision, Path(step.path).name) for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert [name.partition("_")[0] for _, name in steps] == sorted((revision for revision, _ in steps), reverse=True)


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(imported_services.c.name)))


def add(database: Database, name: str) -> None:
    with database.writing() as connection:
        connection.execute(insert(imported_services).values(code=name, name=name))


def test_the_disk_is_asked_for_everything_it_can_promise(tmp_path: Path) -> None:
    database = Database.open(tmp_path)

    with database.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "busy_timeout": 10_000}


def test_folder_and_file_are_their_owners_alone(tmp_path: Path) -> None:
    Database.open(tmp_path / "city").close()

    assert (tmp_path / "city").stat().st_mode & 0o077 == 0
    assert (tmp_path / "city" / FILE_NAME).stat().st_mode & 0o077 == 0


def test_the_steps_from_empty_lead_to_the_tables_as_declared(tmp_path: Path) -> None:
    database = Database.open(tmp_path)

    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        numbered = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'feed'").scalar_one()
    assert "AUTOINCREMENT" in numbered


@pytest.mark.parametrize("version", ["0001"])
def test_a_database_of_an_earlier_version_comes_along_whole(tmp_path: Path, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with create_engine(f"sqlite:///{tmp_path / FILE_NAME}").begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, version)
        connection.execute(insert(imported_services).values(code="pothole", name="Pothole"))

    database = Database.open(tmp_path)

    assert names(database) == ["Pothole"]
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    first = Database.open(tmp_path)
    add(first, "Pothole")
    with first.reading() as connection:
        secrets = [setting(connection, name) for name in ("epoch", "page_secret")]
    first.close()

    second = Database.open(tmp_path)

    assert names(second) == ["Pothole"]
    with second.reading() as connection:
        assert [setting(connection, name) for name in ("epoch", "page_secret")] == secrets
    assert len(set(secrets)) == 2


def test_a_database_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = (tmp_path / FILE_NAME).read_bytes()

    with pytest.raises(UpdateNeeded, match="newer Crew"):
        Database.open(tmp_path)

    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_two_processes_may_found_the_city_at_once(tmp_path: Path) -> None:
    script = "import sys, pathlib; from crew.backend.database import Database; Database.open(pathlib.Path(sys.argv[1]))"
    founders = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    assert [founder.communicate(timeout=60)[1] for founder in founders] == ["", ""]
    assert names(Database.open(tmp_path)) == []


def test_a_damaged_file_is_kept_and_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 1000)

    with pytest.raises(CallForHelp, match=FILE_NAME):
        Database.open(tmp_path)


def test_a_folder_that_cannot_be_made_asks_for_room(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FreeSpace, match="--data"):
        Database.open(tmp_path / "file" / "city")


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(FreeSpace, match="Make room"), database.writing() as connection:
        connection.execute(insert(imported_services).values(code="small", name="small"))
        connection.execute(insert(imported_services).values(code="large", name="x" * 100_000))

    assert names(database) == []


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database.open(tmp_path)

    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(insert(imported_services).values(code="a", name="a"))
        1 / 0  # noqa: B018 - the failure under test

    assert names(database) == []


def test_a_savepoint_that_fails_leaves_the_rest_of_its_transaction(tmp_path: Path) -> None:
    database = Database.open(tmp_path)

    with database.writing() as connection:
        connection.execute(insert(imported_services).values(code="a", name="a"))
        inner = connection.begin_nested()
        connection.execute(delete(imported_services))
        inner.rollback()

    assert names(database) == ["a"]


def test_writers_of_several_threads_and_processes_take_turns(tmp_path: Path) -> None:
    databases = [Database.open(tmp_path), Database.open(tmp_path)]

    def write(writer: int) -> None:
        for number in range(10):
            add(databases[writer % 2], f"{writer}-{number}")

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(names(databases[0])) == 40


def test_who_waits_too_long_for_another_program_is_told_to_try_later(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(TryLater, match="Another program"):
        add(database, "a")

    other.execute("ROLLBACK")
    add(database, "a")
    other.close()
    assert names(database) == ["a"]


_GIVEN_UP = (datetime(9999, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
_NOTICES_OF_BEFORE = f"""
INSERT INTO work_orders (id, work_status, version, service_code, description, address, crew, public_status,
    waiting_reason, closure_reason, public_text, escalation, priority, requested_at, updated_at, needs_look)
VALUES ('1', 'done', 1, 'x', '', '', '', 'closed', '', '', '', '', 'normal', 0, 0, 0),
    ('2', 'cant_do', 1, 'x', '', '', '', 'closed', '', '', '', '', 'normal', 0, 0, 0);
INSERT INTO service_requests (id, order_id, service_code, description, requested_at, email, address, address_id,
    media_url, attributes, first_name, last_name, phone, device_id, account_id)
VALUES ('1', '1', 'x', '', 0, 'ada@example.org', '', '', '', '', '', '', '', '', ''),
    ('2', '2', 'x', '', 0, 'ada@example.org', '', '', '', '', '', '', '', '', '');
INSERT INTO notices (id, request_id, kind, recipient, created_at, next_try_at, attempts, sent_at, last_problem)
VALUES ('sent', '1', 'received', 'ada@example.org', 3, 0, 1, 5, ''),
    ('waits', '1', 'closed', 'ada@example.org', 3, 7, 1, NULL, ''),
    ('refused', '2', 'closed', 'ada@example.org', 3, {_GIVEN_UP}, 1, NULL, 'no such user'),
    ('known', '2', 'received', 'ada@example.org', 3, {_GIVEN_UP}, 1, NULL, '{TOLD_BEFORE}')
"""


def test_notices_of_before_keep_their_ids_and_how_they_stand(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with create_engine(f"sqlite:///{tmp_path / FILE_NAME}").begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0009")
        for statement in _NOTICES_OF_BEFORE.split(";\n"):
            connection.exec_driver_sql(statement)

    database = Database.open(tmp_path)

    with database.reading() as connection:
        columns = (notices.c.id, notices.c.kind, notices.c.state, notices.c.way, notices.c.letter_id)
        found = {row.id: tuple(row)[1:] for row in connection.execute(select(*columns))}
        events = connection.execute(select(notice_events.c.id, notice_events.c.version)).all()
    assert found == {
        "sent": ("received", "sent", "mail", "sent"),
        "waits": ("done", "waiting", "mail", "waits"),
        "refused": ("cant_do", "set_aside", "mail", "refused"),
        "known": ("received", "untold", "mail", "known"),
    }
    assert {(row.id, row.version) for row in events} == {(name, 0) for name in found}


def test_a_glance_sees_every_commit_and_waits_for_nobody(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    before = database.glance()
    with database.writing() as connection:
        set_setting(connection, "word", "own")
        assert database.glance() == before, "what is not committed is no news"
    own = database.glance()
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as another_program:
        another_program.execute("BEGIN EXCLUSIVE")
        another_program.execute("UPDATE settings SET value = 'theirs' WHERE name = 'word'")
        assert database.glance() is None
        another_program.execute("COMMIT")
    assert len({before, own, database.glance()}) == 3
    with database.looking() as view:
        assert Prepared(select(settings.c.value).where(settings.c.name == "word")).all(view) == [("theirs",)]
    database.close()
