"""Whom an escalation asks by a mail address gets one mail, whatever happens to the worker; nobody hears old news."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from crew.backend.city import City
from crew.backend.city_time import load_city_time
from crew.backend.clock.ticking import CITY_CLOCK, tick
from crew.backend.notices.claiming import LEASE, begin_to_hand_over, claim
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.queueing import TOLD_BEFORE, TOO_OLD, silence_before
from crew.backend.notices.staff_queueing import ESCALATED
from crew.backend.notices.states import STAFF, State
from crew.backend.schema import notices
from crew.domain.change import Acknowledgement, Escalation, StatusChange
from crew.domain.deadlines import Level
from crew.domain.errors import CorrectSettings
from crew.domain.escalating import is_asked
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.settings import shipped_path
from tests.backend.citizens import SECRET_MAIL, SECRET_PHONE, Hands, with_settings
from tests.backend.crews import Device, Enrolment, report, stored
from tests.backend.letters import text_of
from tests.backend.mail_server import Mailbox, mail_server

pytestmark = pytest.mark.anyio

HEAD, OFFICE = "streets-head@example.gov", "mayor@example.gov"
LADDER = (
    Level("supervisor", 4, "supervisor"),
    Level("department", 8, "department head"),
    Level("mayor's office", 0, OFFICE),
)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def city(city: City, mailbox: Mailbox) -> Iterator[City]:
    """A city that mails: the head of a department by the table, the mayor's office by the ladder."""
    with mail_server(mailbox) as port:
        mail = msgspec.structs.replace(
            city.settings.mail, from_address="311@example.gov", smtp_host="127.0.0.1", smtp_port=port
        )
        deadlines = replace(city.time.deadlines, ladder=LADDER)
        time = replace(city.time, deadlines=deadlines, addresses={"Department head": HEAD})
        here = replace(with_settings(city, mail=mail, public_url="https://311.example.gov"), time=time)
        yield here


async def office(enrol: Enrolment) -> Device:
    return await enrol(Role.SUPERVISOR, name="Sam")


def mails(city: City) -> list[tuple[State, str]]:
    with city.database.reading() as connection:
        rows = connection.execute(select(notices).where(notices.c.way == STAFF).order_by(notices.c.created_at))
        return [(State(row.state), row.last_problem) for row in rows]


async def test_the_one_who_is_asked_reads_what_matters_and_no_word_of_the_reporter(
    city: City, enrol: Enrolment, mailbox: Mailbox
) -> None:
    order_id = report(city)
    reason = f"third call, reach her at {SECRET_PHONE} or {SECRET_MAIL}"

    await (await office(enrol)).act(order_id, Escalation("department", reason))
    assert deliver_due(city) == 1

    (message,) = mailbox.received
    text = text_of(message, "plain")
    assert message["To"] == HEAD
    assert message["Subject"] == f"Work order {order_id} was escalated to you"
    for words in (
        order_id,
        "52 G St",
        "Level:    department",
        "third call",
        "Answer:   by",
        f"crew acknowledge {order_id}",
    ):
        assert words in text
    for secret in (SECRET_MAIL, SECRET_PHONE, "Ada", "Quiet-Lastname", "A hole", "http"):
        assert secret not in str(message)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (Escalation("supervisor", "a"), None),
        (Escalation("department", "a"), HEAD),
        (Escalation("mayor's office", "a"), OFFICE),
        (Escalation("supervisor", "a", to="ward-7@example.gov"), "ward-7@example.gov"),
        (Escalation("supervisor", "a", to="Kim"), None),
        (Escalation("supervisor", "a", to="kim@example.gov, eve@example.org"), None),
    ],
    ids=lambda given: given.to or given.level if isinstance(given, Escalation) else "",
)
async def test_who_is_mailed_follows_from_who_is_asked(
    city: City, enrol: Enrolment, mailbox: Mailbox, act: Escalation, told: str | None
) -> None:
    await (await office(enrol)).act(report(city), act)

    assert deliver_due(city) == (told is not None)
    assert [message["To"] for message in mailbox.received] == ([told] if told else [])


async def test_the_citys_clock_mails_the_next_level_and_each_level_is_mailed_once(
    city: City, enrol: Enrolment, clock: Hands, mailbox: Mailbox
) -> None:
    city = replace(city, time=replace(city.time, grace=city.time.grace * 0))
    tick(city)
    order_id = report(city)
    await (await office(enrol)).act(order_id, Escalation("supervisor", "a school is near"))
    for _ in range(40):
        clock.turn(hours=3)
        tick(city)
        deliver_due(city)

    assert [message["To"] for message in mailbox.received] == [HEAD, OFFICE]
    assert [line.person for line in stored(city, order_id).history if "escalated" in line.text] == [
        "Sam",
        CITY_CLOCK,
        CITY_CLOCK,
    ]
    assert CITY_CLOCK in text_of(mailbox.received[0], "plain")
    assert "supervisor has not answered" in text_of(mailbox.received[0], "plain")


async def test_a_worker_that_dies_leaves_one_mail_and_one_more_copy_at_most_where_nobody_can_say(
    city: City, enrol: Enrolment, clock: Hands, mailbox: Mailbox
) -> None:
    await (await office(enrol)).act(report(city), Escalation("department", "a"))
    assert claim(city, STAFF, [ESCALATED]) is not None, "and here this worker dies"
    assert deliver_due(city) == 0, "it is in its hands"
    clock.turn(seconds=LEASE.total_seconds() + 1)
    letter = claim(city, STAFF, [ESCALATED])
    assert letter is not None
    begin_to_hand_over(city, letter)  # the second dies while the server takes it
    clock.turn(seconds=LEASE.total_seconds() + 1)

    assert deliver_due(city) == 1
    clock.turn(days=2)
    assert deliver_due(city) == 0
    (message,) = mailbox.received
    assert message["Message-ID"] == f"<notice.{letter.id}@example.gov>"


async def test_what_was_answered_ended_or_raised_anew_before_the_mail_left_is_not_mailed(
    city: City, enrol: Enrolment, mailbox: Mailbox
) -> None:
    sam = await office(enrol)
    known, ended, anew = report(city), report(city), report(city)
    for order_id in (known, ended, anew):
        await sam.act(order_id, Escalation("department", "a"))
    raised = stored(city, known).raised
    assert raised is not None
    await sam.act(known, Acknowledgement("department", raised.at))
    await sam.act(ended, StatusChange(WorkStatus.CANT_DO, reason="not_found"))
    await sam.act(anew, Escalation("mayor's office", "now"))

    deliver_due(city)

    assert OFFICE in {message["To"] for message in mailbox.received}
    assert HEAD not in {message["To"] for message in mailbox.received}
    assert sorted(words for state, words in mails(city) if state is State.UNTOLD) == sorted(
        [
            f"Sam knew of the escalation of {known} before this mail left.",
            f"The work on {ended} ended before this mail left.",
            f"The order {anew} was escalated anew before this mail left.",
        ]
    )


async def test_nobody_is_mailed_what_was_raised_before_a_restore_or_too_long_ago(
    city: City, enrol: Enrolment, clock: Hands, mailbox: Mailbox
) -> None:
    sam = await office(enrol)
    before, old = report(city), report(city)
    resent = sam.change(before, Escalation("department", "a"))
    clock.turn(days=1)
    with city.database.writing() as connection:
        silence_before(connection, clock())
    late = replace(sam.change(old, Escalation("department", "a")), made_at=clock())
    clock.turn(days=30)

    await sam.push(resent, late)
    deliver_due(city)

    assert mailbox.received == []
    assert {words for _, words in mails(city)} == {TOLD_BEFORE, TOO_OLD}


async def test_whoever_may_acknowledge_sees_on_their_terminal_what_an_address_is_asked(
    city: City, enrol: Enrolment
) -> None:
    sam, order_id = await office(enrol), report(city)
    await sam.act(order_id, Escalation("mayor's office", "a"))

    assert is_asked(sam.person, stored(city, order_id))


def test_an_address_that_is_none_is_refused_when_the_rules_are_read(city: City, tmp_path: Path) -> None:
    shipped = shipped_path("deadlines.toml").read_text(encoding="utf-8")
    for wrong in ('"head" = "nobody"', '"head" = "a@example.gov, b@example.gov"'):
        (tmp_path / "deadlines.toml").write_text(
            shipped.replace("[addresses]", f"[addresses]\n{wrong}"), encoding="utf-8"
        )
        with pytest.raises(CorrectSettings, match="is no mail address"):
            load_city_time("America/New_York", city.catalogue, tmp_path)
