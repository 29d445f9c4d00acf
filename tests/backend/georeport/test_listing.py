"""What was reported, as anybody may ask for it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from crew.backend.backend_settings import GeoreportSettings
from crew.backend.city import City
from crew.backend.orders import NewRequest, insert_request, link_request
from crew.domain.work_order import PhotoRole
from tests.backend.citizens import (
    SECRET_MAIL,
    SECRET_PHONE,
    Hands,
    add_photo,
    close_order,
    prepared,
    set_order,
    with_settings,
)

pytestmark = pytest.mark.anyio

LIST = "/open311/v2/requests.json"


def report(city: City, **words: Any) -> str:
    asked = {"service_code": "pothole", "description": "Hole", "address": "52 G St", **words}
    with city.database.writing() as connection:
        return insert_request(connection, city, NewRequest(**asked))


async def ids(client: httpx.AsyncClient, **parameters: str | int) -> list[str]:
    answer = await client.get(LIST, params=parameters)
    assert answer.status_code == 200, answer.text
    return [request["service_request_id"] for request in answer.json()]


async def test_an_open_request_has_every_field_of_the_specification(client: httpx.AsyncClient, city: City) -> None:
    report(city, lat=42.25, long=-71.5, description="Deep hole")
    (request,) = (await client.get(LIST)).json()
    assert request == {
        "service_request_id": "311000000001",
        "status": "open",
        "status_notes": None,
        "service_name": "Pothole",
        "service_code": "pothole",
        "description": "Deep hole",
        "agency_responsible": "Crew City",
        "service_notice": None,
        "requested_datetime": "2026-03-11T12:00:00-04:00",
        "updated_datetime": "2026-03-11T12:00:00-04:00",
        "expected_datetime": "2026-03-13T12:00:00-04:00",
        "address": "1–99 G St",  # noqa: RUF001 - as it is written
        "address_id": None,
        "zipcode": None,
        "lat": 42.25,
        "long": -71.5,
        "media_url": None,
    }


@pytest.mark.parametrize("precision", ["block", "exact"])
async def test_everybody_learns_the_house_only_where_the_city_says_so(
    client: httpx.AsyncClient, city: City, app: Any, precision: Any
) -> None:
    app.state.city = here = with_settings(city, georeport=GeoreportSettings(precision))
    words = {"address": "52 G St", "address_id": "parcel-7", "lat": 42.33432833, "long": -71.0442055}
    first = report(here, description="In front of 52 G St", **words)
    with here.database.writing() as connection:
        link_request(connection, here, NewRequest(service_code="pothole", description="Mine"), first)
    close_order(here, first, "Filled at 52 G St.")
    answer = await client.get(LIST, params={"extensions": "true"})
    joined, own = answer.json()
    if precision == "exact":
        assert {name: own[name] for name in words} == words
        assert own["description"] == "In front of 52 G St"
        assert joined["status_notes"] == "Filled at 52 G St."
    else:
        assert "52 G St" not in answer.text
        assert "parcel-7" not in answer.text
        assert (own["lat"], own["long"]) == (42.334, -71.044)
        assert joined["status_notes"] == own["status_notes"] == "Filled at 1–99 G St."  # noqa: RUF001 - as above
    assert ("<lat>42.33432833</lat>" in (await client.get("/open311/v2/requests.xml")).text) is (precision == "exact")


async def test_a_closed_request_says_what_was_done_and_when(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    request_id = report(city)
    clock.turn(hours=2)
    close_order(city, request_id, "The pothole is filled.")
    (request,) = (await client.get(f"/open311/v2/requests/{request_id}.json")).json()
    assert request["status"] == "closed"
    assert request["status_notes"] == "The pothole is filled."
    assert request["updated_datetime"] == "2026-03-11T14:00:00-04:00"


async def test_json_and_xml_say_the_same(client: httpx.AsyncClient, city: City) -> None:
    report(city, lat=42.25, long=-71.5)
    (request,) = (await client.get(LIST)).json()
    root = ET.fromstring((await client.get("/open311/v2/requests.xml")).content)
    said = {part.tag: part.text for part in root[0]}
    assert said == {name: None if value is None else str(value) for name, value in request.items()}


async def test_nothing_reported_is_an_empty_list_and_not_an_error(client: httpx.AsyncClient) -> None:
    assert (await client.get(LIST)).text == "[]"
    assert len(ET.fromstring((await client.get("/open311/v2/requests.xml")).content)) == 0


@pytest.mark.parametrize("suffix", ["json", "xml"])
async def test_an_unknown_request_is_a_404_with_errors(client: httpx.AsyncClient, suffix: str) -> None:
    answer = await client.get(f"/open311/v2/requests/999.{suffix}")
    assert answer.status_code == 404
    assert "no service request with this id" in answer.text


async def test_the_newest_comes_first(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    first = report(city)
    clock.turn(minutes=1)
    second, third = report(city), report(city)
    assert await ids(client) == [third, second, first]


async def test_ids_override_every_other_filter(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    old = report(city)
    clock.turn(days=200)
    new = report(city)
    report(city)
    asked = await ids(client, service_request_id=f"{old}, {new},,nobody", status="closed", start_date="2030-01-01")
    assert asked == [new, old]


async def test_without_dates_the_last_90_days_are_told(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    report(city)
    clock.turn(days=90, seconds=1)
    new = report(city)
    assert await ids(client) == [new]


async def test_start_and_end_include_the_moments_they_name(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    on_the_second = report(city)
    clock.turn(microseconds=400_000)
    first = report(city)
    clock.turn(seconds=10)
    second = report(city)
    start, end = "2026-03-11T12:00:00-04:00", "2026-03-11T12:00:10-04:00"
    assert await ids(client, start_date=start, end_date=end) == [second, first, on_the_second]
    assert await ids(client, end_date="2026-03-11T15:59:59Z") == []
    assert await ids(client, start_date="2026-03-11T16:00:01Z", end_date=end) == [second]
    assert await ids(client, start_date=start, end_date="2026-03-11T16:00:09Z") == [first, on_the_second]
    assert await ids(client, start_date="2026-03-11", end_date="2026-03-11") == [second, first, on_the_second]


async def test_one_date_alone_opens_a_span_of_90_days(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    first = report(city)
    clock.turn(days=91)
    second = report(city)
    assert await ids(client, start_date="2026-03-11") == [first]
    assert await ids(client, end_date="2026-06-10T16:00:00Z") == [second]


async def test_requests_can_be_asked_for_by_their_last_change(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    old = report(city)
    clock.turn(days=100)
    report(city)
    clock.turn(days=1)
    set_order(city, old, work_status="working")
    assert await ids(client, updated_after=(clock() - timedelta(minutes=1)).isoformat()) == [old]
    assert old not in await ids(client, updated_before="2026-06-19T16:00:00Z")


async def test_services_and_statuses_filter_as_comma_lists(client: httpx.AsyncClient, city: City) -> None:
    pothole, light = report(city), report(city, service_code="street-light")
    strange = report(city, service_code="Dept:Trees, shrubs & more")
    close_order(city, light)
    assert await ids(client, service_code="pothole") == [pothole]
    assert await ids(client, service_code="street-light,pothole") == [light, pothole]
    assert await ids(client, service_code="Dept:Trees, shrubs & more") == [strange]
    assert await ids(client, status="closed") == [light]
    assert await ids(client, status="OPEN,Closed") == [strange, light, pothole]
    assert await ids(client, status="", service_code=" ", start_date="", page="") == [strange, light, pothole]


@pytest.mark.parametrize(
    "parameters",
    [
        {"start_date": "yesterday"},
        {"end_date": "9999-99-99"},
        {"updated_after": "x"},
        {"updated_before": "x"},
        {"status": "fixed"},
        {"page": "0"},
        {"page": "-1"},
        {"page_size": "many"},
        {"service_request_id": ",".join(str(number) for number in range(1001))},
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused_by_its_name(
    client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    answer = await client.get(LIST, params=parameters)
    assert answer.status_code == 400
    assert next(iter(parameters)) in answer.json()[0]["description"]


async def test_pages_follow_each_other_and_the_one_past_the_end_is_empty(client: httpx.AsyncClient, city: City) -> None:
    reported = [report(city) for _ in range(5)][::-1]
    pages = [await ids(client, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [reported[:2], reported[2:4], reported[4:], []]
    assert await ids(client, page=1, page_size=999_999_999) == reported
    assert await ids(client, page=999_999_999, page_size=1000) == []


async def test_extensions_tell_how_far_the_work_is_but_not_where_the_crew_is(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = report(city)
    set_order(city, request_id, "on the way", work_status="on_the_way")
    with city.database.writing() as connection:
        duplicate = link_request(
            connection, city, NewRequest(service_code="pothole", description="Same", address="x"), request_id
        )
    answer = (await client.get(LIST, params={"extensions": "true"})).json()
    extended = {request["service_request_id"]: request["extended_attributes"] for request in answer}
    assert extended[request_id]["work_status"] == "under way"
    assert extended[request_id]["parent_service_request_id"] is None
    assert extended[duplicate]["parent_service_request_id"] == request_id
    assert "extended_attributes" not in (await client.get(LIST)).json()[0]


async def test_a_media_url_is_the_address_under_which_the_stored_photo_can_be_had(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = report(city, photos=[prepared()], media_url="https://elsewhere.example/1.jpg")
    (request,) = (await client.get(f"/open311/v2/requests/{request_id}.json")).json()
    assert request["media_url"].startswith("https://311.example.gov/photos/")
    photo = await client.get(request["media_url"])
    assert (photo.status_code, photo.headers["Content-Type"]) == (200, "image/jpeg")


async def test_a_photo_elsewhere_is_told_as_it_was_given(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city, media_url="https://elsewhere.example/1.jpg#spot=2")
    (request,) = (await client.get(f"/open311/v2/requests/{request_id}.json")).json()
    assert request["media_url"] == "https://elsewhere.example/1.jpg#spot=2"


async def test_photos_of_the_work_are_told_only_when_it_is_finished_and_those_of_crews_never(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = report(city)
    crews = add_photo(city, request_id, PhotoRole.BEFORE, prepared("red"), device_id="truck-1")
    after = add_photo(city, request_id, PhotoRole.AFTER, prepared("green"), device_id="truck-1")
    address = f"/open311/v2/requests/{request_id}.json?extensions=true"
    (request,) = (await client.get(address)).json()
    assert request["extended_attributes"]["photos"] == []
    close_order(city, request_id)
    (request,) = (await client.get(address)).json()
    (photo,) = request["extended_attributes"]["photos"]
    assert (photo["role"], after in photo["media_url"]) == ("after", True)
    assert request["media_url"] is None
    assert crews not in json.dumps(request)


async def test_no_answer_tells_who_reported(client: httpx.AsyncClient, city: City) -> None:
    planted = {
        "email": SECRET_MAIL,
        "first_name": "Ada",
        "last_name": "Quiet-Lastname",
        "phone": SECRET_PHONE,
        "device_id": "secret-device",
        "account_id": "secret-account",
        "attributes": {"size": ["secret-answer"]},
    }
    request_id = report(
        city, description=f"Call {SECRET_PHONE} or {SECRET_MAIL}", address=f"At {SECRET_MAIL}'s house", **planted
    )
    close_order(city, request_id, f"We told {SECRET_MAIL}.")
    for path in (LIST, "/open311/v2/requests.xml", f"/open311/v2/requests/{request_id}.json"):
        said = (await client.get(path, params={"extensions": "true"})).text
        for secret in (SECRET_MAIL, SECRET_PHONE, "Ada", "Quiet-Lastname", "secret-", "Roberta"):
            assert secret not in said


async def test_the_fields_are_those_of_recorded_cities(
    client: httpx.AsyncClient, city: City, shared_data: Path
) -> None:
    report(city, lat=42.25, long=-71.5)
    (ours,) = (await client.get(LIST)).json()
    recorded = json.loads((shared_data / "open311" / "bloomington_2012_requests.json").read_text(encoding="utf-8"))
    assert set(recorded[0]) <= set(ours)
    for name in ("requested_datetime", "updated_datetime"):
        shape = re.sub(r"\d", "0", recorded[0][name])
        assert re.sub(r"\d", "0", ours[name]) == shape
    toronto = ET.parse(shared_data / "open311" / "toronto_2018_requests.xml").getroot()
    root = ET.fromstring((await client.get("/open311/v2/requests.xml")).content)
    assert root.tag == toronto.tag
    assert root[0].tag == toronto[0].tag
    assert {part.tag for part in toronto[0]} <= {part.tag for part in root[0]}


async def test_discovery_and_services_have_the_fields_of_recorded_cities(
    client: httpx.AsyncClient, shared_data: Path
) -> None:
    recorded = json.loads((shared_data / "open311" / "boston_2011_discovery.json").read_text(encoding="utf-8"))
    discovery = (await client.get("/open311/discovery.json")).json()
    assert set(recorded) == set(discovery)
    assert set(recorded["endpoints"][0]) == set(discovery["endpoints"][0])
    assert recorded["endpoints"][0]["formats"] == discovery["endpoints"][0]["formats"]
    services = json.loads((shared_data / "open311" / "bloomington_2012_services.json").read_text(encoding="utf-8"))
    ours = (await client.get("/open311/v2/services.json")).json()
    assert set(services[0]) == set(ours[0])
    assert type(services[0]["metadata"]) is type(ours[0]["metadata"])
