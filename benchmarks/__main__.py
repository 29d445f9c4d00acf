"""`python -m benchmarks`: measures every row, or the named ones, and prints the table."""

import argparse
import compileall
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.busy import compare_busy
from benchmarks.comparison import Bench, Comparison, as_markdown, as_text
from benchmarks.cuts import compare_cuts
from benchmarks.decoding import compare_decoding
from benchmarks.herd import tell_herd
from benchmarks.importing import compare_import
from benchmarks.key import compare_keys
from benchmarks.map import compare_maps
from benchmarks.moving import compare_moving
from benchmarks.notice import compare_notice
from benchmarks.pages import compare_pages
from benchmarks.photo import compare_photos
from benchmarks.places import compare_places
from benchmarks.preview import compare_preview
from benchmarks.pulling import compare_pull
from benchmarks.queue import compare_queue
from benchmarks.saving import compare_saving
from benchmarks.start import compare_start
from benchmarks.terminal import COLUMNS
from benchmarks.terminal import ROWS as SCREEN_ROWS
from benchmarks.thin_photo import compare_thin_photo
from benchmarks.wire_bytes import compare_wire_bytes

ROWS: dict[str, Callable[[Bench], Iterator[Comparison]]] = {
    "start": compare_start,
    "key": compare_keys,
    "busy": compare_busy,
    "preview": compare_preview,
    "map": compare_maps,
    "decoding": compare_decoding,
    "import": compare_import,
    "pages": compare_pages,
    "save": compare_saving,
    "move": compare_moving,
    "places": compare_places,
    "queue": compare_queue,
    "pull": compare_pull,
    "wire": compare_wire_bytes,
    "cuts": compare_cuts,
    "thin": compare_thin_photo,
    "photo": compare_photos,
    "notice": compare_notice,
    "herd": tell_herd,
}
_SMALLEST_HERD = 2
_ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What is fast, against plain baselines.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)} (default: all)")
    parser.add_argument("--runs", type=int, default=9, help="of what takes about a second (default %(default)s)")
    parser.add_argument("--herd", type=int, default=1000, help="terminals that come back at once (default %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the table as docs/benchmarks.md has it")
    chosen = parser.parse_args()
    unknown = set(chosen.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    if chosen.herd < _SMALLEST_HERD:
        parser.error(f"a herd has at least {_SMALLEST_HERD} terminals")
    os.chdir(_ROOT)
    for package in ("crew", "benchmarks"):
        compileall.compile_dir(_ROOT / package, quiet=2)
    remarks: list[str] = []
    measured = [row for name in chosen.rows or ROWS for row in _measured(ROWS[name], chosen, remarks.append)]
    _say("")
    print(_machine())
    print()
    if measured:
        print(as_markdown(measured) if chosen.markdown else as_text(measured))
    for remark in remarks:
        print(f"\n{remark}")


def _measured(
    row: Callable[[Bench], Iterator[Comparison]], chosen: argparse.Namespace, remark: Callable[[str], None]
) -> list[Comparison]:
    with tempfile.TemporaryDirectory(prefix="crew-benchmarks-") as folder:
        return list(row(Bench(Path(folder), chosen.runs, chosen.herd, _say, remark)))


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


def _machine() -> str:
    parts = (
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors",
        f"Python {platform.python_version()}",
        f"Textual {version('textual')}",
        f"SQLite {sqlite3.sqlite_version}",
        f"{COLUMNS}x{SCREEN_ROWS}",
    )
    return "; ".join(parts)


if __name__ == "__main__":
    main()
