"""Looks at everything that a city's backend remembers, beside a running server. Backend layer; mends nothing.

The records are read from a copy of one moment, so that nobody waits for the minutes that the photos take; a server
shows one moment to whoever reads, without a copy.
"""

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from crew.backend.care.archive import OnProgress
from crew.backend.care.contact_checks import contact_findings
from crew.backend.care.finding import Finding, some
from crew.backend.care.notice_checks import dead_way_findings
from crew.backend.care.photo_checks import photo_findings, unnamed_findings
from crew.backend.care.record_checks import record_findings
from crew.backend.care.set_aside import PHOTOS
from crew.backend.care.snapshot import damages, take_snapshot
from crew.backend.database import FILE_NAME, Database
from crew.backend.notices.ways import ways_of
from crew.backend.schema import applied_changes, notices, photos, work_orders
from crew.domain.errors import FreeSpace
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

Read = tuple[dict[str, int], dict[str, int], list[Finding]]
"""The counts, each photo's size, and what is wrong with the records."""

_COUNTED: Final = {"order": work_orders, "photo": photos, "change": applied_changes, "notice": notices}


class Checked(Value):
    """What was looked at, and what was found.

    Attributes:
        counts: How many there are: of each `order`, `photo`, `change` and `notice`.
        findings: Faults and remarks.
    """

    counts: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What somebody has to do something about."""
        return tuple(finding for finding in self.findings if finding.is_fault)


def check(city: "City", on_progress: OnProgress) -> Checked:
    """Check a city's database, records and photos.

    Args:
        city: The city.
        on_progress: Called again and again with the bytes of photos that are done, and all of them.

    Raises:
        FreeSpace: There is no room for a copy of the database.
        TryLater: Another program holds the database for too long.
    """
    if city.database.is_file:
        read = _read_copy(city)
    else:
        with city.database.reading() as connection:
            read = _read(connection, city)
    if isinstance(read, Checked):
        return read
    counts, remembered, findings = read
    total, done = sum(remembered.values()), 0

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        on_progress(done, total)

    findings += _dead_ways(city)
    findings += photo_findings(city.photo_files, remembered, on_bytes)
    findings += _unnamed(city)
    return Checked(counts, tuple(findings))


def _read_copy(city: "City") -> Read | Checked:
    """What a copy of a database's file says; all that there is to be said where the file is damaged."""
    try:
        with tempfile.TemporaryDirectory(dir=city.data_dir, prefix=".check-") as folder:
            snapshot = Path(folder) / FILE_NAME
            take_snapshot(city.database, snapshot, lambda done, total: None)
            if found := damages(snapshot):
                words = f"SQLite finds damage: {some(found)}. Stop the server, keep the folder, restore a backup."
                return Checked({}, (Finding("database", words),))
            database = Database.open(snapshot.parent, city.contact_keys)
            try:
                with database.reading() as connection:
                    return _read(connection, city)
            finally:
                database.close()
    except OSError as error:
        raise FreeSpace(f"Nothing can be written in {city.data_dir}: {error.strerror}. Make room there.") from error


def _read(connection: "Connection", city: "City") -> Read:
    counts = {name: connection.scalar(select(func.count()).select_from(table)) or 0 for name, table in _COUNTED.items()}
    findings = [*record_findings(connection), *contact_findings(connection, city.contact_keys)]
    return counts, _sizes(connection), findings


def _dead_ways(city: "City") -> list[Finding]:
    """The ways of notices that fail for too long, asked of the database as it is now."""
    limit = timedelta(hours=city.settings.notices.alarm_hours)
    with city.database.reading() as connection:
        return list(dead_way_findings(connection, {way.name for way in ways_of(city)}, city.clock(), limit))


def _sizes(connection: "Connection") -> dict[str, int]:
    return {row.sha256: row.byte_count for row in connection.execute(select(photos.c.sha256, photos.c.byte_count))}


def _unnamed(city: "City") -> list[Finding]:
    """Files without a record, asked of the database as it is now: a photo's file is there before its record."""
    files = sorted((city.data_dir / PHOTOS).glob("*/*"))
    with city.database.reading() as connection:
        return unnamed_findings(files, _sizes(connection))
