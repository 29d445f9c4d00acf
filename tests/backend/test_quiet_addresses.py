"""Every mail has a way out by one click (RFC 8058), and it holds; opening the link changes nothing."""

import httpx
import pytest

from crew.backend.city import City
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.states import State
from crew.backend.public.page_links import page_address, quiet_address
from tests.backend.citizens import close_order
from tests.backend.letters import EVE, mailing, messages, report, rows, text_of
from tests.backend.test_citizen_pages import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def city(city: City) -> City:
    return mailing(city)


def way_out(city: City, request_id: str) -> str:
    with city.database.reading() as connection:
        return quiet_address(connection, city.settings.public_url, request_id)


def test_each_mail_names_the_way_out_in_its_headers_whole_and_in_its_words(city: City) -> None:
    request_id = report(city)
    close_order(city, request_id)
    assert deliver_due(city) == 1

    (message,) = messages(city)
    (raw,) = [path.read_bytes() for path in (city.data_dir / "mail").glob("[!.]*")]
    address = way_out(city, request_id)
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{address}>".encode() in raw  # not taken apart into encoded words, which no mail program reads here
    assert address in text_of(message, "plain")
    assert address in text_of(message, "html")


async def test_the_post_of_a_mail_program_ends_the_mails_to_the_address_and_to_no_other(
    client: httpx.AsyncClient, city: City
) -> None:
    first, second, other = report(city), report(city), report(city, email=EVE)
    close_order(city, first)

    response = await client.post(way_out(city, first), data={"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert "You get no more mails from us." in Page(response.text).words
    for request_id in (second, other):
        close_order(city, request_id)
    assert deliver_due(city) == 1
    assert [message["To"] for message in messages(city)] == [EVE]
    (waited,) = [row for row in rows(city) if row.request_id == first]
    assert waited.state == State.UNTOLD
    assert "wanted no more mail" in waited.last_problem
    assert not [row for row in rows(city) if row.request_id == second]


async def test_opening_the_link_asks_and_changes_nothing(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city)

    response = await client.get(way_out(city, request_id))

    assert "Do you want fewer mails from us?" in Page(response.text).words
    close_order(city, request_id)
    assert deliver_due(city) == 1


async def test_who_changes_their_mind_is_written_to_again(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city)
    await client.post(way_out(city, request_id))

    await client.post(way_out(city, request_id), data={"choice": "all"})

    close_order(city, request_id)
    assert deliver_due(city) == 1


async def test_the_link_of_a_page_ends_no_mails_and_the_way_out_opens_no_page(
    client: httpx.AsyncClient, city: City
) -> None:
    request_id = report(city)
    with city.database.reading() as connection:
        page = page_address(connection, city.settings.public_url, request_id)

    assert (await client.post(page.replace("/r/", "/u/"))).status_code == 404
    assert (await client.get(way_out(city, request_id).replace("/u/", "/r/"))).status_code == 404


async def test_a_report_without_a_mail_address_has_nothing_to_end(client: httpx.AsyncClient, city: City) -> None:
    assert (await client.get(way_out(city, report(city, email="")))).status_code == 404
