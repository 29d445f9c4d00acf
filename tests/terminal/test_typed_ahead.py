"""What is typed before a sheet has opened goes into the sheet: no letter of a note is a command of the list."""

from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from crew.domain.work_order import WorkStatus
from crew.screens.my_day import MyDay
from crew.screens.note_sheet import NoteSheet
from tests.terminal.truck import Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE, BRANCH, LIGHT, *_ = a_days_work()
WORDS = "wet, gate 4411. drain"
"""Letters that are commands of the list: start work, done, go, sort, can't, the board and the decisions."""


def at_once(pilot: "Pilot[Any]", words: str) -> None:
    """Keys as a slow line or a busy machine hands them over: all in one go."""
    for character in words:
        pilot.app.post_message(Key(_character_to_key(character), character))


async def test_a_note_that_is_typed_before_its_sheet_is_there_is_a_note(truck: Truck) -> None:
    async with truck.running() as pilot:
        at_once(pilot, "n" + WORDS)
        await until(pilot, lambda: isinstance(pilot.app.screen, NoteSheet))
        await settled(pilot)
        assert pilot.app.screen.query_one(TextArea).text == WORDS
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY


async def test_what_is_pasted_before_its_sheet_is_there_stands_in_it(truck: Truck) -> None:
    async with truck.running() as pilot:
        at_once(pilot, "nx")
        pilot.app.post_message(Paste("gate code 4411"))
        await until(pilot, lambda: isinstance(pilot.app.screen, NoteSheet))
        await settled(pilot)
        assert pilot.app.screen.query_one(TextArea).text == "xgate code 4411"


async def test_words_that_are_looked_for_are_no_commands(truck: Truck) -> None:
    async with truck.running() as pilot:
        at_once(pilot, "/centre")
        await settled(pilot)
        assert my_day(pilot).query_one(Input).value == "centre"
        assert len(pilot.app.screen_stack) == 1


async def test_where_no_sheet_opens_nothing_happens_of_what_was_typed_for_it(truck: Truck) -> None:
    async with truck.running() as pilot:
        truck.store.orders.remove([POTHOLE.id])
        at_once(pilot, "n" + WORDS)
        await settled(pilot)
        assert isinstance(pilot.app.screen, MyDay)
        assert truck.field_work.outbox().entries == ()
