"""Photos in words: which side of the repair, when, how large. Widget layer; pure."""

from typing import TYPE_CHECKING, Final

from crew.domain.place import distance_words
from crew.domain.work_order import PhotoRole

if TYPE_CHECKING:
    from datetime import datetime

    from crew.domain.photo_doubts import PhotoDoubts
    from crew.domain.work_order import Photo

_SIDES: Final = {PhotoRole.BEFORE: "from before the work", PhotoRole.AFTER: "of the finished work"}


HIDDEN: Final = "hidden from the public"
"""What stands under a photo that crews alone see."""


APPROVED: Final = "approved for posts"
"""What stands under a photo that the city's posts and feeds may show."""


def caption(photo: "Photo", place: int, count: int, now: "datetime", dot: str, *, mark: str = "") -> str:
    """The line under a photo, such as "before · 12 Oct 08:12 · 1 of 2".

    Args:
        photo: The photo.
        place: Its place among those of the same side, from 0.
        count: How many there are of this side.
        now: The current time, aware, in the reader's zone.
        dot: What stands between two facts.
        mark: What the public sees of it, where that is not as usual.
    """
    facts = [str(photo.role)]
    if photo.taken_at is not None:
        facts.append(moment_words(photo.taken_at, now))
    if count > 1:
        facts.append(f"{place + 1} of {count}")
    if mark:
        facts.append(mark)
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


def facts_words(width: int, height: int, byte_count: int, taken_at: "datetime | None", now: "datetime") -> list[str]:
    """The facts of a picture: size in pixels and bytes, and when it was taken where its camera says so."""
    taken = [] if taken_at is None else [f"taken {moment_words(taken_at, now)}"]
    return [f"{width} by {height}", size_words(byte_count), *taken]


def doubt_lines(doubts: "PhotoDoubts", now: "datetime", units: str) -> list[str]:
    """What is odd about a picture, a sentence each."""
    lines = []
    if doubts.metres is not None:
        lines.append(f"Taken {distance_words(doubts.metres, units)} from this place. Use it?")
    if doubts.taken_at is not None:
        when = moment_words(doubts.taken_at, now)
        lines.append(f"Its camera says {when}, which is still to come." if doubts.taken_at > now else f"Taken {when}.")
    earlier = doubts.earlier
    if earlier is not None:
        alike = "This photo" if earlier.same else "Nearly the same photo"
        of_order = f" for {earlier.order_id}" if earlier.order_id else ""
        lines.append(f"{alike} was kept before{of_order}, {moment_words(earlier.kept_at, now)}.")
    return lines


def picture_words(photo: "Photo", now: "datetime") -> str:
    """The sentence for a photo where pictures are switched off: of what it is, how large, when it was taken.

    Args:
        photo: The photo.
        now: The current time, aware, in the reader's zone.
    """
    facts = facts_words(photo.width, photo.height, photo.byte_count, photo.taken_at, now)
    return f"Photo {_SIDES[photo.role]}, {', '.join(facts)}."
