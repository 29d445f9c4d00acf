"""A gpsd as a receiver: real TCP, recorded reports, servers that are none; the real program where it is installed."""

import asyncio
import shutil
import socket
from contextlib import aclosing

import pytest

from crew.domain.position import Position
from crew.position.gpsd import Gpsd
from crew.position.receiver import NoPosition, Quiet, follow
from tests.position.receivers import (
    CENTRE_STREET,
    DEVICES,
    GGA,
    NOW,
    RMC,
    SKY,
    TPV,
    TPV_NO_FIX,
    VERSION,
    Port,
    first,
    gpsd_that_says,
    now,
)

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_a_report_becomes_a_place() -> None:
    async with gpsd_that_says(DEVICES, SKY, TPV) as port:
        [heard] = await first(Gpsd(now, port=port))
    assert isinstance(heard, Position)
    assert (heard.point, heard.taken_at, heard.accuracy_metres, heard.named) == (CENTRE_STREET, NOW, 8.74, "gpsd")


async def test_an_older_gpsd_tells_its_error_in_two_directions() -> None:
    older = b'{"class":"TPV","mode":2,"lat":42.3151,"lon":-71.1139,"epx":3.0,"epy":4.0}\n'
    async with gpsd_that_says(older) as port:
        [heard] = await first(Gpsd(now, port=port))
    assert isinstance(heard, Position)
    assert heard.accuracy_metres == 5


async def test_without_a_fix_it_says_what_to_do() -> None:
    async with gpsd_that_says(DEVICES, TPV_NO_FIX) as port:
        [heard] = await first(Gpsd(now, port=port))
    assert heard == Quiet("gpsd does not know the place yet: the receiver must see the sky.")


@pytest.mark.parametrize("place", [b'"lat":0.0,"lon":0.0', b'"lat":91.5,"lon":3.0', b'"lat":42.0'])
async def test_places_that_cannot_be_are_said_to_be_none(place: bytes) -> None:
    async with gpsd_that_says(b'{"class":"TPV","mode":3,' + place + b"}\n") as port:
        [heard] = await first(Gpsd(now, port=port))
    assert isinstance(heard, Quiet)
    assert "places that cannot be" in heard.words


async def test_lines_that_are_none_are_passed_over() -> None:
    garbage = (b'{"class":"TPV","mode":3,"lat":NaN,"lon":NaN}\n', b"\xff\xfe\n", b"[]\n", b"{}\n", b"\n")
    words = b'{"class":"TPV","mode":"three","lat":"42","lon":"-71"}\n'
    async with gpsd_that_says(*garbage, words, TPV[:40] + b"\n", TPV) as port:
        [heard] = await first(Gpsd(now, port=port))
    assert isinstance(heard, Position)


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b'{"class":"TPV"}\n']
)
async def test_what_is_no_gpsd_is_said_to_be_none(greeting: bytes) -> None:
    async with gpsd_that_says(greeting=greeting) as port:
        with pytest.raises(NoPosition, match="is no gpsd"):
            await first(Gpsd(now, port=port))


async def test_a_line_without_end_is_bounded() -> None:
    async with gpsd_that_says(b"x" * 200_000) as port:
        with pytest.raises(NoPosition, match="lines without end"):
            await first(Gpsd(now, port=port))


async def test_silence_is_said_after_a_while_and_listening_goes_on() -> None:
    async with gpsd_that_says(DEVICES) as port:
        heard = await first(Gpsd(now, port=port, silence_seconds=0.05), 2)
    assert all(isinstance(one, Quiet) and "no receiver is plugged in" in one.words for one in heard)


async def test_somebody_silent_is_no_gpsd() -> None:
    async with gpsd_that_says(greeting=b"") as port:
        with pytest.raises(NoPosition, match="is no gpsd"):
            await first(Gpsd(now, port=port, silence_seconds=0.05))


async def test_nobody_there_is_said_with_what_to_do() -> None:
    with pytest.raises(NoPosition, match=r"No gpsd answers on 127\.0\.0\.1.*Start it"):
        await first(Gpsd(now, port=free_port()))


async def test_it_is_found_again_after_it_went_away() -> None:
    number, places, lost = free_port(), asyncio.Event(), asyncio.Event()

    async def tell(one: object) -> None:
        (places if isinstance(one, Position) else lost).set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(VERSION + TPV)
        await writer.drain()
        writer.close()

    following = asyncio.create_task(follow(Gpsd(now, port=number), tell, first_pause_seconds=0.01))
    try:
        async with asyncio.timeout(20):
            await lost.wait()
            server = await asyncio.start_server(serve, "127.0.0.1", number)
            for _ in range(2):
                places.clear()
                await places.wait()
    finally:
        following.cancel()
        server.close()


async def test_leaving_ends_the_connection() -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(VERSION + TPV)
        while await reader.readline():
            pass
        gone.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with aclosing(Gpsd(now, port=server.sockets[0].getsockname()[1]).listen()) as said:
        await anext(said)
    async with asyncio.timeout(20):
        await gone.wait()
    server.close()


async def test_the_real_gpsd_tells_what_its_receiver_says(port: Port) -> None:
    program = shutil.which("gpsd")
    if program is None:
        pytest.skip("gpsd is not installed: apt-get install gpsd")
    number = free_port()
    port.say(RMC, GGA)
    gpsd = await asyncio.create_subprocess_exec(program, "-N", "-n", "-b", "-S", str(number), port.name)
    heard, known = list[object](), asyncio.Event()

    async def tell(one: object) -> None:
        heard.append(one)
        if isinstance(one, Position):
            known.set()

    following = asyncio.create_task(follow(Gpsd(now, port=number), tell, first_pause_seconds=0.05))
    try:
        async with asyncio.timeout(30):
            await known.wait()
    finally:
        following.cancel()
        gpsd.terminate()
        await gpsd.wait()
    [place, *_] = [one for one in heard if isinstance(one, Position)]
    assert place.point == pytest.approx(CENTRE_STREET, abs=1e-5)
