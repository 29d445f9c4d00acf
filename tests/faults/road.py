"""A bad road of real packets: two network namespaces, a TUN device in each, and a program that carries between them.

The kernel's own TCP runs over it, with its retransmissions and time-outs. The program carries every packet as a thin
mobile link does: one after the other, late, through a queue that runs over, some of them never, none in an outage. It
touches no device and no namespace of anybody else, and leaves nothing behind when it ends.
"""

import ctypes
import fcntl
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Final

import pytest

HALL: Final = "10.99.0.1"
TRUCK: Final = "10.99.0.2"

_STDIN: Final = 0
_DEVICE: Final = "/dev/net/tun"
_SECONDS: Final = 20
_MTU: Final = 1400
_NEW_NETWORK: Final = 0x40000000
_MAKE_TUN, _BARE_PACKETS = 0x400454CA, 0x1001
_GET_FLAGS, _SET_FLAGS, _SET_ADDRESS, _SET_PEER, _SET_MTU = 0x8913, 0x8914, 0x8916, 0x8918, 0x8922
_UP: Final = 1


@dataclass(frozen=True)
class Link:
    """How bad the road is, in both directions alike.

    Attributes:
        bits_per_second: What it carries.
        delay_seconds: How long a packet is under way, one way, after it was sent.
        loss: Which part of the packets never arrives.
        queue_seconds: How long a packet may wait for those before it; what would wait longer is dropped.
        light_seconds: How long there is a signal, again and again.
        dark_seconds: How long there is none afterwards.
        seed: Which packets are lost, by their number.
    """

    bits_per_second: int
    delay_seconds: float = 0.0
    loss: float = 0.0
    queue_seconds: float = 2.0
    light_seconds: float = 1.0
    dark_seconds: float = 0.0
    seed: int = 1


@dataclass
class Counted:
    """What became of the packets in one direction."""

    arrived: int = 0
    lost: int = 0
    dropped: int = 0
    darkened: int = 0
    byte_count: int = 0


class Lane:
    """One direction of the road. Knows packets and times, no devices and no clock."""

    def __init__(self, link: Link) -> None:
        self.counted: Final = Counted()
        self._link: Final = link
        self._chance: Final = Random(link.seed)
        self._free_at = 0.0
        self._under_way: Final[deque[tuple[float, bytes]]] = deque()

    def takes(self, packet: bytes, now: float) -> None:
        """A packet sets out; times are seconds since the road was opened."""
        link, counted = self._link, self.counted
        is_lost = self._chance.random() < link.loss
        begins_at = max(now, self._free_at)
        if now % (link.light_seconds + link.dark_seconds) >= link.light_seconds:
            counted.darkened += 1
        elif is_lost:
            counted.lost += 1
        elif begins_at - now > link.queue_seconds:
            counted.dropped += 1
        else:
            self._free_at = begins_at + len(packet) * 8 / link.bits_per_second
            self._under_way.append((self._free_at + link.delay_seconds, packet))

    def brings(self, now: float) -> Iterator[bytes]:
        """The packets that have arrived."""
        while self._under_way and self._under_way[0][0] <= now:
            _, packet = self._under_way.popleft()
            self.counted.arrived += 1
            self.counted.byte_count += len(packet)
            yield packet

    @property
    def next_at(self) -> float | None:
        """When the next packet arrives."""
        return self._under_way[0][0] if self._under_way else None


@dataclass
class Road:
    """An open road: put `hall` or `truck` before a program's words, and it runs at that end."""

    hall: tuple[str, ...]
    truck: tuple[str, ...]
    up: Counted = field(default_factory=Counted)
    down: Counted = field(default_factory=Counted)
    """What the road has carried from the truck and to it: known when it is closed."""


@contextmanager
def road(link: Link) -> Iterator[Road]:
    """Open a road while the block runs; skips, with what to do, where this person may make none."""
    _require_namespaces()
    carrier = subprocess.Popen(
        ["unshare", "-Urn", sys.executable, "-m", "tests.faults.road", json.dumps(asdict(link))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert carrier.stdout is not None
        if not (line := carrier.stdout.readline()):
            raise AssertionError(f"the road did not open: {carrier.communicate(timeout=_SECONDS)[1]}")
        into = ("nsenter", "--preserve-credentials", f"--user=/proc/{carrier.pid}/ns/user")
        hall, truck = (f"--net=/proc/{carrier.pid}/fd/{number}" for number in json.loads(line))
        opened = Road((*into, hall), (*into, truck))
        yield opened
    finally:
        told, err = carrier.communicate(timeout=_SECONDS)
    assert carrier.returncode == 0, err
    opened.up, opened.down = (Counted(**counted) for counted in json.loads(told))


def _require_namespaces() -> None:
    for program in ("unshare", "nsenter"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed, so no bad road is made: apt-get install util-linux")
    tried = subprocess.run(["unshare", "-Urn", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no network of one's own can be made here ({tried.stderr.strip()}): run this as root")
    if not os.access(_DEVICE, os.R_OK | os.W_OK):
        pytest.skip(f"{_DEVICE} cannot be opened, so no bad road is made: modprobe tun, in Docker --device {_DEVICE}")


def _main(link: Link) -> None:
    truck = os.open("/proc/self/ns/net", os.O_RDONLY)
    near = _tun(TRUCK, HALL)
    _leave_network()
    hall = os.open("/proc/self/ns/net", os.O_RDONLY)
    far = _tun(HALL, TRUCK)
    _tell([hall, truck])
    up, down = Lane(link), Lane(link)
    _carry({near: (up, far), far: (down, near)})
    _tell([asdict(up.counted), asdict(down.counted)])


def _carry(lanes: dict[int, tuple[Lane, int]]) -> None:
    """Carry until stdin is closed."""
    opened_at = time.monotonic()
    while True:
        arrivals = [lane.next_at for lane, _ in lanes.values() if lane.next_at is not None]
        patience = max(0.0, opened_at + min(arrivals) - time.monotonic()) if arrivals else None
        ready, _, _ = select.select([_STDIN, *lanes], [], [], patience)
        now = time.monotonic() - opened_at
        if _STDIN in ready:
            return
        for device in ready:
            lanes[device][0].takes(os.read(device, 65_536), now)
        for lane, beyond in lanes.values():
            for packet in lane.brings(now):
                os.write(beyond, packet)


def _leave_network() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "a second network cannot be made")


def _tun(own: str, peer: str) -> int:
    """Make a device in this process's network, with its address and the one at the other end."""
    name = b"road0"
    device = os.open(_DEVICE, os.O_RDWR)
    fcntl.ioctl(device, _MAKE_TUN, struct.pack("16sH22x", name, _BARE_PACKETS))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for request, address in ((_SET_ADDRESS, own), (_SET_PEER, peer)):
            packed = struct.pack("16sHH4s16x", name, socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(asked, request, packed)
        fcntl.ioctl(asked, _SET_MTU, struct.pack("16si20x", name, _MTU))
        flags = struct.unpack("16xH22x", fcntl.ioctl(asked, _GET_FLAGS, struct.pack("16s24x", name)))[0]
        fcntl.ioctl(asked, _SET_FLAGS, struct.pack("16sH22x", name, flags | _UP))
    return device


def _tell(words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(Link(**json.loads(sys.argv[1])))
