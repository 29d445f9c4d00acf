"""A citizen's account: proven by mail, seen by nobody unasked, worth what reports led to, gone when they say so."""

import re

import httpx
import msgspec
import pytest
from sqlalchemy import select, update

from crew.backend import forgetting
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import Badge
from crew.backend.city import City
from crew.backend.public.page_links import page_secret, page_token
from crew.backend.recognition import accounts
from crew.backend.recognition.nicknames import read_nickname
from crew.backend.recognition.sign_in_links import MINUTES, mail_links
from crew.backend.schema import account_reports, sign_in_links, work_orders
from crew.backend.schema import accounts as account_table
from crew.domain.errors import CorrectInput
from tests.backend.citizens import SECRET_MAIL, Hands, close_order, with_settings
from tests.backend.letters import EVE, mailing, messages, report

pytestmark = pytest.mark.anyio


@pytest.fixture
def city(city: City) -> City:
    return with_settings(mailing(city), public_url="http://city", badges={"first": Badge("First fix", "reports", 1)})


@pytest.fixture
async def stranger(city: City) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(build_backend(city)), base_url="http://city")


async def link_for(client: httpx.AsyncClient, city: City, address: str = SECRET_MAIL) -> str:
    """The address that is mailed to who asks; empty where nothing was."""
    before = len(messages(city))
    answer = await client.post("/me/start", data={"email": address})
    assert answer.status_code == 200
    mail_links(city)
    new = [m for m in messages(city) if m["Subject"].startswith("Sign in")][before:] if before else messages(city)
    found = re.search(r"http://city(/l/\S+)", new[-1].get_content()) if new else None
    return found[1] if found else ""


async def signed_in(client: httpx.AsyncClient, city: City) -> str:
    answer = await client.post(await link_for(client, city))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/reports?lang=en")
    return answer.headers["Set-Cookie"]


async def test_a_citizen_signs_in_and_sees_what_their_reports_led_to(client: httpx.AsyncClient, city: City) -> None:
    done, _ = report(city), report(city)
    close_order(city, done)
    with city.database.writing() as connection:
        connection.execute(update(work_orders).values(crew="roads"))
    report(city, email=EVE, description="somebody else's", address="1 Elm St")

    cookie = await signed_in(client, city)
    page = (await client.get("/me/reports")).text

    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie, "this city has no https"
    assert "10 points" in page
    assert "1 thing was mended because of you." in page
    assert "First fix" in page
    assert len(re.findall(r'href="../r/', page)) == 2
    assert "1 Elm St" not in page
    for path in re.findall(r'href="\.\.(/r/[^"]+)"', page):
        assert (await client.get(path)).status_code == 200


async def test_a_link_works_once_for_half_an_hour_and_only_by_a_post(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    report(city)
    link = await link_for(client, city)

    for _ in range(3):  # as a mail scanner does
        opened = await client.get(link)
        assert (opened.status_code, "Set-Cookie" in opened.headers) == (200, False)
    assert (await client.post(link)).status_code == 303
    assert (await client.post(link)).status_code == 404
    assert (await client.get(link)).status_code == 404
    late = await link_for(client, city)
    clock.turn(minutes=MINUTES + 1)
    assert (await client.post(late)).status_code == 404
    assert (await client.post("/l/" + "x" * 60)).status_code == 404


async def test_a_link_of_a_report_signs_nobody_in(client: httpx.AsyncClient, city: City) -> None:
    order_id = report(city)
    with city.database.reading() as connection:
        token = page_token(page_secret(connection), order_id)

    assert (await client.post(f"/l/{token}")).status_code == 404


async def test_known_and_unknown_addresses_are_answered_alike_and_strangers_get_no_mail(
    client: httpx.AsyncClient, city: City
) -> None:
    report(city)
    known = await client.post("/me/start", data={"email": SECRET_MAIL})
    unknown = await client.post("/me/start", data={"email": EVE})

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert mail_links(city) == 1
    assert [message["To"] for message in messages(city)] == [SECRET_MAIL]
    with city.database.reading() as connection:
        assert connection.scalars(select(account_table.c.id)).all() == [], "asking makes no account"
        assert set(connection.scalars(select(sign_in_links.c.content))) == {b""}, "the address is not kept"


async def test_nobody_can_flood_a_mailbox_or_the_city(client: httpx.AsyncClient, city: City) -> None:
    report(city)
    statuses = [(await client.post("/me/start", data={"email": SECRET_MAIL})).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert mail_links(city) == 3


async def test_others_see_a_citizen_only_if_they_say_so(client: httpx.AsyncClient, city: City) -> None:
    report(city)
    await signed_in(client, city)
    assert "Nobody yet" in (await client.get("/board/citizens")).text

    await client.post("/me/shown", data={"nickname": "Ada <b>"})
    await client.post("/me/shown", data={"nickname": "Ada of G St", "shown": "yes"})
    board = (await client.get("/board/citizens")).text
    assert "Ada of G St" in board
    assert SECRET_MAIL not in board

    await client.post("/me/shown", data={"nickname": "Ada of G St"})
    assert "Ada of G St" not in (await client.get("/board/citizens")).text


async def test_who_is_not_signed_in_sees_and_changes_nothing(stranger: httpx.AsyncClient) -> None:
    async with stranger:
        for method, path in [
            ("GET", "/me/reports"),
            ("POST", "/me/shown"),
            ("POST", "/me/leave"),
            ("POST", "/me/delete"),
        ]:
            answer = await stranger.request(method, path, headers={"Cookie": "crew_reports=guessed"})
            assert (answer.status_code, answer.headers["Location"]) == (303, "/me/start")


async def test_an_account_is_deleted_and_its_reports_stay(client: httpx.AsyncClient, city: City) -> None:
    order_id = report(city)
    await signed_in(client, city)

    assert (await client.post("/me/delete")).status_code == 303

    assert (await client.get("/me/reports")).headers["Location"] == "/me/start"
    with city.database.reading() as connection:
        for table in (account_table, account_reports):
            assert connection.execute(select(table)).all() == []
    assert (await client.get(f"/open311/v2/requests/{order_id}.json")).status_code == 200


async def test_points_outlive_the_contact_and_go_with_who_wants_to_be_forgotten(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    close_order(city, report(city))
    with city.database.writing() as connection:
        connection.execute(update(work_orders).values(crew="roads"))
    await signed_in(client, city)
    close_order(city, report(city, lat=42.3, long=-71.1))
    clock.turn(days=95)
    assert forgetting.forget_old(city).contacts == 2

    with city.database.writing() as connection:
        (account_id,) = connection.scalars(select(account_table.c.id))
        assert len(accounts.reports_of(connection, account_id)) == 2
    forgetting.forget_address(city, SECRET_MAIL)
    with city.database.reading() as connection:
        assert connection.execute(select(account_table)).all() == []


async def test_a_city_may_want_none_of_it(city: City) -> None:
    off = with_settings(city, recognition=msgspec.structs.replace(city.settings.recognition, on=False))
    transport = httpx.ASGITransport(build_backend(off))
    async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
        for method, path in [
            ("GET", "/me/start"),
            ("POST", "/me/start"),
            ("GET", "/l/x"),
            ("POST", "/l/x"),
            ("GET", "/me/reports"),
            ("POST", "/me/shown"),
            ("POST", "/me/leave"),
            ("POST", "/me/delete"),
            ("GET", "/board/citizens"),
        ]:
            assert (await client.request(method, path)).status_code == 404


@pytest.mark.parametrize("name", ["Ada", "Ada of G St", "José-María", "O'Neil 2nd", "  Ada   B "])
def test_a_nickname_is_shown_as_it_is_meant(name: str) -> None:
    assert read_nickname(name) == " ".join(name.split())


@pytest.mark.parametrize(
    "name",
    ["ab", "x" * 25, "<b>Ada</b>", "ada@example.org", "6175550123", "6175 Ada", "A\u202eda", "\u0391da", "a..b"],
)
def test_a_nickname_that_may_be_something_else_is_refused(name: str) -> None:
    with pytest.raises(CorrectInput, match="nickname"):
        read_nickname(name)
