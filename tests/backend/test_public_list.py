"""What was reported, for everybody: a list in pages, a map, one page a report, and "me too"."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.event import listen

from crew.backend import schema
from crew.backend.backend_settings import PublicSettings
from crew.backend.citizens.city_dots import city_dots
from crew.backend.citizens.map_area import HEIGHT, WIDTH, read_area
from crew.backend.city import City
from crew.backend.notices.delivery import deliver_due
from crew.backend.orders import NewRequest, link_request
from crew.backend.public.public_requests import Area, Asked, PublicRequest, newest_places, public_requests
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from tests.backend.citizens import (
    NOON,
    SECRET_MAIL,
    SECRET_PHONE,
    Hands,
    add_photo,
    close_order,
    prepared,
    set_order,
    with_settings,
)
from tests.backend.crews import stored
from tests.backend.letters import mailing, messages, text_of
from tests.backend.test_citizen_pages import Page, report
from tests.backend.test_report_form import Form, count

pytestmark = pytest.mark.anyio


@pytest.fixture
def city(city: City) -> City:
    return with_settings(city, public_url="http://city")


def reported(city: City, clock: Hands, number: int, **words: object) -> str:
    clock.turn(minutes=1)
    place = {"lat": 42.31 + number / 1000, "long": -71.11 - number / 1000}
    return report(city, **{"address": f"{100 * number + 12} Elm St", **place, **words})


def numbers(page: str) -> list[str]:
    return re.findall(r'<li><a href="requests/(\d+)', page)


async def test_every_report_is_on_one_page_of_the_list(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    made = [reported(city, clock, number) for number in range(1, 61)]
    seen: list[str] = []
    address = "/requests"
    while address:
        page = (await client.get(address)).text
        seen += numbers(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = f"/{older[1].replace('&amp;', '&')}" if older else ""
    assert seen == made[::-1]


async def test_the_list_tells_the_block_and_nobody(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    number = reported(
        city,
        clock,
        4,
        description=f"Ada here, 412 Elm St, call {SECRET_PHONE}",
        email=SECRET_MAIL,
        first_name="Ada",
        last_name="Quiet-Lastname",
        photos=[prepared("red")],
    )
    set_order(city, number, "working", work_status="working")
    crews = add_photo(city, number, PhotoRole.BEFORE, prepared("blue"), device_id="truck-1")
    close_order(city, number, "The hole at 412 Elm St is filled.")
    for address in ("/requests?status=closed", f"/requests/{number}", "/requests?status=all&service=pothole"):
        page = (await client.get(address)).text
        assert "400–499 Elm St" in page  # noqa: RUF001 - as it is written
        for secret in ("412", SECRET_MAIL, SECRET_PHONE, "Quiet-Lastname", "Roberta", crews, "42.314", "-71.114"):
            assert secret not in page


async def test_filters_show_what_fits(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    hole, paint, done = (
        reported(city, clock, one, service_code=code) for one, code in enumerate(("pothole", "graffiti", "pothole"), 1)
    )
    close_order(city, done)

    async def shown(query: str) -> list[str]:
        return numbers((await client.get(f"/requests?{query}")).text)

    assert await shown("") == [paint, hole]
    assert 'name="district"' not in (await client.get("/requests")).text
    assert await shown("status=closed") == [done]
    assert await shown("status=all") == [done, paint, hole]
    assert await shown("status=all&service=pothole") == [done, hole]
    assert await shown("service=graffiti") == [paint]
    assert await shown("area=42.3105,-71.1115,42.3115,-71.1105") == [hole]
    for nonsense in (
        "status=x&service=y&area=1,2&before=x.y",
        "before=99999999999999999999999.1",
        "area=nan,nan,nan,nan",
    ):
        assert set(await shown(nonsense)) <= {paint, hole}


async def test_duplicates_are_one_line_with_its_people(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    number = reported(city, clock, 1)
    with city.database.writing() as connection:
        second = link_request(connection, city, NewRequest(service_code="pothole", description="staff only"), number)
    page = (await client.get("/requests")).text
    assert numbers(page) == [number]
    assert "2 people" in page
    answer = await client.get(f"/requests/{second}")
    assert answer.headers["location"] == f"/requests/{number}"
    one = (await client.get(f"/requests/{number}")).text
    assert "Reported by 2 people" in one
    assert "staff only" not in one


async def test_the_list_may_be_kept_for_a_minute_and_is_asked_for_by_its_tag(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    reported(city, clock, 1)
    first = await client.get("/requests")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Vary"] == "Accept-Language"
    again = await client.get("/requests", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    reported(city, clock, 2)
    changed = await client.get("/requests", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


async def test_me_too_joins_and_is_one_request_however_often_it_is_pressed(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    number = reported(city, clock, 1)
    before = stored(city, number)
    page = (await client.get(f"/requests/{number}")).text
    assert stored(city, number) == before
    form = Form(client, clock, page, f"/requests/{number}/me-too")

    sent = [await form.send(email=SECRET_MAIL, description="Mine, too") for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 303]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert count(city) == 2
    assert count(city, "work_orders") == 1
    own = Page((await client.get(sent[0].headers["location"])).text)
    assert "You are now part of this report." in own.words
    assert "112 Elm St" not in own.words
    mailed = mailing(city)
    assert deliver_due(mailed) == 1, "they are told once that they follow it"
    close_order(mailed, number, "We filled it at 112 Elm St.")
    assert deliver_due(mailed) == 1
    mails = messages(mailed)
    subjects = ["You follow a report: 311000000002", "Your report 311000000002 is done"]
    assert sorted(message["Subject"] for message in mails) == subjects
    assert {message["To"] for message in mails} == {SECRET_MAIL}
    for message in mails:
        text = text_of(message, "plain")
        assert "100–199 Elm St" in text  # noqa: RUF001 - as it is written
        assert "112 Elm St" not in text, "somebody else's house is nobody's business"


async def test_me_too_is_guarded_and_ends_with_the_work(client: httpx.AsyncClient, city: City, clock: Hands) -> None:
    number = reported(city, clock, 1)
    form = Form(client, clock, (await client.get(f"/requests/{number}")).text, f"/requests/{number}/me-too")
    quick = await form.send(seconds=1, email="ada@home.example")
    assert (quick.status_code, 'value="ada@home.example"' in quick.text) == (422, True)
    assert (await form.send(email="no address")).status_code == 422
    assert (await form.send(website="x")).status_code == 422
    close_order(city, number)
    late = await form.send()
    assert late.status_code == 409
    assert "This is finished by now." in late.text
    assert "me-too" not in (await client.get(f"/requests/{number}")).text
    assert (await client.post("/requests/999/me-too", data=form.fields)).status_code == 404
    assert count(city) == 1


async def test_a_city_keeps_words_and_photos_to_itself(client: httpx.AsyncClient, city: City, app: Any) -> None:
    number = report(city, description="Deep hole", photos=[prepared("red")])
    assert "Deep hole" in (await client.get(f"/requests/{number}")).text
    app.state.city = with_settings(city, public=PublicSettings(words=False, photos=False))
    page = (await client.get(f"/requests/{number}")).text
    assert "Deep hole" not in page
    assert "<img" not in page


def fill(city: City, count: int) -> None:
    """So many reports of a year, nine of ten closed, without what the list never asks for."""
    codes = ("pothole", "graffiti", "street-light", "missed-trash")
    orders, requests = [], []
    for number in range(count):
        at = NOON - timedelta(minutes=number)
        what = {
            "id": f"9{number:011}",
            "service_code": codes[number % 4],
            "description": "",
            "address": f"{number % 900} Elm St",
            "lat": 42.25 + number % 997 / 10_000,
            "long": -71.15 + number % 991 / 10_000,
            "requested_at": at,
        }
        closed = number % 10 != 0
        orders.append(
            {
                **what,
                "version": 1,
                "crew": ("north", "south", "")[number % 3],
                "work_status": (WorkStatus.DONE if closed else WorkStatus.NEW).value,
                "public_status": (PublicStatus.CLOSED if closed else PublicStatus.OPEN).value,
                "updated_at": at,
            }
        )
        requests.append({**what, "order_id": what["id"]})
    with city.database.writing() as connection:
        connection.execute(insert(schema.work_orders), orders)
        connection.execute(insert(schema.service_requests), requests)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(status=PublicStatus.CLOSED),
        Asked(status=None),
        Asked(service_code="graffiti"),
        Asked(status=None, service_code="graffiti"),
        Asked(area=Area(42.26, -71.14, 42.27, -71.13)),
        Asked(crews=("north", "south")),
        Asked(status=None, crews=("north",), service_code="graffiti"),
        Asked(status=PublicStatus.CLOSED, crews=("north",), by_change=True),
    ],
)
def test_no_question_reads_more_than_it_shows(city: City, asked: Asked) -> None:
    fill(city, 300)
    asked_for: list[tuple[str, Any]] = []
    with city.database.reading() as connection:
        listen(connection, "before_cursor_execute", lambda _c, _k, sql, values, *_: asked_for.append((sql, values)))
        newest_places(connection, asked, 26)
        steps = [
            row[3]
            for sql, values in list(asked_for)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert any("USING INDEX ix_work_orders" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN work_orders") and "USING INDEX" not in step]
    assert asked.area or "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_lines_are_the_same_as_sorting_everything(city: City) -> None:
    fill(city, 200)
    everything = Asked(status=None)
    with city.database.reading() as connection:
        found = public_requests(connection, everything, 500)
        for asked in (Asked(), Asked(status=PublicStatus.CLOSED, service_code="graffiti"), everything):
            expected = [
                one
                for one in found
                if asked.status in (None, one.public_status) and asked.service_code in ("", one.service_code)
            ]
            assert public_requests(connection, asked, 30) == expected[:30]
            assert (
                newest_places(connection, asked, 30)
                == [
                    one
                    for one in newest_places(connection, everything, 500)
                    if one.number in {e.number for e in expected}
                ][:30]
            )


PLACES = st.tuples(st.floats(42.2, 42.4, allow_nan=False), st.floats(-71.2, -71.0, allow_nan=False))


@given(st.lists(PLACES, max_size=80))
def test_every_place_is_in_one_dot_and_no_two_dots_touch(places: list[tuple[float, float]]) -> None:
    found = [
        PublicRequest(str(n), "x", "", lat, long, WorkStatus.NEW, PublicStatus.OPEN, NOON, NOON)
        for n, (lat, long) in enumerate(places)
    ]
    drawn = city_dots(found, None)
    if drawn is None:
        assert not places
        return
    assert sorted(int(one.number) for dot in drawn.dots for one in dot.requests) == list(range(len(places)))
    for dot in drawn.dots:
        assert dot.radius <= dot.x <= WIDTH - dot.radius
        assert dot.radius <= dot.y <= HEIGHT - dot.radius
    for one in drawn.dots:
        for other in drawn.dots:
            assert one is other or ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5 >= 27


@pytest.mark.parametrize(
    "words", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "2,0,1,1", "-91,0,1,1", "inf,0,1,1", "0,0,1,1,1"]
)
def test_an_area_that_is_none_is_not_taken(words: str) -> None:
    assert read_area(words) is None


async def test_who_asks_too_often_is_told_to_wait_on_a_page(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/requests", headers={"Accept-Language": "pt"}) for _ in range(121)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "Espere um momento" in answers[-1].text


async def test_a_form_that_is_none_is_told_on_a_page(client: httpx.AsyncClient) -> None:
    broken = {"Content-Type": "multipart/form-data; boundary="}
    for address in ("/report", "/requests/1/me-too"):
        answer = await client.post(address, content=b"--x", headers=broken)
        assert answer.status_code == 400
        assert "The form could not be read." in answer.text
