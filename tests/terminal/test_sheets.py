"""The sheets that ask for what one act needs: keys, taps, drafts, refusals."""

from typing import TYPE_CHECKING

import pytest

from crew.domain.change import Assignment, Escalation, Note, StatusChange
from crew.domain.reasons import CANT_DO_REASONS, WAITING_REASONS
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.screens.cant_sheet import CantSheet
from crew.screens.choices import Choice, letters_for
from crew.screens.note_sheet import NoteSheet, WordsArea
from crew.screens.photos_draft import PhotosDraft, read_draft
from crew.widgets.order_table import OrderTable
from crew.wire import CrewLoad
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import A_SUPERVISOR, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from crew.domain.change import Act

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]
CREWS = (CrewLoad("D2", "Public Works D2", 7, 2), CrewLoad("D5", "Public Works D5", 12, 0))


def last_act(truck: Truck) -> "Act":
    return truck.field_work.unsent_of(POTHOLE.id)[-1].change.act


# Notes


async def test_enter_saves_a_note_and_ctrl_j_begins_a_line(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "n")
        await write(pilot, "gate code")
        await press(pilot, "ctrl+j")
        await write(pilot, "4411")
        await press(pilot, "enter")
        assert pilot.app.screen is my_day(pilot)
    assert last_act(truck) == Note("gate code\n4411")
    assert truck.field_work.draft(POTHOLE.id, "note") == ""


async def test_a_note_is_saved_by_a_tap(truck: Truck) -> None:
    async with truck.running() as pilot:
        await tap(pilot, "Note")
        await write(pilot, "ok")
        await tap(pilot, "Save note")
    assert last_act(truck) == Note("ok")


async def test_a_half_written_note_is_there_again_after_esc_and_after_a_crash(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "n")
        await write(pilot, "needs [bold")
        await press(pilot, "escape")
        assert pilot.app.screen is my_day(pilot)
    async with truck.running() as pilot:
        await press(pilot, "n")
        assert pilot.app.screen.query_one(WordsArea).text == "needs [bold"
        await write(pilot, " x")
        await until(pilot, lambda: truck.field_work.draft(POTHOLE.id, "note") == "needs [bold x", "the draft is kept")
    assert truck.field_work.unsent_of(POTHOLE.id) == ()


async def test_an_empty_note_is_refused_in_the_sheet(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "n", "enter")
        assert isinstance(pilot.app.screen, NoteSheet)
        assert "write at least a word" in said(pilot)


async def test_hostile_drafts_are_harmless_in_every_sheet(truck: Truck) -> None:
    words = "".join(HOSTILE)[:2000]
    for kind in ("note", "cant", "status", "done"):
        truck.field_work.keep_draft(POTHOLE.id, kind, words)
    async with truck.running() as pilot:
        for key in ("n", "c", "s", "d"):
            await press(pilot, key)
            assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
            await press(pilot, "escape")
            assert pilot.app.screen is my_day(pilot)


async def test_what_a_person_pastes_into_a_note_is_cleaned(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "n")
        pilot.app.screen.query_one(WordsArea).insert("\x1b]52;c;aGk=\x07[/]\u202eend")
        await settled(pilot)
        assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
        await press(pilot, "enter")
    assert last_act(truck) == Note("]52;c;aGk=[/]end")


# Reasons


async def test_an_end_without_the_work_takes_two_keys_and_shows_the_citizens_sentence(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "c", "a")
        assert "We could not get to 412 Centre St" in said(pilot)
        await press(pilot, "enter")
    act = last_act(truck)
    assert isinstance(act, StatusChange)
    assert (act.status, act.reason) == (WorkStatus.CANT_DO, "no_access")


async def test_a_reason_is_chosen_by_taps_with_a_note(truck: Truck) -> None:
    async with truck.running() as pilot:
        await tap(pilot, "Can't")
        await tap(pilot, "Not ours")
        await tap(pilot, "Note")
        await write(pilot, "belongs to the state")
        await tap(pilot, "Can't be done")
    act = last_act(truck)
    assert isinstance(act, StatusChange)
    assert (act.reason, act.note) == ("not_ours", "belongs to the state")


async def test_no_reason_chosen_is_said(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "c", "enter")
        assert isinstance(pilot.app.screen, CantSheet)
        assert "Choose one first" in said(pilot)


async def test_waiting_says_for_what(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "s", "p", "enter", "enter")
    act = last_act(truck)
    assert isinstance(act, StatusChange)
    assert (act.status, act.reason) == (WorkStatus.WAITING, "parts")


async def test_every_reason_of_the_rules_can_be_chosen_by_a_letter_of_its_own(truck: Truck) -> None:
    async with truck.running() as pilot:
        for key, reasons in (("c", CANT_DO_REASONS), ("s", WAITING_REASONS)):
            await press(pilot, key)
            letters = [choice.letter for choice in pilot.app.screen.query(Choice)]
            assert len(letters) >= len(reasons)
            assert all(letters)
            assert len(set(letters)) == len(letters)
            await press(pilot, "escape")


def test_a_letter_that_is_taken_gives_way_to_the_next_of_its_words() -> None:
    assert letters_for(["Not found", "Not ours", "No access"], taken="n") == [4, 4, 3]
    assert letters_for(["a", "a"]) == [0, -1]


async def test_an_order_that_was_ended_meanwhile_is_refused_by_the_rule_and_the_note_stays(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "c", "f", "n")
        await write(pilot, "looked twice")
        truck.receive([replace(POTHOLE, work_status=WorkStatus.DONE)])
        await press(pilot, "enter", "enter")
        assert isinstance(pilot.app.screen, CantSheet)
        assert "is done already" in said(pilot)
        assert read_draft(pilot.app.screen.draft_body()) == PhotosDraft("looked twice", reason="not_found")


# Supervisors


async def test_a_supervisor_moves_an_order_with_a_few_letters(truck: Truck) -> None:
    truck.sign_in(A_SUPERVISOR)
    truck.store.device.keep_crews(CREWS)
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "a")
        assert "With Public Works D2 now" in said(pilot)
        await write(pilot, "d5")
        await press(pilot, "enter")
        assert "1 order goes from Public Works D2 to Public Works D5, which then has 13 open" in said(pilot)
        await press(pilot, "enter")
    assert last_act(truck) == Assignment("D5", "closer to their other work")


async def test_crews_that_have_not_come_yet_are_explained(truck: Truck) -> None:
    truck.sign_in(A_SUPERVISOR)
    async with truck.running() as pilot:
        await press(pilot, "a")
        assert "come with the next sync" in said(pilot)
        await press(pilot, "enter")
        assert "Choose a crew first" in said(pilot)


async def test_an_escalation_has_a_level_and_a_reason(truck: Truck) -> None:
    truck.sign_in(A_SUPERVISOR)
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "e", "d", "escape", "enter")
        assert "needs a level and a reason" in said(pilot)
        await press(pilot, "n")
        await write(pilot, "third time")
        await press(pilot, "enter", "enter")
    assert last_act(truck) == Escalation("department", "third time")


async def test_work_is_sent_back_with_words(truck: Truck) -> None:
    truck.sign_in(A_SUPERVISOR)
    truck.receive([replace(POTHOLE, work_status=WorkStatus.DONE)])
    async with truck.running() as pilot:
        await press(pilot, "f", "b", "enter")
        assert "say what is missing" in said(pilot)
        await write(pilot, "the edge is loose")
        await press(pilot, "enter")
    act = last_act(truck)
    assert isinstance(act, StatusChange)
    assert (act.status, act.note) == (WorkStatus.SENT_BACK, "the edge is loose")
