"""What a city itself closed as a duplicate is offered for linking: Boston's records of half a year."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from crew.domain.nearby import Wanted, nearby
from crew.domain.work_order import WorkStatus

_AT_LEAST = 0.8
_BOX = 0.001
"""Degrees to a cell of the grid: more than the distance at which two reports may be one."""


class Case:
    """One record, as somebody at the desk would have met it."""

    def __init__(self, row: dict[str, str]) -> None:
        self.id = row["CASE_ENQUIRY_ID"]
        self.service_name = row["TYPE"]
        self.lat, self.long = float(row["LATITUDE"]), float(row["LONGITUDE"])
        self.opened_at, self.closed_at = moment(row["OPEN_DT"]), moment(row["CLOSED_DT"])
        self.is_duplicate = "duplicate of existing" in row["CLOSURE_REASON"].casefold()

    @property
    def cell(self) -> tuple[str, int, int]:
        return self.service_name, round(self.lat / _BOX), round(self.long / _BOX)

    def while_open(self, now: datetime) -> Wanted:
        """As the list showed it at a moment."""
        ended = self.closed_at is not None and self.closed_at < now
        return Wanted(
            service_name=self.service_name,
            lat=self.lat,
            long=self.long,
            updated_at=self.opened_at or now,
            work_status=WorkStatus.DONE if ended else WorkStatus.ASSIGNED,
        )


def moment(raw: str) -> datetime | None:
    return datetime.strptime(raw, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if raw else None


def cases(path: Path) -> Iterator[Case]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            named = {name.upper(): value for name, value in row.items() if name}
            if named["LATITUDE"] and named["LONGITUDE"]:
                yield Case(named)


def test_most_of_what_a_city_closed_as_a_duplicate_is_offered(shared_data: Path) -> None:
    grid = defaultdict(list)
    for case in cases(shared_data / "boston" / "boston311_2011H2.csv.gz"):
        grid[case.cell].append(case)
    duplicates = [case for cell in grid.values() for case in cell if case.is_duplicate and case.closed_at]

    offered = sum(is_offered(case, grid) for case in duplicates)

    assert len(duplicates) > 2000
    assert offered / len(duplicates) >= _AT_LEAST, f"{offered} of {len(duplicates)}"


def is_offered(case: Case, grid: dict[tuple[str, int, int], list[Case]]) -> bool:
    """Whether what it doubles was offered at some time before it was closed: when it came, or when the other came."""
    service, north, east = case.cell
    cells = [(service, north + up, east + across) for up in (-1, 0, 1) for across in (-1, 0, 1)]
    others = [other for cell in cells for other in grid.get(cell, ()) if other.id != case.id]
    came = [case.opened_at, *(one.opened_at for one in others)]
    moments = [at for at in came if at and case.opened_at and case.closed_at and case.opened_at <= at <= case.closed_at]
    return any(
        nearby(
            case.id,
            case.while_open(now),
            ((one.id, one.while_open(now)) for one in others if one.opened_at and one.opened_at <= now),
            now,
        ).same
        for now in moments
    )
