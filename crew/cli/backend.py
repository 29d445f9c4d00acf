"""The backend's commands: run it, fill it, name its people. CLI layer; needs the `backend` extra."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from crew.cli.output import data_dir, print_json, print_table
from crew.cli.progress import bar
from crew.domain.errors import CorrectInput, CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse

    from crew.backend.city import City
    from crew.backend.importing import ImportSummary

_NAMED_ROWS = 20


def require_backend() -> None:
    """Refuse where the backend's libraries are not installed.

    Raises:
        CorrectUsage: They are missing; the sentence says how to get them.
    """
    if find_spec("starlette") is None or find_spec("sqlalchemy") is None:
        raise CorrectUsage(
            "The backend is an extra that is not installed here. Install it with: pip install 'crew[backend]'"
        )


def backend_dir(arguments: "argparse.Namespace") -> Path:
    """Where the backend's data lies: the folder that is named, or this person's own."""
    import platformdirs

    return data_dir(arguments, platformdirs.user_data_path("crew-backend"))


def existing_city(arguments: "argparse.Namespace") -> "City":
    """The city of the folder that is named; one that is not there is not founded.

    Raises as `require_backend`, and what is wrong with the folder.
    """
    require_backend()
    from crew.backend.database import require_database

    if _is_file():
        require_database(backend_dir(arguments))
    return _opened(arguments)


def _opened_or_founded(arguments: "argparse.Namespace") -> "City":
    """As `existing_city`, but one that is not there is founded, and said to be: the folder may be mistyped."""
    require_backend()
    from crew.backend.database import FILE_NAME

    folder = backend_dir(arguments)
    new = _is_file() and not (folder / FILE_NAME).exists()
    city = _opened(arguments)
    if new:
        print(f"crew: a new city begins in {clean_line(str(folder))}", file=sys.stderr)
    return city


def _is_file() -> bool:
    """Whether the city's database lies in its folder, and not on a server."""
    from crew.backend.backend_settings import read_backend_settings

    return not read_backend_settings().database


def _opened(arguments: "argparse.Namespace") -> "City":
    from crew.backend.backend_settings import read_backend_settings
    from crew.backend.city import open_city
    from crew.system_clock import now

    return open_city(backend_dir(arguments), read_backend_settings(), now)


def serve(arguments: "argparse.Namespace") -> int:
    """Run the backend until it is told to stop; prints one line of JSON when it is ready."""
    require_backend()
    from crew.backend.serve import serve as run_backend

    folder = backend_dir(arguments)
    run_backend(folder, arguments.host, arguments.port, lambda url: print(json.dumps({"url": url}), flush=True))
    return 0


def import_file(arguments: "argparse.Namespace") -> int:
    """Read a city's file of requests; a bad row is named and never ends the import."""
    path = Path(arguments.file).expanduser()
    if not path.exists() or path.is_dir():  # before a city is founded for it
        raise CorrectInput(f"There is no file {clean_line(str(path))} to import. Check the path.")
    city = _opened_or_founded(arguments)
    from crew.backend.importing import import_file as run_import

    with bar("Importing", quiet=arguments.json) as on_progress:
        summary = run_import(city, path, on_progress)
    if arguments.json:
        print_json(
            {
                "read": summary.read,
                "imported": summary.imported,
                "already_there": summary.already_there,
                "skipped": summary.skipped_count,
                "skipped_rows": [{"line": line, "reason": clean_line(reason)} for line, reason in summary.skipped],
            }
        )
    else:
        _print_summary(summary)
    return 0


def _print_summary(summary: "ImportSummary") -> None:
    print(
        f"read {summary.read}, imported {summary.imported}, already_there {summary.already_there}, "
        f"skipped {summary.skipped_count}"
    )
    for line, reason in summary.skipped[:_NAMED_ROWS]:
        print(f"  line {line}: {clean_line(reason)}")
    if summary.skipped_count > _NAMED_ROWS:
        print(f"  and {summary.skipped_count - _NAMED_ROWS} more; --json lists them")


def crews(arguments: "argparse.Namespace") -> int:
    """Print the crews with their open and overdue orders."""
    city = existing_city(arguments)
    from crew.backend.admin import crew_loads

    loads = crew_loads(city, city.clock())
    if arguments.json:
        print_json(
            [{"name": load.name, "title": load.title, "open": load.open, "overdue": load.overdue} for load in loads]
        )
    else:
        rows = [(f"{load.open:>4}", f"{load.overdue:>7}", load.name, load.title) for load in loads]
        print_table(rows, ("OPEN", "OVERDUE", "CREW", "TITLE"))
    return 0


def add_person(arguments: "argparse.Namespace") -> int:
    """Print a one-time code for somebody's device."""
    city = _opened_or_founded(arguments)
    from crew.backend.admin import added_person

    place = arguments.role, arguments.crew, arguments.district
    name, code = added_person(city, arguments.name, *place, arguments.account)
    if arguments.json:
        print_json({"name": name, "role": arguments.role, "crew": arguments.crew, "code": code})
    else:
        print(f"code {code}")
        if name != clean_line(arguments.name):
            print(
                f"Somebody is called so already: this one is {name}, on every screen and in the history.",
                file=sys.stderr,
            )
        print("Good for one device within seven days: crew sign-in URL CODE", file=sys.stderr)
    return 0
