"""Notices through real mail servers: kind ones, refusing ones, broken ones and none at all."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from aiosmtpd import smtp
from hypothesis import given
from hypothesis import strategies as st

from crew.backend import schema
from crew.backend.city import City
from crew.backend.notices.claiming import IN_DOUBT
from crew.backend.notices.delivery import deliver_due, deliver_on
from crew.backend.notices.mail import Server, _with_dots_doubled
from crew.backend.notices.mail_way import MailWay
from crew.backend.notices.states import State
from crew.backend.notices.ways import ways_of
from tests.backend.citizens import SECRET_MAIL, Hands, close_order, with_settings
from tests.backend.letters import EVE, mailing, report, rows
from tests.backend.mail_server import Mailbox, free_port, mail_server
from tests.waits import eventually

_SELF_SIGNED: Final = (
    *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
    *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
)


@pytest.fixture
def city(city: City) -> City:
    return mailing(city)


def sending_to(city: City, port: int, **changes: object) -> City:
    mail = msgspec.structs.replace(city.settings.mail, smtp_host="127.0.0.1", smtp_port=port, **changes)
    return with_settings(city, mail=mail)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def sending(city: City, mailbox: Mailbox) -> Iterator[City]:
    with mail_server(mailbox) as port:
        yield sending_to(city, port)


def recipients(mailbox: Mailbox) -> list[str]:
    return [str(message["To"]) for message in mailbox.received]


def test_a_mail_server_gets_the_message_once(sending: City, mailbox: Mailbox) -> None:
    close_order(sending, report(sending))
    assert deliver_due(sending) == 1
    assert deliver_due(sending) == 0
    assert recipients(mailbox) == [SECRET_MAIL]
    assert rows(sending)[0].attempts == 1


def test_an_address_that_is_refused_for_good_holds_nobody_back_and_is_given_up_after_days(
    sending: City, mailbox: Mailbox, clock: Hands
) -> None:
    mailbox.refused[EVE] = "550 5.1.1 no such user \x1b[31m"
    for address in (EVE, SECRET_MAIL):
        close_order(sending, report(sending, email=address))
    assert deliver_due(sending) == 1
    assert recipients(mailbox) == [SECRET_MAIL]
    for _ in range(20):
        clock.turn(hours=12)
        deliver_due(sending)
    refused = next(row for row in rows(sending) if row.recipient == EVE)
    assert 4 <= refused.attempts <= 7
    assert refused.state == State.SET_ASIDE
    assert refused.last_problem.startswith("The mail server answered 550: 5.1.1 no such user")
    assert "\x1b" not in refused.last_problem
    assert refused.sent_at is None


def test_an_address_that_is_refused_for_now_is_tried_again(sending: City, mailbox: Mailbox, clock: Hands) -> None:
    mailbox.refused[EVE] = "451 come back later"
    close_order(sending, report(sending, email=EVE))
    assert deliver_due(sending) == 0
    assert deliver_due(sending) == 0
    assert rows(sending)[0].attempts == 1
    mailbox.refused.clear()
    clock.turn(minutes=1)
    assert deliver_due(sending) == 1


def test_a_connection_that_is_dropped_holds_nobody_back(sending: City, mailbox: Mailbox, clock: Hands) -> None:
    mailbox.dropped.add(EVE)
    for address in (EVE, SECRET_MAIL):
        close_order(sending, report(sending, email=address))
    assert deliver_due(sending) == 1
    assert recipients(mailbox) == [SECRET_MAIL]
    mailbox.dropped.clear()
    clock.turn(minutes=1)
    assert deliver_due(sending) == 1


def test_waits_double_up_to_an_hour_while_the_server_is_away(city: City, clock: Hands) -> None:
    here = sending_to(city, free_port())
    close_order(here, report(here))
    waits = []
    for _ in range(10):
        assert deliver_due(here) == 0
        (row,) = rows(here)
        waits.append(row.next_try_at - clock())
        clock.now = row.next_try_at
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert waits[-1] == timedelta(hours=1)
    assert "cannot be reached" in row.last_problem


def test_a_server_that_is_away_is_asked_once_and_not_once_for_every_notice(city: City) -> None:
    here = sending_to(city, free_port())
    for _ in range(3):
        close_order(here, report(here))
    deliver_due(here)
    assert sum(row.attempts for row in rows(here)) == 1


def test_a_second_copy_can_be_recognised_by_its_message_id(sending: City, mailbox: Mailbox) -> None:
    close_order(sending, report(sending))
    deliver_due(sending)
    with sending.database.writing() as connection:
        connection.execute(schema.notices.update().values(state=State.WAITING))
    deliver_due(sending)
    first, second = mailbox.received
    assert first["Message-ID"] == second["Message-ID"]


def test_what_came_with_an_import_and_is_no_address_reaches_no_server(sending: City, mailbox: Mailbox) -> None:
    close_order(sending, report(sending, email="ada@example.org\r\nRCPT TO:<eve@example.org>"))
    close_order(sending, report(sending))
    assert deliver_due(sending) == 1
    assert recipients(mailbox) == [SECRET_MAIL]
    assert [row.state for row in rows(sending) if row.sent_at is None] == [State.SET_ASIDE]


def test_a_password_never_travels_in_the_clear(city: City, mailbox: Mailbox, password_file: Path) -> None:
    with mail_server(mailbox) as port:
        here = sending_to(city, port, smtp_user="city", smtp_password_file=str(password_file))
        close_order(here, report(here))
        assert deliver_due(here) == 0
    assert "in the clear" in rows(here)[0].last_problem
    assert mailbox.received == []


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("open sesame\n", encoding="utf-8")
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and its key that nobody vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program is not there to make a certificate")
    path = tmp_path / "server.pem"
    subprocess.run(
        [openssl, *_SELF_SIGNED, "-keyout", str(path), "-out", str(tmp_path / "cert.pem")],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
    return path


def tls_options(certificate: Path, accept: bool) -> dict[str, Any]:
    """A server that asks for TLS and a password, and takes every password or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def authenticate(*_: object) -> smtp.AuthResult:
        return smtp.AuthResult(success=accept, handled=False)

    return {"tls_context": context, "authenticator": authenticate, "auth_required": True}


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(city: City, mailbox: Mailbox, certificate: Path) -> None:
    with mail_server(mailbox, **tls_options(certificate, accept=True)) as port:
        here = sending_to(city, port)
        close_order(here, report(here))
        assert deliver_due(here) == 0
    assert "certificate of the mail server 127.0.0.1 cannot be trusted" in rows(here)[0].last_problem
    assert mailbox.received == []


def test_a_server_that_the_machine_trusts_gets_password_and_message(
    city: City, mailbox: Mailbox, certificate: Path, password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(mailbox, **tls_options(certificate, accept=True)) as port:
        here = sending_to(city, port, smtp_user="city", smtp_password_file=str(password_file))
        close_order(here, report(here))
        assert deliver_due(here) == 1
    assert recipients(mailbox) == [SECRET_MAIL]


def test_a_wrong_password_is_named_as_a_fault_of_the_settings(
    city: City, mailbox: Mailbox, certificate: Path, password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(mailbox, **tls_options(certificate, accept=False)) as port:
        here = sending_to(city, port, smtp_user="city", smtp_password_file=str(password_file))
        close_order(here, report(here))
        assert deliver_due(here) == 0
    assert "does not accept the user and password" in rows(here)[0].last_problem
    assert "open sesame" not in rows(here)[0].last_problem


# Where nobody can say whether it was taken


def test_a_server_that_never_says_whether_it_took_a_mail_gets_one_more_copy_and_then_a_person_is_asked(
    sending: City, mailbox: Mailbox, clock: Hands
) -> None:
    mailbox.silent_after.add(EVE)
    for address in (EVE, SECRET_MAIL):
        close_order(sending, report(sending, email=address))
    for _ in range(6):
        deliver_due(sending)
        clock.turn(hours=2)
    copies = [message["Message-ID"] for message in mailbox.received if message["To"] == EVE]
    assert len(copies) == 2
    assert len(set(copies)) == 1
    assert recipients(mailbox).count(SECRET_MAIL) == 1
    unsure = next(row for row in rows(sending) if row.recipient == EVE)
    assert (unsure.state, unsure.last_problem) == (State.SET_ASIDE, IN_DOUBT)


def test_a_server_that_hangs_is_not_waited_for_for_ever(city: City, mailbox: Mailbox, clock: Hands) -> None:
    mailbox.hangs.add(SECRET_MAIL)
    with mail_server(mailbox) as port:
        here = sending_to(city, port)
        close_order(here, report(here))
        (way, *_) = ways_of(here)
        quick = MailWay(here, Server(here.settings.mail, timeout_seconds=1.0))
        assert deliver_on(here, quick) == (0, False)
        assert "did not say whether it took the message" in rows(here)[0].last_problem
        clock.turn(hours=1)

        def end_once_it_was_handed_over() -> None:
            eventually(lambda: len(mailbox.received) == 2)
            way.give_up()

        ending = threading.Thread(target=end_once_it_was_handed_over)
        ending.start()
        assert deliver_on(here, way) == (0, False), "it was told to give up, or it would wait for a minute"
        ending.join(10)
    assert [row.doubts for row in rows(here)] == [2]


@pytest.mark.parametrize("goodbye", ["221 bye", "421 in a hurry", ""])
def test_a_mail_that_was_taken_is_not_sent_again_for_how_the_server_says_goodbye(
    city: City, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, goodbye: str
) -> None:
    async def smtp_quit(server: smtp.SMTP, arg: str) -> None:
        if goodbye:
            await server.push(goodbye)
        assert server.transport is not None
        server.transport.close()

    monkeypatch.setattr(smtp.SMTP, "smtp_QUIT", smtp_quit)
    with mail_server(mailbox) as port:
        here = sending_to(city, port)
        close_order(here, report(here))
        assert deliver_due(here) == 1
    assert [row.state for row in rows(here)] == [State.SENT]


def test_a_sender_that_the_server_does_not_take_is_named_as_a_fault_of_the_settings(
    city: City, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def smtp_mail(server: smtp.SMTP, arg: str) -> None:
        await server.push("553 not yours")

    monkeypatch.setattr(smtp.SMTP, "smtp_MAIL", smtp_mail)
    with mail_server(mailbox) as port:
        here = sending_to(city, port)
        close_order(here, report(here))
        assert deliver_due(here) == 0
    assert "from_address of the settings: 553 not yours" in rows(here)[0].last_problem


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_no_line_of_a_message_ends_it_and_none_is_lost(line: str, more: list[str]) -> None:
    content = "\r\n".join([*more, line, ".", ".."]).encode()
    quoted = _with_dots_doubled(content)
    assert b"\r\n.\r\n" not in b"\r\n" + quoted + b"\r\n"
    assert quoted.replace(b"\r\n..", b"\r\n.").removeprefix(b"." if quoted.startswith(b".") else b"") == content
