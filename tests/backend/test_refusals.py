"""What is refused has no effect and is logged with person, device and change."""

import pytest

from crew.backend.city import City
from crew.domain.change import Change, Note
from crew.domain.value import replace
from tests.backend.crews import ROADS, Device, Enrolment, report

pytestmark = pytest.mark.anyio


def said_of(caplog: pytest.LogCaptureFixture, device: Device, change: Change) -> bool:
    """Whether the log tells who was refused what."""
    lines = [record.getMessage() for record in caplog.records]
    return any(
        line.startswith("Refused to person ") and device.device_id in line and change.id in line for line in lines
    )


async def test_nobody_sends_for_another_device_or_under_an_id_that_is_taken(
    city: City, enrol: Enrolment, caplog: pytest.LogCaptureFixture
) -> None:
    order_id = report(city)
    mine, theirs = await enrol(crew=ROADS, name="Ana"), await enrol(crew=ROADS, name="Ben")
    foreign = theirs.change(order_id, Note("not mine"))
    assert (await mine.send(foreign)).status_code == 422
    assert said_of(caplog, mine, foreign)
    taken = mine.change(order_id, Note("first"))
    await mine.push_one(taken)

    assert (await mine.send(replace(taken, act=Note("second")))).status_code == 422
    assert said_of(caplog, mine, taken)
    as_another = replace(mine.change(order_id, Note("as Ben")), person="Ben")
    assert (await mine.push_one(as_another)).outcome == "refused"
    assert said_of(caplog, mine, as_another)
