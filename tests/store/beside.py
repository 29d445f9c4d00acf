"""Another program on the same store: writes notes on an order until it has enough, or the disk has.

Usage: python -m tests.store.beside FOLDER COUNT [BYTES], where no file may grow by more than BYTES.
"""

import resource
import sys
from pathlib import Path

from crew.domain.errors import FreeSpace
from crew.store.store import STORE_FILE
from tests.builders import an_order
from tests.trucks import Truck


def main(folder: Path, count: int, room_bytes: int | None) -> None:
    truck = Truck(folder)
    if room_bytes is not None:
        size = (folder / f"{STORE_FILE}-wal").stat().st_size + room_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    for number in range(count):
        try:
            truck.field_work.add_note(an_order().id, f"note {number}")
        except FreeSpace as error:
            sys.stdout.write(f"FreeSpace: {error.sentence}\n")
            return
        sys.stdout.write("saved\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
