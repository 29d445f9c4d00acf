"""Waits on what the terminal shows, bounded in time."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from textual._context import active_app

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.pilot import Pilot

_TIMEOUT_SECONDS = 20.0
_TURN_SECONDS = 0.005
_TURNS_OF_CALM = 4
_MOMENT_SECONDS = 0.003
"""Time for a thread that was just asked to read something."""
_LASTING = frozenset({"sync", "sign-in", "people", "lock", "picture", "camera", "phone", "position", "tiles"})
"""Groups of workers that wait for the world, or for a person."""


async def until(pilot: "Pilot[Any]", condition: Callable[[], object], what: str = "") -> None:
    """Let the program run until the condition holds, or fail after a bounded time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _TIMEOUT_SECONDS
    while not condition():
        if loop.time() > deadline:
            raise AssertionError(f"it did not happen within {_TIMEOUT_SECONDS} s: {what or condition}")
        await asyncio.sleep(_TURN_SECONDS)
    await pilot.pause()


async def settled(pilot: "Pilot[Any]") -> None:
    """Let every reading in the background end, what follows from it be shown, and what follows from that."""
    for _ in range(_TURNS_OF_CALM):
        await until(pilot, lambda: not _is_reading(pilot.app), "every worker has ended")


async def come_to_rest(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Let the running program handle every message and all that it reads; stands where Textual watches the processor.

    Textual's own wait sleeps at least 20 ms after each key, and more the busier the machine is.

    Args:
        min_sleep: What Textual's own wait takes at least; not needed.
        max_sleep: Seconds after which something else must decide: the program may wait for the test.
    """
    app = active_app.get()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + max_sleep
    calm = 0
    while calm < _TURNS_OF_CALM and app.is_running and loop.time() < deadline:
        await asyncio.sleep(_MOMENT_SECONDS)
        calm = 0 if _is_reading(app) or any(map(_is_busy, _pumps(app))) else calm + 1


def _is_reading(app: "App[Any]") -> bool:
    return any(worker.group not in _LASTING and not worker.is_finished for worker in app.workers)


def _pumps(app: "App[Any]") -> "Iterator[MessagePump]":
    """Whatever handles messages."""
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def _is_busy(pump: "MessagePump") -> bool:
    """Whether it is being mounted, has a message, or has not handled one to its end: else it waits for the next."""
    queue: Any = pump._message_queue
    return not (pump._is_mounted and queue.empty() and queue.ready_event._waiters)
