"""When somebody may be written to: quiet hours, and the hour of the daily mail. Backend layer; pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)


def in_quiet_hours(quiet: tuple[time, time] | None, moment: datetime, zone: tzinfo) -> bool:
    """Whether a moment lies in the quiet hours by the clock on the wall; they may reach over midnight."""
    if quiet is None:
        return False
    begin, end = quiet
    wall = moment.astimezone(zone).time()
    return begin <= wall < end if begin <= end else wall >= begin or wall < end


def quiet_until(quiet: tuple[time, time] | None, moment: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that a moment lies in; None where it lies in none."""
    if quiet is None or not in_quiet_hours(quiet, moment, zone):
        return None
    return next_at(quiet[1], moment, zone)


def next_at(wall: time, after: datetime, zone: tzinfo) -> datetime:
    """The first moment after another at which the clock on the wall shows a time.

    A time that a change of the clocks leaves out counts as if it had not been left out.
    """
    day = after.astimezone(zone).date()
    moment = _at(day, wall, zone)
    while moment <= after:
        day += _DAY
        moment = _at(day, wall, zone)
    return moment


def _at(day: date, wall: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, wall, zone).astimezone(UTC)
