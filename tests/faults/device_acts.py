"""What a device does while it is killed or its disk breaks, each act in a process of its own (stage.py).

`crew` is the real command line. `rounds` is the sync that the terminal runs beside its screens, until it has met the
backend. `look` is what comes afterwards: a fresh process opens the store and tells what is in it.
"""

import asyncio
import hashlib
import json
import sys
from contextlib import suppress
from pathlib import Path

from crew.cli.main import run
from crew.sync.events import LinkState, SyncEvent
from crew.wiring import make_sync, open_device


def play(act: str, *words: str) -> int:
    """Play an act; the exit code is the program's own."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # as on a terminal: said is said
    match act, words:
        case "crew", arguments:
            return run(arguments)
        case "rounds", (folder,):
            return asyncio.run(_rounds(folder))
        case "look", (folder,):
            return _look(folder)
    raise AssertionError(f"there is no act {act} {words}")


async def _rounds(folder: str) -> int:
    device = open_device(Path(folder))
    met = asyncio.Event()

    def hear(event: SyncEvent) -> None:
        if isinstance(event, LinkState) and event.online and not event.to_send:
            met.set()

    syncing = asyncio.create_task(make_sync(device).run(hear))
    await met.wait()
    syncing.cancel()
    with suppress(asyncio.CancelledError):
        await syncing
    device.store.close()
    return 0


def _look(folder: str) -> int:
    store = open_device(Path(folder)).store
    entries = (*store.outbox.settled(1000), *store.outbox.unsettled())
    names = [photo.sha256 for entry in entries for photo in entry.change.photos]
    photos = [store.photos.read(name) for name in names]
    found = {
        "recovered": store.device.recovery is not None,
        "changes": {entry.change.id: entry.sending_status for entry in entries},
        "photos": names,
        "whole": [hashlib.sha256(photo).hexdigest() if photo else "" for photo in photos],
    }
    sys.stdout.write(json.dumps(found))
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(play(*sys.argv[1:]))
