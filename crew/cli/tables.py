"""Writes a table of `crew export` and `crew backend history` where the command line says. CLI layer; knows no rows."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crew.cli.output import counted, tell
from crew.domain.errors import CorrectUsage
from crew.table_file import whole_file, write_rows

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

_STDOUT: Final = "-"


def write_table(
    arguments: "argparse.Namespace", rows: "Iterable[dict[str, Any]]", columns: "Sequence[str]", row: str, of: str = ""
) -> int:
    """Write rows to standard output, or to a file, and then say how many they are.

    `row` is what one of them is called, `of` what stands behind.

    Raises:
        CorrectInput: The file is there already.
        CorrectUsage: JSON is asked for, and the rows themselves go to standard output.
        FreeSpace: The file cannot be written.
    """
    if arguments.output == _STDOUT:
        if arguments.json:
            raise CorrectUsage("--json says what was written to a file. For rows in JSON say: --format jsonl")
        write_rows(sys.stdout, rows, columns, arguments.format)
        return 0
    path = Path(arguments.output).expanduser()
    with whole_file(path, replace=arguments.force) as file:
        count = write_rows(file, rows, columns, arguments.format)
    tell(arguments, {"file": str(path), "rows": count}, f"{path}: {counted(count, row)}{of}.")
    return 0
