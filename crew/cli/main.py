"""Arguments, and what ends a command: one sentence on stderr and a documented exit code. CLI layer.

Commands are imported when they are called, so that `crew list` never pays for the terminal or the backend.
"""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from crew import __version__
from crew.cli.arguments.parsing import Parser, add_data
from crew.domain.errors import CorrectInput, CrewError, FreeSpace
from crew.domain.plain_text import clean_text

Command = Callable[[argparse.Namespace], int]

_STOPPED: Final = 130
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write to stdout says. The files of the store have their own sentences, where they are written."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code (docs/exit-codes.md)."""
    parser = _parser(commands=_names_a_command(arguments))
    try:
        parsed = parser.parse_args(arguments)
        command: Command = getattr(import_module(parsed.module), parsed.function)
        code = command(parsed)
        print(end="", flush=True)  # what cannot be written is found out here, where it can be told
    except CrewError as error:
        return _told(error)
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:
        _drop_output()  # the reader (head, less) has seen enough
        return 0
    except PermissionError as error:
        if error.filename is None:
            raise
        return _told(CorrectInput(f"{error.filename} is closed to this account. Run it as the account it belongs to."))
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        _drop_output()
        return _told(FreeSpace(f"It is done, but its answer could not be written: {error.strerror}. Make room there."))
    return code


def _told(error: CrewError) -> int:
    print(f"crew: {clean_text(error.sentence)}", file=sys.stderr)
    return error.exit_code


def _drop_output() -> None:
    """Python would try once more while it closes stdout, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _names_a_command(arguments: Sequence[str]) -> bool:
    """Whether more is asked than to start the terminal, which must not wait for the parsers of commands."""
    rest = arguments[2:] if arguments[:1] == ["--data"] else arguments
    return any(not argument.startswith("--data=") for argument in rest)


def _parser(*, commands: bool) -> argparse.ArgumentParser:
    parser = Parser(
        prog="crew",
        description="The field-crew terminal of a city's 311 service. Without a command it starts the terminal.",
    )
    parser.add_argument("--version", action="version", version=f"crew {__version__}")
    add_data(parser)
    parser.set_defaults(module="crew.cli.terminal", function="start")
    if commands:
        from crew.cli.arguments.backend import add_backend_commands
        from crew.cli.arguments.field import add_field_commands

        inner = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
        add_field_commands(inner)
        add_backend_commands(inner)
    return parser
