"""Who reported is locked away: readable nowhere, not lost while its key is away, forgotten when its time has come."""

import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.command import upgrade
from alembic.config import Config
from sqlalchemy import create_engine, select, text, update

from crew.backend import contacts, forgetting
from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.care.restore import restore
from crew.backend.city import City, open_city
from crew.backend.contact_keys import KEY_FILE, KEY_FILE_VARIABLE, KEY_VARIABLE, KeyAway, new_key
from crew.backend.contacts import Reporter, contact_of, mail_addresses
from crew.backend.database import FILE_NAME, SCRUB
from crew.backend.migrating import SCRIPTS
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.quiet_addresses import Choice, Wish, choose
from crew.backend.public.page_links import QUIET, page_secret, page_token
from crew.backend.schema import contacts as table
from crew.backend.schema import history, service_requests, settings, work_orders
from crew.domain.errors import CorrectInput, CorrectSettings
from tests.backend.citizens import SECRET_MAIL, SECRET_PHONE, Hands, close_order
from tests.backend.letters import EVE, mailing, messages, report, rows
from tests.backend.test_serve import running

SECRETS = (SECRET_MAIL, SECRET_PHONE, "Quiet-Lastname")


def reported(city: City) -> str:
    return report(city, first_name="Ada", last_name="Quiet-Lastname", phone=SECRET_PHONE)


def reopened(city: City) -> City:
    city.database.close()
    return open_city(city.data_dir, BackendSettings(photo_limit_mb=1), city.clock)


def assert_readable_nowhere(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes().lower()
        assert [secret for secret in SECRETS if secret.lower().encode() in content] == [], path


def test_no_file_of_the_city_and_no_backup_holds_who_reported(city: City, tmp_path: Path) -> None:
    mailed = mailing(city)
    order_id = reported(mailed)
    close_order(mailed, order_id)
    back_up(city, tmp_path / "city" / "backup.tar", lambda done, total: None)

    with city.database.reading() as connection:
        assert mail_addresses(connection, city, order_id) == [(order_id, SECRET_MAIL)]
    assert_readable_nowhere(tmp_path / "city")


def test_a_report_of_nobody_keeps_nothing(city: City) -> None:
    report(city, email="")

    with city.database.reading() as connection:
        assert connection.execute(select(table)).all() == []


def test_a_contact_does_not_open_in_anothers_place(city: City) -> None:
    first, second = report(city), report(city, email=EVE)
    with city.database.writing() as connection:
        content = connection.scalar(select(table.c.content).where(table.c.request_id == first))
        connection.execute(update(table).where(table.c.request_id == second).values(content=content))

    with city.database.reading() as connection, pytest.raises(KeyAway, match="another's place"):
        contact_of(connection, city, second)


def test_contacts_of_an_older_database_are_moved_and_leave_no_trace(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0009")
        for number in range(300):
            _report_as_before(connection.exec_driver_sql, str(number))
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
        connection.exec_driver_sql("CREATE TABLE busy (words)")  # what a busy city leaves in free pages
        for _ in range(300):
            connection.exec_driver_sql("INSERT INTO busy VALUES (?)", (SECRET_MAIL * 100,))
        connection.exec_driver_sql("DROP TABLE busy")
    engine.dispose()
    assert SECRET_MAIL.encode() in (tmp_path / FILE_NAME).read_bytes()

    city = open_city(tmp_path, BackendSettings(), Hands())

    with city.database.reading() as connection:
        assert contact_of(connection, city, "7") == Reporter("Ada", "Quiet-Lastname", SECRET_MAIL, SECRET_PHONE)
        assert connection.scalar(select(settings.c.value).where(settings.c.name == SCRUB)) is None
        token = page_token(page_secret(connection), "7", QUIET)
    assert choose(city, token, Choice.ALL) == Wish(), "the quiet address is still known as the same"
    with city.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM quiet_addresses")).scalar() == 0
    city.database.close()
    assert_readable_nowhere(tmp_path)


def _report_as_before(run: object, number: str) -> None:
    assert callable(run)
    run(
        "INSERT INTO work_orders (id, version, service_code, description, address, crew, work_status, public_status,"
        " waiting_reason, closure_reason, public_text, escalation, requested_at, updated_at, needs_look)"
        " VALUES (?, 1, 'pothole', 'hole', '', '', 'new', 'open', '', '', '', '', 1, 1, 0)",
        (number,),
    )
    run(
        "INSERT INTO service_requests (id, order_id, service_code, description, address, address_id, requested_at,"
        " media_url, attributes, first_name, last_name, email, phone, device_id, account_id)"
        " VALUES (?, ?, 'pothole', 'hole', '', '', 1, '', '{}', 'Ada', 'Quiet-Lastname', ?, ?, '', '')",
        (number, number, SECRET_MAIL, SECRET_PHONE),
    )
    run(
        "INSERT INTO notices (id, request_id, kind, recipient, created_at, next_try_at, attempts, last_problem)"
        " VALUES (?, ?, 'received', ?, 1, 1, 0, '')",
        (number, number, SECRET_MAIL),
    )
    if number == "0":
        import hashlib

        run("INSERT INTO quiet_addresses VALUES (?, 1)", (hashlib.sha256(SECRET_MAIL.encode()).hexdigest(),))


def test_without_its_key_a_city_works_on_and_mails_wait_for_it(
    city: City, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = report(city)
    close_order(city, order_id)
    old = city.contact_keys.newest
    monkeypatch.setenv(KEY_VARIABLE, new := new_key())
    away = mailing(reopened(city))

    later = report(away, email=EVE)
    close_order(away, later)
    assert deliver_due(away) == 0, "the lookup secret is away, so nobody knows who wants no more mail"
    assert all(f"the key {old}" in notice.last_problem for notice in rows_without_addresses(away))
    assert [finding.part for finding in check(away, lambda done, total: None).faults] == ["contacts"]

    monkeypatch.setenv(KEY_VARIABLE, f"{new} dGhlIGtleSBvZiBldmVyeSBjaXR5IGluIHRlc3RzISE=")
    back = mailing(reopened(away))
    clock.turn(hours=1)
    assert deliver_due(back) == 2
    assert sorted(str(message["To"]) for message in messages(back)) == [SECRET_MAIL, EVE]

    with back.database.writing() as connection:
        assert contacts.rekey(connection, back) == 2
    monkeypatch.setenv(KEY_VARIABLE, new)
    renewed = reopened(back)
    with renewed.database.reading() as connection:
        assert contacts.keys_in_use(connection) == {renewed.contact_keys.newest: 2}
        assert [contact_of(connection, renewed, number).email for number in (order_id, later)] == [SECRET_MAIL, EVE]
        assert all(connection.scalars(select(table.c.mail_hash)))
    renewed.database.close()


def rows_without_addresses(city: City) -> list[Any]:
    with city.database.reading() as connection:
        return list(connection.execute(text("SELECT * FROM notices")))


def test_contacts_whose_key_is_lost_for_ever_can_be_given_up(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    close_order(city, report(city))
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    lost = mailing(reopened(city))
    close_order(lost, report(lost, email=EVE))

    assert forgetting.forget_locked(lost, dry_run=True).contacts == 1
    assert forgetting.forget_locked(lost).contacts == 1

    assert deliver_due(lost) == 1
    assert [str(message["To"]) for message in messages(lost)] == [EVE]
    assert check(lost, lambda done, total: None).faults == ()
    lost.database.close()


def test_a_yard_has_a_key_of_its_own_which_no_backup_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    yard = open_city(tmp_path / "yard", BackendSettings(), Hands())
    reported(yard)
    key_file = tmp_path / "yard" / KEY_FILE

    assert key_file.stat().st_mode & 0o077 == 0
    findings = check(yard, lambda done, total: None).findings
    assert [(finding.part, finding.is_fault) for finding in findings] == [("contacts", False)]
    back_up(yard, tmp_path / "backup.tar", lambda done, total: None)
    assert key_file.read_bytes().strip() not in (tmp_path / "backup.tar").read_bytes()
    assert str(yard.contact_keys.keys[0]) not in repr(yard)
    yard.database.close()

    result = restore(tmp_path / "backup.tar", tmp_path / "new", Hands()(), timedelta(hours=1), lambda done, total: None)
    assert result.keys_away == (yard.contact_keys.newest,)


def test_a_lost_key_file_is_told_and_comes_back_beside_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    yard, key_file = open_city(tmp_path / "city", BackendSettings(), Hands()), tmp_path / "city" / KEY_FILE
    old, named = key_file.read_text(), yard.contact_keys.newest
    before = reported(yard)
    key_file.unlink()

    poorer = reopened(yard)
    later = report(poorer, email=EVE)
    found = [finding.sentence for finding in check(poorer, lambda done, total: None).faults]
    assert len(found) == 1 and f"the key {named}, which is not here" in found[0]
    assert "as one more line of contacts.key" in found[0]
    poorer.database.close()
    with running(tmp_path) as (process, _):
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=10)
        assert f"locked with the key {named}" in said

    key_file.write_text(key_file.read_text() + old)
    whole = reopened(poorer)
    with whole.database.reading() as connection:
        assert [contact_of(connection, whole, one).email for one in (before, later)] == [SECRET_MAIL, EVE]
    whole.database.close()


def test_a_key_may_come_from_a_file_and_what_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    named = tmp_path / "keys"
    named.write_text(f"{new_key()}\n{new_key()}\n")
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(named))
    city = open_city(tmp_path / "city", BackendSettings(), Hands())
    assert len(city.contact_keys.ids) == 2
    assert not (tmp_path / "city" / KEY_FILE).exists()
    city.database.close()

    for wrong in ("", "short", "ü"):
        named.write_text(wrong)
        with pytest.raises(CorrectSettings, match="keys"):
            open_city(tmp_path / "city", BackendSettings(), Hands())


def test_contacts_of_ended_requests_are_forgotten_after_their_time(city: City, clock: Hands) -> None:
    ended, open_one = report(city), report(city)
    close_order(city, ended)
    clock.turn(days=89)
    assert forgetting.forget_old(city).contacts == 0

    clock.turn(days=2)
    assert forgetting.forget_old(city, dry_run=True).contacts == 1
    assert forgetting.forget_old(city).contacts == 1
    assert forgetting.forget_old(city).contacts == 0

    with city.database.reading() as connection:
        assert contact_of(connection, city, ended) == Reporter()
        assert contact_of(connection, city, open_one).email == SECRET_MAIL


def test_who_asks_to_be_forgotten_is_gone_from_the_file_and_hears_nothing_more(city: City) -> None:
    mailed = mailing(city)
    first, second, other = reported(mailed), report(mailed, email=SECRET_MAIL.upper()), report(mailed, email=EVE)
    for order_id in (first, second, other):
        close_order(mailed, order_id)
    with city.database.reading() as connection:
        content = connection.scalar(select(table.c.content).where(table.c.request_id == first))

    assert forgetting.forget_address(city, SECRET_MAIL).contacts == 2

    deliver_due(mailed)
    assert [str(message["To"]) for message in messages(mailed)] == [EVE]
    assert content
    assert content not in (city.data_dir / FILE_NAME).read_bytes()
    assert len(rows(mailed)) == 3, "what was to be told stays known"


def test_words_are_taken_away_with_a_line_of_history(city: City) -> None:
    order_id = report(city, description="Ask Ada, 3rd floor")
    assert forgetting.forget_request(city, order_id, text=True, dry_run=True).contacts == 1

    forgotten = forgetting.forget_request(city, order_id, text=True)

    assert (forgotten.contacts, forgotten.texts) == (1, 1)
    with city.database.reading() as connection:
        for column in (service_requests.c.description, work_orders.c.description):
            assert connection.scalar(select(column)) == forgetting.REMOVED
        assert connection.scalars(select(history.c.text)).all()[-1] == f"the words of {order_id} were removed"
    city.database.close()
    with closing(sqlite3.connect(city.data_dir / FILE_NAME)) as connection:
        assert connection.execute("SELECT version FROM work_orders").fetchone() == (2,)
    assert b"3rd floor" not in (city.data_dir / FILE_NAME).read_bytes()


def test_nobody_is_forgotten_for_a_request_that_is_none(city: City) -> None:
    with pytest.raises(CorrectInput, match="no service request 7"):
        forgetting.forget_request(city, "7")
