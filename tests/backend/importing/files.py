"""Small files as cities have them, and what became of them in the database."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crew.backend.city import City
from crew.backend.importing import ImportSummary, import_file
from crew.backend.orders import load_order
from crew.backend.schema import service_requests
from crew.domain.work_order import WorkOrder

COLUMNS = (
    "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,type,queue,location,"
    "latitude,longitude,submittedphoto"
)
OPEN_ROW = {
    "case_enquiry_id": "101",
    "open_dt": "2011-07-01 08:00:00",
    "target_dt": "2011-07-05 08:00:00",
    "case_status": "Open",
    "case_title": "Deep one by the school",
    "type": "Request for Pothole Repair",
    "queue": "PWDx_District 02: Jamaica Plain",
    "location": "11 Boylston St  Jamaica Plain  MA  02130",
    "latitude": "42.3188",
    "longitude": "-71.1108",
}


def row(number: int = 101, **changes: str) -> dict[str, str]:
    """An open pothole, with what is different about it."""
    return {**OPEN_ROW, "case_enquiry_id": str(number), **changes}


def csv_text(*rows: dict[str, str], columns: str = COLUMNS) -> str:
    """Rows under a header, quoted as they must be."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns.split(","), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def run(city: City, folder: Path, content: str | bytes, name: str = "requests") -> ImportSummary:
    """Import a file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    summary = import_file(city, path, lambda done, total: None)
    assert summary.read == summary.imported + summary.already_there + summary.skipped_count
    return summary


def order(city: City, order_id: str) -> WorkOrder:
    """A work order that must be there."""
    with city.database.reading() as connection:
        found = load_order(connection, city.catalogue, order_id)
    assert found, f"there is no order {order_id}"
    return found


def request(city: City, request_id: str) -> Any:
    """A service request that must be there."""
    with city.database.reading() as connection:
        return connection.execute(select(service_requests).where(service_requests.c.id == request_id)).one()


def request_ids(city: City) -> Sequence[str]:
    """The ids of all service requests."""
    with city.database.reading() as connection:
        return connection.scalars(select(service_requests.c.id).order_by(service_requests.c.id)).all()
