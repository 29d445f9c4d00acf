"""Requests that come together are read for together, and none gets what was read before it asked."""

import asyncio
from collections.abc import Sequence
from threading import Semaphore

import pytest

from crew.backend.citizens.shared_reading import SharedReading
from crew.domain.errors import TryLater

pytestmark = pytest.mark.anyio


class Reader:
    """Notes which questions were read together; each reading waits until it is let go."""

    def __init__(self) -> None:
        self.readings: list[list[str]] = []
        self.is_busy = False
        self._begun, self._go = Semaphore(0), Semaphore(0)

    def __call__(self, questions: Sequence[str]) -> list[str]:
        self.readings.append(list(questions))
        self._begun.release()
        self._go.acquire()
        if self.is_busy:
            raise TryLater("Another program holds the file.", 5)
        return [f"{question}, reading {len(self.readings)}" for question in questions]

    async def has_begun(self) -> None:
        """Wait for the next reading."""
        await asyncio.to_thread(self._begun.acquire)

    def let_go(self) -> None:
        self._go.release()


async def test_those_who_come_while_a_reading_is_under_way_share_the_next_one() -> None:
    reader = Reader()
    reading = SharedReading(reader)
    first = asyncio.create_task(reading.ask("one"))
    await reader.has_begun()
    others = [asyncio.create_task(reading.ask(name)) for name in ("two", "three", "two")]
    reader.let_go()
    assert await first == "one, reading 1"
    await reader.has_begun()
    reader.let_go()
    assert await asyncio.gather(*others) == ["two, reading 2", "three, reading 2", "two, reading 2"]
    assert reader.readings == [["one"], ["two", "three", "two"]]


async def test_one_who_goes_does_not_end_the_reading_of_the_others() -> None:
    reader = Reader()
    reading = SharedReading(reader)
    gone, other = asyncio.create_task(reading.ask("one")), asyncio.create_task(reading.ask("two"))
    await reader.has_begun()
    gone.cancel()
    reader.let_go()
    assert await other == "two, reading 1"
    assert gone.cancelled()


async def test_what_a_reading_raises_reaches_all_who_share_it_and_not_the_next() -> None:
    reader = Reader()
    reading = SharedReading(reader)
    reader.is_busy = True
    reader.let_go()
    refused = await asyncio.gather(reading.ask("one"), reading.ask("two"), return_exceptions=True)
    assert [type(one) for one in refused] == [TryLater, TryLater]
    reader.is_busy = False
    reader.let_go()
    assert await reading.ask("three") == "three, reading 2"
