"""A link goes from a desk to the city and back to every device, through the real backend."""

import asyncio
from pathlib import Path

import httpx
import pytest

from crew.api_client import CrewApi
from crew.backend.admin import add_person
from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import open_city
from crew.domain.person import Role
from crew.sync import Sync, World
from tests.backend.crews import report, stored
from tests.trucks import HandClock, Truck

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_link_made_offline_is_the_same_everywhere_once_it_was_sent(tmp_path: Path) -> None:
    clock = HandClock()
    city = open_city(tmp_path / "city", BackendSettings(), clock)
    twin, order_id, later = report(city), report(city), report(city)
    app = build_backend(city)

    async def enrolled(role: Role, crew: str) -> tuple[Truck, Sync]:
        truck = Truck(tmp_path / role.value, clock)
        sync = Sync(
            truck.store,
            World(
                connect=lambda url, token: CrewApi(url, token, httpx.ASGITransport(app)),
                address=lambda raw: raw,
                clock=clock,
                jitter=lambda: 0.0,
                fresh_id=lambda: f"device of a {role.value}",
                reaches=_heard,
            ),
        )
        await sync.sign_in("http://city", await asyncio.to_thread(add_person, city, role.value, role, crew))
        await sync.run_once()
        return truck, sync

    desk, to_desk = await enrolled(Role.DISPATCHER, "")
    truck, to_truck = await enrolled(Role.CREW, "roads")
    desk.field_work.link(twin, order_id)
    desk.field_work.unlink(twin)
    desk.field_work.link(later, order_id)
    offline = [desk.field_work.order(one) for one in (twin, order_id, later)]

    await to_desk.run_once()
    await to_truck.run_once()

    for known in (desk, truck):
        assert [known.field_work.order(one) for one in (twin, order_id, later)] == [
            stored(city, one) for one in (twin, order_id, later)
        ]
    for before, one in zip(offline, (twin, order_id, later), strict=True):
        after = stored(city, one)
        assert (before.requests, before.linked_to, before.work_status, before.public_status) == (
            after.requests,
            after.linked_to,
            after.work_status,
            after.public_status,
        ), "what the desk showed at once is what the city made of it"
    assert desk.store.outbox.unsettled() == []
    for opened in (desk.store, truck.store, city.database):
        opened.close()


async def _heard(_url: str) -> bool:
    return True
