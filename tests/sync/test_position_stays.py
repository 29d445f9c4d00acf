"""Where a device is stays on it: no request holds the place, whatever else is sent meanwhile."""

import httpx
import pytest

from crew.domain.plus_code import plus_code
from crew.domain.position import Position, PositionSource
from crew.domain.work_order import WorkStatus
from tests.builders import an_order
from tests.sync.backend import Proper
from tests.sync.conftest import Road
from tests.trucks import Truck

pytestmark = pytest.mark.anyio

LAT, LONG = 42.298713, -71.123457
"""No order, person or photo of these tests has a digit of this."""


async def test_no_request_holds_the_place_of_the_device(road: Road, truck: Truck) -> None:
    sent: list[bytes] = []

    def note(request: httpx.Request, proper: Proper) -> httpx.Response:
        head = f"{request.method} {request.url} {dict(request.headers)}".encode()
        sent.append(head + request.content)
        return proper(request)

    road.backend.keeps_failing("", note)
    road.has(an_order())
    position = Position(LAT, LONG, truck.clock(), PositionSource.RECEIVER, 4.0, "gpsd of truck 7")
    work = truck.field_work
    work.whereabouts.hear(position)
    work.set_status("311000000001", WorkStatus.WORKING)
    work.add_note("311000000001", "gate code is 4411")
    work.set_status("311000000001", WorkStatus.DONE, photos=[truck.keeps_photo()])
    work.whereabouts.set_here((LAT, LONG))
    assert (await road.sync.run_once()).sent == 3
    everything = b"\n".join(sent)
    assert b"gate code is 4411" in everything, "the test sees what is sent"
    for trace in (b"42.2987", b"71.1234", b"gpsd of truck", b"by hand", plus_code(LAT, LONG).encode()):
        assert trace not in everything
