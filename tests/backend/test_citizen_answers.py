"""A citizen answers finished work on the page of the report: with a reaction, or with "it is not fixed"."""

import httpx
import pytest

from crew.backend.citizens.answers import MOST_ANSWERS
from crew.backend.city import City
from crew.domain.change import StatusChange
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.person import Role
from crew.domain.rules import what_to_look_at
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from tests.backend.citizens import HOSTILE, Hands, camera_jpeg, close_order, with_settings
from tests.backend.crews import ROADS, Enrolment, stored
from tests.backend.crews import report as reported
from tests.backend.test_citizen_pages import Page, address_of, report

pytestmark = pytest.mark.anyio

THANKS = "👍 Thank you"


@pytest.fixture
def city(city: City) -> City:
    reactions = {"thanks": THANKS, "unhappy": "😕 Not what I hoped for", "gone": ""}
    return with_settings(city, public_url="http://city", reactions=reactions)


@pytest.fixture
def finished(city: City) -> str:
    """The number of a report whose work is done."""
    request_id = report(city)
    close_order(city, request_id)
    return request_id


async def answer(
    client: httpx.AsyncClient, city: City, request_id: str, reaction: str = "thanks", words: str = ""
) -> httpx.Response:
    return await client.post(f"{address_of(city, request_id)}/reaction", data={"reaction": reaction, "words": words})


async def say_not_fixed(client: httpx.AsyncClient, city: City, request_id: str, photo: bytes = b"") -> httpx.Response:
    files = {"media": ("now.jpg", photo, "image/jpeg")} if photo else None
    return await client.post(f"{address_of(city, request_id)}/not-fixed", data={"words": "still deep"}, files=files)


async def test_a_reaction_is_on_the_page_and_in_the_crews_feed(
    client: httpx.AsyncClient, city: City, finished: str, enrol: Enrolment
) -> None:
    crew = stored(city, finished).crew
    truck = await enrol(Role.CREW, crew)

    response = await answer(client, city, finished, words="the street is quiet again")

    assert response.status_code == 303
    assert response.headers["location"] == address_of(city, finished).removeprefix("http://city")
    page = Page((await client.get(address_of(city, finished))).text)
    assert f"You answered: {THANKS}" in page.words
    assert [button.get("aria-pressed") for button in page.all("button")] == ["true", "false", None]
    assert "the street is quiet again" not in page.words
    (order,) = (await truck.feed()).orders
    last = order.history[-1]
    assert (last.person, last.text, last.note) == (
        "A citizen",
        f"the citizen thanked the crew: {THANKS}",
        "the street is quiet again",
    )
    assert order.work_status is WorkStatus.DONE
    assert not order.needs_look


async def test_what_is_thanked_for_later_was_not_done_later(
    client: httpx.AsyncClient, city: City, finished: str, clock: Hands
) -> None:
    before = stored(city, finished)
    clock.turn(days=3)

    await answer(client, city, finished)

    after = stored(city, finished)
    assert (after.updated_at, after.version) == (before.updated_at, before.version + 1)
    assert after.history[-1].at == clock.now


async def test_opening_links_changes_nothing(client: httpx.AsyncClient, city: City, finished: str) -> None:
    before = stored(city, finished)
    address = address_of(city, finished)

    codes = [(await client.get(address + path)).status_code for path in ("", "/reaction?reaction=thanks", "/not-fixed")]

    assert codes == [200, 405, 405]
    assert stored(city, finished) == before


async def test_an_answer_can_be_changed_and_the_same_again_writes_nothing(
    client: httpx.AsyncClient, city: City, finished: str
) -> None:
    for reaction in ("thanks", "thanks", "unhappy"):
        await answer(client, city, finished, reaction)

    texts = [entry.text for entry in stored(city, finished).history if entry.person == "A citizen"]
    assert [text.partition(": ")[2] for text in texts] == [THANKS, "😕 Not what I hoped for"]
    page = Page((await client.get(address_of(city, finished))).text)
    assert [button.get("aria-pressed") for button in page.all("button")] == ["false", "true", None]


async def test_open_work_offers_no_answer_and_takes_none(client: httpx.AsyncClient, city: City) -> None:
    request_id = report(city)
    before = stored(city, request_id)

    assert not Page((await client.get(address_of(city, request_id))).text).all("form")
    assert (await answer(client, city, request_id)).status_code == 303
    assert (await say_not_fixed(client, city, request_id)).status_code == 303
    assert stored(city, request_id) == before


@pytest.mark.parametrize("reaction", ["", "gone", "sudo", "\x1b[31m"])
async def test_a_reaction_that_is_not_on_offer_is_refused(
    client: httpx.AsyncClient, city: City, finished: str, reaction: str
) -> None:
    before = stored(city, finished)
    response = await answer(client, city, finished, reaction)
    assert 400 <= response.status_code < 500
    assert stored(city, finished) == before


async def test_a_made_up_address_takes_no_answer(client: httpx.AsyncClient, city: City, finished: str) -> None:
    address = address_of(city, finished)
    for path in ("reaction", "not-fixed"):
        response = await client.post(f"{address}A/{path}", data={"reaction": "thanks"})
        assert response.status_code == 404


async def test_a_report_can_say_only_so_much(client: httpx.AsyncClient, city: City, finished: str) -> None:
    for number in range(MOST_ANSWERS + 5):
        await answer(client, city, finished, words=f"line {number}")
    said = [entry for entry in stored(city, finished).history if entry.person == "A citizen"]
    assert len(said) == MOST_ANSWERS


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_are_kept_as_words_for_staff(
    client: httpx.AsyncClient, city: City, finished: str, words: str
) -> None:
    response = await answer(client, city, finished, words=words)
    assert response.status_code == 303
    note = stored(city, finished).history[-1].note
    assert not any((letter < " " and letter != "\n") or letter in "\x7f\x9b\u202e\u2066" for letter in note)


async def test_what_is_not_fixed_goes_back_to_its_crew_and_before_a_supervisor(
    client: httpx.AsyncClient, city: City, finished: str, enrol: Enrolment
) -> None:
    truck, desk = await enrol(Role.CREW, stored(city, finished).crew), await enrol(Role.SUPERVISOR)
    await answer(client, city, finished)

    assert (await say_not_fixed(client, city, finished, camera_jpeg("black"))).status_code == 303

    for device in (truck, desk):
        (order,) = (await device.feed()).orders
        assert (order.work_status, order.public_status) == (WorkStatus.SENT_BACK, PublicStatus.OPEN)
        assert order.needs_look
        assert NOT_FIXED in what_to_look_at(order)
        assert (order.history[-1].text, order.history[-1].note) == (NOT_FIXED, "still deep")
        assert len(order.photos_of(PhotoRole.BEFORE)) == 1
    page = Page((await client.get(address_of(city, finished))).text)
    assert "A crew will come again." in page.words
    assert not page.all("form")
    assert len(page.all("img")) == 1


async def test_a_photo_that_is_none_is_refused_and_nothing_is_written(
    client: httpx.AsyncClient, city: City, finished: str
) -> None:
    before = stored(city, finished)
    response = await say_not_fixed(client, city, finished, b"no picture at all")
    assert 400 <= response.status_code < 500
    assert stored(city, finished) == before


async def test_work_that_began_anew_is_finished_again_and_asked_about_again(
    client: httpx.AsyncClient, city: City, enrol: Enrolment
) -> None:
    order_id = reported(city)
    truck = await enrol(Role.CREW, ROADS)
    await truck.act(order_id, StatusChange(WorkStatus.DONE))
    await answer(client, city, order_id)
    await say_not_fixed(client, city, order_id)

    assert (await truck.act(order_id, StatusChange(WorkStatus.DONE))).outcome == "applied"

    page = Page((await client.get(address_of(city, order_id))).text)
    assert "What do you say to the crew?" in page.words
