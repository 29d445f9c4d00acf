"""Waits on what the terminal shows, bounded in time."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.pilot import Pilot

_TIMEOUT_SECONDS = 20.0
_TURN_SECONDS = 0.01


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
    """Let every reading in the background end, and what follows from it be shown."""
    lasting = {"sync", "sign-in"}  # these wait for the world, or for a person
    await until(
        pilot,
        lambda: not [worker for worker in pilot.app.workers if worker.group not in lasting and not worker.is_finished],
        "every worker has ended",
    )
