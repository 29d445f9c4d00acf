"""`crew escalate` and `crew acknowledge`: raising orders, and saying that one knows, from scripts. CLI layer."""

from typing import TYPE_CHECKING

from crew.cli.desk import ids_of
from crew.cli.field import print_each_saved, signed_in_device
from crew.cli.output import print_json
from crew.domain.change import Acknowledgement, Escalation
from crew.domain.due import day_and_time
from crew.domain.errors import CorrectInput
from crew.domain.escalating import check_raising
from crew.domain.moment_words import moment_of
from crew.domain.person import require_permission, require_state
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork


def escalate(arguments: "argparse.Namespace") -> int:
    """Raise orders, each on its own; the first that cannot be ends the command, and those before it are raised."""
    with signed_in_device(arguments) as device:
        work = device.field_work
        level = level_named(work, arguments.level)
        by = moment_of(arguments.by, work.now) if arguments.by else None
        ids, act = ids_of(arguments), Escalation(level, arguments.reason, arguments.to, by)
        if arguments.dry_run:
            _preview(work, [(order_id, act) for order_id in ids], as_json=arguments.json)
            return 0
        raised = (work.escalate(order_id, level, arguments.reason, arguments.to, by) for order_id in ids)
        print_each_saved(device, raised, json=arguments.json)
    return 0


def acknowledge(arguments: "argparse.Namespace") -> int:
    """Say that one knows of the escalations of orders, each on its own, as `escalate`."""
    with signed_in_device(arguments) as device:
        work = device.field_work
        ids = ids_of(arguments)
        if arguments.dry_run:
            _preview(work, [(order_id, _known(work.order(order_id))) for order_id in ids], as_json=arguments.json)
            return 0
        print_each_saved(device, (work.acknowledge(order_id) for order_id in ids), json=arguments.json)
    return 0


def level_named(work: "FieldWork", name: str) -> str:
    """The level of the ladder that a name means or begins; any name where this device knows no ladder.

    Raises:
        CorrectInput: The ladder has no such level, or several.
    """
    known, wanted = [level.name for level in work.deadlines.ladder], clean_line(name).casefold()
    exact = [level for level in known if level.casefold() == wanted]
    begun = exact or [level for level in known if wanted and level.casefold().startswith(wanted)]
    if known and len(begun) != 1:
        raise CorrectInput(f'No one level is meant by "{clean_line(name)}". There are: {", ".join(known)}.')
    return begun[0] if begun else clean_line(name)


def _known(order: "WorkOrder") -> Acknowledgement:
    return Acknowledgement(order.escalation, order.raised.at if order.raised else None)


def _preview(work: "FieldWork", acts: "Sequence[tuple[str, Escalation | Acknowledgement]]", *, as_json: bool) -> None:
    """Say what would happen. Raises as the acts themselves would."""
    values: list[dict[str, object]] = []
    for order_id, act in acts:
        order, signed_in = work.order(order_id), work.signed_in()
        if signed_in is not None:
            require_permission(signed_in.person, act, order)
            require_state(signed_in.person, act, order)
            check_raising(order, act, signed_in.person)
        if isinstance(act, Acknowledgement):
            values.append({"id": order.id, "level": act.level})
            words = f"Would acknowledge the escalation of {order.id} to {act.level}."
        else:
            to = act.to or work.deadlines.level(act.level).to
            by = act.by or work.deadlines.answer_by(act.level, work.now)
            values.append({"id": order.id, "level": act.level, "to": to, "by": by})
            asked = f"{f' ({to})' if to else ''}{_by_words(by, work.now)}"
            words = f"Would escalate {order.id} to {act.level}{asked}."
        if not as_json:
            print(words)
    if as_json:
        print_json(values)


def _by_words(by: "datetime | None", now: "datetime") -> str:
    return f", to be acknowledged by {day_and_time(by, now)}" if by else ", for as long as it takes"
