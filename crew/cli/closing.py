"""`crew reasons`, `crew close`: how orders end, and many ended in one go. CLI layer.

The same rules, store and outbox as the terminal; `crew sync` sends what was done.
"""

from typing import TYPE_CHECKING, Final

from crew.cli.desk import ids_of, print_refused, refusals
from crew.cli.field import opened_device, signed_in_device, warn
from crew.cli.output import counted, print_json, print_table
from crew.domain.change import StatusChange
from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line
from crew.domain.wording import readable
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    import argparse

    from crew.domain.wording import ClosureReason, Wording
    from crew.mass_closing import ClosePreview

_AS_USUAL: Final = WorkStatus.DONE.value
"""The word for finished work with the sentence of its service."""


def reasons(arguments: "argparse.Namespace") -> int:
    """Print the closure reasons that this device knows, and what work can wait for."""
    with opened_device(arguments) as device:
        wording = device.field_work.wording()
    offered = [
        one for status in (WorkStatus.DONE, WorkStatus.CANT_DO) for one in wording.offered(status, arguments.service)
    ]
    first = wording.languages[0].code
    waiting = [] if arguments.service else [one for one in wording.waiting if not one.retired]
    if arguments.json:
        waits = [{"code": one.code, "waits": True, "words": one.words} for one in waiting]
        print_json([*(_values(one, first) for one in offered), *waits])
        return 0
    rows = [(one.code, one.status.value, _asked(one), one.words, readable(one.text[first])) for one in offered]
    rows += [(one.code, WorkStatus.WAITING.value, "", f"waiting for {one.words}", "") for one in waiting]
    print_table(rows, ("CODE", "ENDS", "ASKS FOR", "WORDS", "THE CITIZEN READS"))
    return 0


def _values(one: "ClosureReason", language: str) -> dict[str, object]:
    return {
        "code": one.code,
        "ends": one.status.value,
        "words": one.words,
        "text": one.text[language],
        "services": one.services,
        "photo": one.photo,
        "note": one.note,
    }


def _asked(one: "ClosureReason") -> str:
    asked = (("photo", one.photo), ("note", one.note), ("words", one.asks_for_words))
    return ", ".join(name for name, why in asked if why)


def close(arguments: "argparse.Namespace") -> int:
    """End orders in one go; or say what that would do."""
    ids = ids_of(arguments)
    with signed_in_device(arguments) as device:
        field_work = device.field_work
        status, code = _reason_named(field_work.wording(), arguments.reason)
        ending = StatusChange(status, code, note=arguments.note, public_note=arguments.text)
        warn(device, ending.public_note)
        if arguments.dry_run:
            _print_preview(field_work.preview_close(ids, ending), as_json=arguments.json)
            return 0
        done = field_work.close(ids, ending)
        if arguments.json:
            changes = [{"id": change.id, "order_id": change.order_id} for change in done.changes]
            print_json({"reason": code, "closed": changes, "refused": refusals(done.refused)})
            return 0
        print(f"Saved. {counted(len(done.changes), 'order')} closed: crew sync")
        print_refused(done.refused)
    return 0


def _reason_named(wording: "Wording", code: str) -> tuple[WorkStatus, str]:
    if code == _AS_USUAL:
        return WorkStatus.DONE, ""
    reason = wording.with_code(code)
    if reason is None:
        raise CorrectInput(f'There is no closure reason "{clean_line(code)}". Look at the list: crew reasons.')
    return reason.status, reason.code


def _print_preview(preview: "ClosePreview", *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "services": [{"name": one.name, "count": one.count, "text": one.sentence} for one in preview.services],
                "requests": preview.requests,
                "without": {demand.value: count for demand, count in preview.without},
                "under_way": preview.under_way,
                "refused": refusals(preview.refused),
            }
        )
        return
    answered = counted(preview.requests, "report")
    print(f"Would close {counted(preview.count, 'order')} and answer {answered}. {len(preview.under_way)} under way.")
    for demand, count in preview.without:
        print(f"Without the {demand} that is asked for: {count}; their history says so.")
    for one in preview.services:
        print(f"{one.count} {one.name}: {one.sentence}")
    print_refused(preview.refused)
