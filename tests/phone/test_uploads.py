"""Photos in pieces: cut, resumed, in conflict, too many, too large, no pictures, and a disk that is full."""

import asyncio
import base64
import os
import stat
from pathlib import Path

import pytest
from httpx import AsyncClient

from crew.phone import PhoneDoor
from tests.phone.conftest import LIMITS, NEARBY, WORDS
from tests.phone.phone import PIECE, Phone, a_photo, left_in
from tests.small_disk import small_disk

pytestmark = pytest.mark.anyio


def contents(door: PhoneDoor) -> list[bytes]:
    return [photo.path.read_bytes() for photo in door.arrived]


async def test_a_photo_in_pieces_arrives_as_it_was(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    where = (await phone.begin(len(content))).headers["location"]
    for start in range(0, len(content), 50_000):
        answer = await phone.piece(where, start, content[start : start + 50_000])
        assert answer.status_code == 204
        assert int(answer.headers["upload-offset"]) == min(start + 50_000, len(content))
    assert contents(door) == [content]
    [arrived] = door.arrived
    assert arrived.byte_count == len(content)
    assert stat.S_IMODE(arrived.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(arrived.path.parent.stat().st_mode) == 0o700


async def test_a_wrong_offset_is_answered_with_the_right_one(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    where = (await phone.begin(len(content))).headers["location"]
    await phone.piece(where, 0, content[:1000])
    for wrong in (0, 999, 1001, len(content)):
        answer = await phone.piece(where, wrong, content[wrong:])
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
    assert (await phone.piece(where, 1000, content[1000:])).status_code == 204
    assert contents(door) == [content]


async def test_a_piece_that_is_cut_in_the_middle_is_kept_as_far_as_it_came(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    where = (await phone.begin(len(content))).headers["location"]
    await cut(door, phone, where, content, after=70_000)
    await until_percent(door, 100 * 70_000 // len(content))
    offset = await phone.offset(where)
    assert offset == 70_000
    assert (await phone.piece(where, offset, content[offset:])).status_code == 204
    assert contents(door) == [content]


async def test_a_connection_that_hangs_cannot_write_once_another_has_come(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    where = (await phone.begin(len(content))).headers["location"]
    reader, writer = await begin_piece(door, phone, where, content, "Connection: close\r\n")
    writer.write(content[:10_000])
    await until_percent(door, 100 * 10_000 // len(content))
    offset = await phone.offset(where)
    assert (await phone.piece(where, offset, content[offset : offset + 5000])).status_code == 204
    writer.write(content[10_000:])
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 409 ")
    writer.close()
    assert (await phone.piece(where, offset + 5000, content[offset + 5000 :])).status_code == 204
    assert contents(door) == [content]


async def test_a_photo_whose_last_answer_was_lost_arrives_once(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    where = (await phone.begin(len(content))).headers["location"]
    await phone.piece(where, 0, content)
    assert await phone.offset(where) == len(content)
    assert (await phone.piece(where, 0, content)).status_code == 409
    assert contents(door) == [content]


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (a_photo(), ".jpg"),
        (a_photo(kind="PNG"), ".png"),
        (a_photo(kind="WEBP"), ".webp"),
        (a_photo((64, 64), kind="AVIF"), ".avif"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(500), ".heic"),
    ],
    ids=["jpeg", "png", "webp", "avif", "heic"],
)
async def test_the_suffix_comes_from_the_first_bytes(
    door: PhoneDoor, phone: Phone, content: bytes, suffix: str
) -> None:
    assert (await phone.send(content)).status_code == 204
    assert [photo.path.suffix for photo in door.arrived] == [suffix]
    assert contents(door) == [content]


@pytest.mark.parametrize(
    "content",
    [
        b"<html>" + bytes(100),
        b"MZ" + bytes(100),
        b"\xff\xd8",
        b"GIF89a" + bytes(100),
        b"\x00\x00\x00\x18ftypisom" + bytes(50),
    ],
    ids=["html", "exe", "two bytes", "gif", "film"],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    door: PhoneDoor, phone: Phone, folder: Path, content: bytes
) -> None:
    answer = await phone.send(content)
    assert (answer.status_code, answer.text[:16]) == (415, "This is no photo")
    assert door.standing.trouble == answer.text
    assert left_in(folder) == []
    assert (await phone.send(a_photo())).status_code == 204
    assert door.standing.trouble == ""


@pytest.mark.parametrize(
    "name", ["../../evil.jpg", "/etc/passwd", "..\\evil.jpg", "a\x00b.jpg", "\x1b[2J.jpg", "x" * 3000]
)
async def test_a_name_that_the_phone_says_is_not_used(
    door: PhoneDoor, phone: Phone, folder: Path, tmp_path: Path, name: str
) -> None:
    content = a_photo()
    said = "filename " + base64.b64encode(name.encode()).decode()
    begun = await phone.call("POST", "photos", upload_length=str(len(content)), upload_metadata=said)
    await phone.piece(begun.headers["location"], 0, content)
    assert [path.parent for path in left_in(tmp_path)] == [folder]
    [arrived] = door.arrived
    assert arrived.path.name.startswith("phone-")
    assert arrived.path.name.endswith("-001.jpg")


@pytest.mark.parametrize("length", ["", "0", "-1", "1e3", "0x10", "9" * 40, "²"])
async def test_a_length_that_is_none_is_refused(phone: Phone, length: str) -> None:
    url = f"{phone.url}photos"
    headers = {b"origin": phone.origin.encode(), b"upload-length": length.encode()}
    assert (await phone.client.post(url, headers=headers)).status_code == 400


async def test_a_photo_that_is_too_large_is_refused_before_it_is_sent(
    door: PhoneDoor, phone: Phone, folder: Path
) -> None:
    answer = await phone.begin(LIMITS.photo_bytes + 1)
    assert (answer.status_code, "larger than 2 MB" in answer.text) == (413, True)
    assert left_in(folder) == []
    assert (await phone.begin(LIMITS.photo_bytes)).status_code == 201


async def test_more_bytes_than_were_said_are_not_taken(door: PhoneDoor, phone: Phone, folder: Path) -> None:
    content = a_photo()
    where = (await phone.begin(1000)).headers["location"]
    assert (await phone.piece(where, 0, content)).status_code == 413
    assert sum(path.stat().st_size for path in left_in(folder)) <= 1000
    assert contents(door) == []


async def test_pieces_of_another_kind_are_not_taken(phone: Phone) -> None:
    where = (await phone.begin(1000)).headers["location"]
    answer = await phone.call("PATCH", where, b"\xff\xd8\xff", upload_offset="0", content_type="text/plain")
    assert answer.status_code == 415
    answer = await phone.call("PATCH", where, b"\xff\xd8\xff", content_type=PIECE)
    assert answer.status_code == 400
    assert await phone.offset(where) == 0


async def test_enough_photos_are_enough(door: PhoneDoor, phone: Phone) -> None:
    for _ in range(LIMITS.photos):
        assert (await phone.send(a_photo((64, 64)))).status_code == 204
    answer = await phone.send(a_photo((64, 64)))
    assert (answer.status_code, answer.text[:24]) == (403, "3 photos have arrived, w")
    assert len(door.arrived) == LIMITS.photos
    assert len({photo.path for photo in door.arrived}) == LIMITS.photos


async def test_what_is_begun_and_forgotten_makes_room_for_what_is_begun_anew(phone: Phone, folder: Path) -> None:
    places = [(await phone.begin(1000)).headers["location"] for _ in range(5)]
    assert len(left_in(folder)) == LIMITS.unfinished
    assert (await phone.call("HEAD", places[0])).status_code == 410
    assert (await phone.call("HEAD", places[-1])).status_code == 200
    assert (await phone.call("HEAD", "photos/99")).status_code == 404


async def test_two_doors_on_one_folder_do_not_meet(folder: Path) -> None:
    content = a_photo()
    for _ in range(2):
        async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door, AsyncClient() as client:
            phone = Phone(client, door.url)
            await phone.hello()
            await phone.send(content)
    assert [path.read_bytes() for path in left_in(folder)] == [content, content]


async def test_a_full_disk_is_told_to_both_sides_and_the_door_stays_open(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        async with (
            PhoneDoor(disk.folder / "incoming", WORDS, LIMITS, surroundings=NEARBY) as door,
            AsyncClient() as client,
        ):
            phone = Phone(client, door.url)
            await phone.hello()
            answer = await phone.send(b"\xff\xd8\xff" + os.urandom(1_500_000))
            assert (answer.status_code, "Make room on its disk" in answer.text) == (507, True)
            assert door.standing.trouble == answer.text
            content = a_photo((64, 64))
            assert (await phone.send(content)).status_code == 204
            assert contents(door) == [content]


async def test_how_much_has_come_is_told(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo()
    told = [door.standing.percent]
    where = (await phone.begin(len(content))).headers["location"]
    told.append(door.standing.percent)
    await phone.piece(where, 0, content[: len(content) // 2 + 1])
    told.append(door.standing.percent)
    await phone.piece(where, len(content) // 2 + 1, content[len(content) // 2 + 1 :])
    told.append(door.standing.percent)
    assert told == [None, 0, 50, None]


async def test_a_client_that_waits_for_leave_to_send_gets_it(door: PhoneDoor, phone: Phone) -> None:
    content = a_photo((64, 64))
    where = (await phone.begin(len(content))).headers["location"]
    reader, writer = await begin_piece(door, phone, where, content, "Expect: 100-continue\r\nConnection: close\r\n")
    async with asyncio.timeout(10):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(content)
        assert (await reader.read()).startswith(b"HTTP/1.1 204 ")
    writer.close()
    assert contents(door) == [content]


# The wire


async def begin_piece(
    door: PhoneDoor, phone: Phone, where: str, content: bytes, more: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send the head of a piece that has the whole content."""
    authority = door.url.split("/")[2]
    host, port = authority.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    cookie = "; ".join(f"{name}={value}" for name, value in phone.client.cookies.items())
    head = (
        f"PATCH {where} HTTP/1.1\r\nHost: {authority}\r\nOrigin: {phone.origin}\r\nCookie: {cookie}\r\n"
        f"Content-Type: {PIECE}\r\nUpload-Offset: 0\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    )
    writer.write(head.encode())
    await writer.drain()
    return reader, writer


async def cut(door: PhoneDoor, phone: Phone, where: str, content: bytes, after: int) -> None:
    """Send a part of a piece, then hang up without a farewell."""
    _, writer = await begin_piece(door, phone, where, content)
    writer.write(content[:after])
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def until_percent(door: PhoneDoor, percent: int) -> None:
    """Wait until so much is there."""
    async with asyncio.timeout(10):
        async for standing in door.changes():
            if standing.percent == percent:
                return
