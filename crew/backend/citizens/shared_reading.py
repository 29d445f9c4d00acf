"""Reads the database for several requests at once. Backend layer; belongs to the event loop, reads in a thread.

To ask a thread and hear its answer costs more than the questions of a page. Those who come while a reading is under way
share the next one: the price is paid once for all of them, and nobody waits for the disk in the event loop.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from starlette.concurrency import run_in_threadpool

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class SharedReading(Generic[Question, Answer]):
    """The reading that is under way, and the next one."""

    def __init__(self, read: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        """Read by a function, which is called in a thread and answers each question in its place."""
        self._read: Final = read
        self._turn: Final = asyncio.Lock()
        self._questions: list[Question] = []
        self._next: asyncio.Task[Sequence[Answer]] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer of a reading that begins after this call. Raises whatever that reading raised."""
        if self._next is None or self._next.done():
            self._questions = []
            self._next = asyncio.create_task(self._read_together(self._questions))
        reading, place = self._next, len(self._questions)
        self._questions.append(question)
        return (await asyncio.shield(reading))[place]  # one who goes does not end it for the others

    async def _read_together(self, questions: list[Question]) -> Sequence[Answer]:
        async with self._turn:
            self._next = None  # whoever comes from now on shares the one after this
            return await run_in_threadpool(self._read, questions)
