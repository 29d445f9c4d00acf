"""Photos that come in pieces: a cut costs what was on its way, and never makes another photo of it."""

import base64
import hashlib
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from crew import wire
from crew.backend.admin import add_person
from crew.backend.asgi import build_backend
from crew.backend.city import City
from crew.backend.people import sign_in
from crew.backend.schema import photos
from crew.backend.serve import EmbeddedBackend
from crew.backend.upload_files import KEPT_FOR, MOST_OF_A_DEVICE, UploadFiles
from crew.domain.person import Role
from tests.backend.crews import LIGHTS, ROADS, Device, Enrolment, jpeg, report
from tests.waits import eventually

pytestmark = pytest.mark.anyio

PHOTO = jpeg("teal", (320, 240))
NAME = hashlib.sha256(PHOTO).hexdigest()
HALF = len(PHOTO) // 2


@pytest.fixture
async def truck(city: City, enrol: Enrolment) -> Device:
    report(city)
    report(city, LIGHTS)
    return await enrol(crew=ROADS)


def offset_of(response: httpx.Response, status: int) -> int:
    assert response.status_code == status, response.text
    assert response.headers[wire.UPLOAD_ECHO_HEADER] == NAME
    return int(response.headers["Upload-Offset"])


def kept(city: City) -> int:
    with city.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(photos)) or 0


def unfinished(city: City) -> list[Path]:
    return list((city.data_dir / "uploads").glob("*"))


async def test_a_photo_comes_in_pieces(city: City, truck: Device) -> None:
    begun = await truck.begin_upload(NAME, len(PHOTO))
    assert (offset_of(begun, 201), begun.headers["Location"]) == (0, f"/crew/v1/uploads/{NAME}")
    assert offset_of(await truck.send_piece(NAME, 0, PHOTO[:HALF]), 204) == HALF
    standing = await truck.upload_standing(NAME)
    assert (offset_of(standing, 200), standing.headers["Upload-Length"]) == (HALF, str(len(PHOTO)))
    assert standing.headers["Cache-Control"] == "no-store"
    assert kept(city) == 0
    assert offset_of(await truck.send_piece(NAME, HALF, PHOTO[HALF:]), 204) == len(PHOTO)
    assert (await truck.get(f"photos/{NAME}")).content == PHOTO
    assert (kept(city), unfinished(city)) == (1, [])


async def test_a_small_photo_needs_one_exchange_and_one_that_is_there_needs_no_bytes(
    city: City, truck: Device, enrol: Enrolment
) -> None:
    assert offset_of(await truck.send_photo(PHOTO), 201) == len(PHOTO)
    other = await enrol(crew=LIGHTS)
    assert offset_of(await other.begin_upload(NAME, len(PHOTO)), 201) == len(PHOTO)
    assert kept(city) == 1


async def test_a_piece_at_another_place_changes_nothing_and_is_told_the_right_one(truck: Device) -> None:
    await truck.begin_upload(NAME, len(PHOTO), PHOTO[:HALF])
    for wrong in (0, HALF - 1, HALF + 1, len(PHOTO)):
        assert offset_of(await truck.send_piece(NAME, wrong, b"x"), 409) == HALF
    assert offset_of(await truck.send_piece(NAME, HALF, PHOTO[HALF:]), 204) == len(PHOTO)


async def test_an_upload_is_found_again_and_its_beginning_is_not_taken_twice(truck: Device) -> None:
    await truck.begin_upload(NAME, len(PHOTO), PHOTO[:HALF])
    assert offset_of(await truck.begin_upload(NAME, len(PHOTO), PHOTO[:HALF]), 201) == HALF


async def test_a_damaged_piece_leaves_nothing_and_a_damaged_photo_begins_anew(city: City, truck: Device) -> None:
    await truck.begin_upload(NAME, len(PHOTO))
    checksum = f"sha256 {base64.b64encode(hashlib.sha256(PHOTO[:HALF]).digest()).decode()}"
    assert (await truck.send_piece(NAME, 0, b"x" * HALF, Upload_Checksum=checksum)).status_code == 460
    assert offset_of(await truck.upload_standing(NAME), 200) == 0
    assert offset_of(await truck.send_piece(NAME, 0, PHOTO[:HALF], Upload_Checksum=checksum), 204) == HALF
    assert (await truck.send_piece(NAME, HALF, b"x" * (len(PHOTO) - HALF))).status_code == 460
    assert (await truck.upload_standing(NAME)).status_code == 404
    assert (kept(city), unfinished(city)) == (0, [])
    assert offset_of(await truck.send_photo(PHOTO), 201) == len(PHOTO)


async def test_more_bytes_than_announced_are_refused(city: City, truck: Device) -> None:
    await truck.begin_upload(NAME, HALF)
    assert (await truck.send_piece(NAME, 0, PHOTO)).status_code == 413
    assert kept(city) == 0


async def test_devices_do_not_see_each_others_uploads(truck: Device, enrol: Enrolment) -> None:
    await truck.begin_upload(NAME, len(PHOTO), PHOTO[:HALF])
    other = await enrol(crew=LIGHTS)
    assert (await other.upload_standing(NAME)).status_code == 404
    assert (await other.send_piece(NAME, HALF, PHOTO[HALF:])).status_code == 404
    assert offset_of(await other.send_photo(PHOTO), 201) == len(PHOTO)
    assert offset_of(await truck.begin_upload(NAME, len(PHOTO)), 201) == len(PHOTO)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload_Length": "-1"}, 400),
        ({"Upload_Length": "9" * 40}, 400),
        ({"Upload_Length": "999999999"}, 413),
        ({"Upload_Length": "0"}, 422),
        ({"Upload_Metadata": "sha256 !!!"}, 400),
        ({"Upload_Metadata": f"sha256 {base64.b64encode(b'../../../etc/passwd').decode()}"}, 400),
        ({"Upload_Metadata": "filename aGk="}, 400),
        ({"Upload_Metadata": ""}, 400),
        ({"Tus_Resumable": "0.2.2"}, 412),
    ],
)
async def test_headers_that_cannot_be_are_refused(
    city: City, truck: Device, headers: dict[str, str], status: int
) -> None:
    assert (await truck.begin_upload(NAME, len(PHOTO), None, **headers)).status_code == status
    assert unfinished(city) == []


@pytest.mark.parametrize(
    "headers", [{"Upload_Offset": "x"}, {"Upload_Checksum": "md5 aGk="}, {"Upload_Checksum": "sha256 ?"}]
)
async def test_pieces_with_broken_headers_are_refused(truck: Device, headers: dict[str, str]) -> None:
    await truck.begin_upload(NAME, len(PHOTO))
    assert (await truck.send_piece(NAME, 0, PHOTO, **headers)).status_code == 400
    assert offset_of(await truck.upload_standing(NAME), 200) == 0


async def test_what_nobody_goes_on_with_is_forgotten_after_a_month(city: City, truck: Device) -> None:
    await truck.begin_upload(NAME, len(PHOTO), PHOTO[:HALF])
    [path] = unfinished(city)
    for age, left in ((KEPT_FOR - timedelta(hours=1), [path]), (KEPT_FOR + timedelta(hours=1), [])):
        os.utime(path, times=((city.clock() - age).timestamp(),) * 2)
        build_backend(city)
        assert unfinished(city) == left


def test_a_device_that_begins_without_end_makes_room_itself(tmp_path: Path) -> None:
    files = UploadFiles(tmp_path)
    for number in range(MOST_OF_A_DEVICE + 5):
        files.begin("truck", f"{number:064x}", 10)
    files.begin("other", "f" * 64, 10)
    assert len(list(tmp_path.iterdir())) == MOST_OF_A_DEVICE + 1
    assert files.find("truck", f"{MOST_OF_A_DEVICE + 4:064x}")


@pytest.fixture
def address(city: City) -> Iterator[tuple[str, int]]:
    with EmbeddedBackend(city) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        yield host, int(port)


@pytest.fixture
def token(city: City) -> str:
    code = add_person(city, "Ana", Role.CREW, report_crew(city))
    with city.database.writing() as connection:
        return sign_in(connection, city.catalogue, wire.SignIn(code, "tablet"), city.clock()).token


def report_crew(city: City) -> str:
    report(city)
    return ROADS


def begun_piece(address: tuple[str, int], token: str, offset: int, sent: bytes) -> socket.socket:
    """A connection on which the beginning of a piece has gone, and no end of it."""
    connection = socket.create_connection(address, timeout=20)
    head = (
        f"PATCH /crew/v1/uploads/{NAME} HTTP/1.1\r\nHost: city\r\nAuthorization: Bearer {token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nContent-Type: {wire.PIECE_MEDIA_TYPE}\r\nUpload-Offset: {offset}\r\n"
        f"Content-Length: {len(PHOTO) - offset}\r\n\r\n"
    )
    connection.sendall(head.encode() + sent)
    return connection


def begin(wire_client: httpx.Client) -> None:
    metadata = f"sha256 {base64.b64encode(NAME.encode()).decode()}"
    response = wire_client.post("/uploads", headers={"Upload-Length": str(len(PHOTO)), "Upload-Metadata": metadata})
    assert offset_of(response, 201) == 0


@pytest.fixture
def wire_client(address: tuple[str, int], token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}/crew/v1", headers=headers) as opened:
        begin(opened)
        yield opened


def test_what_arrived_of_a_piece_that_was_cut_is_kept(
    city: City, address: tuple[str, int], token: str, wire_client: httpx.Client
) -> None:
    with begun_piece(address, token, 0, PHOTO[:HALF]):
        eventually(lambda: unfinished(city)[0].stat().st_size == HALF)
    assert offset_of(wire_client.head(f"/uploads/{NAME}"), 200) == HALF


def test_a_connection_that_hangs_gives_way_to_a_new_one_at_once(
    city: City, address: tuple[str, int], token: str, wire_client: httpx.Client
) -> None:
    with begun_piece(address, token, 0, PHOTO[:HALF]) as hanging:
        eventually(lambda: unfinished(city)[0].stat().st_size == HALF)
        assert offset_of(wire_client.head(f"/uploads/{NAME}"), 200) == HALF
        headers = {"Content-Type": wire.PIECE_MEDIA_TYPE, "Upload-Offset": str(HALF)}
        assert offset_of(wire_client.patch(f"/uploads/{NAME}", content=PHOTO[HALF:], headers=headers), 204) == len(
            PHOTO
        )
        assert b"409" in hanging.recv(4096).partition(b"\r\n")[0]
    assert kept(city) == 1


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example has a photo of its own
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["begin", "begin with", "piece", "wrong place", "other bytes", "ask"]), st.integers(1, 900)
        ),
        max_size=12,
    )
)
async def test_no_order_of_pieces_makes_another_photo(city: City, truck: Device, steps: list[tuple[str, int]]) -> None:
    content = jpeg("navy", (200 + kept(city), 150))
    name = hashlib.sha256(content).hexdigest()
    for act, size in steps:
        standing = await truck.upload_standing(name)
        at = int(standing.headers.get("Upload-Offset", "0"))
        match act:
            case "begin":
                await truck.begin_upload(name, len(content))
            case "begin with":
                await truck.begin_upload(name, len(content), content[:size])
            case "piece":
                await truck.send_piece(name, at, content[at : at + size])
            case "wrong place":
                await truck.send_piece(name, at + size, content[at : at + size])
            case "other bytes":
                await truck.send_piece(name, at, bytes(size))
    for _ in range(3):
        at = int((await truck.begin_upload(name, len(content))).headers["Upload-Offset"])
        await truck.send_piece(name, at, content[at:])
    assert (await truck.get(f"photos/{name}")).content == content
    assert unfinished(city) == []
