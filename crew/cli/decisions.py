"""`crew decisions` and `crew decide`: what waits for a person, and settling it, from scripts. CLI layer.

The same list as the screen's and the same code behind each decision. A dry run does everything and lets none of it
reach the disk, so it says exactly what the decision itself would.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from crew.cli.field import signed_in_device
from crew.cli.output import counted, print_json
from crew.domain.change import SendingStatus
from crew.domain.errors import CorrectInput
from crew.domain.escalating import escalation_words
from crew.domain.kept_work import kept_words
from crew.domain.plain_text import clean_line
from crew.domain.rules import describe, what_to_look_at
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    import argparse

    from crew.day_told import ToDecide
    from crew.domain.change import Change
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork, OutboxEntry
    from crew.wire import MovedAway
    from crew.wiring import Device

Settle = Callable[[str], "Change | None"]
"""Settles something, with the words that were given; returns what is then to be sent."""


class _Choice(Value):
    """One of the two decisions.

    Attributes:
        words: What it means, after "--accept: " or "--leave: ".
        settle: Does it.
        takes_reason: Whether words may be given.
        needs_reason: Whether they must be; the rules say so, too.
    """

    words: str
    settle: Settle
    takes_reason: bool = False
    needs_reason: bool = False


class _Waiting(Value):
    """One thing that waits.

    Attributes:
        id: What `crew decide` takes.
        kind: refused, needs_decision, kept, look_at, escalated or moved_away.
        order_id: The order that it is about.
        what: What it is.
        why: Why it waits.
        accept: What `--accept` does; None where there is nothing to accept.
        leave: What `--leave` does.
    """

    id: str
    kind: str
    order_id: str
    what: str
    why: str
    accept: _Choice | None
    leave: _Choice | None = None


def show(arguments: "argparse.Namespace") -> int:
    """Print everything that waits for a person, with what each of the two decisions would mean."""
    with signed_in_device(arguments) as device:
        waiting = list(_waiting(device.field_work))
        if arguments.json:
            print_json([_values(one) for one in waiting])
            return 0
        for one in waiting:
            print(f"{one.id}  {one.what}: {one.why}")
            for name, choice in _choices(one):
                reason = " --reason TEXT" if choice.needs_reason else ""
                print(f"    --{name}{reason}: {choice.words}")
        print(f"{counted(len(waiting), 'thing')} to decide: crew decide ID" if waiting else "Nothing waits for you.")
    return 0


def decide(arguments: "argparse.Namespace") -> int:
    """Settle one of them; with --dry-run only say what would happen. Raises CorrectInput where nothing has this id."""
    name, reason = ("accept" if arguments.accept else "leave"), clean_line(arguments.reason)
    with signed_in_device(arguments) as device:
        one = _named(device.field_work, arguments.id)
        choice = dict(_choices(one)).get(name)
        if choice is None:
            able = " or ".join(f"--{able}" for able, _ in _choices(one))
            raise CorrectInput(f"{one.what}: {one.why}. There is nothing to {name}; say {able}.")
        if reason and not choice.takes_reason:
            raise CorrectInput(f"Nobody would read that reason: {choice.words}. Leave --reason out.")
        change = _rehearsed(device, choice, reason) if arguments.dry_run else choice.settle(reason)
        _say(one, choice, change, arguments)
    return 0


class _Rehearsed(Exception):
    """Everything went through."""


def _rehearsed(device: "Device", choice: _Choice, reason: str) -> "Change | None":
    """Do it, and take it back whole. Raises as the decision itself."""
    change = None
    try:
        with device.store.transaction():
            change = choice.settle(reason)
            raise _Rehearsed
    except _Rehearsed:
        return change


def _say(one: _Waiting, choice: _Choice, change: "Change | None", arguments: "argparse.Namespace") -> None:
    if arguments.json:
        decided = {"id": one.id, "kind": one.kind, "order_id": one.order_id, "decided": choice.words}
        print_json({**decided, "change_id": change.id if change else None, "dry_run": arguments.dry_run})
    elif arguments.dry_run:
        print(f"Would settle {one.id}: {choice.words}.{f' To be sent: {describe(change)}.' if change else ''}")
    else:
        print(f"Saved. {one.id}: {choice.words}.{' To send it: crew sync' if change else ''}")


def _named(work: "FieldWork", wanted: str) -> _Waiting:
    """What has this id; of an order with several, what comes first in the list. Raises CorrectInput."""
    for one in _waiting(work):
        if one.id == wanted:
            return one
    raise CorrectInput(f'Nothing that waits for you is called "{clean_line(wanted)}". Look at the list: crew decisions')


def _choices(one: _Waiting) -> list[tuple[str, _Choice]]:
    return [(name, choice) for name, choice in (("accept", one.accept), ("leave", one.leave)) if choice is not None]


def _values(one: _Waiting) -> dict[str, str | None]:
    means = {name: choice.words for name, choice in _choices(one)}
    facts = {"id": one.id, "kind": one.kind, "order_id": one.order_id, "what": one.what, "why": one.why}
    return {**facts, "accept": means.get("accept"), "leave": means.get("leave")}


def _waiting(work: "FieldWork") -> Iterator[_Waiting]:
    """As the screen lists it."""
    found: ToDecide = work.to_decide()
    yield from (_of_change(work, entry) for entry in found.changes)
    for order in found.to_look_at:
        yield from _of_kept(work, order)
        if not order.kept:
            yield _of_look(work, order)
    yield from (_of_raised(work, order) for order in found.escalated)
    yield from (_of_move(work, move) for move in reversed(found.moved_away))


def _of_change(work: "FieldWork", entry: "OutboxEntry") -> _Waiting:
    change, status = entry.change, entry.sending_status
    what = f"{describe(change)}, order {change.order_id}"
    if status is SendingStatus.NEEDS_DECISION and entry.other is not None:
        why = f"{entry.other.person or 'somebody'} set meanwhile: {entry.other.theirs}"
        mine = _Choice("yours holds, and is sent again", lambda _: work.keep_mine(change.id))
        theirs = _Choice("theirs holds; yours stays readable", lambda _: work.keep_theirs(change.id))
        return _Waiting(change.id, status.value, change.order_id, what, why, mine, theirs)
    again = _Choice("it is sent once more", lambda _: work.send_again(change.id))
    aside = _Choice("it is set aside; it stays readable", lambda _: work.set_aside(change.id))
    return _Waiting(change.id, status.value, change.order_id, what, entry.reason, again, aside)


def _of_kept(work: "FieldWork", order: "WorkOrder") -> Iterator[_Waiting]:
    for kept in order.kept:
        what = f"{kept_words(kept)}, order {order.id}"
        why = f"kept, as the sign-in of {kept.person} had ended"
        settle = partial(work.decide_kept, order.id, kept.change_id)
        holds = _Choice("it holds, as of when it was done", _with_words(settle, accepted=True), takes_reason=True)
        aside = _Choice("it is left aside", _with_words(settle, accepted=False), takes_reason=True, needs_reason=True)
        yield _Waiting(kept.change_id, "kept", order.id, what, why, holds, aside)


def _with_words(settle: "Callable[..., Change]", *, accepted: bool) -> Settle:
    return lambda words: settle(words, accepted=accepted)


def _of_look(work: "FieldWork", order: "WorkOrder") -> _Waiting:
    def send_back(words: str) -> "Change":
        return work.set_status(order.id, WorkStatus.SENT_BACK, note=words)

    good = _Choice("the work is accepted", lambda _: work.accept(order.id))
    back = _Choice("the order is sent back to its crew", send_back, takes_reason=True, needs_reason=True)
    what = f"{order.service_name}, {order.address or 'no address'}"
    return _Waiting(order.id, "look_at", order.id, what, what_to_look_at(order), good, back)


def _of_raised(work: "FieldWork", order: "WorkOrder") -> _Waiting:
    knows = _Choice("you know of it and see to it", lambda _: work.acknowledge(order.id))
    what = f"{order.service_name}, {order.address or 'no address'}"
    return _Waiting(order.id, "escalated", order.id, what, f"escalated {escalation_words(order, work.now)}", knows)


def _of_move(work: "FieldWork", move: "MovedAway") -> _Waiting:
    read = _Choice("you have read it", lambda _: work.forget_moved_away([move.order_id]))
    what = f"{move.service_name}, {move.address or 'no address'}"
    return _Waiting(move.order_id, "moved_away", move.order_id, what, f"{move.words}, by {move.person}", read)
