"""The list: what a person does all day, with keys alone and with taps alone."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crew.app import SyncTold
from crew.commands import ASSIGN, BACK, CANT, DONE, MORE, UNDO, WORK
from crew.domain.change import SendingStatus
from crew.domain.person import Role
from crew.domain.rules import apply
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, WorkStatus
from crew.screens.cant_sheet import CantSheet
from crew.screens.done_sheet import DoneSheet
from crew.screens.order_detail import OrderDetail
from crew.store.store import open_store
from crew.sync import StoreChanged
from crew.widgets.button_bar import CommandButton
from crew.widgets.order_table import OrderTable
from crew.widgets.undo_bar import UndoBar
from tests.builders import a_person, an_order
from tests.terminal.camera_card import press, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crew.commands import Command

pytestmark = pytest.mark.anyio

POTHOLE, BRANCH, LIGHT, *_ = a_days_work()


def table(pilot: "Pilot[Any]") -> OrderTable:
    return my_day(pilot).query_one(OrderTable)


def chosen(pilot: "Pilot[Any]") -> str:
    stop = table(pilot).chosen
    return stop.order_id if stop else ""


def toasts(pilot: "Pilot[Any]") -> str:
    return " ".join(note.message for note in pilot.app._notifications)


async def tap(pilot: "Pilot[Any]", command: "Command") -> None:
    """Tap the button of a command on the screen that lies on top."""
    button = next(
        button for button in pilot.app.screen.query(CommandButton) if button.command == command and button.region
    )
    await pilot.click(button)
    await settled(pilot)


# The common day


async def test_one_key_again_and_again_does_the_common_day(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("down", "down", "space")
        await settled(pilot)
        assert truck.status_of(LIGHT) is WorkStatus.ON_THE_WAY
        await pilot.press("space")
        await settled(pilot)
        assert truck.status_of(LIGHT) is WorkStatus.WORKING
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoneSheet))


async def test_the_common_day_can_be_done_by_taps_alone(truck: Truck) -> None:
    async with truck.running((60, 20)) as pilot:
        await tap(pilot, WORK)
        assert truck.status_of(POTHOLE) is WorkStatus.WORKING
        await tap(pilot, UNDO)
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY
        await tap(pilot, MORE)
        await tap(pilot, CANT)
        assert isinstance(pilot.app.screen, CantSheet)


async def test_a_tap_chooses_a_stop_and_a_tap_on_the_chosen_one_opens_it(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.click(OrderTable, offset=(20, 3))
        assert chosen(pilot) == LIGHT.id
        await pilot.click(OrderTable, offset=(20, 3))
        await settled(pilot)
        assert isinstance(pilot.app.screen, OrderDetail)


# What moves under the cursor


async def test_a_refresh_keeps_the_chosen_order_and_its_line_on_the_screen(truck: Truck) -> None:
    many = [
        an_order(id=OrderId(f"32{number:010}"), address=f"{number} Long St", due_at=NOW + timedelta(days=number))
        for number in range(60)
    ]
    truck.receive(many)
    async with truck.running() as pilot:
        await pilot.press(*["down"] * 30)
        before = chosen(pilot)
        line = _line_of(pilot, "Long St", before)
        truck.receive([an_order(id=OrderId(f"33{number}"), due_at=NOW) for number in range(5)])
        pilot.app.post_message(_moved())
        await until(pilot, lambda: len(table(pilot).stops) == 72)
        assert chosen(pilot) == before
        assert _line_of(pilot, "Long St", before) == line


async def test_an_order_that_ends_gives_its_place_to_the_next(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("down", "down")
        truck.field_work.set_status(LIGHT.id, WorkStatus.DONE)
        pilot.app.post_message(_moved())
        await until(pilot, lambda: len(table(pilot).stops) == 6)
        stop = table(pilot).chosen
        assert stop is not None
        assert stop.address == "Green St Station"


async def test_what_another_process_writes_appears_by_itself(truck: Truck) -> None:
    async with truck.running() as pilot:
        beside = open_store(truck.store.folder, NOW)
        beside.orders.put_server_copies([an_order(id=OrderId("34"), address="1 Beside St", due_at=NOW)], 0)
        beside.close()
        await until(pilot, lambda: "1 Beside St" in screen_text(pilot.app))


# Commands that cannot act, and those that are not this person's


async def test_a_command_that_cannot_act_says_why(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("g")
        await settled(pilot)
        assert "on the way already" in toasts(pilot)
        assert not truck.field_work.unsent_of(POTHOLE.id)


async def test_a_crew_is_told_who_may_move_orders_and_is_not_offered_it(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("a")
        await settled(pilot)
        assert "a supervisor or a dispatcher can" in toasts(pilot)
        await pilot.press("full_stop")
        offered = {button.command for button in pilot.app.screen.query(CommandButton)}
        assert CANT in offered
        assert ASSIGN not in offered


async def test_a_supervisor_finds_the_orders_of_one_crew(truck: Truck) -> None:
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.receive([an_order(id=OrderId("35"), crew="D7", address="7 Elm St")])
    async with truck.running() as pilot:
        await pilot.press("slash", *"crew:d7", "enter")
        await settled(pilot)
        assert [stop.crew for stop in table(pilot).stops] == ["D7"]


# Undo


async def test_an_act_can_be_undone_by_a_key(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("w")
        await settled(pilot)
        assert my_day(pilot).query_one(UndoBar).has_class("-shown")
        await pilot.press("u")
        await settled(pilot)
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY
        assert not my_day(pilot).query_one(UndoBar).has_class("-shown")


async def test_after_the_grace_the_act_leaves_and_the_undo_line_goes(truck: Truck) -> None:
    async with truck.running(grace_seconds=0.1) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: truck.sync.wakes)
        await until(pilot, lambda: not my_day(pilot).query_one(UndoBar).has_class("-shown"))
        assert truck.status_of(POTHOLE) is WorkStatus.WORKING


async def test_what_waits_for_a_link_after_the_grace_is_still_undone(truck: Truck) -> None:
    async with truck.running(grace_seconds=0.1) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: truck.sync.wakes)
        await press(pilot, "u")
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY
        assert truck.field_work.unsent_of(POTHOLE.id) == ()
        await press(pilot, "u")
        assert "There is nothing to undo" in screen_text(pilot.app)
        assert "nothing was done here" not in screen_text(pilot.app)


async def test_what_has_left_is_taken_back_by_its_opposite_which_can_be_undone_in_turn(truck: Truck) -> None:
    async with truck.running(grace_seconds=30) as pilot:
        await press(pilot, "w")
        [entry] = truck.field_work.unsent_of(POTHOLE.id)
        truck.receive([apply(POTHOLE, entry.change)])
        truck.store.outbox.settle(entry.change.id, SendingStatus.ACKNOWLEDGED, NOW)
        await press(pilot, "u")
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY
        assert "Taken back. Working: 412 Centre St" in screen_text(pilot.app)
        texts = [line.text for line in truck.field_work.order(POTHOLE.id).history]
        assert texts[-2:] == ["working", "on the way"], "the history shows both"
        await press(pilot, "u")
        assert truck.status_of(POTHOLE) is WorkStatus.WORKING


async def test_what_has_no_opposite_is_said(truck: Truck) -> None:
    async with truck.running(grace_seconds=30) as pilot:
        await press(pilot, "n")
        await write(pilot, "cones")
        await press(pilot, "enter")
        [entry] = truck.field_work.unsent_of(POTHOLE.id)
        truck.store.outbox.settle(entry.change.id, SendingStatus.ACKNOWLEDGED, NOW)
        await press(pilot, "u")
        assert "It has left and stays in the history" in screen_text(pilot.app)
        await press(pilot, "u")
        assert "nothing was done" not in screen_text(pilot.app), "something was: it says the same again"
        assert screen_text(pilot.app).count("It has left") == 1, "and says it once"


async def test_a_sentence_in_passing_does_not_lie_over_what_is_opened_next(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "u")
        assert "There is nothing to undo" in screen_text(pilot.app)
        await press(pilot, "n")
        assert "There is nothing to undo" not in screen_text(pilot.app)


# Searching


async def test_words_narrow_the_list_and_escape_shows_everything_again(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("slash", *"late", "enter")
        await settled(pilot)
        assert [stop.order_id for stop in table(pilot).stops] == [POTHOLE.id, BRANCH.id]
        await pilot.press("escape")
        await settled(pilot)
        assert len(table(pilot).stops) == 7
        assert not my_day(pilot).leads_back


async def test_a_search_is_left_with_a_tap_where_the_keyboard_has_no_escape(truck: Truck) -> None:
    async with truck.running((80, 40)) as pilot:
        await pilot.press("slash", *"late", "enter")
        await settled(pilot)
        await tap(pilot, MORE)
        await tap(pilot, BACK)
        assert len(table(pilot).stops) == 7


async def test_letters_typed_in_the_search_do_nothing_else(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("slash", *"wgdq")
        await settled(pilot)
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY
        assert "wgdq" in screen_text(pilot.app)


async def test_finished_work_is_one_key_away(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.DONE)
    async with truck.running() as pilot:
        assert "8 Moss Hill Rd" not in screen_text(pilot.app)
        await pilot.press("f")
        await settled(pilot)
        assert "8 Moss Hill Rd" in screen_text(pilot.app)
        await pilot.press("f")
        await settled(pilot)
        assert len(table(pilot).stops) == 6


async def test_every_key_works_from_the_order_too(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        assert truck.status_of(POTHOLE) is WorkStatus.WORKING
        await tap(pilot, DONE)
        assert isinstance(pilot.app.screen, DoneSheet)


def _moved() -> SyncTold:
    return SyncTold(StoreChanged(frozenset()))


def _line_of(pilot: "Pilot[Any]", words: str, order_id: str) -> int:
    address = f"{int(order_id[2:])} {words} "
    lines = screen_text(pilot.app).splitlines()
    return next(place for place, line in enumerate(lines) if address in line)


async def test_a_supervisor_is_told_of_work_that_another_crew_has_done(truck: Truck) -> None:
    truck.sign_in(a_person(Role.SUPERVISOR))
    entry = HistoryEntry(NOW, "Ana", "done by another crew: D5")
    done = replace(POTHOLE, work_status=WorkStatus.DONE, needs_look=True, history=(*POTHOLE.history, entry), version=9)
    truck.receive([done])
    async with truck.running((120, 40)) as pilot:
        assert "1 order needs a look, work was done by another crew or twice" in screen_text(pilot.app)
        await press(pilot, "f", "slash")
        await write(pilot, "look")
        await press(pilot, "enter")
        text = screen_text(pilot.app)
        assert "1 of 1" in text
        assert "needs a look" in text
        assert "Look at it: done by another crew: D5" in text
