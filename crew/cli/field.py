"""The field commands for scripts and checks: the same rules, store and outbox as the terminal. CLI layer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crew.cli.output import change_values, counted, data_dir, order_values, print_json, print_table
from crew.domain.change import StatusChange
from crew.domain.due import due_words
from crew.domain.errors import CorrectInput, CorrectUsage, PersonNeeded, SignInAgain, TryLater
from crew.domain.escalating import escalation_words
from crew.domain.place import NO_PLACE, place_of
from crew.domain.public_warnings import warnings
from crew.domain.rules import what_to_look_at
from crew.domain.work_order import Priority, WorkStatus
from crew.wiring import Device, default_data_dir, make_sync, open_device, tidy_photos

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from crew.domain.change import Change
    from crew.domain.person import Person
    from crew.domain.wording import Wording
    from crew.domain.work_order import WorkOrder
    from crew.field_work import Stop
    from crew.sync import Sync


@contextmanager
def opened_device(arguments: "argparse.Namespace") -> Iterator[Device]:
    """The device of a command; says on stderr what became of a damaged store. Raises as `open_device`."""
    device = open_device(data_dir(arguments, default_data_dir()))
    try:
        recovery = device.field_work.recovery()
        if recovery is not None:
            print(f"crew: {recovery.sentence}", file=sys.stderr)
        yield device
    finally:
        device.store.close()


@contextmanager
def signed_in_device(arguments: "argparse.Namespace") -> Iterator[Device]:
    """As `opened_device`, where somebody is signed in: an empty device has no list to print, and nobody to act.

    Raises:
        SignInAgain: Nobody is.
    """
    with opened_device(arguments) as device:
        if device.field_work.signed_in() is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in: crew sign-in URL CODE.")
        yield device


def sign_in(arguments: "argparse.Namespace") -> int:
    """Enrol this device with a one-time code, or with an account of the city."""
    if bool(arguments.code) is arguments.with_account:
        raise CorrectUsage("Say either the one-time code or --with-account: crew sign-in URL CODE")
    import asyncio  # a list is printed before this is loaded

    with opened_device(arguments) as device:
        url, person = asyncio.run(_signed_in(make_sync(device), arguments))
        if arguments.json:
            print_json({"url": url, "name": person.name, "role": person.role, "crew": person.crew})
        else:
            print(f"Signed in as {person.name}, {person.crew_title or person.crew or person.role}. Next: crew sync")
    return 0


async def _signed_in(road: "Sync", arguments: "argparse.Namespace") -> "tuple[str, Person]":
    """The backend's address, and who has signed in there; with an account as soon as that is done elsewhere."""
    if not arguments.with_account:
        device = await road.sign_in(arguments.url, arguments.code)
        return device.url, device.person
    code = await road.account.begin(arguments.url)
    print(f"Open {code.address} on any device and type this code: {code.code}", file=sys.stderr)
    minutes = round(code.expires_seconds / 60) or 1
    print(f"Waiting for {minutes} minute{'' if minutes == 1 else 's'} at most; ctrl+c ends it.", file=sys.stderr)
    told = {""}

    def tell(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            print(f"crew: {sentence}", file=sys.stderr)

    device = await road.account.finish(arguments.url, code, tell)
    return device.url, device.person


def sync(arguments: "argparse.Namespace") -> int:
    """Send what waits and pull what is new, once."""
    import asyncio

    with opened_device(arguments) as device:
        done = asyncio.run(make_sync(device).run_once())
        tidy_photos(device)
        outbox = device.field_work.outbox()
        if arguments.json:
            print_json(
                {
                    "sent": done.sent,
                    "photos_sent": done.photos_sent,
                    "pulled": done.pulled,
                    "refused": done.refused,
                    "needs_decision": done.undecided,
                    "to_send": outbox.to_send,
                }
            )
        else:
            sent = f"{counted(done.sent, 'change')} and {counted(done.photos_sent, 'photo')}"
            print(f"Sent {sent}, pulled {counted(done.pulled, 'order')}.")
        if done.photos_put_off:
            late = counted(done.photos_put_off, "photo")
            raise TryLater(f"Kept, but not sent: {late} did not get through. Try again later: crew sync")
        if outbox.trouble:
            raise PersonNeeded(f"Refused or to be decided: {counted(outbox.trouble, 'change')}. Look at: crew outbox")
    return 0


def list_orders(arguments: "argparse.Namespace") -> int:
    """Print the work orders in the order of doing."""
    with signed_in_device(arguments) as device:
        field_work = device.field_work
        stops = (*field_work.day().stops, *(field_work.ended() if arguments.all else ()))
        if arguments.json:
            print_json([order_values(field_work.order(stop.order_id), stop.unsent) for stop in stops])
            return 0
        wording = field_work.wording()
        rows = [
            (
                stop.order_id,
                due_words(stop.due_at, field_work.now, stop.work_status, stop.left).words,
                status_words(stop, wording),
                f"^{stop.unsent}" if stop.unsent else "",
                stop.service_name,
                stop.address,
            )
            for stop in stops
        ]
        print_table(rows, ("ID", "DUE", "STATUS", "UNSENT", "SERVICE", "ADDRESS"))
    return 0


def show(arguments: "argparse.Namespace") -> int:
    """Print one work order with its history."""
    with opened_device(arguments) as device:
        order = device.field_work.order(arguments.id)
        unsent = device.field_work.unsent_of(arguments.id)
        if arguments.json:
            print_json(order_values(order, len(unsent)))
            return 0
        now, left = device.field_work.now, device.field_work.deadlines.left(order)
        print(f"{order.id}  {order.service_name}  {status_words(order, device.field_work.wording())}")
        _print_order(order, due_words(order.due_at, now, order.work_status, left).words, len(unsent), now)
    return 0


def _print_order(order: "WorkOrder", due: str, unsent: int, now: "datetime") -> None:
    place = NO_PLACE if (point := place_of(order)) is None else f"{point[0]:.5f}, {point[1]:.5f}"
    print(f"Due      {due}")
    print(f"Place    {order.address or 'no address'} ({place})")
    print(f"Crew     {order.crew}")
    print(f"Photos   {len(order.photos)}")
    if unsent:
        print(f"Unsent   {counted(unsent, 'change')}")
    if order.priority is not Priority.NORMAL:
        print(f"Priority {order.priority}")
    if order.escalation:
        print(f"Escalated {escalation_words(order, now)}")
    if order.linked_to:
        print(f"Linked   to {order.linked_to}, which answers its reporters")
    if order.needs_look:
        print(f"Look at  {what_to_look_at(order)}")
    if order.public_text:
        print(f"Citizen reads: {order.public_text}")
    for linked in order.requests:
        print(f"Request  {linked.request_id}: {linked.description}")
    if not order.requests and not order.linked_to:
        print(f"Request  {order.description}")
    for entry in order.history:
        at, note = entry.at.astimezone(now.tzinfo), f" ({entry.note})" if entry.note else ""
        print(f"{at:%Y-%m-%d %H:%M}  {entry.person}: {entry.text}{note}")


def set_status(arguments: "argparse.Namespace") -> int:
    """Set the work status of an order, with photos, on this device; `crew sync` sends it."""
    with signed_in_device(arguments) as device:
        status = status_named(arguments.status)
        device.field_work.order(arguments.id)
        photos = [device.field_work.keep_photo(Path(name)) for name in arguments.photo]
        act = StatusChange(status, arguments.reason, arguments.note, photos=tuple(photos), public_note=arguments.text)
        if act.public_note and not status.ended:
            raise CorrectUsage(f'--text goes with done and cant_do alone: "{status.words}" tells the citizen nothing.')
        change = device.field_work.change_status(arguments.id, act)
        warn(device, act.public_note)
        print_saved(device, change, json=arguments.json)
    return 0


def add_note(arguments: "argparse.Namespace") -> int:
    """Write an internal note, on this device; `crew sync` sends it."""
    with signed_in_device(arguments) as device:
        print_saved(device, device.field_work.add_note(arguments.id, arguments.text), json=arguments.json)
    return 0


def warn(device: Device, typed: str) -> None:
    """Say on stderr what should perhaps not be public of words that somebody typed for the public."""
    for sentence in warnings(typed, device.field_work.wording()):
        print(f"crew: look again: {sentence}", file=sys.stderr)


def status_named(word: str) -> WorkStatus:
    """The status that a word on the command line means. Raises CorrectInput where there is none."""
    try:
        return WorkStatus(word)
    except ValueError as error:
        known = ", ".join(status.value for status in WorkStatus if status not in (WorkStatus.NEW, WorkStatus.ASSIGNED))
        raise CorrectInput(f'"{word}" is no status. Use one of: {known}.') from error


def status_words(order: "WorkOrder | Stop", wording: "Wording") -> str:
    """How an order stands, and what it waits for as the city calls it."""
    waits = order.waiting_reason
    return f"waiting: {wording.waiting_words(waits)}" if waits else order.work_status.words


def print_each_saved(device: Device, changes: "Iterator[Change]", *, json: bool) -> None:
    """Say of changes, each as it is made, that they are on disk: in JSON a list, also where one could not be made."""
    values: list[dict[str, object]] = []
    try:
        for change in changes:
            if json:
                values.append(_saved_values(device, change))
            else:
                print_saved(device, change, json=False)
    finally:
        if json:
            print_json(values)


def print_saved(device: Device, change: "Change", *, json: bool) -> None:
    """Say that a change is on disk."""
    if json:
        print_json(_saved_values(device, change))
    else:
        count = counted(len(device.field_work.unsent_of(change.order_id)), "change")
        print(f"Saved. {count} of {change.order_id} not sent yet: crew sync")


def _saved_values(device: Device, change: "Change") -> dict[str, object]:
    entries = device.field_work.unsent_of(change.order_id)
    return next(change_values(entry) for entry in entries if entry.change.id == change.id)
