"""A real backend on a real socket, a truck, and a road between them that breaks."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from crew.api_client import CrewApi
from crew.backend import schema
from crew.backend.admin import add_person
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City
from crew.backend.serve import EmbeddedBackend
from crew.domain.change import Change
from crew.domain.person import Role
from crew.domain.work_order import OrderId, Photo, PhotoRole
from crew.sync import Sync, World
from crew.sync.link_watch import Door
from crew.tokens import Tokens
from crew.wiring import Device
from tests.backend.citizens import Hands
from tests.backend.crews import ROADS, report, stored
from tests.builders import NOON
from tests.faults.proxy import Proxy, between
from tests.founding import found_city
from tests.trucks import Truck


@dataclass
class BadLink:
    """A signed-in truck whose every byte goes through the proxy."""

    truck: Truck
    city: City
    proxy: Proxy
    jitter: float = 0.0

    def __post_init__(self) -> None:
        self.world = World(
            connect=CrewApi,
            address=lambda raw: raw,
            clock=self.truck.clock,
            jitter=lambda: self.jitter,
            fresh_id=lambda: "truck-7",
            tokens=Tokens(self.truck.folder / "sign-ins"),
            reaches=Door().opens,
        )
        self.sync = Sync(self.truck.store, self.world)

    def reported(self, *, service_code: str = "") -> OrderId:
        """A citizen reports something, and the truck's crew gets the order."""
        return report(self.city, service_code=service_code) if service_code else report(self.city)

    def keeps_photo(self, name: str = "a", size: tuple[int, int] = (64, 48)) -> Photo:
        """A real photo on the device; noise, so that its bytes are many."""
        photo = self.truck.keeps_photo(noise(name, size))
        return Photo(photo.sha256, PhotoRole.AFTER, photo.byte_count, *size)

    async def comes_to_rest(self) -> None:
        """Faults have stopped: after a bounded number of rounds nothing is left to do."""
        self.proxy.heals()
        for _ in range(2):
            await self.sync.run_once()

    def assert_nothing_is_lost_or_doubled(self, *changes: Change) -> None:
        """As the function of this name, for this truck."""
        assert_nothing_is_lost_or_doubled(self.truck, self.city, *changes)


def assert_nothing_is_lost_or_doubled(device: Truck | Device, city: City, *changes: Change) -> None:
    """Outbox empty, one effect per change, every photo's hash equal on both sides, the copies equal."""
    assert device.field_work.outbox().entries == ()
    with city.database.reading() as connection:
        effects = connection.execute(
            select(schema.history.c.change_id, func.count()).group_by(schema.history.c.change_id)
        ).all()
        kept = set(connection.scalars(select(schema.photos.c.sha256)))
    counted = {change_id: count for change_id, count in effects if change_id}
    assert counted == {change.id: 1 for change in changes}
    for photo in (photo for change in changes for photo in change.photos):
        there = city.photo_files.path(photo.sha256).read_bytes()
        assert hashlib.sha256(there).hexdigest() == photo.sha256
        assert photo.sha256 in kept
        assert device.store.photos.read(photo.sha256) == there
    for order_id in {change.order_id for change in changes}:
        assert device.field_work.order(order_id) == stored(city, order_id)
    assert not list((city.data_dir / "uploads").glob("*.part"))


def noise(name: str, size: tuple[int, int]) -> bytes:
    """A photo of a name's own noise."""
    width, height = size
    pixels = hashlib.shake_256(name.encode()).digest(width * height * 3)
    file = BytesIO()
    Image.frombytes("RGB", size, pixels).save(file, "JPEG", quality=75)
    return file.getvalue()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    opened = found_city(tmp_path / "city", BackendSettings(photo_limit_mb=4), Hands(NOON))
    yield opened
    opened.database.close()


@pytest.fixture
async def link(city: City, truck: Truck) -> AsyncIterator[BadLink]:
    backend = EmbeddedBackend(city)
    with backend as url:
        async with between(url) as proxy:
            made = BadLink(truck, city, proxy)
            truck.store.device.device_id("truck-7")
            made.truck.store.device.move_to(proxy.url)
            report(city)  # a crew is known by its work
            await made.sync.sign_in(proxy.url, add_person(city, "Ana", Role.CREW, ROADS))
            await made.sync.run_once()
            yield made
