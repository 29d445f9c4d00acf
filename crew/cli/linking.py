"""`crew link` and `crew unlink`: duplicates joined to one order, and parted again, on this device. CLI layer."""

from typing import TYPE_CHECKING

from crew.cli.field import print_saved, signed_in_device

if TYPE_CHECKING:
    import argparse


def link(arguments: "argparse.Namespace") -> int:
    """Let the requests of an order join another; `crew sync` sends it."""
    with signed_in_device(arguments) as device:
        print_saved(device, device.field_work.link(arguments.id, arguments.into), json=arguments.json)
    return 0


def unlink(arguments: "argparse.Namespace") -> int:
    """Let a request become an order of its own again; `crew sync` sends it."""
    with signed_in_device(arguments) as device:
        print_saved(device, device.field_work.unlink(arguments.request), json=arguments.json)
    return 0
