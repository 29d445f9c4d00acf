"""An open door on this machine alone, and a phone that knows its address."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from crew.phone import Limits, PhoneDoor, Surroundings, Way
from tests.phone.phone import Phone

NEARBY = Surroundings(ways=lambda: (Way("127.0.0.1", "wlan0"),))
LIMITS = Limits(photo_bytes=2_000_000, photos=3, unfinished=2)
WORDS = "Pothole, 412 Centre St"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Does not exist yet."""
    return tmp_path / "incoming"


@pytest.fixture
async def door(folder: Path) -> AsyncIterator[PhoneDoor]:
    async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door:
        yield door


@pytest.fixture
async def stranger(door: PhoneDoor) -> AsyncIterator[Phone]:
    """Knows the address, and has not said hello."""
    async with AsyncClient() as client:
        yield Phone(client, door.url)


@pytest.fixture
async def phone(door: PhoneDoor) -> AsyncIterator[Phone]:
    """The one phone."""
    async with AsyncClient() as client:
        phone = Phone(client, door.url)
        assert (await phone.hello()).status_code == 204
        yield phone
