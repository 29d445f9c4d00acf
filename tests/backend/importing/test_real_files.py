"""The files that cities really published come in whole, and twice the same."""

from pathlib import Path

import pytest

from crew.backend.city import City
from crew.backend.importing import import_file
from tests.backend.importing.files import order


@pytest.mark.parametrize(
    ("name", "read", "imported", "skipped"),
    [
        ("boston/boston311_2015_fieldcrew.csv.gz", 7999, 7999, 0),
        ("boston/boston_georeport_requests.jsonl.gz", 4000, 4000, 0),
        ("open311/bloomington_2012_requests.json", 21, 18, 3),
        ("open311/boston_2019_requests_page_50.json", 50, 50, 0),
        ("open311/boston_2019_2020_records_without_service_request_id.json", 7, 0, 7),
        ("open311/boston_2026_requests_extensions.json", 50, 49, 1),
        ("open311/helsinki_2016_request_with_tasks.json", 1, 1, 0),
        ("open311/koeln_2023_requests_markaspot.json", 50, 50, 0),
    ],
)
def test_a_real_file_comes_in_and_a_second_time_nothing_does(
    city: City, shared_data: Path, name: str, read: int, imported: int, skipped: int
) -> None:
    first = import_file(city, shared_data / name, lambda done, total: None)
    assert (first.read, first.imported + first.already_there, first.skipped_count) == (read, imported, skipped)
    again = import_file(city, shared_data / name, lambda done, total: None)
    assert (again.read, again.imported, again.skipped_count) == (read, 0, skipped)
    assert again.already_there == imported


def test_half_a_year_of_boston_comes_in(city: City, shared_data: Path) -> None:
    summary = import_file(city, shared_data / "boston/boston311_2011H2.csv.gz", lambda done, total: None)
    assert (summary.read, summary.imported) == (58_251, 58_251)
    first = order(city, "101000295613")
    assert (first.service_code, first.address) == ("street-light", "Groveland St & River St, Mattapan MA")
    assert first.public_text == "Replaced 100 amp fuse and reset breaker."
