"""A day's work over a road as bad as the edge of coverage is: everything arrives, once and whole, and in bounded time.

The backend is a server of its own, the truck's sync a program of its own, and the kernel's TCP stands between them.
Everyday runs send one photo; CREW_ALL_FAULTS=1 sends two.
"""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from crew.backend.admin import add_person
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import open_city
from crew.backend.serve import EmbeddedBackend
from crew.domain.change import Change
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from crew.wiring import make_sync, now, open_device
from tests.backend.crews import ROADS, report
from tests.faults.conftest import assert_nothing_is_lost_or_doubled, noise
from tests.faults.road import HALL, Lane, Link, road
from tests.running import environment, served

EDGE_OF_COVERAGE: Final = Link(64_000, delay_seconds=0.25, loss=0.05, light_seconds=9.0, dark_seconds=3.0)
ORDERS: Final = 10
PHOTOS: Final = 2 if os.environ.get("CREW_ALL_FAULTS") else 1
BOUND_SECONDS: Final = 150 * PHOTOS
"""Ten times what a photo alone takes of a road that loses nothing and is never dark; on this one it takes 45."""


def test_a_full_days_work_arrives_over_the_edge_of_coverage_in_bounded_time(tmp_path: Path) -> None:
    hall, truck = tmp_path / "hall", tmp_path / "truck"
    city_and_truck_meet(hall, truck)

    with road(EDGE_OF_COVERAGE) as opened, served(hall, tmp_path, more=["--host", HALL], within=opened.hall) as url:
        changes = a_full_day(truck, url, tmp_path / "picture.jpg")
        began_at = time.monotonic()
        synced = subprocess.run(
            [*opened.truck, sys.executable, "-m", "tests.faults.device_acts", "rounds", truck],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=BOUND_SECONDS,
            check=False,
        )
        took_seconds = time.monotonic() - began_at

    assert synced.returncode == 0, synced.stderr
    device, city = open_device(truck), open_city(hall, BackendSettings(), now)
    with closing(device.store), closing(city.database):
        assert_nothing_is_lost_or_doubled(device, city, *changes)
    assert took_seconds > opened.up.byte_count * 8 / EDGE_OF_COVERAGE.bits_per_second, "nothing goes another way"
    assert min(opened.up.lost, opened.down.lost, opened.up.darkened + opened.down.darkened) > 0
    assert opened.up.byte_count < 1.4 * sum(photo.byte_count for change in changes for photo in change.photos)


def city_and_truck_meet(hall: Path, truck: Path) -> None:
    """A city with ten orders, and a signed-in truck that has them all."""
    city, device = open_city(hall, BackendSettings(), now), open_device(truck)
    with closing(city.database), EmbeddedBackend(city) as url, closing(device.store):
        for _ in range(ORDERS):
            report(city)

        async def meet() -> None:
            sync = make_sync(device)
            await sync.sign_in(url, add_person(city, "Ana", Role.CREW, ROADS))
            await sync.run_once()

        asyncio.run(meet())


def a_full_day(truck: Path, url: str, picture: Path) -> list[Change]:
    """Twenty changes on ten orders, made without a link; some end the work and have a photo of 100 KB each."""
    device = open_device(truck)
    work = device.field_work
    with closing(device.store):
        device.store.device.move_to(url)
        orders = [stop.order_id for stop in work.day().stops]
        assert len(orders) == ORDERS
        changes = [work.set_status(order_id, WorkStatus.WORKING) for order_id in orders]
        changes += [work.add_note(order_id, f"the valve box at {order_id} is loose") for order_id in orders[PHOTOS:]]
        for order_id in orders[:PHOTOS]:
            picture.write_bytes(noise(order_id, (500, 360)))
            photo = work.keep_photo(picture)
            assert photo.byte_count > 100_000
            changes.append(work.set_status(order_id, WorkStatus.DONE, photos=[photo]))
    return changes


# The road itself


def test_a_lane_carries_one_packet_after_the_other_at_its_rate_and_late() -> None:
    lane = Lane(Link(8_000, delay_seconds=0.5))
    for name in (b"a", b"b", b"c"):
        lane.takes(name * 250, now=10.0)
    assert lane.next_at == 10.75
    assert list(lane.brings(10.74)) == []
    assert list(lane.brings(11.0)) == [b"a" * 250, b"b" * 250]
    assert list(lane.brings(11.25)) == [b"c" * 250]
    assert (lane.counted.arrived, lane.counted.byte_count) == (3, 750)


def test_a_lane_loses_its_part_and_always_the_same() -> None:
    lanes = [Lane(Link(1_000_000, loss=0.05)) for _ in range(2)]
    for lane in lanes:
        for number in range(1000):
            lane.takes(f"{number}".encode(), now=float(number))
    first, second = (list(lane.brings(1001.0)) for lane in lanes)
    assert first == second
    assert 30 < lanes[0].counted.lost == 1000 - len(first) < 70


def test_a_lane_drops_what_would_wait_too_long_and_everything_in_the_dark() -> None:
    lane = Lane(Link(8_000, queue_seconds=1.0, light_seconds=9.0, dark_seconds=3.0))
    for _ in range(8):
        lane.takes(bytes(250), now=0.0)
    for moment in (9.0, 11.9, 21.0):
        lane.takes(b"in the dark", now=moment)
    lane.takes(b"in the light", now=12.0)
    assert (lane.counted.dropped, lane.counted.darkened) == (3, 3)
    assert list(lane.brings(30.0))[5:] == [b"in the light"]
