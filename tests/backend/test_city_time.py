"""A city's calendar and ladder come from its files; what cannot be is told in a sentence."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import force_setattr

from crew import wire
from crew.backend.catalogue import Catalogue, load_catalogue
from crew.backend.city import City
from crew.backend.city_time import CityTime, load_city_time
from crew.backend.holidays import Holidays, read_holidays
from crew.domain.change import Note, StatusChange, Triage
from crew.domain.deadlines import TimeRules
from crew.domain.errors import CorrectSettings
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.settings import shipped_path
from tests.backend.citizens import NOON, Hands
from tests.backend.crews import PHOTO_SERVICE, PLAIN_SERVICE, ROADS, Enrolment, report, stored

CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Founders' long
  weekend
DTSTART;VALUE=DATE:20260417
DTEND;VALUE=DATE:20260420
END:VEVENT
BEGIN:VEVENT
SUMMARY:Christmas
DTSTART;VALUE=DATE:20201225
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
SUMMARY:A concert, and no holiday
DTSTART:20260501T180000Z
END:VEVENT
BEGIN:VEVENT
STATUS:CANCELLED
DTSTART;VALUE=DATE:20260502
END:VEVENT
END:VCALENDAR
"""


def loaded(folder: Path, *changes: tuple[str, str]) -> CityTime:
    """The shipped rules with some lines changed."""
    text = shipped_path("deadlines.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "deadlines.toml").write_text(text)
    return load_city_time("America/New_York", load_catalogue({}), folder)


def test_the_shipped_rules_are_what_they_say(tmp_path: Path) -> None:
    shipped = load_city_time("America/New_York", load_catalogue({}))
    assert shipped == loaded(tmp_path)
    friday = datetime(2026, 12, 24, 20, tzinfo=UTC)  # three in the afternoon, the day before Christmas
    assert shipped.deadlines.after(friday, timedelta(hours=2), working=True) == datetime(2026, 12, 28, 13, tzinfo=UTC)
    assert [level.name for level in shipped.deadlines.ladder] == ["supervisor", "department", "mayor's office"]
    assert wire.decode(wire.encode(shipped.rules), TimeRules) == shipped.rules


def test_holidays_come_from_a_calendar_and_from_a_list(tmp_path: Path) -> None:
    (tmp_path / "days.ics").write_bytes(CALENDAR.replace("\n", "\r\n").encode())
    (tmp_path / "days.txt").write_text("# ours\n2026-11-26, Thanksgiving\n\n07-04 every year\n", encoding="utf-8-sig")
    found = read_holidays(tmp_path / "days.ics")
    assert found == Holidays(frozenset(date(2026, 4, day) for day in (17, 18, 19)), frozenset({(12, 25)}))
    assert read_holidays(tmp_path / "days.txt") == Holidays(frozenset({date(2026, 11, 26)}), frozenset({(7, 4)}))
    named = loaded(tmp_path, ('holidays_file = ""', 'holidays_file = "days.ics"'))
    assert date(2026, 4, 18) in named.rules.holidays
    assert (1, 1) in named.rules.yearly


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "is on another day each year"),
        ("DTSTART;VALUE=DATE:20260231", "a day that does not exist"),
        ("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101", "longer than two months"),
    ],
)
def test_a_calendar_that_would_move_deadlines_unseen_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "days.ics").write_text(f"BEGIN:VEVENT\n{text}\nEND:VEVENT\n")
    with pytest.raises(CorrectSettings, match=why):
        read_holidays(tmp_path / "days.ics")


RULE = '# [[rule]]\n# name = "urgent and nearly due"  # stands in the history\n'


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('monday = ["07:00-16:00"]', 'monday = ["16:00-07:00"]', "are no working hours"),
        ('monday = ["07:00-16:00"]', 'monday = ["07:00-16:00", "15:00-18:00"]', "shifts of a day follow one another"),
        ("monday =", "moonday =", '"moonday" is no day'),
        ('"01-01"', '"2026-02-30"', '"2026-02-30" is no day'),
        ('holidays_file = ""', 'holidays_file = "none.ics"', "cannot be read"),
        ('"permit",', '"lunch",', 'nothing waits for "lunch"'),
        ('name = "department"', 'name = "Supervisor"', "two levels have the same name"),
        ("answer_hours = 4", "answer_hours = -4", "hours that can be"),
        ("oldest_hours = 24", "oldest_hours = 0", "oldest_hours at least 1"),
        ("grace_minutes", "graze_minutes", "graze_minutes"),
        (RULE, '[[rule]]\nname = "x"\nwhen = "before_due"\nlevel = "king"\n', "which is not on the ladder"),
        (RULE, '[[rule]]\nname = "x"\nwhen = "at_noon"\nlevel = "supervisor"\n', "at_noon"),
        (RULE, '[[rule]]\nname = "x"\nwhen = "not_fixed"\nlevel = "supervisor"\nservices = ["y"]\n', 'the service "y"'),
        (RULE, '[[rule]]\nname = "x"\nwhen = "not_fixed"\nlevel = "supervisor"\ngroups = ["y"]\n', 'the group "y"'),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(CorrectSettings, match=why):
        loaded(tmp_path, (old, new))


def counting_working_hours(city: City, hours: int) -> Catalogue:
    """The city promises to look at a service of ours within so many working hours."""
    service = msgspec.structs.replace(city.catalogue.service(PLAIN_SERVICE), due_hours=0, due_working_hours=hours)
    return replace(city.catalogue, services={**city.catalogue.services, PLAIN_SERVICE: service})


def test_a_service_promises_days_or_working_hours_and_not_both(tmp_path: Path) -> None:
    text = (
        shipped_path("services.toml").read_text().replace("due_hours = 48\n", "due_hours = 48\ndue_working_hours = 9\n")
    )
    (tmp_path / "services.toml").write_text(text)
    with pytest.raises(CorrectSettings, match="leave one of them out"):
        load_catalogue({}, tmp_path)


@pytest.mark.anyio
async def test_a_deadline_in_working_hours_stands_while_a_permit_is_waited_for(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    """Reported at noon with ten working hours: four today, six tomorrow. Two hours and a night are waited."""
    force_setattr(city, "catalogue", counting_working_hours(city, 10))
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    due = datetime(2026, 3, 12, 17, tzinfo=UTC)
    assert (stored(city, order_id).due_at, stored(city, order_id).working_hours) == (due, True)
    clock.turn(hours=2)

    await truck.act(order_id, StatusChange(WorkStatus.WAITING, "permit"))
    paused = stored(city, order_id)
    assert (paused.paused_at, city.time.deadlines.left(paused)) == (NOON + timedelta(hours=2), timedelta(hours=8))
    clock.turn(hours=18)  # until eight the next morning: two hours of work today, one tomorrow
    await truck.act(order_id, StatusChange(WorkStatus.WORKING))

    going_on = stored(city, order_id)
    assert (going_on.paused_at, going_on.due_at) == (None, due + timedelta(hours=3))


@pytest.mark.anyio
async def test_another_service_promises_another_time_and_what_was_waited_stays_added(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck, office = await enrol(crew=ROADS), await enrol("supervisor")
    await truck.act(order_id, StatusChange(WorkStatus.WAITING, "permit"))
    clock.turn(hours=5)
    await truck.act(order_id, StatusChange(WorkStatus.WORKING))
    assert (await office.act(order_id, Triage("needle-pickup"))).outcome == "applied"
    assert stored(city, order_id).due_at == NOON + timedelta(hours=4 + 5)


@pytest.mark.anyio
@pytest.mark.parametrize(("behind", "left"), [(-24, 48), (24, 48)])
async def test_a_device_a_day_off_stops_no_clock_before_the_report_or_in_the_future(
    city: City, enrol: Enrolment, behind: int, left: int
) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck = await enrol(crew=ROADS)
    change = truck.change(order_id, StatusChange(WorkStatus.WAITING, "permit"))
    await truck.push_one(replace(change, made_at=NOON - timedelta(hours=behind)))
    order = stored(city, order_id)
    assert (order.paused_at, city.time.deadlines.left(order)) == (NOON, timedelta(hours=left))


def test_two_days_of_the_shipped_week_are_what_the_shipped_services_say_of_them(city: City) -> None:
    friday, tuesday = datetime(2026, 3, 13, 16, tzinfo=UTC), datetime(2026, 3, 17, 16, tzinfo=UTC)

    assert city.time.deadlines.after(friday, timedelta(hours=18), working=True) == tuesday
    assert "due_working_hours = 18 in place of due_hours = 48" in shipped_path("services.toml").read_text()


@pytest.mark.anyio
async def test_a_device_a_day_behind_gives_no_day_away_where_somebody_else_goes_on(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck, office = await enrol(crew=ROADS), await enrol("supervisor")
    due = stored(city, order_id).due_at
    assert due is not None
    clock.turn(days=1, hours=12)
    await office.act(order_id, Note("go there first"))
    change = truck.change(order_id, StatusChange(WorkStatus.WAITING, "permit"))
    clock.turn(minutes=30)  # the truck's link is away, and its clock a day behind
    await truck.push_one(replace(change, made_at=change.made_at - timedelta(days=1)))
    clock.turn(hours=2)

    await office.act(order_id, StatusChange(WorkStatus.WORKING))

    assert stored(city, order_id).due_at == due + timedelta(hours=2, minutes=30)


@pytest.mark.anyio
async def test_the_rules_come_with_the_feed_once_and_when_they_change(city: City, enrol: Enrolment) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    async def told(mark: str | None) -> object:
        params = {"cursor": ""} if mark is None else {"cursor": "", "time": mark}
        return wire.decode((await truck.get("feed", params)).content, wire.FeedPage).time_rules

    assert await told("") == city.time.rules
    assert await told("another") == city.time.rules
    assert await told(wire.mark_of(city.time.rules)) is None
    assert await told(None) is None, "a device of an earlier version has no use for them"
