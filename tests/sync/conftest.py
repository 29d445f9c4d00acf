"""A truck and a backend with a road between them."""

from dataclasses import dataclass, field

import httpx
import pytest

from crew.api_client import CrewApi
from crew.domain.work_order import WorkOrder
from crew.sync import Sync, World
from crew.sync.world import Keeps
from tests.sync.backend import ScriptedBackend
from tests.trucks import Truck


class PlainTokens:
    """Tokens under their own names."""

    def holds(self, name: str) -> bool:
        return True

    async def keep(self, token: str) -> str:
        return token

    async def reveal(self, name: str) -> str:
        return name

    async def forget(self, name: str) -> None:
        assert name


@dataclass
class Road:
    """What a test of sync works with."""

    truck: Truck
    backend: ScriptedBackend
    door_opens: bool = False
    tokens: Keeps = field(default_factory=lambda: PlainTokens())

    def __post_init__(self) -> None:
        self.world = World(
            connect=lambda url, token: CrewApi(url, token, httpx.MockTransport(self.backend)),
            address=lambda raw: raw,
            clock=self.truck.clock,
            jitter=lambda: 1.0,
            fresh_id=lambda: "a fresh device",
            tokens=self.tokens,
            reaches=self.reaches,
            device_name="Truck 7",
        )
        self.sync = self.new_sync()

    async def reaches(self, _url: str) -> bool:
        """Whether a knock at the backend's door is heard."""
        return self.door_opens

    def new_sync(self) -> Sync:
        """As after a start of the program."""
        return Sync(self.truck.store, self.world)

    def has(self, *orders: WorkOrder) -> None:
        """Both sides know these orders, and the feed was followed to its end."""
        self.truck.store.device.cursor = "start"
        self.backend.orders |= {order.id: order for order in orders}
        self.truck.gets(*orders)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def road(truck: Truck) -> Road:
    return Road(truck, ScriptedBackend())
