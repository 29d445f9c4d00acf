"""Acts that the tests of the tools play: files written one after the other, each told when it is on disk."""

import os
import sys
from pathlib import Path


def play(folder: str, count: str) -> int:
    """Write files durably, and print the name of each that is."""
    for number in range(int(count)):
        with (Path(folder) / f"{number}").open("w") as file:
            file.write("x")
            file.flush()
            os.fsync(file.fileno())
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    return 0
