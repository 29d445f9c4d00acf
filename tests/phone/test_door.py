"""Who is let in through an open door, who is not, and what is left of it when it has closed."""

import asyncio
import re
from pathlib import Path

import pytest
from httpx import AsyncClient, ConnectError

from crew.domain.errors import AwaitLink
from crew.phone import Limits, PhoneDoor, Surroundings, Way
from crew.phone.desk import CLOSED, OTHER_PHONE
from crew.phone.door import NO_NETWORK
from crew.wiring import open_device, phone_door
from tests.phone.conftest import LIMITS, NEARBY, WORDS
from tests.phone.phone import Phone, a_photo, left_in, raw

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script> $words \x1b]0;x\x07 \"&'"


def parts(door: PhoneDoor) -> tuple[str, str]:
    """The authority and the token of an address."""
    _, _, authority, token, _ = door.url.split("/")
    return authority, token


# The page


async def test_the_page_carries_what_the_photos_are_for_as_text_only(folder: Path) -> None:
    async with PhoneDoor(folder, HOSTILE, LIMITS, surroundings=NEARBY) as door, AsyncClient() as client:
        page = (await client.get(door.url)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $words ]0;x &quot;&amp;&#x27;" in page
    assert page.count("<script") == 1
    assert "\x1b" not in page


async def test_everything_on_the_page_comes_from_the_address_itself(stranger: Phone) -> None:
    page = await stranger.call("GET", "")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sorted(named) == ["page.css", "page.js"]
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        answer = await stranger.call("GET", name)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "http:" not in answer.text
        assert "https:" not in answer.text


@pytest.mark.parametrize("place", ["", "page.js", "open", "nothing", "/wrong/"])
async def test_every_answer_forbids_keeping_guessing_framing_and_telling(stranger: Phone, place: str) -> None:
    headers = (await stranger.call("GET", place)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in headers


async def test_an_address_without_its_last_slash_leads_to_the_page(stranger: Phone) -> None:
    _, token = parts_of(stranger)
    answer = await stranger.call("GET", f"/{token}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/{token}/")


def parts_of(phone: Phone) -> tuple[str, str]:
    _, _, authority, token, _ = phone.url.split("/")
    return authority, token


# Who is not let in


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/favicon.ico",
        "/{short}/",
        "/{token}x/",
        "/{token}/../",
        "/{token}/%2e%2e/%2e%2e/etc/passwd",
        "/{token}/page/index.html",
        "/{token}/page.js?x=1",
        "/{token}/photos/1",
        "//{token}/",
        "/x/{token}/",
        "http://{authority}/{token}/",
        "/{token}/photos/..%2f1",
        "*",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
async def test_nothing_else_is_there(door: PhoneDoor, phone: Phone, method: str, path: str) -> None:
    authority, token = parts(door)
    target = path.format(token=token, short=token[:-1], authority=authority)
    cookie = "; ".join(f"{name}={value}" for name, value in phone.client.cookies.items())
    head = f"{method} {target} HTTP/1.1\r\nHost: {authority}\r\nOrigin: http://{authority}\r\nCookie: {cookie}\r\n\r\n"
    answer = await raw(door, head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"\r\n\r\n"), "the body is empty"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "{authority}.evil.example"]
)
async def test_another_name_for_this_machine_leads_nowhere(door: PhoneDoor, host: str) -> None:
    authority, token = parts(door)
    name = host.format(authority=authority, port=authority.partition(":")[2])
    answer = await raw(door, f"GET /{token}/ HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("place", ["hello", "photos"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{authority}", ""])
async def test_another_page_cannot_send_in_the_phones_name(phone: Phone, place: str, origin: str) -> None:
    authority, _ = parts_of(phone)
    answer = await phone.call("POST", place, origin=origin.format(authority=authority), upload_length="10")
    assert answer.status_code == 403


async def test_a_piece_from_another_page_is_not_taken(phone: Phone) -> None:
    where = (await phone.begin(100)).headers["location"]
    answer = await phone.call("PATCH", where, b"\xff\xd8\xff", origin="http://evil.example", upload_offset="0")
    assert answer.status_code == 403
    assert await phone.offset(where) == 0


async def test_a_second_phone_with_the_same_address_is_refused_with_a_sentence(phone: Phone, stranger: Phone) -> None:
    page = await stranger.call("GET", "")
    assert page.status_code == 403
    assert OTHER_PHONE in page.text
    for method, place in (("POST", "hello"), ("POST", "photos"), ("GET", "open"), ("HEAD", "photos/1")):
        answer = await stranger.call(method, place, upload_length="10")
        assert answer.status_code == 403
        assert answer.text == ("" if method == "HEAD" else OTHER_PHONE)
    assert (await phone.call("GET", "")).status_code == 200, "the first one may come back"
    assert (await phone.hello()).status_code == 204


async def test_a_guessed_cookie_opens_nothing(phone: Phone, stranger: Phone) -> None:
    for cookie in ("crew_phone=", "crew_phone=x", "crew_phone", "crew_phone=ü"):
        answer = await stranger.client.get(f"{stranger.url}open", headers={b"cookie": cookie.encode()})
        assert answer.status_code == 403


async def test_a_scanner_that_looks_at_the_page_beforehand_takes_nothing_away(stranger: Phone, door: PhoneDoor) -> None:
    async with AsyncClient() as scanner:
        assert (await scanner.get(door.url)).status_code == 200
    assert not door.standing.phone_here
    assert (await stranger.hello()).status_code == 204
    assert door.standing.phone_here


async def test_nobody_is_the_phone_before_somebody_said_hello(stranger: Phone) -> None:
    stranger.client.cookies.set("crew_phone", "")
    assert (await stranger.begin(10)).status_code == 403


async def test_the_cookie_is_for_this_address_alone_and_no_script_reads_it(stranger: Phone) -> None:
    cookie = (await stranger.hello()).headers["set-cookie"]
    _, token = parts_of(stranger)
    assert f"Path=/{token}/;" in cookie
    assert cookie.endswith("HttpOnly; SameSite=Strict")
    assert token not in cookie.partition(";")[0]


async def test_no_two_doors_share_an_address(folder: Path) -> None:
    urls = []
    for _ in range(2):
        async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door:
            urls.append(door.url)
    assert parts_of_url(urls[0]) != parts_of_url(urls[1])
    assert min(len(parts_of_url(url)) for url in urls) >= 22, "128 bits"


def parts_of_url(url: str) -> str:
    return url.split("/")[3]


# Slow and hostile neighbours

HASTE = Limits(
    photo_bytes=2_000_000, head_seconds=0.2, piece_seconds=0.2, wait_seconds=0.1, connections=4, connections_of_one=9
)


async def test_whoever_is_slow_with_asking_is_cut_off(folder: Path) -> None:
    async with PhoneDoor(folder, WORDS, HASTE, surroundings=NEARBY) as door, asyncio.timeout(10):
        assert await raw(door, b"GET / HTTP/1.1\r\nHos") == b""
        assert await raw(door, b"") == b""


async def test_dripping_a_head_does_not_buy_time(folder: Path) -> None:
    async with PhoneDoor(folder, WORDS, HASTE, surroundings=NEARBY) as door, asyncio.timeout(10):
        host, port = parts(door)[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        over = asyncio.create_task(reader.read())
        sent = 0
        while not over.done():
            writer.write(b"X")
            sent += 1
            await asyncio.wait({over}, timeout=0.02)
        assert sent < 200
        writer.close()


async def test_a_head_without_end_is_cut_off(door: PhoneDoor) -> None:
    async with asyncio.timeout(10):
        assert await raw(door, b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000) == b""


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /\r\n\r\n", b"\r\n" * 5000])
async def test_what_is_no_http_is_not_answered(door: PhoneDoor, noise: bytes) -> None:
    async with asyncio.timeout(10):
        assert not (await raw(door, noise)).startswith(b"HTTP/1.1 2")


async def test_a_crowd_of_strangers_makes_room_for_the_phone(folder: Path) -> None:
    limits = Limits(photo_bytes=2_000_000, connections=4, connections_of_one=9)
    async with PhoneDoor(folder, WORDS, limits, surroundings=NEARBY) as door, AsyncClient() as client:
        host, port = parts(door)[0].split(":")
        crowd = [await asyncio.open_connection(host, int(port)) for _ in range(8)]
        phone = Phone(client, door.url)
        assert (await phone.hello()).status_code == 204
        assert (await phone.send(a_photo())).status_code == 204
        for _, writer in crowd:
            writer.close()


async def test_one_address_cannot_take_every_place(folder: Path) -> None:
    limits = Limits(photo_bytes=2_000_000, connections=30, connections_of_one=3)
    async with PhoneDoor(folder, WORDS, limits, surroundings=NEARBY) as door, asyncio.timeout(10):
        host, port = parts(door)[0].split(":")
        crowd = [await asyncio.open_connection(host, int(port)) for _ in range(4)]
        done, _ = await asyncio.wait(
            [asyncio.create_task(_end_of(reader)) for reader, _ in crowd], return_when=asyncio.FIRST_COMPLETED
        )
        assert len(done) == 1
        for _, writer in crowd:
            writer.close()


async def _end_of(reader: asyncio.StreamReader) -> None:
    try:
        await reader.read()
    except ConnectionResetError:
        return


# Closing


async def test_the_page_hears_at_once_that_the_screen_was_closed(folder: Path) -> None:
    async with AsyncClient() as client:
        async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door:
            phone = Phone(client, door.url)
            await phone.hello()
            waiting = asyncio.create_task(phone.call("GET", "open"))
            await asyncio.wait({waiting}, timeout=0.1)
            assert not waiting.done()
        answer = await waiting
    assert (answer.status_code, answer.text) == (410, CLOSED)


async def test_a_page_that_waits_long_is_told_to_ask_again(folder: Path) -> None:
    async with PhoneDoor(folder, WORDS, HASTE, surroundings=NEARBY) as door, AsyncClient() as client:
        phone = Phone(client, door.url)
        await phone.hello()
        assert (await phone.call("GET", "open")).status_code == 204


async def test_after_the_door_has_closed_nothing_listens(folder: Path) -> None:
    patient = Limits(photo_bytes=2_000_000, head_seconds=600)
    async with (
        asyncio.timeout(20),
        PhoneDoor(folder, WORDS, patient, surroundings=NEARBY) as door,
        AsyncClient() as client,
    ):
        await Phone(client, door.url).hello()
        host, port = parts(door)[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
    with pytest.raises(ConnectError):
        async with AsyncClient() as client:
            await client.get(door.url)
    async with asyncio.timeout(10):
        await _end_of(reader)
    writer.close()


async def test_a_photo_that_is_cut_by_the_closing_leaves_nothing(folder: Path) -> None:
    whole, half = a_photo(), a_photo()
    async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door, AsyncClient() as client:
        phone = Phone(client, door.url)
        await phone.hello()
        await phone.send(whole)
        where = (await phone.begin(len(half))).headers["location"]
        await phone.piece(where, 0, half[:1000])
        assert len(left_in(folder)) == 2
    [arrived] = door.arrived
    assert left_in(folder) == [arrived.path]
    assert arrived.path.read_bytes() == whole


async def test_changes_end_when_the_door_is_told_to(door: PhoneDoor, phone: Phone) -> None:
    seen = []

    async def listen() -> None:
        async for standing in door.changes():
            seen.append(standing)

    async with asyncio.timeout(10):
        listening = asyncio.create_task(listen())
        await phone.send(a_photo())
        while not (seen and seen[-1].arrived):
            await asyncio.wait({listening}, timeout=0.01)
        door.end()
        await listening
    assert seen[-1].percent is None
    assert len(seen[-1].arrived) == 1


# Networks


async def test_without_a_network_a_sentence_says_what_to_do(folder: Path) -> None:
    with pytest.raises(AwaitLink) as refused:
        async with PhoneDoor(folder, WORDS, LIMITS, surroundings=Surroundings(ways=lambda: ())):
            pass
    assert refused.value.sentence == NO_NETWORK


async def test_an_address_that_is_gone_is_a_sentence_too(folder: Path) -> None:
    gone = Surroundings(ways=lambda: (Way("203.0.113.77", "wlan0"),))
    with pytest.raises(AwaitLink, match=r"cannot be reached at 203\.0\.113\.77"):
        async with PhoneDoor(folder, WORDS, LIMITS, surroundings=gone):
            pass


async def test_each_way_has_its_turn(folder: Path) -> None:
    two = Surroundings(ways=lambda: (Way("127.0.0.1", "wlan0"), Way("127.0.0.2", "eth0")))
    found = []
    for way in range(3):
        async with PhoneDoor(folder, WORDS, LIMITS, way, two) as door:
            found.append((door.network, parts(door)[0].partition(":")[0], door.way_count))
    assert found == [("wlan0", "127.0.0.1", 2), ("eth0", "127.0.0.2", 2), ("wlan0", "127.0.0.1", 2)]


async def test_only_the_chosen_address_listens(folder: Path) -> None:
    async with PhoneDoor(folder, WORDS, LIMITS, surroundings=NEARBY) as door:
        port = parts(door)[0].partition(":")[2]
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.2", int(port))


async def test_the_settings_name_the_address_and_the_photos_land_beside_those_of_cameras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "crew.toml"
    settings.write_text('[photos]\nphone_address = "127.0.0.1"\n', encoding="utf-8")
    monkeypatch.setenv("CREW_CONFIG", str(settings))
    device = open_device(tmp_path / "device")
    async with phone_door(device, WORDS, 0) as door, AsyncClient() as client:
        assert parts(door)[0].startswith("127.0.0.1:")
        phone = Phone(client, door.url)
        await phone.hello()
        await phone.send(a_photo())
    [arrived] = door.arrived
    assert arrived.path.parent == device.field_work.photos.incoming
    device.store.close()
