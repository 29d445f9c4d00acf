"""A city's CSV file becomes work orders."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crew.backend import feed
from crew.backend.city import City, open_city
from crew.backend.importing import import_file
from crew.domain.errors import CorrectInput, CorrectSettings
from crew.domain.work_order import PublicStatus, WorkStatus
from crew.settings import shipped_path
from tests.backend.importing.files import csv_text, order, request, request_ids, row, run


def audience_ids(city: City, audience: str) -> list[str]:
    with city.database.reading() as connection:
        return [found.id for found in feed.page(connection, city.catalogue, audience, "", 100).orders]


def test_an_open_row_becomes_an_assigned_order_that_its_crew_hears_of(city: City, tmp_path: Path) -> None:
    summary = run(city, tmp_path, csv_text(row(101)))
    assert (summary.read, summary.imported, summary.skipped) == (1, 1, [])
    found = order(city, "101")
    assert found.work_status is WorkStatus.ASSIGNED
    assert found.public_status is PublicStatus.OPEN
    assert (found.service_code, found.service_name) == ("pothole", "Pothole")
    assert found.description == "Deep one by the school"
    assert found.address == "11 Boylston St, Jamaica Plain MA 02130"
    assert (found.lat, found.long) == (42.3188, -71.1108)
    assert found.crew == "PWDx_District 02: Jamaica Plain"
    assert found.requested_at == datetime(2011, 7, 1, 12, tzinfo=UTC)
    assert found.due_at == datetime(2011, 7, 5, 12, tzinfo=UTC)
    assert found.version == 1
    assert [entry.text for entry in found.history] == ["taken over from the city's records"]
    assert [linked.request_id for linked in found.requests] == ["101"]
    assert audience_ids(city, found.crew) == audience_ids(city, "*") == ["101"]


def test_a_closed_row_becomes_an_ended_order_that_no_device_hears_of(city: City, tmp_path: Path) -> None:
    closed = row(
        102,
        case_status="Closed",
        closed_dt="2011-07-02 09:30:00",
        closure_reason="Case Closed Case Resolved filled with hot top ",
    )
    run(city, tmp_path, csv_text(closed))
    found = order(city, "102")
    assert (found.work_status, found.public_status) == (WorkStatus.DONE, PublicStatus.CLOSED)
    assert found.public_text == "Filled with hot top."
    assert found.updated_at == datetime(2011, 7, 2, 13, 30, tzinfo=UTC)
    assert audience_ids(city, found.crew) == audience_ids(city, "*") == []


def test_the_later_vintage_with_other_names_order_and_dates_is_read_alike(city: City, tmp_path: Path) -> None:
    columns = "LONGITUDE,CASE_STATUS,Latitude,TYPE,SLA_Target_DT,OPEN_DT,CASE_ENQUIRY_ID,Location,SubmittedPhoto,Queue"
    values = "-71.1108,Open,42.3188,Sign Repair,01/16/2015 08:30:00 AM,01/01/2015 01:40:38 PM,101001240827"
    text = f"{columns}\n{values},11 Boylston St,https://example.com/a.jpg https://example.com/b.jpg,BTDT_Sign Shop\n"
    assert run(city, tmp_path, text).imported == 1
    found = order(city, "101001240827")
    assert found.service_code == "sign-repair"
    assert found.requested_at == datetime(2015, 1, 1, 18, 40, 38, tzinfo=UTC)
    assert found.due_at == datetime(2015, 1, 16, 13, 30, tzinfo=UTC)
    assert request(city, "101001240827").media_url == "https://example.com/a.jpg"


def test_the_same_hour_of_morning_and_evening_of_summer_and_winter_are_told_apart(city: City, tmp_path: Path) -> None:
    texts = ["01/01/2015 01:10:00 AM", "01/01/2015 01:20:00 PM", "07/01/2015 01:10:00 AM", "2015-01-01 01:30:00"]
    run(city, tmp_path, csv_text(*(row(number, open_dt=text) for number, text in enumerate(texts))))
    moments = [f"{order(city, str(number)).requested_at:%m-%d %H:%M}" for number in range(4)]
    assert moments == ["01-01 06:10", "01-01 18:20", "07-01 05:10", "01-01 06:30"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognised(city: City, tmp_path: Path, delimiter: str) -> None:
    text = "case_enquiry_id,open_dt,location\n7,2011-07-01 08:00:00,1 Elm St\n".replace(",", delimiter)
    assert run(city, tmp_path, text).imported == 1


def test_a_packed_file_is_recognised_by_its_content(city: City, tmp_path: Path) -> None:
    assert run(city, tmp_path, gzip.compress(csv_text(row(1)).encode()), name="x.csv").imported == 1


def test_the_same_file_twice_changes_nothing(city: City, tmp_path: Path) -> None:
    text = csv_text(row(1), row(2), row(3, case_status="Closed"))
    assert run(city, tmp_path, text).imported == 3
    before = [order(city, number) for number in ("1", "2", "3")]
    again = run(city, tmp_path, text)
    assert (again.imported, again.already_there) == (0, 3)
    assert [order(city, number) for number in ("1", "2", "3")] == before
    assert audience_ids(city, "*") == ["1", "2"]


def test_an_id_twice_in_one_file_is_one_order_and_the_first_counts(city: City, tmp_path: Path) -> None:
    summary = run(city, tmp_path, csv_text(row(1, case_title="first"), row(1, case_title="second")))
    assert (summary.imported, summary.already_there) == (1, 1)
    assert order(city, "1").description == "first"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"open_dt": "yesterday"}, '"yesterday" is no date'),
        ({"open_dt": "2011-02-30 08:00:00"}, "is no date"),
        ({"open_dt": "0001-01-01 00:00:00"}, "is no date"),
        ({"open_dt": "9999-12-31 23:59:59"}, "is no date"),
        ({"target_dt": "13/13/2011 08:00:00 AM"}, "is no date"),
        ({"open_dt": " "}, "no date of opening"),
        ({"case_enquiry_id": " "}, "no id"),
        ({"case_enquiry_id": "1.01E+11"}, "spreadsheet"),
        ({"case_enquiry_id": "../etc"}, "cannot be used"),
        ({"case_enquiry_id": "9" * 65}, "cannot be used"),
        ({"location": " ", "latitude": "", "longitude": ""}, "no place"),
        ({"location": "", "latitude": "0.0", "longitude": "0"}, "no place"),
        ({"location": "", "latitude": "142.1", "longitude": "271.0"}, "no place"),
        ({"location": "", "latitude": "north", "longitude": "-71"}, "no place"),
        ({"location": "", "latitude": "nan", "longitude": "nan"}, "no place"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_next_is_taken(
    city: City, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    summary = run(city, tmp_path, csv_text(row(1), row(2) | changes, row(3)))
    assert list(request_ids(city)) == ["1", "3"]
    [(line, reason)] = summary.skipped
    assert line == 3
    assert words in reason


def test_an_address_without_coordinates_is_place_enough(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, latitude="", longitude="")))
    assert (order(city, "1").lat, order(city, "1").long) == (None, None)


def test_a_point_that_means_unknown_is_dropped_and_the_address_stays(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, latitude="42.3594", longitude="-71.0587")))
    assert (order(city, "1").lat, order(city, "1").address) == (None, "11 Boylston St, Jamaica Plain MA 02130")


def test_a_record_with_nothing_but_a_point_that_means_unknown_keeps_it(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, location="", latitude="42.3594", longitude="-71.0587")))
    assert (order(city, "1").lat, order(city, "1").address) == (42.3594, "")


def test_a_float_that_a_program_made_of_an_id_is_the_id_again(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, case_enquiry_id="101000295613.0")))
    assert list(request_ids(city)) == ["101000295613"]


def test_an_intersection_is_called_by_its_streets(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, location="INTERSECTION of Groveland St & River St  Mattapan  MA  ")))
    assert order(city, "1").address == "Groveland St & River St, Mattapan MA"


def test_a_type_of_no_catalogue_becomes_a_service_that_outlives_the_import(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, type="Bed Bugs"), row(2, type="bed bugs")))
    assert order(city, "1").service_name == order(city, "2").service_name == "Bed Bugs"
    reopened = open_city(city.data_dir, city.settings, city.clock)
    assert order(reopened, "1").service_name == "Bed Bugs"
    reopened.database.close()


def test_a_queue_of_no_table_becomes_a_crew_of_its_own_name(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, csv_text(row(1, queue="WATER_Night Shift"), row(2, queue="", type="Needle Pickup")))
    assert order(city, "1").crew == "WATER_Night Shift"
    assert order(city, "2").crew == "GEN_Needle_Pickup"


def test_hostile_text_is_harmless_before_it_is_stored(city: City, tmp_path: Path) -> None:
    hostile = "a\x1b]0;x\x07b\u202ec[@click=app.quit]d[/]\x00"
    summary = run(city, tmp_path, csv_text(row(1, case_title=hostile, location=hostile, queue=hostile, type=hostile)))
    assert summary.imported == 1
    found = order(city, "1")
    for text in (found.description, found.address, found.crew, found.service_code, found.service_name):
        assert not set(text) & set("\x1b\x07\x00\u202e")


def test_progress_ends_with_the_whole_file(city: City, tmp_path: Path) -> None:
    path = tmp_path / "requests"
    path.write_text(csv_text(row(1)), encoding="utf-8")
    seen: list[tuple[int, int]] = []
    import_file(city, path, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"name,age\nAda,36\n", "no column for id; opened; address, or lat and long"),
        (b"case_enquiry_id,open_dt,latitude\n1,2,3\n", "no column for address"),
        (b"<html><body>Not found</body></html>", "XML or a web page"),
        (b"PK\x03\x04 xlsx", "ZIP archive"),
        ("case_enquiry_id\topen_dt\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(city: City, tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(CorrectInput, match=words):
        run(city, tmp_path, content)


def test_a_city_names_its_own_columns_and_status_words(city: City, tmp_path: Path) -> None:
    rules = shipped_path("import.toml").read_text(encoding="utf-8")
    rules = (
        rules.replace('"case_id"', '"number"').replace('"open_date"', '"reported"').replace('"closed",', '"over",', 1)
    )
    (city.data_dir / "import.toml").write_text(rules, encoding="utf-8")
    run(city, tmp_path, "Number;Reported;Address;Status\n7;2011-07-01;1 Elm St;OVER\n")
    assert order(city, "7").work_status is WorkStatus.DONE


def test_rules_that_name_an_unknown_reason_are_refused(city: City, tmp_path: Path) -> None:
    rules = shipped_path("import.toml").read_text(encoding="utf-8")
    (city.data_dir / "import.toml").write_text(rules.replace('"no_access"', '"rain"'), encoding="utf-8")
    with pytest.raises(CorrectSettings, match="rain"):
        run(city, tmp_path, csv_text(row(1)))


def test_a_missing_file_and_a_folder_are_refused_in_words(city: City, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(CorrectInput, match="cannot be read"):
            import_file(city, path, lambda done, total: None)
