"""The backend on PostgreSQL: the same tests as on a file, and what only several writers at once can break.

What is imported here runs here once more, in a city whose database lies on a server.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, InternalError

from crew.backend import schema
from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.city import City, open_city
from crew.backend.database import Database, setting
from crew.backend.feed import page
from crew.backend.history_chain import audit
from crew.backend.notices.claiming import claim, settle
from crew.backend.notices.states import MAIL, State
from crew.backend.orders import NewRequest, insert_request
from crew.domain.change import Note
from crew.domain.errors import CorrectSettings, CorrectUsage, TryLater
from tests.backend import test_access, test_changes, test_citizen_pages, test_feed, test_notices, test_public_list
from tests.backend.citizens import Hands, close_order
from tests.backend.crews import ROADS, Enrolment, report, stored
from tests.backend.georeport import test_listing, test_receiving
from tests.backend.importing import test_city_csv
from tests.backend.postgres import MODEL, Cluster, cluster
from tests.running import crew

pytestmark = pytest.mark.anyio

WRITERS: Final = 3
REPORTS: Final = 8

test_the_table_of_permissions = test_access.test_a_role_that_a_route_does_not_name_is_turned_away_and_logged
test_a_report_by_open311 = test_receiving.test_a_report_becomes_a_work_order_with_the_same_number
test_reports_between_moments = test_listing.test_start_and_end_include_the_moments_they_name
test_an_open_row_of_a_file = test_city_csv.test_an_open_row_becomes_an_assigned_order_that_its_crew_hears_of
test_a_closed_row_of_a_file = test_city_csv.test_a_closed_row_becomes_an_ended_order_that_no_device_hears_of
test_a_completion_with_its_photo = test_changes.test_a_completion_waits_for_its_photo_and_is_then_applied
test_the_same_change_again = test_changes.test_the_same_change_again_gets_the_same_answer_and_no_second_effect
test_pages_of_the_feed = test_feed.test_pages_follow_each_other_to_the_end_without_a_gap_or_a_repeat
test_an_order_that_moves = test_feed.test_an_order_that_moves_is_gone_for_its_old_crew_and_comes_back_with_it
test_who_is_answered = test_notices.test_every_reporter_of_one_repair_is_answered_and_those_without_an_address_are_not
test_filters_of_the_public_list = test_public_list.test_filters_show_what_fits
test_lines_of_the_public_list = test_public_list.test_lines_are_the_same_as_sorting_everything
test_a_page_of_a_report = (
    test_citizen_pages.test_a_finished_order_shows_both_photos_with_words_for_those_who_cannot_see_them
)
test_me_too = test_public_list.test_me_too_joins_and_is_one_request_however_often_it_is_pressed


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as started:
        yield started


@pytest.fixture
def settings(server: Cluster) -> Iterator[BackendSettings]:
    with server.founded() as address:
        yield BackendSettings(photo_limit_mb=1, public_url="http://city", database=address)


@pytest.fixture
def city(tmp_path: Path, clock: Hands, settings: BackendSettings) -> Iterator[City]:
    opened = open_city(tmp_path / "city", settings, clock)
    yield opened
    opened.database.close()


@pytest.fixture
def other(city: City, settings: BackendSettings) -> Iterator[City]:
    """The same city, as another program beside the server opens it."""
    opened = open_city(city.data_dir, settings, city.clock)
    yield opened
    opened.database.close()


def at_once(*work: threading.Thread) -> None:
    for one in work:
        one.start()
    for one in work:
        one.join(60)
    assert not [one for one in work if one.is_alive()]


def test_the_steps_from_empty_lead_to_the_tables_as_declared(city: City, tmp_path: Path) -> None:
    with city.database.reading() as connection:
        without_lengths = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(without_lengths, schema.metadata)
    kinds = [one[0][0] if isinstance(one, list) else one[0] for one in found]
    assert [kind for kind in kinds if "comment" not in kind] == []
    assert not (city.data_dir / "backend.sqlite").exists()


def test_what_is_read_is_of_one_moment_and_a_stamp_tells_of_others(city: City, other: City) -> None:
    before = city.database.stamp()
    assert city.database.stamp() == before
    with city.database.reading() as connection:
        count = select(func.count()).select_from(schema.work_orders)
        assert connection.scalar(count) == 0
        report(other)
        assert connection.scalar(count) == 0
    assert city.database.stamp() != before
    with city.database.reading() as connection, pytest.raises(InternalError, match="read-only"):
        connection.exec_driver_sql("DELETE FROM history")


def test_writers_at_once_leave_one_chain_and_a_feed_that_no_reader_misses_anything_of(city: City, other: City) -> None:
    seen: list[str] = []
    done = threading.Event()

    def write(where: City) -> None:
        for _ in range(REPORTS):
            with where.database.writing() as connection:
                insert_request(connection, where, NewRequest(service_code="pothole", description="", crew=ROADS))

    def read() -> None:
        cursor, last = "", False
        while not last:
            last = done.is_set()
            with other.database.reading() as connection:
                found = page(connection, city.catalogue, ROADS, cursor, 5)
            cursor = found.cursor
            seen.extend(order.id for order in found.orders)
            last = last and not found.more and not found.orders

    reader = threading.Thread(target=read)
    reader.start()
    at_once(*(threading.Thread(target=write, args=[where]) for where in (city, other, city)))
    done.set()
    reader.join(60)

    assert len(seen) == len(set(seen)) == WRITERS * REPORTS
    with city.database.reading() as connection:
        found = audit(connection)
    assert (found.lines, found.broken) == (WRITERS * REPORTS, "")


def test_two_workers_take_each_notice_once(city: City, other: City) -> None:
    for _ in range(REPORTS):
        close_order(city, report(city))
    taken: list[str] = []

    def work(where: City) -> None:
        while (letter := claim(where, MAIL, ["done", "received"])) is not None:
            taken.extend(notice.id for notice in letter.notices)
            settle(where, letter, State.SENT)

    at_once(*(threading.Thread(target=work, args=[where]) for where in (city, other, city, other)))

    with city.database.reading() as connection:
        every = list(connection.scalars(select(schema.notices.c.id).where(schema.notices.c.state == State.SENT)))
    assert sorted(taken) == sorted(every)
    assert len(taken) == len(set(taken)) >= REPORTS


async def test_a_change_that_the_database_cannot_hold_harms_no_other(city: City, enrol: Enrolment) -> None:
    order_id, other_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    with city.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE history ADD CONSTRAINT full_book CHECK (text <> 'note: poison')")
    poison = truck.change(order_id, Note("poison"))
    answers = await truck.push(poison, truck.change(other_id, Note("fine")))
    assert [answer.outcome for answer in answers] == ["refused", "applied"]
    assert (stored(city, order_id).version, stored(city, other_id).version) == (1, 2)


def test_the_history_can_only_grow(city: City) -> None:
    report(city)
    for words in ("UPDATE history SET text = 'x'", "DELETE FROM history_chain", "TRUNCATE history_chain"):
        with pytest.raises(DBAPIError, match="append-only"), city.database.writing() as connection:
            connection.exec_driver_sql(words)


def test_check_looks_at_everything_and_backup_says_whose_work_it_is(city: City, tmp_path: Path) -> None:
    close_order(city, report(city))
    checked = check(city, lambda done, total: None)
    assert (checked.faults, checked.counts["order"]) == ((), 1)
    with city.database.writing() as connection:
        connection.execute(schema.work_orders.update().values(work_status="flying", version=7))
    parts = {finding.part for finding in check(city, lambda done, total: None).faults}
    assert parts == {"orders", "history"}
    with pytest.raises(CorrectUsage, match=r"lies on a server \(postgresql://.*pg_dump"):
        back_up(city, tmp_path / "backup.crew", lambda done, total: None)


def test_commands_find_the_server_and_renew_what_it_put_back(
    city: City, settings: BackendSettings, tmp_path: Path
) -> None:
    close_order(city, report(city))
    own = tmp_path / "backend.toml"
    own.write_text(f'database = "{settings.database}"\n')
    surroundings = {"CREW_BACKEND_CONFIG": str(own)}
    with city.database.reading() as connection:
        before = setting(connection, "epoch")
    renewed = crew("backend", "renew", "--mail-hours", "0", "--data", city.data_dir, home=tmp_path, **surroundings)
    assert (renewed.code, renewed.out.splitlines()[0]) == (0, "not sent, as they may have been before: 1 mail")
    with city.database.reading() as connection:
        assert setting(connection, "epoch") != before
    refused = crew("backend", "restore", tmp_path / "x.tar", "--data", city.data_dir, home=tmp_path, **surroundings)
    assert (refused.code, "pg_restore" in refused.err) == (2, True)


def test_a_server_that_stops_is_a_sentence_and_its_return_is_noticed(server: Cluster, city: City) -> None:
    report(city)
    server.stop()
    try:
        for _ in range(2):
            with pytest.raises(TryLater, match=r"postgresql://.*(does not answer|cannot be reached)"):
                report(city)
        with pytest.raises(TryLater, match="Start its server, or correct `database`"):
            Database.open(city.data_dir, server=server.address(MODEL))
    finally:
        server.start()
    report(city)
    with city.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.work_orders)) == 2


def test_a_database_that_is_not_made_for_this_is_refused_in_words(server: Cluster, tmp_path: Path) -> None:
    for address, words in (
        (server.create("latin", "TEMPLATE template0 ENCODING 'LATIN1'"), "Make one with: createdb"),
        ("postgresql://crew:secret@localhost/crew", "~/.pgpass"),
        ("mysql://localhost/crew", "is no address"),
        ("postgresql://[/", "is no address"),
    ):
        with pytest.raises(CorrectSettings, match=words) as refused:
            Database.open(tmp_path, server=address)
        assert "secret" not in str(refused.value)
