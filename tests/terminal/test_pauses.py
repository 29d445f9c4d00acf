"""What the program does while nobody types, so that no key waits for it."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from crew.app import CrewApp
from tests.terminal.truck import Truck
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio


class Ring:
    """Rubbish that only a look through everything finds, once it is old."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def no_looks() -> Iterator[None]:
    """Python itself looks for none."""
    gc.disable()
    yield
    gc.enable()


def an_old_ring() -> "weakref.ref[Ring]":
    ring = Ring()
    for _ in range(10):
        gc.collect(1)
    return weakref.ref(ring)


@pytest.mark.usefixtures("no_looks")
async def test_rubbish_is_looked_for_in_a_pause(truck: Truck) -> None:
    async with truck.running() as pilot:
        app: Any = pilot.app
        assert isinstance(app, CrewApp)
        seconds = app._touched_at
        app.running = lambda: seconds
        ring = an_old_ring()
        app.use_the_pause()
        assert ring() is not None, "somebody types"
        seconds += 3
        await until(pilot, lambda: ring() is None)
