"""Photos that devices send: kept byte for byte under their hash, or refused with a sentence."""

import hashlib
from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from crew import wire
from crew.backend.city import City
from crew.backend.schema import photos
from crew.domain.change import StatusChange
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from tests.backend.citizens import camera_jpeg
from tests.backend.crews import ROADS, Device, Enrolment, jpeg, photo_of, report, stored

pytestmark = pytest.mark.anyio


@pytest.fixture
async def truck(city: City, enrol: Enrolment) -> Device:
    report(city)
    return await enrol(crew=ROADS)


def sentence_of(response: httpx.Response, status: int = 422) -> str:
    assert response.status_code == status, response.text
    return wire.decode(response.content, wire.Problem).sentence


async def test_a_photo_is_kept_as_it_came_and_given_back_to_its_sender(city: City, truck: Device) -> None:
    content = jpeg("teal", (80, 60))
    sha256 = hashlib.sha256(content).hexdigest()

    assert (await truck.get(f"photos/{sha256}")).status_code == 404
    assert (await truck.send_photo(content)).status_code == 201
    assert (await truck.get(f"photos/{sha256}")).content == content
    head = await truck.client.head(f"/crew/v1/photos/{sha256}", headers=truck.headers)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))

    with city.database.reading() as connection:
        row = connection.execute(select(photos)).one()
    assert (row.byte_count, row.width, row.height, row.device_id) == (len(content), 80, 60, truck.device_id)


async def test_a_photo_sent_twice_is_there_once(city: City, truck: Device) -> None:
    content = jpeg()

    assert [(await truck.send_photo(content)).status_code for _ in range(2)] == [201, 201]
    with city.database.reading() as connection:
        assert len(connection.execute(select(photos)).all()) == 1
    assert len(list((city.data_dir / "photos").rglob("*.*"))) == 1


async def test_a_photo_that_does_not_match_its_name_leaves_nothing_behind(city: City, truck: Device) -> None:
    assert "damaged" in sentence_of(await truck.send_photo(jpeg(), name="0" * 64), 460)
    cut = await truck.send_photo(jpeg()[:-200], name=hashlib.sha256(jpeg()).hexdigest())
    assert "damaged" in sentence_of(cut, 460)
    assert (await truck.send_photo(jpeg(), name="../../etc")).status_code == 400
    assert not (city.data_dir / "photos").exists()


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "JPEG"),
        (b"not a picture at all", "JPEG"),
        (png(), "no JPEG"),
        (jpeg("red", (400, 300))[:-900], "damaged"),
        (camera_jpeg(), "its camera"),
    ],
)
async def test_what_no_device_has_prepared_is_refused(city: City, truck: Device, content: bytes, why: str) -> None:
    assert why in sentence_of(await truck.send_photo(content))
    assert not (city.data_dir / "photos").exists()


async def test_a_photo_that_is_too_large_is_refused(truck: Device) -> None:
    sentence = sentence_of(await truck.send_photo(b"\xff" * 1_000_001), 413)

    assert "1 MB" in sentence


async def test_where_a_photo_was_taken_is_for_the_city_and_not_for_the_public(city: City, truck: Device) -> None:
    content = jpeg("teal")
    await truck.send_photo(content)
    photo = replace(photo_of(content), lat=42.31259, long=-71.11487)
    order_id = report(city)

    await truck.act(order_id, StatusChange(WorkStatus.DONE, photos=(photo,)))

    assert stored(city, order_id).photos == (photo,)
    page = await truck.feed()
    assert [order.photos for order in page.orders if order.id == order_id] == [(photo,)]
    for address in (f"requests/{order_id}.json", "requests.xml", "requests.json?extensions=true"):
        answer = await truck.client.get(f"/open311/v2/{address}")
        assert answer.status_code == 200
        assert "42.31259" not in answer.text
    assert photo.sha256 in answer.text
