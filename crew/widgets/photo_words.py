"""Photos in words: which side of the repair, when, how large. Widget layer; pure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from crew.domain.work_order import Photo


def caption(photo: "Photo", place: int, count: int, now: "datetime", dot: str) -> str:
    """The line under a photo, such as "before · 12 Oct 08:12 · 1 of 2".

    Args:
        photo: The photo.
        place: Its place among those of the same side, from 0.
        count: How many there are of this side.
        now: The current time, aware, in the reader's zone.
        dot: What stands between two facts.
    """
    facts = [str(photo.role)]
    if photo.taken_at is not None:
        facts.append(moment_words(photo.taken_at, now))
    if count > 1:
        facts.append(f"{place + 1} of {count}")
    return f" {dot} ".join(facts)


def moment_words(moment: "datetime", now: "datetime") -> str:
    """A moment to the minute: "14:32" today, else "12 Oct 08:12", with the year where it is another."""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def size_words(byte_count: int) -> str:
    """A size as "240 KB" or "3.1 MB"."""
    if byte_count < 1000:
        return f"{byte_count} B"
    if byte_count < 1_000_000:
        return f"{byte_count / 1000:.0f} KB"
    return f"{byte_count / 1_000_000:.1f} MB"


def picture_words(photo: "Photo") -> str:
    """What is said of a photo where pictures are switched off."""
    return f"Photo, {photo.width} by {photo.height}, {size_words(photo.byte_count)}"
