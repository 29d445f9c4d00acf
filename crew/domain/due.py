"""Deadlines in words: near ones relative, far ones absolute. Domain layer; the current time is handed in."""

from datetime import UTC, datetime, timedelta

from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

_SOON = timedelta(minutes=90)


class DueWords(Value):
    """A deadline as a person reads it. `late` is told in words too, never by colour alone."""

    words: str
    late: bool
    soon: bool


def due_words(
    due_at: datetime | None, now: datetime, status: WorkStatus = WorkStatus.NEW, paused: timedelta | None = None
) -> DueWords:
    """Say when something is due, in the time zone of `now`.

    Args:
        due_at: The deadline, aware; None where the service has none.
        now: The current time, aware, in the zone that the reader lives in.
        status: Ended work is never late.
        paused: What is left of its time while its clock stands; None while it runs. What waits is not late either.
    """
    if paused is not None and not status.ended:
        return DueWords(
            f"paused, {_span(abs(paused))} {'over' if paused < timedelta(0) else 'left'}", late=False, soon=False
        )
    if due_at is None:
        return DueWords("no deadline", late=False, soon=False)
    left = due_at.astimezone(UTC) - now.astimezone(UTC)  # two moments of one zone subtract as clock faces
    if left < timedelta(0) and not status.ended:
        return DueWords(f"late {_span(-left)}", late=True, soon=False)
    soon = timedelta(0) <= left <= _SOON and not status.ended
    if soon:
        return DueWords(f"in {_span(left)}", late=False, soon=True)
    return DueWords(day_and_time(due_at, now), late=False, soon=False)


def time_left(
    due_at: datetime | None, now: datetime, status: WorkStatus = WorkStatus.NEW, paused: timedelta | None = None
) -> DueWords:
    """Say how long there is until something is due, however far that is. Arguments as for `due_words`."""
    words = due_words(due_at, now, status, paused)
    if due_at is None or paused is not None or words.late or words.soon or status.ended:
        return words
    return DueWords(f"in {_span(due_at.astimezone(UTC) - now.astimezone(UTC))}", late=False, soon=False)


def answer_left(by: datetime, now: datetime) -> DueWords:
    """Say how long somebody has to acknowledge an escalation, as `time_left` does of a deadline."""
    left = by.astimezone(UTC) - now.astimezone(UTC)
    if left < timedelta(0):
        return DueWords(f"no answer {_span(-left)}", late=True, soon=False)
    return DueWords(f"answer {_span(left)}", late=False, soon=left <= _SOON)


def day_and_time(moment: datetime, now: datetime) -> str:
    """A moment as "today 16:00", "tomorrow 09:30", "Fri 16:00" or "12 Oct"; both aware."""
    local = moment.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    clock = f"{local.hour:02}:{local.minute:02}"
    if days == 0:
        return f"today {clock}"
    if days == 1:
        return f"tomorrow {clock}"
    if days == -1:
        return f"yesterday {clock}"
    if 0 < days < 7:
        return f"{local:%a} {clock}"
    day = f"{local.day} {local:%b}"
    return day if local.year == now.year else f"{day} {local.year}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    days = hours // 24
    return f"{days} d" if days < 730 else f"{days // 365} y"
