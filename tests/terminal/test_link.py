"""What the lamp says, and that a sync that breaks is seen, logged and started again."""

from datetime import timedelta

import pytest

from crew.domain.errors import FreeSpace
from crew.domain.person import Role
from crew.domain.work_order import OrderId
from crew.store.device import SignedInDevice
from crew.sync import LinkState, StoreChanged
from crew.widgets.lamp import lamp_words
from tests.builders import a_person, an_order
from tests.terminal.frames import screen_text
from tests.terminal.truck import BOSTON, NOW, Truck
from tests.terminal.waiting import settled, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (None, "Looking for a link"),
        (LinkState(online=True), "Online"),
        (LinkState(online=True, to_send=2), "Online · 2 to send"),
        (LinkState(online=True, to_send=5, sending=(3, 7)), "Sending 3 of 7"),
        (LinkState(online=True, to_send=8, sending=(3, 7)), "Sending 3 of 10"),
        (LinkState(online=False), "Offline"),
        (LinkState(online=False, since=NOW - timedelta(minutes=27), to_send=3), "Offline since 14:05 · 3 to send"),
        (LinkState(online=False, since=NOW - timedelta(days=1)), "Offline since yesterday 14:32"),
        (LinkState(online=False, sign_in_needed=True, to_send=3), "Sign in again · 3 to send"),
        (LinkState(online=False, sign_in_needed=True), "Sign in again"),
    ],
)
def test_the_lamp_says_in_words_how_the_link_stands(link: LinkState | None, words: str) -> None:
    assert lamp_words(link, NOW.astimezone(BOSTON)).words == words


def test_where_nobody_was_signed_in_the_lamp_does_not_say_again() -> None:
    nobody = LinkState(online=False, sign_in_needed=True)
    assert lamp_words(nobody, NOW.astimezone(BOSTON), anew=False).words == "Sign in"


async def test_the_lamp_counts_an_act_at_once_and_without_a_link(truck: Truck) -> None:
    async with truck.running() as pilot:
        truck.sync.tell(LinkState(online=False, since=NOW))
        await until(pilot, lambda: "Offline since 14:32" in screen_text(pilot.app))
        await pilot.press("w")
        await until(pilot, lambda: "Offline since 14:32 · 1 to send" in screen_text(pilot.app))


async def test_orders_that_sync_brings_appear(truck: Truck) -> None:
    async with truck.running() as pilot:
        truck.receive([an_order(id=OrderId("41"), address="1 New St", due_at=NOW)])
        truck.sync.tell(StoreChanged(frozenset({"41"})))
        await until(pilot, lambda: "1 New St" in screen_text(pilot.app))


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), FreeSpace("The disk is full. Make room.")])
async def test_a_sync_that_breaks_is_seen_and_logged_and_work_goes_on(
    truck: Truck, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with truck.running() as pilot:
        truck.sync.break_with(fault)
        await until(pilot, lambda: "Sending stopped" in screen_text(pilot.app))
        await until(pilot, lambda: "Your work is kept" in screen_text(pilot.app))
        assert "sync ended" in caplog.text
        await pilot.press("w")
        await settled(pilot)
        assert "working" in screen_text(pilot.app)


async def test_signing_in_brings_the_person_and_the_day(truck: Truck) -> None:
    truck.store.device._write("signed_in", "")
    other = a_person(Role.SUPERVISOR)
    truck.sync.answers["CODE1"] = SignedInDevice("https://311.example.org", "token", other, "Boston")
    async with truck.running() as pilot:
        await until(pilot, lambda: "Sign in" in screen_text(pilot.app))
        await pilot.press(*"https://311.example.org".replace(":", ""), "enter")
        await pilot.press(*"WRONG", "enter")
        await until(pilot, lambda: "not known" in screen_text(pilot.app))
        await pilot.press(*["backspace"] * 5, *"CODE1", "enter")
        await until(pilot, lambda: "Supervisor · Sam" in screen_text(pilot.app))
        await until(pilot, lambda: "412 Centre St" in screen_text(pilot.app))
