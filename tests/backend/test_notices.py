"""What citizens should hear of is written with the event, and becomes one message for each reporter."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from crew.backend.city import City
from crew.backend.notices import queueing
from crew.backend.notices.delivery import deliver_due, deliver_forever
from crew.backend.notices.states import State
from crew.backend.orders import NewRequest, link_request
from crew.backend.public.page_links import page_address
from crew.domain.plain_text import clean_line
from crew.domain.work_order import PhotoRole
from tests.backend.citizens import (
    HOSTILE,
    SECRET_MAIL,
    SECRET_PHONE,
    Hands,
    add_photo,
    close_order,
    prepared,
    set_order,
    with_settings,
)
from tests.backend.letters import EVE, mailing, messages, parsed, report, rows, text_of
from tests.waits import eventually


@pytest.fixture
def city(city: City) -> City:
    return mailing(city)


# What is written, and for whom


def test_every_reporter_of_one_repair_is_answered_and_those_without_an_address_are_not(city: City) -> None:
    order_id = report(city)
    with city.database.writing() as connection:
        for address in (EVE, ""):
            new = NewRequest(service_code="pothole", description="Same hole", email=address)
            link_request(connection, city, new, order_id)
    report(city, email="uninvolved@example.org")
    close_order(city, order_id)
    assert [(row.recipient, row.request_id) for row in rows(city)] == [
        (SECRET_MAIL, order_id),
        (EVE, "311000000002"),
    ]
    assert deliver_due(city) == 2
    assert {str(message["To"]) for message in messages(city)} == {SECRET_MAIL, EVE}


def test_a_notice_is_gone_with_the_event_that_did_not_happen(city: City) -> None:
    order_id = report(city)
    order = set_order(city, order_id, work_status="done", public_status="closed")
    with pytest.raises(ZeroDivisionError), city.database.writing() as connection:
        queueing.queue(connection, city, order, queueing.kind_of_ending(order))
        raise ZeroDivisionError
    assert rows(city) == []


def test_one_event_is_one_notice_however_often_it_is_queued_and_the_next_event_is_another(city: City) -> None:
    order_id = report(city)
    order = close_order(city, order_id)
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, queueing.kind_of_ending(order))
    assert len(rows(city)) == 1
    set_order(city, order_id, work_status="sent_back", public_status="open")
    close_order(city, order_id)
    assert len(rows(city)) == 2


def test_a_notice_that_was_overtaken_is_not_sent_and_is_kept(city: City) -> None:
    order_id = report(city)
    close_order(city, order_id)
    set_order(city, order_id, work_status="sent_back", public_status="open")
    assert deliver_due(city) == 0
    assert messages(city) == []
    (row,) = rows(city)
    assert "opened again" in row.last_problem
    assert row.state == State.UNTOLD


# The message


def test_the_message_tells_what_was_done_and_shows_the_photo_and_the_way_to_the_page(city: City) -> None:
    order_id = report(city)
    sha256 = add_photo(city, order_id, PhotoRole.AFTER, prepared("green"), device_id="truck-1")
    close_order(city, order_id, "The pothole at 52 G St is filled.")
    assert deliver_due(city) == 1
    (message,) = messages(city)
    assert message["Subject"] == f"Your report {order_id} is done"
    assert str(message["From"]) == "Example City <311@example.gov>"
    assert message["Auto-Submitted"] == "auto-generated"
    with city.database.reading() as connection:
        page = page_address(connection, city.settings.public_url, order_id)
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        for words in ("The pothole at 52 G St is filled.", order_id, "Pothole", page):
            assert words in text
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/jpeg"]
    assert hashlib.sha256(picture.get_payload(decode=True)).hexdigest() == sha256  # type: ignore[arg-type] # a leaf: bytes
    content_id = picture["Content-ID"].strip("<>")
    assert f'src="cid:{content_id}"' in text_of(message, "html")
    assert picture.get_content_disposition() == "inline"


def test_an_order_closed_without_the_work_is_not_called_done(city: City) -> None:
    order_id = report(city)
    order = set_order(
        city, order_id, work_status="cant_do", public_status="closed", public_text="We could not find it."
    )
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, queueing.kind_of_ending(order))
    deliver_due(city)
    (message,) = messages(city)
    assert message["Subject"] == f"Your report {order_id} is closed"
    assert "We could not find it." in text_of(message, "plain")
    assert not [part for part in message.walk() if part.get_content_type() == "image/jpeg"]


def test_a_report_that_was_received_is_thanked_for(city: City) -> None:
    order_id = report(city, description="words of the citizen")
    order = set_order(city, order_id)
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, "received")
    deliver_due(city)
    (message,) = messages(city)
    assert message["Subject"] == f"We have your report {order_id}"
    assert "We aim to finish by Friday 13 March 2026." in text_of(message, "plain")
    assert "words of the citizen" not in message.as_string()


def test_a_photo_whose_file_is_gone_does_not_silence_the_message(city: City) -> None:
    order_id = report(city)
    sha256 = add_photo(city, order_id, PhotoRole.AFTER, prepared("green"), device_id="truck-1")
    city.photo_files.path(sha256).unlink()
    close_order(city, order_id)
    assert deliver_due(city) == 1


def test_a_city_without_an_address_sends_no_link(city: City) -> None:
    here = with_settings(city, public_url="")
    close_order(here, report(here))
    deliver_due(here)
    (message,) = messages(here)
    assert "/r/" not in message.as_string()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_start_no_header_and_no_element(city: City, text: str) -> None:
    line = clean_line(text)
    for address, said in (("52 G St", "Filled."), (line, line)):
        words = {"first_name": line, "last_name": line, "description": line, "phone": line}
        close_order(city, report(city, address=address, **words), said)
    assert deliver_due(city) == 2
    by_number = sorted(messages(city), key=lambda message: str(message["Subject"]))
    quiet, hostile = by_number
    assert hostile.keys() == quiet.keys()
    assert [part.get_content_type() for part in hostile.walk()] == [part.get_content_type() for part in quiet.walk()]
    assert hostile["Subject"] == "Your report 311000000002 is done"
    assert hostile["Bcc"] is None
    html = text_of(hostile, "html")
    assert html.count("<") == text_of(quiet, "html").count("<")


def test_a_message_shows_no_contact_but_its_own_address(city: City) -> None:
    order_id = report(city, phone=SECRET_PHONE, address=f"At {EVE}'s", first_name="Ada", last_name="Quiet-Lastname")
    close_order(city, order_id, f"We called {SECRET_PHONE} and wrote to {EVE}.")
    deliver_due(city)
    (message,) = messages(city)
    everything = "".join(text_of(message, kind) for kind in ("plain", "html")) + str(message.items())
    for secret in (SECRET_PHONE, EVE, "Ada", "Quiet-Lastname", "Roberta"):
        assert secret not in everything


# The folder


def test_a_folder_gets_whole_files_named_by_the_notice(city: City) -> None:
    close_order(city, report(city))
    deliver_due(city)
    (row,) = rows(city)
    (path,) = (city.data_dir / "mail").iterdir()
    assert path.name == f"{row.id}.eml"
    assert parsed(path.read_bytes())["Message-ID"] == f"<notice.{row.id}@example.gov>"
    assert row.sent_at == city.clock()
    assert deliver_due(city) == 0


def test_the_settings_choose_the_folder_also_beside_a_mail_server(city: City, tmp_path: Path) -> None:
    mail = msgspec.structs.replace(city.settings.mail, folder=str(tmp_path / "out"), smtp_host="smtp.invalid")
    here = with_settings(city, mail=mail)
    close_order(here, report(here))
    assert deliver_due(here) == 1
    assert len(list((tmp_path / "out").glob("*.eml"))) == 1


def test_a_folder_that_cannot_be_written_puts_the_notice_off(city: City, clock: Hands) -> None:
    (city.data_dir / "mail").write_text("in the way", encoding="utf-8")
    close_order(city, report(city))
    assert deliver_due(city) == 0
    (row,) = rows(city)
    assert "cannot be written" in row.last_problem
    (city.data_dir / "mail").unlink()
    clock.turn(minutes=2)
    assert deliver_due(city) == 1


def test_a_sender_that_is_no_address_is_named_as_a_fault_of_the_settings(city: City) -> None:
    mail = msgspec.structs.replace(city.settings.mail, from_address="311 at example")
    here = with_settings(city, mail=mail)
    close_order(here, report(here))
    assert deliver_due(here) == 0
    assert "from_address" in rows(here)[0].last_problem


# The thread


@contextmanager
def delivering(city: City) -> Iterator[None]:
    stop = threading.Event()
    worker = threading.Thread(target=deliver_forever, args=(city, stop, 0.02))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(10)
        assert not worker.is_alive()


def test_the_thread_delivers_what_comes_while_it_runs_and_ends_when_it_is_told(city: City) -> None:
    with delivering(city):
        close_order(city, report(city))
        assert eventually(lambda: messages(city))
        close_order(city, report(city))
        assert eventually(lambda: len(messages(city)) == 2)
