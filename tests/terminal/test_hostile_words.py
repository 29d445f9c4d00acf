"""Words as hostile as they come, through every screen, toast and list: shown as words, and nothing else happens."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.segment import Segment
from textual.color import Color

from crew.domain.change import SendingStatus
from crew.domain.person import Person, Role
from crew.domain.work_order import HistoryEntry, LinkedRequest, OrderId, WorkStatus
from crew.sync import LinkState
from crew.widgets.literal_text import ControlFilter, LiteralText, literal, say
from tests.builders import an_order
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.frames import segments
from tests.terminal.truck import NOW, Truck, my_day
from tests.terminal.waiting import settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import App

pytestmark = pytest.mark.anyio

EVERY_SCREEN = ("", "enter", "full_stop", "question_mark", "f", "c", "s", "n", "d", "p", "o", "a", "e", "z")


def leaks(app: "App[Any]") -> set[str]:
    """Characters on their way to the terminal that must never be there."""
    written = "".join(part.text for line in segments(app) for part in line)
    return set(written) & set(FORBIDDEN)


@pytest.fixture
def hostile_truck(tmp_path: "Path") -> Truck:
    """A device whose every word is hostile, raw, as if the doors had let it through."""
    truck = Truck(tmp_path / "device", Person(HOSTILE[0], Role.SUPERVISOR, "", HOSTILE[2]))
    truck.receive(
        an_order(
            id=OrderId(f"{number:03}{words}"),
            service_name=words,
            description=words,
            address=words,
            crew=words,
            escalation=words,
            public_text=words,
            requests=(LinkedRequest(words, words, NOW), LinkedRequest(words, words, NOW)),
            history=(HistoryEntry(NOW, words, words, words),),
            due_at=NOW + timedelta(hours=number),
        )
        for number, words in enumerate(HOSTILE)
    )
    return truck


@pytest.mark.parametrize("size", [(60, 20), (120, 40)], ids=["narrow", "wide"])
async def test_no_order_can_reach_the_terminal_with_more_than_words(
    hostile_truck: Truck, size: tuple[int, int]
) -> None:
    async with hostile_truck.running(size) as pilot:
        for _ in HOSTILE:
            assert not leaks(pilot.app)
            await pilot.press("enter")
            await settled(pilot)
            assert not leaks(pilot.app)
            await pilot.press("escape", "down")
            await settled(pilot)
        assert pilot.app.is_running


@pytest.mark.parametrize("key", EVERY_SCREEN)
async def test_every_screen_shows_hostile_words_as_words(hostile_truck: Truck, key: str) -> None:
    refused = hostile_truck.field_work.set_status(
        hostile_truck.field_work.day().stops[0].order_id, WorkStatus.WORKING, note=HOSTILE[4]
    )
    hostile_truck.store.outbox.settle(refused.id, SendingStatus.REFUSED, NOW, reason=" ".join(HOSTILE))
    async with hostile_truck.running() as pilot:
        if key:
            await pilot.press(key)
            await settled(pilot)
        assert not leaks(pilot.app)
        assert pilot.app.is_running


@pytest.mark.parametrize("words", HOSTILE)
async def test_a_toast_says_hostile_words_as_words(truck: Truck, words: str) -> None:
    async with truck.running() as pilot:
        say(my_day(pilot), words, "error")
        await pilot.pause()
        assert not leaks(pilot.app)
        assert pilot.app.is_running


async def test_a_citizens_action_link_runs_no_action(truck: Truck) -> None:
    async with truck.running() as pilot:
        words = LiteralText("[@click=app.quit]tap here[/] " * 3, classes="way")
        await my_day(pilot).mount(words)
        await pilot.click(words, offset=(20, 0))
        await pilot.pause()
        assert pilot.app.is_running
        assert "[@click=app.quit]" in str(words.content)


async def test_what_sync_says_is_words_too(truck: Truck) -> None:
    async with truck.running() as pilot:
        for words in HOSTILE:
            truck.sync.tell(LinkState(online=False, since=NOW, problem=words))
            await pilot.pause()
            assert not leaks(pilot.app)


@pytest.mark.parametrize("words", HOSTILE)
def test_literal_text_keeps_brackets_and_drops_control_characters(words: str) -> None:
    shown = literal(words).plain
    assert not set(shown) & set(FORBIDDEN)
    assert [mark for mark in shown if mark in "[]\\"] == [mark for mark in words if mark in "[]\\"]


def test_the_last_filter_stops_what_a_foreign_widget_lets_through() -> None:
    passed = ControlFilter().apply([Segment("a\x1b[2J\u202eb\x9b")], Color(0, 0, 0))
    assert "".join(part.text for part in passed) == "a[2Jb"
