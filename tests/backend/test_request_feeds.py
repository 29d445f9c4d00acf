"""What was reported, as Atom and as JSON Feed: whole, valid, by the block, and turned off until a city wants it."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen

from crew.backend import schema
from crew.backend.backend_settings import read_backend_settings
from crew.backend.city import City
from crew.backend.orders import NewRequest, link_request
from crew.backend.public.feed_formats import Entry, FeedFormat, RequestFeed, written_feed
from crew.backend.public.public_requests import Asked, public_requests
from crew.domain.errors import CorrectSettings
from crew.domain.work_order import PhotoRole, PublicStatus
from tests.backend.citizens import (
    HOSTILE,
    NOON,
    SECRET_MAIL,
    SECRET_PHONE,
    Hands,
    add_photo,
    close_order,
    prepared,
    with_settings,
)
from tests.backend.test_citizen_pages import Page, report
from tests.backend.test_public_list import fill
from tests.hostile import FORBIDDEN
from tests.hostile import HOSTILE as MORE_HOSTILE

pytestmark = pytest.mark.anyio

ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = "https://311.example.gov/requests"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def city(city: City) -> City:
    feeding = msgspec.structs.replace(city.settings.public, feeds=True)
    return with_settings(city, public_url="https://311.example.gov", city_name="A & B <City>", public=feeding)


def valid_atom(text: str) -> ET.Element:
    """A feed that has what RFC 4287 asks for, in sections 4.1.1, 4.1.2 and 4.2."""
    feed = ET.fromstring(text)
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert len(one.findall(f"{ATOM}link[@rel='alternate'][@type='text/html']")) == 1, "where there is no content"
        assert re.fullmatch(r"tag:311\.example\.gov,2026:\S+", one.findtext(f"{ATOM}id", ""))
        for name in ("updated", "published"):
            assert all(RFC_3339.fullmatch(found.text or "") for found in one.findall(f"{ATOM}{name}"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name"), "of the feed, so that no entry needs one"
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) == 1
    for link in feed.iter(f"{ATOM}link"):
        assert link.attrib["href"].startswith("https://311.example.gov/requests")
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return feed


def valid_json(text: str) -> dict[str, Any]:
    """A feed that has what JSON Feed 1.1 asks for."""
    feed: dict[str, Any] = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    for one in feed["items"]:
        assert one["id"].startswith("tag:311.example.gov,2026:requests/")
        assert isinstance(one["content_text"], str)
        assert all(RFC_3339.fullmatch(one[name]) for name in ("date_published", "date_modified"))
    return feed


def numbers(feed: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}id", "").rpartition("/")[2] for entry in feed.iter(f"{ATOM}entry")]


async def test_both_feeds_tell_the_same_of_a_request_by_the_block_and_of_nobody(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    number = report(
        city,
        address="412 Elm St",
        description=f"Ada here, call {SECRET_PHONE}",
        email=SECRET_MAIL,
        first_name="Ada",
        last_name="Quiet-Lastname",
        photos=[prepared("red")],
    )
    with city.database.writing() as connection:
        link_request(connection, city, NewRequest(service_code="pothole", description="staff only"), number)
    clock.turn(days=1)
    picture = add_photo(city, number, PhotoRole.BEFORE, prepared("blue"), device_id="truck-1")
    close_order(city, number, "The hole at 412 Elm St is filled.")

    atom = await client.get("/requests/feed.atom?status=closed")
    plain = await client.get("/requests/feed.json?status=closed")

    assert atom.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert plain.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    feed, (item,) = valid_atom(atom.text), valid_json(plain.text)["items"]
    assert item == {
        "id": f"tag:311.example.gov,2026:requests/{number}",
        "url": f"https://311.example.gov/requests/{number}",
        "title": "Pothole, 400–499 Elm St",  # noqa: RUF001 - as it is written
        "content_text": "The work is done. · Reported Wednesday 11 March 2026, 12:00 · 2 people",
        "date_published": "2026-03-11T16:00:00Z",
        "date_modified": "2026-03-12T16:00:00Z",
        "tags": ["Pothole"],
    }
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    for name, key in (("id", "id"), ("title", "title"), ("summary", "content_text"), ("updated", "date_modified")):
        assert entry.findtext(f"{ATOM}{name}") == item[key]
    assert feed.findtext(f"{ATOM}updated") == item["date_modified"]
    for secret in ("412", SECRET_MAIL, SECRET_PHONE, "Ada", "staff only", "Roberta", picture, "truck-1", "42.33"):
        assert secret not in atom.text + plain.text


async def test_every_page_follows_the_one_before(client: httpx.AsyncClient, city: City) -> None:
    fill(city, 130)
    orders = schema.work_orders.c
    with city.database.writing() as connection:  # what changed last is not what was reported last
        for number in connection.scalars(select(orders.id)).all():
            at = NOON + timedelta(minutes=int(number) * 7 % 61)
            connection.execute(update(schema.work_orders).where(orders.id == number).values(updated_at=at))
    for query in ("status=all", "status=closed", "status=closed&service=graffiti", ""):
        seen: list[str] = []
        address, written = f"/requests/feed.atom?{query}", f"/requests/feed.json?{query}"
        while address:
            feed, plain = valid_atom((await client.get(address)).text), valid_json((await client.get(written)).text)
            assert len(numbers(feed)) <= 50
            assert [one["id"].rpartition("/")[2] for one in plain["items"]] == numbers(feed)
            seen += numbers(feed)
            following = feed.find(f"{ATOM}link[@rel='next']")
            address = "" if following is None else following.attrib["href"].removeprefix("https://311.example.gov")
            written = plain.get("next_url", "").removeprefix("https://311.example.gov")
            assert bool(address) is bool(written)
        with city.database.reading() as connection:
            status = PublicStatus.CLOSED if "closed" in query else None if "all" in query else PublicStatus.OPEN
            asked = Asked(status, "graffiti" if "graffiti" in query else "", by_change="closed" in query)
            assert seen == [one.number for one in public_requests(connection, asked, 500)]


async def test_what_was_finished_last_leads_the_finished_ones_however_old_it_is(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    clock.turn(days=-40)
    old = report(city)
    fill(city, 130)
    clock.turn(days=40)
    close_order(city, old)
    feed = valid_atom((await client.get("/requests/feed.atom?status=closed")).text)
    assert numbers(feed)[0] == old


@pytest.mark.parametrize("service", ["", "graffiti"])
def test_the_newest_ends_are_read_from_the_end_of_an_index(city: City, service: str) -> None:
    fill(city, 300)
    asked = Asked(PublicStatus.CLOSED, service, by_change=True)
    found: list[tuple[str, Any]] = []
    with city.database.reading() as connection:
        listen(connection, "before_cursor_execute", lambda _c, _k, sql, values, *_: found.append((sql, values)))
        public_requests(connection, asked, 51)
        sql, values = found[0]
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any("USING INDEX ix_work_orders" in step and "updated_at" in step for step in steps)
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


async def test_hostile_words_make_no_feed_that_does_not_parse(client: httpx.AsyncClient, city: City) -> None:
    words = (*HOSTILE, *MORE_HOSTILE)
    made = [report(city, address=one or "Elm St", description=one) for one in words]
    with city.database.writing() as connection:
        # As an import of an older city might have left it, past everything that cleans.
        raw = update(schema.work_orders).where(schema.work_orders.c.id == made[0])
        connection.execute(raw.values(address="Elm \x00\x0b\ufffe\u202e]]> & <St>"))
    atom = (await client.get("/requests/feed.atom?lang=ht")).text
    plain = (await client.get("/requests/feed.json?lang=ht")).text
    feed = valid_atom(atom)
    assert sorted(numbers(feed)) == sorted(made)
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "ht"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A & B <City>"
    assert len(valid_json(plain)["items"]) == len(made)
    shown = [one.text or "" for one in feed.iter()] + [one["title"] for one in json.loads(plain)["items"]]
    assert not set(FORBIDDEN) & set("".join(shown))


@pytest.mark.parametrize("words", [*HOSTILE, *MORE_HOSTILE, FORBIDDEN])
def test_whatever_stands_in_a_feed_its_documents_parse(words: str) -> None:
    entry = Entry(
        "tag:311.example.gov,2026:requests/1", "https://311.example.gov/requests/1", words, words, words, NOON, NOON
    )
    feed = RequestFeed("tag:311.example.gov,2026:r", words, words, "en", PAGE, f"{PAGE}?{words}", words, [entry])
    read = ET.fromstring(written_feed(feed, FeedFormat.ATOM))
    assert len(read.findall(f"{ATOM}entry")) == 1
    assert {one.tag.removeprefix(ATOM) for one in read} <= {"id", "title", "updated", "author", "link", "entry"}
    assert valid_json(written_feed(feed, FeedFormat.JSON))["items"][0]["title"] == words


async def test_a_feed_is_kept_for_a_minute_and_asked_for_by_its_tag(client: httpx.AsyncClient, city: City) -> None:
    number = report(city)
    first = await client.get("/requests/feed.atom")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = await client.get("/requests/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = report(city, address="9 Other St")
    with city.database.writing() as connection:
        own = schema.service_requests.c.id == number
        connection.execute(update(schema.service_requests).where(own).values(order_id=other))
    changed = await client.get("/requests/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, numbers(valid_atom(changed.text))) == (200, [other])


async def test_the_list_leads_feed_readers_to_what_it_shows(client: httpx.AsyncClient, city: City) -> None:
    report(city, service_code="graffiti")
    page = Page((await client.get("/requests?status=closed&service=graffiti&lang=es")).text)
    found = {link["type"]: link["href"] for link in page.all("link") if link["rel"] == "alternate"}
    assert found == {
        "application/atom+xml": "requests/feed.atom?status=closed&service=graffiti&lang=es",
        "application/feed+json": "requests/feed.json?status=closed&service=graffiti&lang=es",
    }
    feed = valid_atom((await client.get(f"/{found['application/atom+xml']}")).text)
    assert numbers(feed) == []


@pytest.mark.parametrize("public", [{"feeds": False}, {"list": False}])
async def test_a_city_that_wants_no_feeds_has_none(
    client: httpx.AsyncClient, city: City, app: Any, public: dict[str, bool]
) -> None:
    app.state.city = with_settings(city, public=msgspec.structs.replace(city.settings.public, **public))
    for suffix in ("atom", "json"):
        assert (await client.get(f"/requests/feed.{suffix}")).status_code == 404
    assert "feed." not in (await client.get("/requests")).text


async def test_who_asks_too_often_is_told_to_wait(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/requests/feed.json") for _ in range(121)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, int(answers[-1].headers["Retry-After"]) >= 1) == (429, True)


@pytest.mark.parametrize("public_url", ["", "311.example.gov", "https://[x"])
def test_feeds_need_an_address(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, public_url: str) -> None:
    path = tmp_path / "backend.toml"
    path.write_text(f'public_url = "{public_url}"\n[public]\nfeeds = true\n', encoding="utf-8")
    monkeypatch.setenv("CREW_BACKEND_CONFIG", str(path))
    with pytest.raises(CorrectSettings, match="feeds of"):
        read_backend_settings()
