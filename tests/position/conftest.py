"""A port that is put away after each test."""

from collections.abc import Iterator

import pytest

from tests.position.receivers import Port


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def port() -> Iterator[Port]:
    port = Port()
    yield port
    port.unplug()
