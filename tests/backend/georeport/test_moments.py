"""Dates as clients send them and as the specification wants them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.georeport.moments import read_end, read_start, write_moment
from crew.backend.georeport.refusals import CorrectParameters

BOSTON = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-03-11T02:30:00Z", datetime(2026, 3, 11, 2, 30, tzinfo=UTC)),
        ("2026-03-11T02:30:00-04:00", datetime(2026, 3, 11, 6, 30, tzinfo=UTC)),
        ("2026-03-11T02:30:00+02:00", datetime(2026, 3, 11, 0, 30, tzinfo=UTC)),
        ("2026-03-11T02:30:00 02:00", datetime(2026, 3, 11, 0, 30, tzinfo=UTC)),
        ("2026-03-11T02:30:00.123456Z", datetime(2026, 3, 11, 2, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-11 02:30", datetime(2026, 3, 11, 6, 30, tzinfo=UTC)),
        ("2026-03-11", datetime(2026, 3, 11, 4, 0, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_every_way_that_clients_write_it(raw: str, moment: datetime) -> None:
    assert read_start("start_date", raw, BOSTON) == moment


@pytest.mark.parametrize("raw", ["soon", "2026-13-01", "0001-01-01", "9999-12-31T23:59:59Z", "2026-03-11T", "2026-W99"])
def test_what_is_no_date_is_refused_by_the_name_of_its_parameter(raw: str) -> None:
    with pytest.raises(CorrectParameters, match="end_date is not a date"):
        read_end("end_date", raw, BOSTON)


def test_an_end_includes_its_second() -> None:
    assert read_end("end_date", "2026-03-11T02:30:00Z", BOSTON) == datetime(2026, 3, 11, 2, 30, 1, tzinfo=UTC)


def test_an_end_without_a_time_includes_its_day_also_when_clocks_change() -> None:
    assert read_end("end_date", "2026-03-08", BOSTON) == datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


@given(MOMENTS)
def test_what_is_written_is_strict_and_reads_back_to_the_second(moment: datetime) -> None:
    raw = write_moment(moment, BOSTON)
    assert "." not in raw
    assert timedelta(0) <= moment - read_start("start_date", raw, UTC) < timedelta(seconds=1)
