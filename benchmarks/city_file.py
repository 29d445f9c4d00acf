"""Writes a file of requests as a city publishes them: the columns of 2011, the same rows every time."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

_COLUMNS = (
    *("case_enquiry_id", "open_dt", "target_dt", "closed_dt", "ontime", "case_status", "closure_reason", "case_title"),
    *("subject", "reason", "type", "queue", "department", "submittedphoto", "closedphoto", "location"),
    *("fire_district", "pwd_district", "city_council_district", "police_district", "neighborhood"),
    *("neighborhood_services_district", "ward", "precinct", "location_street_name", "location_zipcode"),
    *("latitude", "longitude", "source"),
)
_KINDS = (
    ("Request for Pothole Repair", "Highway Maintenance", "PWDx_Requests for Pothole Repair"),
    ("Schedule a Bulk Item Pickup", "Sanitation", "PWDx_Schedule a Bulk Item Pickup"),
    ("Street Light Outages", "Street Lights", "PWDx_Street Light Outages"),
    ("Graffiti Removal", "Graffiti", "PROP_GRAF_GraffitiRemoval"),
    ("Sidewalk Repair (Make Safe)", "Highway Maintenance", "PWDx_Sidewalk Repair (Make Safe)"),
)
_STREETS = ("Centre St", "Tremont St", "Blue Hill Ave", "Dorchester Ave", "Washington St", "Adams St", "Beacon St")
_QUARTERS = ("Jamaica Plain", "Roxbury", "Dorchester", "Mattapan", "South Boston", "Brighton")
_CLOSURES = (
    "Case Closed Case Resolved two bags of cold patch, edges sealed",
    "Case Closed Case Scheduled the items are on the list of the next round",
    "Case Closed Internal Case done by the yard's own crew",
    "Case Closed Case Noted looked at twice, nothing was found at this address ",
)
_SOURCES = ("Constituent Call", "Self Service", "Employee Generated")
_OPEN_SHARE = 0.06
_NO_PLACE_SHARE = 0.05
_FIRST_DAY = datetime(2011, 7, 1, 1, 30)  # noqa: DTZ001 - such files tell the city's own time without a zone
_HALF_YEAR_SECONDS = 184 * 86_400


def write_city_file(path: Path, row_count: int) -> None:
    """Write that many rows; the same ones on every machine."""
    chance = Random(311)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(number, chance) for number in range(row_count))


def _row(number: int, chance: Random) -> tuple[object, ...]:
    opened = _FIRST_DAY + timedelta(seconds=chance.randrange(_HALF_YEAR_SECONDS))
    closed = "" if chance.random() < _OPEN_SHARE else opened + timedelta(seconds=chance.randrange(900, 900_000))
    kind, reason, queue = chance.choice(_KINDS)
    ward = chance.randint(1, 22)
    return (
        *(101_000_300_000 + number, opened, opened + timedelta(days=chance.choice((2, 3, 14)))),
        *(closed, chance.choice(("ONTIME", "ONTIME", "OVERDUE"))),
        *(("Closed", chance.choice(_CLOSURES)) if closed else ("Open", " ")),
        *(kind, "Public Works Department", reason, kind, queue, "PWDx", "", ""),
        *_place(ward, chance),
        chance.choice(_SOURCES),
    )


def _place(ward: int, chance: Random) -> tuple[object, ...]:
    quarter = chance.choice(_QUARTERS)
    district = chance.randint(1, 12)
    areas = (district, f"{district:02}", ward % 9 + 1, f"B{ward % 4 + 1}", quarter, ward % 15 + 1, f"Ward {ward}")
    if chance.random() < _NO_PLACE_SHARE:
        return (" ", *areas, " ", "", "", "42.3594", "-71.0587")
    street = f"{chance.randint(1, 900)} {chance.choice(_STREETS)}"
    latitude, longitude = 42.25 + chance.random() / 8, -71.15 + chance.random() / 8
    address = f"{street}  {quarter}  MA  02130"
    return (address, *areas, f"{ward:02}{ward % 12:02}", street, "02130", f"{latitude:.4f}", f"{longitude:.4f}")
