"""Thumbnails: for whoever may see the photo, many in one answer, and with nothing in them but pixels."""

import hashlib
from io import BytesIO

import httpx
import pytest
from PIL import Image

from crew import thumbnail_wire, wire
from crew.backend.city import City
from crew.domain.change import StatusChange
from crew.domain.work_order import WorkStatus
from crew.photos.intake import prepare
from crew.photos.thumbnails import EDGE_PIXELS, thumbnail
from tests.backend.citizens import camera_jpeg
from tests.backend.crews import LIGHTS, ROADS, Device, Enrolment, photo_of, report

pytestmark = pytest.mark.anyio


def a_photo(colour: str) -> bytes:
    file = BytesIO()
    picture = Image.linear_gradient("L").resize((1600, 1200))
    Image.merge("RGB", (picture, picture, Image.new("L", picture.size, colour))).save(file, "JPEG", quality=80)
    return file.getvalue()


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def thumbnails_in(answer: httpx.Response) -> dict[str, bytes]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, thumbnail_wire.MEDIA_TYPE)
    return thumbnail_wire.decode_thumbnails(answer.content)


@pytest.fixture
async def truck(city: City, enrol: Enrolment) -> Device:
    report(city)
    report(city, LIGHTS)
    return await enrol(crew=ROADS)


async def finished_with(city: City, truck: Device, content: bytes) -> str:
    """An order that ended with this photo; returns the photo's name."""
    await truck.send_photo(content)
    await truck.act(report(city), StatusChange(WorkStatus.DONE, photos=(photo_of(content),)))
    return name_of(content)


async def test_several_come_at_once_and_what_there_is_not_is_left_out(city: City, truck: Device) -> None:
    names = [await finished_with(city, truck, a_photo(colour)) for colour in ("white", "black")]
    found = thumbnails_in(await truck.get(f"thumbnails?of={names[0]},{'0' * 64},{names[1]},../../etc,"))
    assert list(found) == names
    for content in found.values():
        with Image.open(BytesIO(content)) as image:
            assert (image.format, image.size) == ("JPEG", (EDGE_PIXELS, EDGE_PIXELS * 3 // 4))
        assert len(content) < 12_000


async def test_another_crews_are_left_out_and_nobody_gets_any_without_a_token(
    city: City, truck: Device, enrol: Enrolment
) -> None:
    name = await finished_with(city, truck, a_photo("white"))
    other = await enrol(crew=LIGHTS)
    assert thumbnails_in(await other.get(f"thumbnails?of={name}")) == {}
    assert (await truck.client.get(f"/crew/v1/thumbnails?of={name}")).status_code == 401


async def test_more_than_come_at_once_are_refused(truck: Device) -> None:
    names = ",".join(f"{number:064}" for number in range(thumbnail_wire.AT_ONCE + 1))
    answer = await truck.get(f"thumbnails?of={names}")
    assert answer.status_code == 422
    assert "At most 10" in wire.decode(answer.content, wire.Problem).sentence


async def test_one_that_was_made_is_kept_and_one_that_was_deleted_is_made_anew(city: City, truck: Device) -> None:
    name = await finished_with(city, truck, a_photo("white"))
    [content] = thumbnails_in(await truck.get(f"thumbnails?of={name}")).values()
    [kept] = list((city.data_dir / "thumbnails").rglob("*.*"))
    photo = city.photo_files.path(name)
    photo.rename(photo.with_suffix(".away"))
    assert thumbnails_in(await truck.get(f"thumbnails?of={name}")) == {name: content}
    kept.unlink()
    assert thumbnails_in(await truck.get(f"thumbnails?of={name}")) == {}
    photo.with_suffix(".away").rename(photo)
    assert thumbnails_in(await truck.get(f"thumbnails?of={name}")) == {name: content}


async def test_where_there_is_no_room_to_keep_it_it_is_made_each_time(city: City, truck: Device) -> None:
    name = await finished_with(city, truck, a_photo("white"))
    city.data_dir.joinpath("thumbnails").touch()
    assert list(thumbnails_in(await truck.get(f"thumbnails?of={name}"))) == [name]


def test_nothing_of_the_camera_is_in_one() -> None:
    small = thumbnail(prepare(camera_jpeg()).content)
    with Image.open(BytesIO(small)) as image:
        assert (dict(image.getexif()), "comment" in image.info) == ({}, False)
