"""A receiver on a serial port, played by a pseudo-terminal: real sentences, silence, garbage, a plug that is pulled."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.position import Position
from crew.position.nmea import NmeaReader
from crew.position.receiver import NoPosition, Quiet
from crew.position.serial_port import SerialReceiver
from tests.position.receivers import (
    CENTRE_STREET,
    GGA,
    NO_FIX,
    NOW,
    NULL_ISLAND,
    RMC,
    SATELLITES,
    Port,
    first,
    now,
    sentence,
)

pytestmark = pytest.mark.anyio

FIELDS = ["", "1", "nan", "inf", "-1", "4218.906", "N", "W", "99999.9", "x", "1e999", "\xff", "12.3.4", "0", "A", "V"]


def pieces(content: bytes, sizes: list[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield content[at : at + size]
        at += size
    yield content[at:]


# Sentences


@given(sizes=st.lists(st.integers(0, 30), max_size=12))
def test_a_sentence_is_read_however_it_is_cut(sizes: list[int]) -> None:
    reader = NmeaReader("port")
    heard = [one for piece in pieces(SATELLITES + GGA, sizes) for one in reader.read(piece, NOW)]
    assert [one.point for one in heard if isinstance(one, Position)] == [CENTRE_STREET]
    assert reader.sentence_count == 2


def test_accuracy_comes_from_the_dilution() -> None:
    [heard] = NmeaReader("port").read(GGA, NOW)
    assert isinstance(heard, Position)
    assert heard.accuracy_metres == pytest.approx(4.5)


def test_a_receiver_that_sends_both_is_heard_once() -> None:
    reader = NmeaReader("port")
    assert len(reader.read(GGA + RMC + GGA + RMC, NOW)) == 2
    assert len(NmeaReader("port").read(RMC + RMC, NOW)) == 2


@given(flipped=st.integers(1, len(GGA) - 6), bit=st.integers(0, 6))
def test_a_flipped_bit_is_never_a_place(flipped: int, bit: int) -> None:
    content = bytearray(GGA)
    content[flipped] ^= 1 << bit
    assert not NmeaReader("port").read(bytes(content), NOW)


@given(content=st.binary(max_size=2000))
def test_bytes_that_are_no_sentence_are_never_a_place(content: bytes) -> None:
    reader = NmeaReader("port")
    assert not [one for one in reader.read(content, NOW) if isinstance(one, Position)]


@given(kind=st.sampled_from(["GPGGA", "GNRMC"]), fields=st.lists(st.sampled_from(FIELDS), max_size=18))
def test_a_receiver_that_lies_with_a_right_checksum_does_no_harm(kind: str, fields: list[str]) -> None:
    body = ",".join([kind, *fields])
    checked = sentence(body) if body.isascii() else sentence("GPGGA")
    for heard in NmeaReader("port").read(checked, NOW):
        assert isinstance(heard, Position | Quiet)


def test_a_line_without_end_is_not_gathered() -> None:
    reader = NmeaReader("port")
    for _ in range(100):
        reader.read(b"$" + b"x" * 10_000, NOW)
    assert len(vars(reader)["_rest"]) <= 200
    assert reader.read(b"\n" + GGA, NOW)


def test_no_fix_and_0_0_are_said() -> None:
    assert {one.words for one in NmeaReader("port").read(NO_FIX, NOW) if isinstance(one, Quiet)} == {
        "port does not know the place yet: the receiver must see the sky."
    }
    [lying] = NmeaReader("port").read(NULL_ISLAND, NOW)
    assert isinstance(lying, Quiet)
    assert "places that cannot be" in lying.words


# The port


async def test_a_real_port_tells_the_place(port: Port) -> None:
    port.say(SATELLITES, GGA)
    [heard] = await first(SerialReceiver(now, port.name))
    assert isinstance(heard, Position)
    assert (heard.point, heard.named, heard.taken_at) == (CENTRE_STREET, port.name, NOW)


async def test_garbage_at_every_speed_names_the_speeds(port: Port) -> None:
    port.say(random.Random(4).randbytes(200))
    with pytest.raises(NoPosition, match="is no NMEA at 9600 or 4800 or 38400 or 115200 baud"):
        await first(SerialReceiver(now, port.name, trial_seconds=0.25))


async def test_what_comes_right_at_a_later_speed_is_found(port: Port) -> None:
    port.say(random.Random(4).randbytes(200), b"\n")
    async with aclosing(SerialReceiver(now, port.name, trial_seconds=0.5).listen()) as said:
        asyncio.get_running_loop().call_later(0.8, port.say, GGA)
        async with asyncio.timeout(20):
            assert isinstance(await anext(said), Position)


async def test_a_silent_port_is_said_to_be_silent(port: Port) -> None:
    with pytest.raises(NoPosition, match="is silent"):
        await first(SerialReceiver(now, port.name, 4800, trial_seconds=0.25))


async def test_a_receiver_that_falls_silent_is_said_to(port: Port) -> None:
    port.say(GGA)
    async with aclosing(SerialReceiver(now, port.name, 4800, trial_seconds=0.5).listen()) as said:
        assert isinstance(await anext(said), Position)
        port.say()
        async with asyncio.timeout(20):
            while isinstance(heard := await anext(said), Position):
                pass
    assert heard == Quiet(f"{port.name} has fallen silent. Look at the receiver and its plug.")


async def test_a_plug_that_is_pulled_is_said(port: Port) -> None:
    port.say(GGA)
    async with aclosing(SerialReceiver(now, port.name).listen()) as said:
        assert isinstance(await anext(said), Position)
        port.unplug()
        with pytest.raises(NoPosition, match="was unplugged"):
            while isinstance(await anext(said), Position):
                pass


async def test_a_port_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoPosition, match=r"There is no .*ttyACM7\. Plug the receiver in"):
        await first(SerialReceiver(now, str(tmp_path / "ttyACM7")))


async def test_two_programs_do_not_share_a_port(port: Port) -> None:
    port.say(GGA)
    async with aclosing(SerialReceiver(now, port.name).listen()) as said:
        await anext(said)
        with pytest.raises(NoPosition, match="is used by another program"):
            await first(SerialReceiver(now, port.name))
    [heard] = await first(SerialReceiver(now, port.name))
    assert isinstance(heard, Position), "it is free again"


async def test_a_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(GGA)
    with pytest.raises(NoPosition, match="cannot be read as a serial port"):
        await first(SerialReceiver(now, str(tmp_path / "notes.txt")))
