"""A city's CSV into the backend, against reading it with `csv` and plain inserts into one table.

Both write as durably: the baseline sets the same pragmas and commits once.
"""

import csv
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.city_file import write_city_file
from benchmarks.comparison import Bench, Comparison
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import open_city
from crew.backend.importing import import_file

_ROWS = 50_000
_FEWER_RUNS = 3
_PRAGMAS = ("journal_mode", "synchronous")


def compare_import(bench: Bench) -> Iterator[Comparison]:
    """Import the same file into a fresh backend and a fresh table, by turns."""
    source = bench.folder / "requests.csv"
    write_city_file(source, _ROWS)
    imported, inserted = [], []
    for run in range(max(1, bench.runs // _FEWER_RUNS)):
        bench.say(f"import, run {run + 1} of {max(1, bench.runs // _FEWER_RUNS)}")
        folder = bench.folder / f"backend-{run}"
        folder.mkdir()
        seconds, pragmas = _import(source, folder)
        imported.append(seconds)
        inserted.append(_insert(source, bench.folder / f"plain-{run}.sqlite", pragmas))
    what = f"import of {_ROWS:,} CSV rows"
    yield Comparison(what, "csv reading and plain inserts, one transaction", 3, "s", imported, inserted)


def _import(source: Path, folder: Path) -> tuple[float, dict[str, object]]:
    city = open_city(folder, BackendSettings(), lambda: datetime.now(UTC))
    started = time.perf_counter()
    summary = import_file(city, source, lambda done, total: None)
    seconds = time.perf_counter() - started
    if summary.imported + summary.skipped_count != _ROWS:
        raise AssertionError(f"not every row was taken in: {summary}")
    with city.database.reading() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _PRAGMAS}
    city.database.close()
    return seconds, pragmas


def _insert(source: Path, path: Path, pragmas: dict[str, object]) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}")
        started = time.perf_counter()
        with source.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            columns = next(rows)
            connection.execute(f"CREATE TABLE requests ({', '.join(columns)})")
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO requests VALUES ({', '.join('?' * len(columns))})", rows)
            connection.execute("COMMIT")
        return time.perf_counter() - started
