"""What a city posts to everybody: off until it wants it, in its own words, by the block, corrected where it is due."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.backend_settings import read_backend_settings
from crew.backend.city import City
from crew.backend.notices import queueing
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.listing import list_ways, retry
from crew.backend.notices.states import State
from crew.backend.orders import NewRequest
from crew.backend.post_settings import PostSettings
from crew.backend.reporting import join_report, write_report
from crew.domain.change import Link
from crew.domain.errors import CorrectSettings
from crew.domain.person import Role
from crew.domain.post_words import cut, filled
from crew.domain.work_order import OrderId
from tests.backend.citizens import HOSTILE, SECRET_MAIL, SECRET_PHONE, Hands, close_order, set_order, with_settings
from tests.backend.crews import Enrolment
from tests.backend.letters import mailing, rows
from tests.backend.test_notice_ways import noticing, secret_file
from tests.backend.web_server import Listener, web_server
from tests.hostile import HOSTILE as MORE_HOSTILE

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),  # apprise imports every service that it knows
]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def account(listener: Listener, tmp_path: Path) -> Iterator[str]:
    """The file of an account that a server of the test listens to."""
    with web_server(listener) as url:
        yield str(secret_file(tmp_path / "account", f"{url.replace('http:', 'json:')}/\n"))


def posting(city: City, account: str, **changes: Any) -> City:
    """The city with an account that posts everything, and without mails."""
    values = {"kinds": ("open", "finished"), **changes}
    return with_settings(noticing(mailing(city), kinds=()), posts=(PostSettings("town", account, **values),))


def told(listener: Listener) -> list[str]:
    listener.status = 200
    return [json.loads(posted.body)["message"] for posted in listener.received]


def reported(city: City, **words: Any) -> str:
    asked = {"service_code": "pothole", "description": "Ada wrote this", "address": "412 Elm St", **words}
    with city.database.writing() as connection:
        return write_report(connection, city, NewRequest(**asked))


def reopened(city: City, number: str) -> None:
    order = set_order(city, number, "sent back", work_status="sent_back", public_status="open")
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, "reopened")


def test_a_report_and_its_end_are_posted_in_the_citys_words_by_the_block(
    city: City, account: str, listener: Listener, clock: Hands
) -> None:
    here = posting(city, account, finished="Fixed: {service} at {place}, {when}. {link}")
    listener.status = 200
    number = reported(here, email=SECRET_MAIL, phone=SECRET_PHONE, first_name="Ada", last_name="Quiet-Lastname")
    assert deliver_due(here) == 1
    clock.turn(days=1)
    close_order(here, number, "Filled at 412 Elm St.")
    assert deliver_due(here) == 1
    link = f"https://311.example.gov/requests/{number}"
    assert told(listener) == [
        f"Reported on Wednesday 11 March 2026: Pothole, 400–499 Elm St. {link}",  # noqa: RUF001 - as it is written
        f"Fixed: Pothole at 400–499 Elm St, Thursday 12 March 2026. {link}",  # noqa: RUF001 - as above
    ]
    assert list_ways(here)[-1].title == 'posts on "town"'


def test_a_city_posts_what_it_chose_and_by_default_nothing_but_what_is_done(
    city: City, account: str, listener: Listener
) -> None:
    silent = noticing(mailing(city), kinds=())
    close_order(silent, reported(silent))
    assert rows(silent) == []
    here = with_settings(silent, posts=(PostSettings("town", account, services=("graffiti",), language="es"),))
    listener.status = 200
    close_order(here, reported(here))
    close_order(here, reported(here, service_code="graffiti"))
    assert deliver_due(here) == 1
    (text,) = told(listener)
    assert "miércoles" in text
    assert "Grafiti" in text


def test_who_joins_a_report_makes_no_second_post(city: City, account: str) -> None:
    here = posting(city, account)
    number = reported(here)
    with here.database.writing() as connection:
        own = join_report(connection, here, NewRequest(service_code="pothole", description="Mine, too"), number)
    assert own
    order = set_order(here, number)
    with here.database.writing() as connection:  # as by telephone
        queueing.queue(connection, here, order, "received", only=[own])
    assert len(rows(here)) == 1


def test_what_is_opened_again_is_corrected_once_where_it_was_posted(
    city: City, account: str, listener: Listener, clock: Hands
) -> None:
    here = posting(city, account, kinds=("finished",))
    listener.status = 200
    number = reported(here)
    close_order(here, number)
    assert deliver_due(here) == 1
    clock.turn(hours=1)
    reopened(here, number)
    assert deliver_due(here) == 1
    assert told(listener)[1].startswith("This was corrected: Pothole, 400")
    assert told(listener)[1].endswith(f"/requests/{number}")
    assert deliver_due(here) == 0


def test_a_post_that_never_left_is_neither_posted_late_nor_corrected(
    city: City, account: str, listener: Listener, clock: Hands
) -> None:
    here = posting(city, account, kinds=("finished",))
    listener.status = 500
    number = reported(here)
    close_order(here, number)
    assert deliver_due(here) == 0
    assert 'The posts on "town" did not take it.' in rows(here)[0].last_problem
    assert list_ways(here)[-1].failing_since is not None
    reopened(here, number)
    listener.received.clear()
    listener.status = 200
    retry(here, None)
    assert deliver_due(here) == 0
    assert listener.received == []
    assert {row.state for row in rows(here)} == {State.UNTOLD}


async def test_a_duplicate_that_was_posted_is_corrected_and_leads_to_the_other(
    client: httpx.AsyncClient, app: Any, city: City, account: str, listener: Listener, enrol: Enrolment
) -> None:
    here = app.state.city = posting(city, account, kinds=("open",))
    listener.status = 200
    first, second = reported(here), reported(here, address="418 Elm St")
    assert deliver_due(here) == 2
    office = await enrol(Role.SUPERVISOR)
    answer = await office.act(second, Link(OrderId(first)))
    assert answer.outcome == "applied"
    assert deliver_due(here) == 1
    assert told(listener)[2].startswith("This was corrected: Pothole, 400")
    assert told(listener)[2].endswith(f"/requests/{first}")


def test_no_address_makes_the_city_call_somebody_or_lead_elsewhere(
    city: City, account: str, listener: Listener
) -> None:
    here = posting(city, account, kinds=("open",))
    listener.status = 200
    words = ("@mayor #resign https://evil.example/x?y", "evil.example", "{link} {0} %s", *HOSTILE, *MORE_HOSTILE)
    for word in words:
        reported(here, address=word)
    deliver_due(here)
    assert len(told(listener)) == len(words)
    for text in told(listener):
        place = text.removeprefix("Reported on Wednesday 11 March 2026: Pothole, ").rpartition(" https://311")[0]
        assert len(text) <= 280
        assert place.isprintable()
        assert not set(place) & set("@#:<>{}[]\\")
        assert "//" not in place
        assert "." not in place.rstrip(".").replace(". ", "")


def test_a_post_whose_words_hold_contacts_has_none(city: City, account: str, listener: Listener) -> None:
    here = posting(city, account, kinds=("open",))
    listener.status = 200
    reported(here, address=f"Elm St, call {SECRET_PHONE} or {SECRET_MAIL}")
    deliver_due(here)
    (text,) = told(listener)
    assert SECRET_PHONE not in text
    assert "secret" not in text


LINK = "https://311.example.gov/requests/311000000001"


@given(place=st.text(st.characters(categories=["L", "Zs"]), max_size=600), letters=st.integers(100, 500))
def test_a_post_fits_and_keeps_its_link_whole(place: str, letters: int) -> None:
    words = {"service": "Pothole", "place": place, "when": "Monday", "link": LINK}
    text = filled("{when}: {service}, {place}. {link}", words, letters)
    assert len(text) <= letters
    assert text.endswith(LINK)


@given(st.text(max_size=60), st.integers(0, 60))
def test_what_is_cut_ends_at_a_word_and_says_so(text: str, letters: int) -> None:
    short = cut(text, letters)
    assert len(short) <= letters
    assert short == text or short == "" or short.endswith("…")
    assert cut("one two three", 9) == "one two…"
    assert cut("one two three", 8) == "one two…"
    assert cut("one two three", 7) == "one…"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('open = "{who} reported"', r"\{who\}, which is unknown"),
        ('open = "{service.name}"', "unknown"),
        ('finished = "{service"', "brace"),
        ('finished = ""', "hold a word"),
        ("letters = 20", "at least 100"),
        ('language = "tlh"', "known are"),
        ('name = "two words"', "small letters"),
        ('kinds = ["everything"]', "kinds"),
        ('channel = "x"', "channel"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, says: str
) -> None:
    with pytest.raises(CorrectSettings, match=says):
        settings_with(tmp_path, monkeypatch, lines)


def test_posts_need_pages_to_lead_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_with(tmp_path, monkeypatch, "").posts[0].kinds == ("finished",)
    with pytest.raises(CorrectSettings, match="public_url"):
        settings_with(tmp_path, monkeypatch, "", public_url="")
    with pytest.raises(CorrectSettings, match="list = false"):
        settings_with(tmp_path, monkeypatch, "[public]\nlist = false")
    with pytest.raises(CorrectSettings, match="two of this name"):
        settings_with(tmp_path, monkeypatch, '[[posts]]\nname = "town"\nurl_file = "y"')


def settings_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, public_url: str = "https://311.example.gov"
) -> Any:
    name = "" if lines.startswith("name") else 'name = "town"\n'
    path = tmp_path / "backend.toml"
    path.write_text(f'public_url = "{public_url}"\n[[posts]]\n{name}url_file = "x"\n{lines}\n', encoding="utf-8")
    monkeypatch.setenv("CREW_BACKEND_CONFIG", str(path))
    return read_backend_settings()
