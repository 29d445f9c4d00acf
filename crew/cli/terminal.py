"""Starts the terminal, and says where things lie. CLI layer."""

import gc
import sys
from typing import TYPE_CHECKING

from crew.cli.output import data_dir, print_json
from crew.domain.errors import CorrectUsage

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def require_terminal() -> None:
    """Refuse to start the screens where nobody could see or steer them.

    Raises:
        CorrectUsage: stdin or stdout is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CorrectUsage(
            "The terminal program needs a terminal on stdin and stdout. "
            "In a script use: crew list, crew status, crew sync."
        )


def start(arguments: "argparse.Namespace") -> int:
    """Open the store and show the day."""
    require_terminal()
    gc.disable()  # as in run_terminal, but before so much is loaded
    from crew.wiring import default_data_dir, open_device, run_terminal

    return run_terminal(open_device(data_dir(arguments, default_data_dir())))


def where(arguments: "argparse.Namespace") -> int:
    """Print where the store, the photos and the settings lie."""
    from crew.settings import shipped_path
    from crew.wiring import default_data_dir, settings_path

    folder = data_dir(arguments, default_data_dir())
    places: dict[str, Path] = {
        "store": folder / "crew.sqlite",
        "photos": folder / "photos",
        "settings": settings_path(),
        "all_settings": shipped_path("crew.toml"),
    }
    if arguments.json:
        print_json({name: str(path) for name, path in places.items()})
    else:
        for name, path in places.items():
            print(f"{name.replace('_', ' '):<14}{path}")
    return 0
