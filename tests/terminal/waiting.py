"""Waits on what the terminal shows, bounded in time."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.pilot import Pilot

_TIMEOUT_SECONDS = 20.0
_TURN_SECONDS = 0.01
_TURNS_OF_CALM = 4
_LASTING = frozenset({"sync", "sign-in", "people", "lock", "picture", "camera", "phone", "position", "tiles"})
"""Groups of workers that wait for the world, or for a person."""


async def until(pilot: "Pilot[Any]", condition: Callable[[], object], what: str = "") -> None:
    """Let the program run until the condition holds, or fail after a bounded time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _TIMEOUT_SECONDS
    while not condition():
        if loop.time() > deadline:
            raise AssertionError(f"it did not happen within {_TIMEOUT_SECONDS} s: {what or condition}")
        await pilot.pause(_TURN_SECONDS)
    await pilot.pause()


async def settled(pilot: "Pilot[Any]") -> None:
    """Let every reading in the background end, what follows from it be shown, and what follows from that."""
    calm = 0

    def is_calm() -> bool:
        nonlocal calm
        busy = [worker for worker in pilot.app.workers if worker.group not in _LASTING and not worker.is_finished]
        calm = 0 if busy else calm + 1
        return calm == _TURNS_OF_CALM

    await until(pilot, is_calm, "every worker has ended")
