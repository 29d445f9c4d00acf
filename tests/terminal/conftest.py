"""A truck with a day's work, for every test of the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.truck import Truck, a_days_work


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def truck(tmp_path: Path) -> Iterator[Truck]:
    device = Truck(tmp_path / "device")
    device.receive(a_days_work())
    yield device
    device.store.close()
