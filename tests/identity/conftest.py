"""A city whose people may sign in with its own accounts, and the provider that keeps them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from crew import wire
from crew.account_wire import AccountCode, AskSignIn, BeginSignIn, SignInStanding
from crew.backend.admin import add_person
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings, IdentitySettings
from crew.backend.city import City
from tests.backend.crews import JSON, ROADS, report
from tests.founding import found_city
from tests.identity.city_provider import SECRET, CityProvider


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Later:
    """The world's own time, which tests can put forward: the provider's tokens have the world's."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251 - the provider has no other

    def wait(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Later:
    return Later()


@pytest.fixture
def provider() -> Iterator[CityProvider]:
    started = CityProvider()
    started.start()
    yield started
    started.stop()


@dataclass
class Office:
    """The city's backend, as a device without a sign-in reaches it."""

    city: City
    client: httpx.AsyncClient
    clock: Later

    async def post(self, path: str, body: object) -> httpx.Response:
        return await self.client.post(f"/crew/v1/{path}", content=wire.encode(body), headers=JSON)

    async def begin(self, device_id: str = "tablet-1") -> AccountCode:
        response = await self.post("sign-in/device", BeginSignIn(device_id, "tablet"))
        assert response.status_code == 200, response.text
        return wire.decode(response.content, AccountCode)

    async def asks(self, begun: AccountCode, device_id: str = "tablet-1") -> httpx.Response:
        """Ask how it stands, once the interval has passed."""
        self.clock.wait(begun.interval_seconds)
        return await self.post("sign-in/device/ask", AskSignIn(begun.sign_in, device_id))

    async def standing(self, begun: AccountCode, device_id: str = "tablet-1") -> SignInStanding:
        response = await self.asks(begun, device_id)
        assert response.status_code == 200, response.text
        return wire.decode(response.content, SignInStanding)


def office_of(folder: Path, provider: CityProvider, clock: Later, **identity: Any) -> City:
    """A city with a provider, where Ana works for the roads and her account is known."""
    (folder / "secret").write_text(f"{SECRET}\n")
    known = {"issuer": provider.url, "client_id": "crew", "client_secret_file": str(folder / "secret"), **identity}
    city = found_city(folder / "city", BackendSettings(identity=IdentitySettings(**known)), clock)
    report(city)  # a crew is known by its orders
    add_person(city, "Ana", "crew", ROADS, account="Ana@example.gov")
    return city


@pytest.fixture
def identity() -> dict[str, Any]:
    """The settings of [identity] besides the usual ones."""
    return {}


@pytest.fixture
async def office(
    tmp_path: Path, provider: CityProvider, clock: Later, identity: dict[str, Any]
) -> AsyncIterator[Office]:
    city = office_of(tmp_path, provider, clock, **identity)
    app = build_backend(city)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://city") as client:
        yield Office(city, client, clock)
    city.database.close()


@pytest.fixture
async def client(tmp_path: Path, clock: Later) -> AsyncIterator[httpx.AsyncClient]:
    """To a city without a provider."""
    city = found_city(tmp_path / "city", BackendSettings(), clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_backend(city)), base_url="http://city") as opened:
        yield opened
    city.database.close()
