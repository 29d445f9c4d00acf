"""A city of its own for each test, and a client that speaks to its real application without a socket."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City
from tests.backend.citizens import Hands
from tests.backend.crews import Enrolment
from tests.backend.living_city import LivingCity
from tests.founding import found_city


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def city(tmp_path: Path, clock: Hands) -> Iterator[City]:
    opened = found_city(tmp_path / "city", BackendSettings(photo_limit_mb=1), clock)
    yield opened
    opened.database.close()


@pytest.fixture
def app(city: City) -> Starlette:
    return build_backend(city)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://city") as opened:
        yield opened


@pytest.fixture
def enrol(client: httpx.AsyncClient, city: City) -> Enrolment:
    return Enrolment(client, city)


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingCity]:
    """A city in which things happen, without sockets."""
    made = LivingCity.founded(tmp_path / "city")
    yield made
    made.close()
