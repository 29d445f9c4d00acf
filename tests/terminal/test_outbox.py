"""The outbox: what waits in words, and what a person decides."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crew.domain.change import SendingStatus
from crew.domain.work_order import WorkStatus
from crew.look import Look
from crew.screens.help import Help
from crew.screens.outbox import OutboxScreen
from crew.screens.sign_in import SignIn
from crew.store.device import LinkTrouble, SignedInDevice
from crew.sync.events import LinkState
from crew.widgets.attention import Attention
from crew.widgets.button_bar import CommandButton
from crew.wire import MovedAway, OtherValue
from tests.builders import a_person
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from crew.domain.change import Change

pytestmark = pytest.mark.anyio

POTHOLE, BRANCH, LIGHT = a_days_work()[:3]


def refused(truck: Truck, words: str = "The order was closed by D5 at 13:50.") -> "Change":
    change = truck.field_work.set_status(POTHOLE.id, WorkStatus.WORKING)
    truck.store.outbox.settle(change.id, SendingStatus.REFUSED, NOW, reason=words)
    truck.store.orders.refresh(POTHOLE.id)
    return change


def undecided(truck: Truck, **other: str) -> "Change":
    change = truck.field_work.set_status(BRANCH.id, WorkStatus.WAITING, reason="weather")
    values = {
        "field": "work_status",
        "mine": "waiting for weather",
        "theirs": "accepted",
        "person": "Dee",
        "at": (NOW - timedelta(minutes=20)).isoformat(),
    }
    truck.store.outbox.settle(change.id, SendingStatus.NEEDS_DECISION, NOW, other=OtherValue(**(values | other)))
    truck.store.orders.refresh(BRANCH.id)
    return change


def status_of(truck: Truck, change: "Change") -> SendingStatus:
    entry = truck.store.outbox.get(change.id)
    assert entry is not None
    return entry.sending_status


async def test_an_empty_outbox_says_so(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "o")
        assert "Nothing waits" in said(pilot)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, OutboxScreen)


async def test_what_waits_is_told_with_totals_and_what_happens_next(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    truck.store.device.last_success_at = NOW - timedelta(minutes=34)
    async with truck.running() as pilot:
        next_try_at = NOW + timedelta(seconds=20)
        truck.sync.tell(LinkState(online=False, since=NOW, next_try_at=next_try_at, problem="No answer. It is kept."))
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "1 to send" in text
        assert "oldest 14:32" in text
        assert "last answer 13:58" in text
        assert "next try in 20 s" in text
        assert "No answer. It is kept." in text
        assert "Street light out, 8 Moss Hill Rd" in text
        assert "leaves as soon as there is a link, can be undone" in text


async def test_before_this_program_knows_the_link_the_outbox_says_what_the_last_one_met(truck: Truck) -> None:
    change = truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    truck.store.device.link_trouble = LinkTrouble(NOW, "The backend does not answer.", NOW + timedelta(seconds=40))
    truck.store.outbox.note_hindrance(change.id, "Its photo cannot be read: Input/output error.")
    async with truck.running((120, 40)) as pilot:
        outbox = OutboxScreen(truck.field_work, Look(), lambda: None)
        await pilot.app.push_screen(outbox)
        await settled(pilot)
        text = screen_text(pilot.app)
        assert "next try in 40 s" in text
        assert "The backend does not answer." in text
        assert "Its photo cannot be read: Input/output error." in text


async def test_how_many_of_each_are_counted_in_words(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    refused(truck)
    undecided(truck)
    truck.field_work.undo(truck.field_work.add_note(LIGHT.id, "a slip").id)
    async with truck.running() as pilot:
        await press(pilot, "o")
        assert "1 to send · 1 refused · 1 to decide · 1 set aside" in screen_text(pilot.app)


@pytest.mark.parametrize("by", ["keys", "taps"])
async def test_what_still_waits_is_undone_and_taken_up_with_the_same_key(truck: Truck, by: str) -> None:
    change = truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    async with truck.running() as pilot:
        await press(pilot, "o")
        await (press(pilot, "u") if by == "keys" else tap(pilot, "Undo"))
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        assert truck.status_of(LIGHT) is WorkStatus.ACCEPTED
        await until(pilot, lambda: "Set aside" in screen_text(pilot.app), "it lies aside")
        await (press(pilot, "u") if by == "keys" else tap(pilot, "Take up"))
        assert truck.status_of(LIGHT) is WorkStatus.ON_THE_WAY


async def test_the_palette_and_the_help_have_the_commands_of_the_outbox(truck: Truck) -> None:
    change = refused(truck)
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "o", "ctrl+p")
        await write(pilot, "set aside")
        await until(pilot, lambda: "Stop sending it" in screen_text(pilot.app), "the palette has found it")
        await press(pilot, "enter")
        await until(pilot, lambda: status_of(truck, change) is SendingStatus.SET_ASIDE, "it is set aside")
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, Help)
        assert "In the outbox" in said(pilot)


async def test_a_lapsed_sign_in_is_mended_from_the_outbox_and_leads_back_to_it(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    truck.sync.answers["K7-42"] = SignedInDevice("https://311.example.org", "new", a_person(), "Boston")
    async with truck.running() as pilot:
        truck.sync.tell(LinkState(online=False, since=NOW, to_send=1, sign_in_needed=True, problem="It is not known."))
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "Sign in again · 1 to send" in text
        assert "next try after a sign-in" in text
        assert "leaves when this device is signed in again" in text
        await tap(pilot, "Sign in")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        await pilot.press(*"K7-42", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen), "the outbox is back")


async def test_the_outbox_follows_the_store(truck: Truck) -> None:
    change = truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    async with truck.running() as pilot:
        await press(pilot, "o")
        truck.store.outbox.settle(change.id, SendingStatus.ACKNOWLEDGED, NOW)
        await until(pilot, lambda: "sent: on the way" in screen_text(pilot.app), "the change is told as sent")
        assert "Nothing waits" in said(pilot)


async def test_a_refused_change_shows_the_backends_words_and_is_sent_again(truck: Truck) -> None:
    change = refused(truck)
    held = truck.field_work.add_note(POTHOLE.id, "cones are out")
    async with truck.running() as pilot:
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "refused: The order was closed by D5 at 13:50." in text
        assert "waits until you have decided about the one above" in text
        await tap(pilot, "Send again")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        again = truck.field_work.unsent_of(POTHOLE.id)
        assert {entry.change.act for entry in again} == {held.act, change.act}
        assert {entry.sending_status for entry in again} == {SendingStatus.WAITING}
        assert truck.sync.wakes
        assert "Looking for the backend" not in screen_text(pilot.app), "one answer to one key"


async def test_a_refused_change_is_set_aside_and_stays_readable(truck: Truck) -> None:
    change = refused(truck)
    async with truck.running() as pilot:
        await press(pilot, "o", "a")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        text = screen_text(pilot.app)
        assert "Set aside" in text
        assert "The order was closed by D5 at 13:50." in text


async def test_both_values_are_shown_and_mine_is_kept(truck: Truck) -> None:
    change = undecided(truck)
    async with truck.running() as pilot:
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "Dee changed the same, 14:12." in text
        assert "Yours:  waiting for weather" in text
        assert "Theirs: accepted" in text
        await press(pilot, "m")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        waiting = truck.field_work.unsent_of(BRANCH.id)
        assert [entry.change.act for entry in waiting] == [change.act]
        assert waiting[0].change.id != change.id


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
@pytest.mark.parametrize("by", ["keys", "taps"])
async def test_both_values_can_be_read_and_theirs_chosen_with_keys_or_taps_alone(
    truck: Truck, size: tuple[int, int], by: str
) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    refused(truck)
    change = undecided(truck)
    async with truck.running(size) as pilot:
        if by == "keys":
            await press(pilot, "o", "down")
        else:
            await pilot.click(Attention)
            await settled(pilot)
            line = next(y for y, text in enumerate(screen_text(pilot.app).splitlines()) if "Fallen branch" in text)
            await pilot.click(offset=(12, line + 1))
            await settled(pilot)
        text = screen_text(pilot.app)
        assert "Dee changed the same, 14:12." in text
        assert "Yours:  waiting for weather" in text
        assert "Theirs: accepted" in text
        await (press(pilot, "t") if by == "keys" else tap(pilot, "Keep theirs"))
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        assert truck.field_work.unsent_of(BRANCH.id) == ()


async def test_the_cursor_begins_at_what_needs_a_person_and_the_buttons_follow_it(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    undecided(truck)
    async with truck.running() as pilot:
        await press(pilot, "o")
        labels = ["Keep mine", "Keep theirs", "Sync now", "Export", "Back"]
        assert _labels(pilot.app.screen.query(CommandButton)) == labels
        await press(pilot, "up")
        assert _labels(pilot.app.screen.query(CommandButton)) == ["Sync now", "Undo", "Export", "Back"]
        await press(pilot, "m")
        assert truck.field_work.outbox().trouble == 1


async def test_hostile_words_of_the_backend_and_of_others_are_harmless(truck: Truck) -> None:
    words = "".join(HOSTILE)[:1500]
    refused(truck, words)
    undecided(truck, mine=words, theirs=words, person=words, at=words)
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "o")
        for _ in range(3):
            assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
            await press(pilot, "end")


async def test_sync_is_asked_for_at_once(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "o")
        wakes = truck.sync.wakes
        await tap(pilot, "Sync now")
        assert truck.sync.wakes == wakes + 1
        await until(pilot, lambda: "Looking for the backend now." in screen_text(pilot.app), "who asked is answered")


def _labels(buttons: object) -> list[str]:
    assert hasattr(buttons, "__iter__")
    return [button.command.label for button in buttons if button.command is not None]


async def test_what_was_done_to_an_order_that_has_gone_is_named_by_its_place(truck: Truck) -> None:
    change = truck.field_work.add_note("311000000001", "cones")
    truck.field_work.undo(change.id)
    truck.store.device.tell_moved_away(
        [MovedAway(POTHOLE.id, "Pothole", "412 Centre St", "moved to Potholes: wrong crew", "Sam", NOW)]
    )
    truck.store.orders.remove([POTHOLE.id])
    async with truck.running() as pilot:
        await press(pilot, "o")
        assert "note: cones, Pothole, 412 Centre St" in screen_text(pilot.app)
        assert POTHOLE.id not in screen_text(pilot.app)
