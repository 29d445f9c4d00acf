"""Webhooks and channels: signed, bounded, each for itself; a dead one holds nobody up and does not go silent."""

import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crew.backend.care.checking import check
from crew.backend.city import City
from crew.backend.notice_settings import AppriseSettings, WebhookSettings
from crew.backend.notices import claiming
from crew.backend.notices.alarms import raise_alarms
from crew.backend.notices.delivery import deliver_due, deliver_forever
from crew.backend.notices.listing import list_notices, list_ways, retry, set_aside
from crew.backend.notices.states import State
from crew.backend.notices.way import WayDown
from crew.backend.notices.ways import ways_of
from crew.backend.notices.web_post import PostUnderWay, WebAddress, is_public
from crew.domain.errors import CorrectInput, CorrectSettings
from crew.domain.work_order import PhotoRole
from tests.backend.citizens import SECRET_MAIL, SECRET_PHONE, Hands, add_photo, close_order, prepared, with_settings
from tests.backend.letters import EVE, mailing, messages, report, rows
from tests.backend.living_city import silent
from tests.backend.mail_server import free_port
from tests.backend.web_server import Listener, Posted, web_server
from tests.rules.source import ROOT
from tests.waits import eventually


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def url(listener: Listener) -> Iterator[str]:
    with web_server(listener) as address:
        yield address


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return secret_file(tmp_path / "secret", "open sesame\n")


def secret_file(path: Path, text: str) -> Path:
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")
    return path


def hooked(city: City, url: str, secret: Path, **changes: Any) -> City:
    """The city with a webhook, and without mails."""
    values = {"allow_private": True, **changes}
    hook = WebhookSettings("open-data", f"{url}/hook?x=1", str(secret), **values)
    return noticing(mailing(city), kinds=(), webhook=(hook,))


def noticing(city: City, **changes: object) -> City:
    return with_settings(city, notices=msgspec.structs.replace(city.settings.notices, **changes))


def proved(secret: str, posted: Posted) -> bool:
    """Whether a post is genuine by the program that docs/notices.md gives to those who receive."""
    (program,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "notices.md").read_text(encoding="utf-8"), re.DOTALL
    )
    given: dict[str, Any] = {}
    exec(program, given)
    return bool(given["genuine"](secret, posted.headers["Crew-Signature"], posted.body))


# Webhooks


def test_a_webhook_hears_of_an_event_signed_and_with_public_facts_alone(
    city: City, listener: Listener, url: str, secret: Path, clock: Hands
) -> None:
    clock.now = datetime.now(UTC)  # noqa: TID251 - who receives it has the clock of the machine
    here = hooked(city, url, secret)
    number = report(here, phone=SECRET_PHONE, first_name="Ada", last_name="Quiet-Lastname", description="secret words")
    sha256 = add_photo(here, number, PhotoRole.AFTER, prepared("green"), device_id="truck-1")
    close_order(here, number, f"Filled. We called {SECRET_PHONE}.")
    assert deliver_due(here) == 1
    (posted,) = listener.received
    assert posted.path == "/hook?x=1"
    assert proved("open sesame", posted)
    assert not proved("another", posted)
    assert not proved("open sesame", replace(posted, body=posted.body + b" "))
    told = json.loads(posted.body)
    assert (told["id"], told["kind"], told["service_request_id"]) == (posted.headers["Crew-Event"], "done", number)
    assert told["status_notes"] == "Filled. We called [phone number removed]."
    assert told["media"] == [f"https://311.example.gov/photos/{sha256}.jpg"]
    for hidden in (SECRET_MAIL, SECRET_PHONE, "Ada", "Quiet-Lastname", "secret words", "/r/", "truck-1"):
        assert hidden.encode() not in posted.body


def test_while_a_secret_is_replaced_either_proves_it(
    city: City, listener: Listener, url: str, secret: Path, clock: Hands
) -> None:
    clock.now = datetime.now(UTC)  # noqa: TID251 - as above
    secret.write_text("# the new one first\nnew\nopen sesame\n", encoding="utf-8")
    here = hooked(city, url, secret)
    close_order(here, report(here))
    deliver_due(here)
    (posted,) = listener.received
    assert proved("new", posted)
    assert proved("open sesame", posted)


def test_a_post_that_fails_is_tried_again_with_the_same_id_and_body(
    city: City, listener: Listener, url: str, secret: Path, clock: Hands
) -> None:
    here = hooked(city, url, secret)
    listener.status = 503
    listener.headers["Retry-After"] = "600"
    close_order(here, report(here))
    assert deliver_due(here) == 0
    (row,) = rows(here)
    assert "answered 503" in row.last_problem
    assert (row.next_try_at - clock()).total_seconds() == 600
    clock.turn(minutes=11)
    listener.headers.clear()
    waits = []
    for _ in range(4):
        assert deliver_due(here) == 0
        (row,) = rows(here)
        waits.append((row.next_try_at - clock()).total_seconds())
        clock.now = row.next_try_at
    assert all(30 * 2**n <= wait < 60 * 2**n for n, wait in enumerate(waits)), "doubled, each with its own chance"
    listener.status = 200
    assert deliver_due(here) == 1
    assert len({(posted.headers["Crew-Event"], posted.body) for posted in listener.received}) == 1
    assert list_ways(here)[1].failing_since is None


def test_who_answers_gone_is_asked_no_more(city: City, listener: Listener, url: str, secret: Path) -> None:
    here = hooked(city, url, secret)
    listener.status = 410
    close_order(here, report(here))
    assert deliver_due(here) == 0
    assert [row.state for row in rows(here)] == [State.SET_ASIDE]


def test_a_redirect_leads_nowhere(city: City, listener: Listener, url: str, secret: Path) -> None:
    other = Listener()
    with web_server(other) as elsewhere:
        here = hooked(city, url, secret)
        listener.status, listener.headers["Location"] = 307, elsewhere
        close_order(here, report(here))
        assert deliver_due(here) == 0
    assert other.received == []
    assert "answered 307" in rows(here)[0].last_problem


def test_a_webhook_that_closes_in_the_middle_is_tried_again(
    city: City, listener: Listener, url: str, secret: Path, clock: Hands
) -> None:
    here = hooked(city, url, secret)
    listener.closes = True
    close_order(here, report(here))
    assert deliver_due(here) == 0
    listener.closes = False
    clock.turn(minutes=2)
    assert deliver_due(here) == 1
    assert len({posted.headers["Crew-Event"] for posted in listener.received}) == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((address, False) for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0")),
        *((address, False) for address in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::")),
        *((address, False) for address in ("64:ff9b::7f00:1", "224.0.0.1", "::")),
        *((address, True) for address in ("8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8")),
    ],
)
def test_what_counts_as_a_public_address(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_a_webhook_reaches_no_private_network_unasked(host: str, url: str, listener: Listener) -> None:
    port = url.rpartition(":")[2]
    address = WebAddress.read(f"https://{host}:{port}/", allow_private=False)
    with pytest.raises((CorrectSettings, WayDown), match=r"private network|not known"):
        PostUnderWay().send(address, {}, b"{}")
    assert listener.received == []


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://x/", "https://", "https://me:pw@x/", "https://[x/"])
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(CorrectSettings):
        WebAddress.read(url, allow_private=False)


def test_a_secret_that_others_may_read_is_not_used_and_never_said(
    city: City, listener: Listener, url: str, secret: Path
) -> None:
    secret.chmod(0o644)
    here = hooked(city, url, secret)
    close_order(here, report(here))
    assert deliver_due(here) == 0
    assert "chmod 600" in rows(here)[0].last_problem
    assert "sesame" not in rows(here)[0].last_problem
    assert listener.received == []


# Channels


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports every service that it knows
def test_a_channel_of_apprise_hears_what_everybody_may_know(
    city: City, listener: Listener, url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listener.status = 200
    file = secret_file(tmp_path / "url", f"{url.replace('http:', 'json:')}/SECRETPATH\n")
    here = noticing(mailing(city), kinds=(), apprise=(AppriseSettings("chat", str(file)),))
    close_order(here, report(here, description="secret words"), "Filled.")
    assert deliver_due(here) == 1
    (posted,) = listener.received
    told = json.loads(posted.body)
    assert told["title"] == "Pothole, G St is done"
    assert told["message"] == "Example City, report 311000000001"
    listener.status = 500
    close_order(here, report(here))
    assert deliver_due(here) == 0
    assert 'The channel "chat" did not take it.' in [row.last_problem for row in rows(here)]
    assert "SECRETPATH" not in caplog.text + repr(list_ways(here)) + repr(list_notices(here, 9))


# Each for itself


def test_a_destination_that_hangs_holds_up_no_other_and_the_worker_ends_within_seconds(
    city: City, listener: Listener, url: str, secret: Path
) -> None:
    listener.hangs = threading.Event()
    here = noticing(hooked(city, url, secret), kinds=("done",))
    stop = threading.Event()
    worker = threading.Thread(target=deliver_forever, args=(here, stop, 0.02))
    worker.start()
    close_order(here, report(here))
    assert eventually(lambda: messages(here))
    stop.set()
    worker.join(5)
    assert not worker.is_alive()
    states = {row.way: row.state for row in rows(here)}
    assert states == {"mail": State.SENT, "webhook:open-data": State.WAITING}


def test_an_event_wakes_the_worker_at_once(city: City) -> None:
    here = mailing(city)
    stop = threading.Event()
    worker = threading.Thread(target=deliver_forever, args=(here, stop, 3600.0))
    worker.start()
    assert eventually(lambda: "notices mail" in {thread.name for thread in threading.enumerate()})
    close_order(here, report(here))
    assert eventually(lambda: messages(here), 10)
    stop.set()
    worker.join(5)


def test_a_dead_way_is_told_each_hour_by_another_until_it_works(
    city: City, secret: Path, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    here = noticing(hooked(city, f"http://127.0.0.1:{free_port()}", secret), alarm_address=EVE)
    ways = ways_of(here)
    close_order(here, report(here))
    for hours, told in ((0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 2), (1, 3)):
        clock.turn(hours=hours)
        deliver_due(here)
        raise_alarms(here, ways)
        assert caplog.text.count('Nothing has left by webhook "open-data" since') == told
        assert [str(message["To"]) for message in messages(here)] == [EVE] * told
    assert [way.way for way in list_ways(here) if way.dead] == ["webhook:open-data"]
    (fault,) = check(here, silent).faults
    assert "Nothing has left by webhook:open-data" in fault.sentence
    with web_server(Listener()) as url:
        mended = noticing(hooked(here, url, secret), alarm_address=EVE)
        clock.turn(hours=2)
        assert deliver_due(mended) == 1
        raise_alarms(mended, ways_of(mended))
    assert check(mended, silent).faults == ()
    assert len(messages(here)) == 3


def test_a_worker_that_was_too_slow_hands_nothing_over(city: City, clock: Hands) -> None:
    here = mailing(city)
    close_order(here, report(here))
    letter = claiming.claim(here, "mail", ["done"])
    assert letter is not None
    assert claiming.claim(here, "mail", ["done"]) is None, "it is in somebody's hands"
    clock.turn(minutes=3)
    other = claiming.claim(here, "mail", ["done"])
    assert other is not None
    with pytest.raises(claiming.LetGo):
        claiming.begin_to_hand_over(here, letter)
    claiming.settle(here, letter, State.SET_ASIDE)
    claiming.begin_to_hand_over(here, other)
    claiming.settle(here, other, State.SENT)
    assert [row.state for row in rows(here)] == [State.SENT]


# By hand


def test_a_person_lists_sets_aside_and_tries_again(city: City, secret: Path) -> None:
    here = hooked(city, f"http://127.0.0.1:{free_port()}", secret)
    close_order(here, report(here))
    deliver_due(here)
    (line,) = list_notices(here, 9)
    with pytest.raises(CorrectInput):
        set_aside(here, line.id, " ")
    set_aside(here, line.id[:12], "the dashboard moved")
    (line,) = list_notices(here, 9)
    assert (line.state, line.last_problem) == (State.SET_ASIDE, "Set aside: the dashboard moved")
    assert deliver_due(here) == 0
    with pytest.raises(CorrectInput):
        retry(here, "nothing-like-it")
    assert retry(here, None) == 1
    (line,) = list_notices(here, 9)
    assert line.state == State.WAITING
