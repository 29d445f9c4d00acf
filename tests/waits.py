"""Waits on conditions of the outside world, bounded in time."""

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def eventually(look: Callable[[], _T | None], timeout_seconds: float = 20.0) -> _T:
    """Look until there is something, or fail after a bounded time."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        _yield_to_others()
    raise AssertionError(f"it did not happen within {timeout_seconds} s")


def _yield_to_others() -> None:
    """Give the processor to the process that is waited for."""
    time.sleep(0.02)  # noqa: TID251 - polling another process; the condition decides, not this pause
