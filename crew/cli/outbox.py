"""The outbox for scripts: what waits and why, and every decision that the terminal offers. CLI layer."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.cli.field import opened_device, print_saved
from crew.cli.output import change_values, counted, outbox_values, print_json
from crew.domain.change import Escalation, Note, PhotosAdded, SendingStatus, StatusChange
from crew.domain.errors import CorrectInput
from crew.domain.rules import describe
from crew.domain.value import replace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from crew.domain.change import Change
    from crew.field_work import FieldWork, OutboxEntry, OutboxView

_MENDABLE: Final = {
    "status": ("note", "reason", "photo"),
    "note": ("note",),
    "photos": ("photo",),
    "escalation": ("note",),
}
"""What can be given anew of a change, by its kind; of every other kind nothing."""


def show(arguments: "argparse.Namespace") -> int:
    """Print what waits to be sent, oldest first, with totals and what lies aside."""
    with opened_device(arguments) as device:
        outbox = device.field_work.outbox()
        settled = device.field_work.settled() if arguments.all else ()
        if arguments.json:
            print_json([change_values(entry) for entry in (*settled, *outbox.entries)])
            return 0
        now = device.field_work.now
        _print_entries("", outbox.entries, now)
        for line in _totals(outbox, now):
            print(line)
        _print_entries("Set aside; take up again with: crew outbox take-up ID", outbox.aside, now)
        _print_entries("Lately sent or replaced", [entry for entry in settled if entry not in outbox.aside], now)
    return 0


def totals(arguments: "argparse.Namespace") -> int:
    """Print how much waits, and how the link stands."""
    with opened_device(arguments) as device:
        outbox = device.field_work.outbox()
        if arguments.json:
            print_json(outbox_values(outbox))
            return 0
        for line in _totals(outbox, device.field_work.now):
            print(line)
    return 0


def _print_entries(heading: str, entries: "Sequence[OutboxEntry]", now: "datetime") -> None:
    if heading and entries:
        print(f"\n{heading}")
    for entry in entries:
        _print_entry(entry, now)


def _print_entry(entry: "OutboxEntry", now: "datetime") -> None:
    change = entry.change
    made_at = change.made_at.astimezone(now.tzinfo)
    words = f"{entry.sending_status.words}{f': {entry.reason}' if entry.reason else ''}"
    print(f"{change.id}  {made_at:%Y-%m-%d %H:%M}  {change.order_id}  {describe(change)}  {words}")
    if entry.other is not None:
        print(f"    yours: {entry.other.mine}; {entry.other.person or 'somebody'}: {entry.other.theirs}")


def _totals(outbox: "OutboxView", now: "datetime") -> list[str]:
    def moment(value: "datetime | None") -> str:
        return f"{value.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if value else "never"

    counts = ", ".join(f"{outbox.count(status)} {status.words}" for status in SendingStatus if outbox.count(status))
    changes, photos = counted(len(outbox.entries), "change"), counted(outbox.photo_count, "photo")
    lines = [f"Unsent: {changes}{f' ({counts})' if counts else ''}, {photos} ({outbox.photo_bytes // 1024} KiB)."]
    if outbox.oldest_at is not None:
        lines.append(f"Oldest: {moment(outbox.oldest_at)}.")
    lines.append(f"Last success: {moment(outbox.last_success_at)}.")
    trouble = outbox.link_trouble
    if trouble is not None:
        next_try = "after a sign-in" if trouble.sign_in_needed else moment(trouble.next_try_at)
        lines.append(f"Since {moment(trouble.since)}: {trouble.problem} Next try: {next_try}.")
    return lines


def send_again(arguments: "argparse.Namespace") -> int:
    """Make a refused act once more."""
    return _decide(arguments, lambda work: work.send_again(arguments.id))


def keep_mine(arguments: "argparse.Namespace") -> int:
    """Decide for one's own value."""
    return _decide(arguments, lambda work: work.keep_mine(arguments.id))


def take_up(arguments: "argparse.Namespace") -> int:
    """Do once more what was undone or set aside."""
    return _decide(arguments, lambda work: work.take_up(arguments.id))


def mend(arguments: "argparse.Namespace") -> int:
    """Make a refused act once more, with what was missing."""
    return _decide(arguments, lambda work: _mended(work, arguments))


def set_aside(arguments: "argparse.Namespace") -> int:
    """Stop sending a change; it stays readable."""
    words = f"Set aside. It stays here; take it up again with: crew outbox take-up {arguments.id}"
    return _put_aside(arguments, lambda work: work.set_aside(arguments.id), words)


def keep_theirs(arguments: "argparse.Namespace") -> int:
    """Decide for the other's value. Raises as `FieldWork.keep_theirs`."""
    words = "Theirs holds. Yours stays readable: crew outbox"
    return _put_aside(arguments, lambda work: work.keep_theirs(arguments.id), words)


def export(arguments: "argparse.Namespace") -> int:
    """Write what waits or lies aside into a folder that can be read without Crew."""
    with opened_device(arguments) as device:
        done = device.field_work.export(Path(arguments.folder), everything=arguments.all)
        if arguments.json:
            written = {"changes": done.changes, "photos": done.photos, "absent_photos": done.absent_photos}
            print_json({"folder": str(done.folder), **written})
        else:
            print(done.words)
    return 0


def seen(arguments: "argparse.Namespace") -> int:
    """Say that somebody has read what became of a damaged store."""
    with opened_device(arguments) as device:
        device.field_work.forget_recovery()
        if arguments.json:
            print_json({"seen": True})
        else:
            print("Noted; it is not said again.")
    return 0


def _decide(arguments: "argparse.Namespace", decide: "Callable[[FieldWork], Change]") -> int:
    with opened_device(arguments) as device:
        print_saved(device, decide(device.field_work), json=arguments.json)
    return 0


def _put_aside(arguments: "argparse.Namespace", put: "Callable[[FieldWork], None]", words: str) -> int:
    with opened_device(arguments) as device:
        put(device.field_work)
        if arguments.json:
            print_json({"id": arguments.id, "sending_status": SendingStatus.SET_ASIDE})
        else:
            print(words)
    return 0


def _mended(work: "FieldWork", arguments: "argparse.Namespace") -> "Change":
    """The refused act with the words and photos that were given in place of its own."""
    mending = work.mending(arguments.id)
    old = work.entry(arguments.id).change
    _refuse_what_it_has_not(arguments, old)
    photos = [work.keep_photo(Path(name)) for name in arguments.photo]
    match old.act:
        case StatusChange() as act:
            mended = replace(
                act,
                reason=arguments.reason or act.reason,
                note=arguments.note or act.note,
                photos=(*act.photos, *photos),
                public_text="",  # it is made anew for another reason
            )
            return mending.change_status(old.order_id, mended)
        case Note(text):
            return mending.add_note(old.order_id, arguments.note or text)
        case PhotosAdded(kept):
            return mending.add_photos(old.order_id, (*kept, *photos))
        case Escalation(level, reason, to, by):
            return mending.escalate(old.order_id, level, arguments.note or reason, to, by)
        case _:
            raise CorrectInput("Nothing of this can be mended. Set it aside, and do it anew.")


def _refuse_what_it_has_not(arguments: "argparse.Namespace", old: "Change") -> None:
    """Nothing that was given is dropped in silence."""
    for name in ("note", "reason", "photo"):
        if getattr(arguments, name) and name not in _MENDABLE.get(old.kind, ()):
            raise CorrectInput(f"This change ({describe(old)}) has no {name}. Leave out --{name}.")
