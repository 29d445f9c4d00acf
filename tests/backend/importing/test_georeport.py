"""GeoReport v2 records as cities really send them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crew.backend.city import City
from crew.domain.errors import CorrectInput
from crew.domain.work_order import WorkStatus
from tests.backend.importing.files import order, request, request_ids, run

RECORD: dict[str, Any] = {
    "service_request_id": "A-1",
    "status": "open",
    "service_name": "Potholes",
    "service_code": "4f38",
    "description": "A hole.\nDeep.",
    "requested_datetime": "2026-03-11T02:30:00Z",
    "address": "52 G St",
    "lat": 42.33,
    "long": -71.04,
}


def record(**changes: Any) -> dict[str, Any]:
    return {**RECORD, **changes}


def lines(*records: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in records)


def test_a_list_of_records_becomes_orders(city: City, tmp_path: Path) -> None:
    assert run(city, tmp_path, json.dumps([record(), record(service_request_id="A-2")], indent=1)).imported == 2
    found = order(city, "A-1")
    assert (found.service_code, found.description) == ("pothole", "A hole.\nDeep.")
    assert found.requested_at == datetime(2026, 3, 11, 2, 30, tzinfo=UTC)
    assert found.crew == city.catalogue.service("pothole").crew


@pytest.mark.parametrize(
    "wrap",
    [
        lambda records: {"service_requests": records},
        lambda records: {"requests": records, "meta": {"total": 2}},
        lambda records: {"service_requests": {"request": records}},
        lambda records: {"service_requests": {"request": records[0]}},
        lambda records: records[0],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_wrapped_lists_and_single_records_are_found(city: City, tmp_path: Path, wrap: Any, indent: int | None) -> None:
    run(city, tmp_path, json.dumps(wrap([record(), record(service_request_id="A-2")]), indent=indent))
    assert "A-1" in request_ids(city)


def test_a_wrapped_list_with_a_record_on_each_line_is_a_document(city: City, tmp_path: Path) -> None:
    text = '{"requests": [\n' + json.dumps(record()) + ",\n" + json.dumps(record(service_request_id="A-2")) + "\n]}"
    assert run(city, tmp_path, text).imported == 2


def test_a_broken_line_of_json_lines_is_named_and_the_next_is_taken(city: City, tmp_path: Path) -> None:
    text = (
        '{"service_request_id": "A-0", "sta\n' + lines(record(), [], 5) + "\n" + lines(record(service_request_id="A-3"))
    )
    summary = run(city, tmp_path, text)
    assert list(request_ids(city)) == ["A-1", "A-3"]
    assert [line for line, _ in summary.skipped] == [1, 3, 4]


def test_records_without_an_id_are_skipped_and_named(city: City, tmp_path: Path) -> None:
    nothing = {"status": None, "service_name": None, "service_code": None, "lat": None, "long": None}
    summary = run(city, tmp_path, json.dumps([record(), record(service_request_id=""), nothing, None]))
    assert summary.imported == 1
    assert [line for line, _ in summary.skipped] == [2, 3, 4]
    assert summary.skipped[1] == (3, "it has no id")


def test_a_document_may_begin_with_a_byte_order_mark(city: City, tmp_path: Path) -> None:
    assert run(city, tmp_path, b"\xef\xbb\xbf" + json.dumps([record()]).encode()).imported == 1


def test_true_is_no_id(city: City, tmp_path: Path) -> None:
    assert run(city, tmp_path, lines(record(service_request_id=True))).skipped == [(1, "it has no id")]


def test_ids_may_be_numbers(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, lines(record(service_request_id=638344)))
    assert list(request_ids(city)) == ["638344"]


@pytest.mark.parametrize(
    ("lat", "long", "place"),
    [
        ("42.5", "-71.25", (42.5, -71.25)),
        (42, -71, (42.0, -71.0)),
        (0.0, 0.0, (None, None)),
        (None, None, (None, None)),
        ("", " ", (None, None)),
        (-171.25, 42.5, (42.5, -171.25)),
        (42.5, None, (None, None)),
    ],
)
def test_coordinates_come_as_numbers_texts_nothing_zero_and_swapped(
    city: City, tmp_path: Path, lat: Any, long: Any, place: Any
) -> None:
    run(city, tmp_path, lines(record(lat=lat, long=long)))
    assert (order(city, "A-1").lat, order(city, "A-1").long) == place


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("open", False),
        ("Open", False),
        ("CLOSED", True),
        ("Fixed - Council", True),
        (None, False),
        ("submitted", False),
    ],
)
def test_status_words_of_any_case_are_understood(city: City, tmp_path: Path, status: Any, ended: bool) -> None:
    run(city, tmp_path, lines(record(status=status)))
    assert order(city, "A-1").work_status.ended is ended


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2012-09-18T15:37-05", datetime(2012, 9, 18, 20, 37, tzinfo=UTC)),
        ("2012-09-18T15:37:10-0500", datetime(2012, 9, 18, 20, 37, 10, tzinfo=UTC)),
        ("2012-09-18 15:37:10", datetime(2012, 9, 18, 19, 37, 10, tzinfo=UTC)),
        ("2012-12-18T15:37:10", datetime(2012, 12, 18, 20, 37, 10, tzinfo=UTC)),
        ("2026-03-11T02:30:00.426559Z", datetime(2026, 3, 11, 2, 30, 0, 426559, tzinfo=UTC)),
        ("2026-03-11", datetime(2026, 3, 11, 4, tzinfo=UTC)),
    ],
)
def test_dates_of_many_forms_are_read_in_the_citys_zone_where_they_name_none(
    city: City, tmp_path: Path, text: str, moment: datetime
) -> None:
    run(city, tmp_path, lines(record(requested_datetime=text)))
    assert order(city, "A-1").requested_at == moment


@pytest.mark.parametrize(
    ("media_url", "kept"),
    [
        ("https://example.com/a.jpg", "https://example.com/a.jpg"),
        (" https://example.com/a.jpg#spot=1 ", "https://example.com/a.jpg#spot=1"),
        (["https://example.com/a.jpg", "https://example.com/b.jpg"], "https://example.com/a.jpg"),
        ([{"title": None, "media_url": "https://example.com/a.jpg"}], "https://example.com/a.jpg"),
        ("https://example.com/a.jpg,https://example.com/b.jpg", "https://example.com/a.jpg"),
        ("data:image/png;base64,AAAA", ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_pictures_come_in_many_shapes_and_one_web_address_is_kept(
    city: City, tmp_path: Path, media_url: Any, kept: str
) -> None:
    run(city, tmp_path, lines(record(media_url=media_url)))
    assert request(city, "A-1").media_url == kept


def test_an_unknown_service_keeps_the_citys_code_and_name(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, lines(record(service_code=9, service_name="Schrottfahrzeuge")))
    assert (order(city, "A-1").service_code, order(city, "A-1").service_name) == ("9", "Schrottfahrzeuge")


def test_a_record_without_a_service_is_something_else(city: City, tmp_path: Path) -> None:
    run(city, tmp_path, lines(record(service_code=None, service_name=None)))
    assert order(city, "A-1").service_code == "other"


def test_contact_fields_that_a_city_published_by_mistake_are_not_taken_over(city: City, tmp_path: Path) -> None:
    extras = {"email": "ada@example.org", "first_name": "Ada", "phone": "6175550123"}
    run(city, tmp_path, lines(record(extended_attributes=extras, requestor_name="Ada", **extras)))
    assert "Ada" not in str(request(city, "A-1"))
    assert "6175550123" not in str(request(city, "A-1"))


def test_closing_notes_say_how_the_work_ended(city: City, tmp_path: Path) -> None:
    notes = "Case Closed. Case Noted. 8-22-13 property cited."
    run(city, tmp_path, lines(record(status="closed", status_notes=notes)))
    found = order(city, "A-1")
    assert (found.work_status, found.closure_reason) == (WorkStatus.CANT_DO, "not_found")
    assert found.public_text == "8-22-13 property cited."


@pytest.mark.parametrize("text", ['{"key": "value"}', "[1, 2", '{"requests": 5}', "[" * 100_000, '{"a": [\n'])
def test_a_document_of_something_else_is_refused_in_words(city: City, tmp_path: Path, text: str) -> None:
    if text == '{"key": "value"}':
        assert run(city, tmp_path, text).skipped == [(1, "it has no id")]
        return
    with pytest.raises(CorrectInput, match="no list of GeoReport"):
        run(city, tmp_path, text)
