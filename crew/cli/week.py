"""`crew week`: what was done in seven days and what citizens said of it, for scripts. CLI layer; changes no order."""

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import asdict

from crew.cli.field import signed_in_device
from crew.cli.output import moment_text, print_json, print_table
from crew.domain.due import day_and_time

if TYPE_CHECKING:
    import argparse

    from crew.domain.week import CrewWeek


def show(arguments: "argparse.Namespace") -> int:
    """Print a line a crew, then a line an answer."""
    with signed_in_device(arguments) as device:
        week, now = device.field_work.week.week(), device.field_work.now
    if arguments.json:
        crews, answers = [asdict(crew) for crew in week.crews], [msgspec.to_builtins(said) for said in week.answers]
        print_json({"since": moment_text(week.since), "crews": crews, "answers": answers})
        return 0
    print_table([_row(crew) for crew in week.crews], ("CREW", "DONE", "CAN'T DO", "IN TIME", "THANKED", "NOT FIXED"))
    for said in week.answers:
        what = said.reaction or said.kind.value
        print(f"{day_and_time(said.at, now)}  {said.order_id}  {said.address}: {what}  {said.words}".rstrip())
    return 0


def _row(week: "CrewWeek") -> tuple[str, ...]:
    in_time = f"{week.in_time} of {week.with_promise}"
    return (week.crew, str(week.done), str(week.cant_do), in_time, str(week.thanked), str(week.not_fixed))
