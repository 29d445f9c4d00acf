"""Where this device is, how old that is, and who says so. CLI layer; asks the receiver for some seconds."""

import asyncio
from typing import TYPE_CHECKING

from crew.cli.output import data_dir, moment_text, print_json
from crew.domain.plus_code import plus_code
from crew.domain.position import position_words
from crew.position.receiver import NoPosition
from crew.wiring import default_data_dir, follow_position, now, open_device

if TYPE_CHECKING:
    import argparse

    from crew.domain.position import Position
    from crew.wiring import Device

_UNKNOWN = "No receiver has ever told this device where it is. crew doctor says which one it listens to."


def show(arguments: "argparse.Namespace") -> int:
    """Print the place.

    Raises:
        NoPosition: There is none, and never was; the sentence says why.
        CorrectSettings: The settings name no receiver that there is.
    """
    device = open_device(data_dir(arguments, default_data_dir()))
    whereabouts = device.field_work.whereabouts
    asyncio.run(_listen(device, arguments.wait))
    position = whereabouts.last_known()
    if position is None:
        raise NoPosition(whereabouts.trouble or _UNKNOWN)
    if arguments.json:
        print_json(_described(position, device))
    else:
        _print(position, device)
    return 0


async def _listen(device: "Device", seconds: float) -> None:
    """Until there is a place, or the time is over."""
    whereabouts, known = device.field_work.whereabouts, asyncio.Event()

    def moved(_: str) -> None:
        if whereabouts.you is not None:
            known.set()

    following = asyncio.create_task(follow_position(device, moved))
    arriving = asyncio.create_task(known.wait())
    done, _ = await asyncio.wait({following, arriving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    arriving.cancel()
    following.cancel()
    await asyncio.wait({following})
    if following in done:
        following.result()  # broken settings are told


def _described(position: "Position", device: "Device") -> dict[str, object]:
    return {
        "lat": position.lat,
        "long": position.long,
        "plus_code": plus_code(*position.point),
        "accuracy_metres": position.accuracy_metres,
        "taken_at": moment_text(position.taken_at),
        "age_seconds": round(position.age(now()).total_seconds()),
        "source": str(position.source),
        "named": position.named,
        "is_you": position.is_you(now()),
        "trouble": device.field_work.whereabouts.trouble,
    }


def _print(position: "Position", device: "Device") -> None:
    words = position_words(position, now(), device.settings.look.units)
    print(f"{position.lat:.6f}, {position.long:.6f}   {plus_code(*position.point)}")
    print(words if position.is_you(now()) else f"Last known: {words}")
    if device.field_work.whereabouts.trouble:
        print(device.field_work.whereabouts.trouble)
