"""`crew approve`: which photos of finished work the city may post, from scripts, on this device. CLI layer."""

from typing import TYPE_CHECKING

from crew.cli.desk import photo_named
from crew.cli.field import print_saved, signed_in_device
from crew.cli.output import counted, print_json, print_table
from crew.domain.approving import to_approve
from crew.domain.due import day_and_time
from crew.domain.errors import CorrectUsage
from crew.domain.work_order import PhotoRole

if TYPE_CHECKING:
    import argparse

    from crew.domain.work_order import PhotoHash, WorkOrder
    from crew.field_work import FieldWork


def approve(arguments: "argparse.Namespace") -> int:
    """List what waits, say what would be posted of an order, or say a word about one of its photos."""
    if arguments.declined and not arguments.photo:
        raise CorrectUsage("Name the photo with --not: crew approve ID HASH --not")
    with signed_in_device(arguments) as device:
        work = device.field_work
        if not arguments.id:
            _list(work, as_json=arguments.json)
            return 0
        order = work.order(arguments.id)
        if not arguments.photo:
            _preview(work, order, as_json=arguments.json)
            return 0
        change = work.approve(order.id, photo_named(order, arguments.photo), given=not arguments.declined)
        print_saved(device, change, json=arguments.json)
    return 0


def _list(work: "FieldWork", *, as_json: bool) -> None:
    orders = work.to_approve()
    if as_json:
        print_json([{"id": order.id, "photos": [photo.sha256 for photo in to_approve(order)]} for order in orders])
        return
    rows = [
        (order.id, day_and_time(order.ended_at, work.now), counted(len(to_approve(order)), "photo"), order.service_name)
        for order in orders
    ]
    print_table(rows, ("ORDER", "DONE", "PHOTOS", "TYPE"))


def _preview(work: "FieldWork", order: "WorkOrder", *, as_json: bool) -> None:
    words = work.post_previews(order) if order.work_status.ended else ()
    photos = [(photo.sha256, _word(order, photo.sha256)) for photo in order.photos_of(PhotoRole.AFTER)]
    if as_json:
        print_json({"id": order.id, "posts": dict(words), "photos": dict(photos)})
        return
    for place, text in words:
        print(f"{place}: {text}")
    for sha256, word in photos:
        print(f"{sha256}  {word or 'nobody has said a word'}")


def _word(order: "WorkOrder", sha256: "PhotoHash") -> str:
    if sha256 in order.withdrawn:
        return "hidden"
    return "approved" if sha256 in order.approved else "not posted" if sha256 in order.declined else ""
