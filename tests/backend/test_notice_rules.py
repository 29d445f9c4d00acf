"""What is told of what happens to a report, to whom, and when: by the city's settings and by its reader's choice."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.backend_settings import read_backend_settings
from crew.backend.catalogue import SERVICES_FILE, load_catalogue
from crew.backend.change_effects import begin_anew
from crew.backend.city import City
from crew.backend.notices import queueing
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.hours import in_quiet_hours, next_at, quiet_until
from crew.backend.notices.quiet_addresses import Choice, Wish, choose
from crew.backend.notices.states import State
from crew.backend.orders import NewRequest, link_request, load_order
from crew.backend.public.page_links import QUIET, page_secret, page_token
from crew.domain.change import Assignment, Contact, Intake, StatusChange
from crew.domain.errors import CorrectSettings
from crew.domain.work_order import HistoryEntry, WorkStatus
from crew.settings import shipped_path
from tests.backend.citizens import SECRET_MAIL, Hands, close_order, set_order, with_settings
from tests.backend.crews import LIGHTS
from tests.backend.crews import report as report_to_crew
from tests.backend.letters import EVE, mailing, messages, report, rows, text_of
from tests.backend.living_city import OFFICE, LivingCity

BOSTON = ZoneInfo("America/New_York")


@pytest.fixture
def city(city: City) -> City:
    return mailing(city)


def noticing(city: City, **changes: object) -> City:
    return with_settings(city, notices=msgspec.structs.replace(city.settings.notices, **changes))


def subjects(city: City) -> list[str]:
    """What was mailed, in the order in which it left."""
    return [str(message["Subject"]) for message in sorted(messages(city), key=lambda message: message["Date"].datetime)]


def choosing(city: City, request_id: str, choice: Choice) -> None:
    with city.database.reading() as connection:
        token = page_token(page_secret(connection), request_id, QUIET)
    assert choose(city, token, choice) == Wish(choice)


def told_of(living: LivingCity) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in rows(living.city)]


@pytest.fixture
def living(living: LivingCity) -> LivingCity:
    return LivingCity(mailing(living.city), living.clock)


# Whom


def test_who_reported_the_same_twice_gets_one_mail_that_names_both_numbers(city: City) -> None:
    order_id = report(city)
    with city.database.writing() as connection:
        for address in (SECRET_MAIL.upper(), EVE):
            link_request(connection, city, NewRequest(service_code="pothole", description="x", email=address), order_id)
    close_order(city, order_id)
    assert deliver_due(city) == 2
    own = next(message for message in messages(city) if message["To"] == SECRET_MAIL)
    assert f"Report: {order_id}, 311000000002\r\n" in text_of(own, "plain")


def test_a_caller_who_joins_is_thanked_and_who_reported_it_before_hears_nothing_of_that(living: LivingCity) -> None:
    order_id = living.reported()
    caller = Contact("Eve", "", "", EVE)
    act = Intake("pothole", "Pothole", description="again", address="52 G St", joins=order_id, contact=caller)
    assert living.does(order_id, act, OFFICE).outcome == "applied"
    assert [(row.kind, row.recipient) for row in rows(living.city)] == [("received", EVE)]


# What


def test_what_is_another_agencys_says_who_is_responsible(living: LivingCity) -> None:
    city = noticing(living.city, elsewhere="the state, 617-555-0100")
    here = LivingCity(city, living.clock)
    here.does(here.reported(), StatusChange(WorkStatus.CANT_DO, reason="not_ours"))
    assert deliver_due(city) == 1
    (message,) = messages(city)
    assert "went to another agency" in message["Subject"]
    assert "Responsible: the state, 617-555-0100." in text_of(message, "plain")


def test_what_is_opened_again_is_told_once_and_what_replaces_it_leaves_nothing_else_to_tell(
    living: LivingCity,
) -> None:
    order_id = living.reported()
    living.does(order_id, StatusChange(WorkStatus.DONE))
    assert deliver_due(living.city) == 1
    living.does(order_id, StatusChange(WorkStatus.SENT_BACK, note="The edge is loose."), OFFICE)
    living.does(order_id, StatusChange(WorkStatus.WORKING))
    assert deliver_due(living.city) == 1
    living.does(order_id, StatusChange(WorkStatus.DONE))
    assert deliver_due(living.city) == 1
    number = f"Your report {order_id}"
    assert subjects(living.city) == [f"{number} is done", f"{number} is open again", f"{number} is done"]


def test_who_was_never_told_of_the_end_hears_nothing_of_its_being_taken_back(living: LivingCity) -> None:
    order_id = living.reported()
    living.does(order_id, StatusChange(WorkStatus.DONE))
    living.does(order_id, StatusChange(WorkStatus.SENT_BACK, note="The edge is loose."), OFFICE)
    assert deliver_due(living.city) == 0
    assert {row.state for row in rows(living.city)} == {State.UNTOLD}


def test_not_fixed_is_answered(living: LivingCity) -> None:
    city = living.city
    order_id = living.reported()
    living.does(order_id, StatusChange(WorkStatus.DONE))
    assert deliver_due(city) == 1
    living.clock.turn(minutes=1)
    with city.database.writing() as connection:
        order = load_order(connection, city.catalogue, order_id)
        assert order is not None
        begin_anew(connection, city, order, HistoryEntry(living.clock(), "A citizen", "not fixed", ""))
    assert deliver_due(city) == 1
    assert "open again" in subjects(city)[-1]


def test_that_a_crew_has_it_is_told_once_however_often_it_moves_and_only_where_the_city_wants(
    living: LivingCity,
) -> None:
    for wanted in (False, True):
        kinds = ("scheduled", "done") if wanted else living.city.settings.notices.kinds
        here = LivingCity(noticing(living.city, kinds=kinds), living.clock, 100 * wanted)
        order_id = here.reported()
        report_to_crew(here.city, LIGHTS)
        for crew in (LIGHTS, "road-repair-1", LIGHTS):
            here.does(order_id, Assignment(crew), OFFICE)
        assert [row.kind for row in rows(here.city)] == ["scheduled"] * wanted


def test_a_service_may_be_told_of_otherwise(city: City) -> None:
    pothole = city.catalogue.services["pothole"]
    city.catalogue.services["pothole"] = msgspec.structs.replace(pothole, notices=("received",))
    close_order(city, report(city))
    assert rows(city) == []


def test_a_group_of_the_catalogue_says_it_for_its_services_and_each_may_say_otherwise(tmp_path: Path) -> None:
    text = shipped_path(SERVICES_FILE).read_text(encoding="utf-8")
    text = text.replace("[group_notices]\n", '[group_notices]\nStreets = ["done"]\n')
    text = text.replace('code = "sidewalk"\n', 'code = "sidewalk"\nnotices = []\n')
    (tmp_path / SERVICES_FILE).write_text(text, encoding="utf-8")
    services = load_catalogue({}, tmp_path).services
    told = [services[code].notices for code in ("pothole", "sidewalk", "rodents")]
    assert told == [("done",), (), None]
    (tmp_path / SERVICES_FILE).write_text(text.replace("Streets = [", "Sky = ["), encoding="utf-8")
    with pytest.raises(CorrectSettings, match="Sky"):
        load_catalogue({}, tmp_path)


def test_what_happened_too_long_ago_is_told_to_nobody(city: City, clock: Hands) -> None:
    order_id = report(city)
    order = set_order(city, order_id, "done", work_status="done", public_status="closed")
    clock.turn(days=8)
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, "done")
    close_order(city, report(city, email=EVE))
    assert deliver_due(city) == 1
    assert [message["To"] for message in messages(city)] == [EVE]
    close_order(city, report(city, email="late@example.org"))
    clock.turn(days=8)  # a copy of the database that lay about for a week
    assert deliver_due(city) == 0
    assert {row.state for row in rows(city) if row.recipient != EVE} == {State.UNTOLD}


# When


def test_quiet_hours_hold_what_is_not_urgent_until_they_end(city: City, clock: Hands) -> None:
    here = noticing(city, quiet_hours="21:00-07:00", urgent_kinds=("cant_do",))
    clock.turn(hours=10)  # ten in the evening
    close_order(here, report(here))
    urgent = report(here, email=EVE)
    order = set_order(here, urgent, "can't do", work_status="cant_do", public_status="closed")
    with here.database.writing() as connection:
        queueing.queue(connection, here, order, "cant_do")
    assert deliver_due(here) == 1
    assert [message["To"] for message in messages(here)] == [EVE]
    clock.turn(hours=8, minutes=59)
    assert deliver_due(here) == 0
    clock.turn(minutes=1)
    assert deliver_due(here) == 1


@given(
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants them without a zone
)
def test_quiet_hours_end_at_the_first_moment_that_is_not_quiet(begin: time, end: time, moment: datetime) -> None:
    until = quiet_until((begin, end), moment, BOSTON)
    assert (until is not None) == in_quiet_hours((begin, end), moment, BOSTON)
    if until is not None:
        assert timedelta() < until - moment <= timedelta(hours=25)
        assert not in_quiet_hours((begin, end), until, BOSTON) or until.astimezone(BOSTON).time() != end


@given(st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - as above
def test_the_hour_of_the_daily_mail_comes_within_a_day(wall: time, moment: datetime) -> None:
    assert timedelta() < next_at(wall, moment, BOSTON) - moment <= timedelta(hours=25)


def test_more_mails_than_a_reader_can_bear_become_one(city: City, clock: Hands) -> None:
    here = noticing(city, digest_over=2, digest_minutes=60)
    numbers = [report(here) for _ in range(6)]
    for number in numbers[:2]:
        close_order(here, number)
        assert deliver_due(here) == 1
    for number in numbers[2:5]:
        close_order(here, number, f"Told of {number}.")
        assert deliver_due(here) == 0, "they wait for the hour to be over"
    clock.turn(minutes=61)
    assert deliver_due(here) == 1
    digest = next(message for message in messages(here) if "News" in message["Subject"])
    for kind in ("plain", "html"):
        for number in numbers[2:5]:
            assert f"Told of {number}." in text_of(digest, kind)
    assert len(messages(here)) == 3
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_digest_leaves_out_what_is_not_so_any_more(city: City) -> None:
    here = noticing(city, digest_over=1)
    first, second, third = (report(here) for _ in range(3))
    for number in (first, second, third):
        close_order(here, number, f"Told of {number}.")
    set_order(here, second, work_status="sent_back", public_status="open")
    assert deliver_due(here) == 1
    (digest,) = messages(here)
    assert second not in text_of(digest, "plain")
    assert [row.state for row in rows(here)] == [State.SENT, State.UNTOLD, State.SENT]


def test_a_digest_that_was_tried_is_the_same_letter_at_the_next_try(city: City, clock: Hands) -> None:
    here = noticing(city, digest_over=1)
    for _ in range(2):
        close_order(here, report(here))
    (here.data_dir / "mail").write_text("in the way", encoding="utf-8")
    assert deliver_due(here) == 0
    (letter_id,) = {row.letter_id for row in rows(here)}
    (here.data_dir / "mail").unlink()
    close_order(here, report(here))
    clock.turn(hours=2)
    assert deliver_due(here) == 2
    assert f"<notice.{letter_id}@example.gov>" in {message["Message-ID"] for message in messages(here)}


# As somebody chooses


def test_who_wants_the_end_alone_hears_of_nothing_else(living: LivingCity) -> None:
    city, order_id = living.city, living.reported()
    choosing(city, order_id, Choice.ENDING)
    order = set_order(city, order_id)
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, "received")
    living.does(order_id, StatusChange(WorkStatus.DONE))
    assert [row.kind for row in rows(city)] == ["done"]


def test_who_wants_one_mail_a_day_gets_it_at_its_hour(city: City, clock: Hands) -> None:
    choosing(city, report(city), Choice.DAILY)
    for _ in range(2):
        close_order(city, report(city))  # at noon
        assert deliver_due(city) == 0
        clock.turn(hours=1)
    clock.turn(hours=2, minutes=59)
    assert deliver_due(city) == 0
    clock.turn(minutes=1)
    assert deliver_due(city) == 1
    (digest,) = messages(city)
    assert digest["Subject"] == "News of 2 of your reports"


# The settings


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('quiet_hours = "late"', "quiet_hours"),
        ('daily_at = "25:00"', "daily_at"),
        ('kinds = ["gone"]', "kinds"),
        ("oldest_days = 0", "oldest_days"),
        ('alarm_channel = "nowhere"', "alarm_channel"),
        ('[[notices.webhook]]\nname = "A b"\nurl = ""\nsecret_file = ""', "A b"),
        ('[[notices.webhook]]\nname = "a"\nurl = ""\nsecret_file = ""\n' * 2, '"a"'),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, named: str
) -> None:
    path = tmp_path / "backend.toml"
    path.write_text(f"[notices]\n{line}\n", encoding="utf-8")
    monkeypatch.setenv("CREW_BACKEND_CONFIG", str(path))
    with pytest.raises(CorrectSettings, match=named):
        read_backend_settings()
