"""A thin, long and lossy link of whole IP packets between two network namespaces, made of nothing but user space.

Linux only. Needs /dev/net/tun, the programs `unshare` and `ip`, and a kernel that lets a user have namespaces; no root.
A program that runs under `IN_A_NAMESPACE` is the near side; `far_side` is the other for as long as its block runs.
"""

import ctypes
import fcntl
import heapq
import itertools
import os
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

NEAR, FAR = "10.99.0.2", "10.99.0.1"
IN_A_NAMESPACE: Final = ("unshare", "--user", "--map-root-user", "--net")
_NEW_NETWORK = 0x40000000
_SET_TUN = 0x400454CA
_TUN_WITHOUT_HEADER = 0x1001
_LARGEST_PACKET = 1_400
_LOOK_SECONDS = 0.5
_LIBC = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """Why there can be no such link here; empty where there can."""
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    try:
        subprocess.run(
            [*IN_A_NAMESPACE, "ip", "tuntap", "add", "dev", "cell", "mode", "tun"], check=True, capture_output=True
        )
    except FileNotFoundError as error:
        return f"there is no program {error.filename}: install iproute2 and util-linux"
    except subprocess.CalledProcessError as error:
        return f"namespaces are not allowed ({error.stderr.decode().strip()})"
    return ""


@dataclass
class ThinLink:
    """What becomes of every packet, in both directions alike.

    Attributes:
        bytes_per_second: The rate.
        delay_seconds: The way, one way.
        loss: The part of the packets that is lost, from 0 to 1.
        queue_seconds: How long a packet waits for the rate before it is dropped.
        chance: Decides which are lost.
    """

    bytes_per_second: float
    delay_seconds: float
    loss: float
    queue_seconds: float
    chance: Random
    _near: int = field(init=False)
    _far: int = field(init=False)
    _near_network: int = field(init=False)
    _far_network: int = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def laid(self) -> Iterator[None]:
        """Lay the link and carry packets while the block runs, on the near side."""
        self._near_network = _this_network()
        self._near = _end_of_link(NEAR, FAR)
        if _LIBC.unshare(_NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "no second network namespace")
        self._far_network = _this_network()
        self._far = _end_of_link(FAR, NEAR)
        _enter(self._near_network)
        carrier = threading.Thread(target=self._carry, daemon=True)
        carrier.start()
        try:
            yield
        finally:
            self._over.set()
            carrier.join()
            for descriptor in (self._near, self._far, self._near_network, self._far_network):
                os.close(descriptor)

    @contextmanager
    def far_side(self) -> Iterator[None]:
        """Be on the far side: what this thread starts and opens in the block belongs there."""
        _enter(self._far_network)
        try:
            yield
        finally:
            _enter(self._near_network)

    def _carry(self) -> None:
        others = {self._near: self._far, self._far: self._near}
        free_at = dict.fromkeys(others, 0.0)
        under_way: list[tuple[float, int, int, bytes]] = []
        numbers = itertools.count()
        while not self._over.is_set():
            patience = under_way[0][0] - time.monotonic() if under_way else _LOOK_SECONDS
            for end in select.select(list(others), [], [], max(0.0, min(patience, _LOOK_SECONDS)))[0]:
                packet, now = os.read(end, 65_536), time.monotonic()
                starts = max(now, free_at[end])
                if self.chance.random() < self.loss or starts - now > self.queue_seconds:
                    continue
                free_at[end] = starts + len(packet) / self.bytes_per_second
                heapq.heappush(under_way, (free_at[end] + self.delay_seconds, next(numbers), others[end], packet))
            while under_way and under_way[0][0] <= time.monotonic():
                _, _, end, packet = heapq.heappop(under_way)
                os.write(end, packet)


def _this_network() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


def _enter(network: int) -> None:
    if _LIBC.setns(network, _NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "this network namespace cannot be entered")


def _end_of_link(address: str, other: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(end, _SET_TUN, struct.pack("16sH22x", b"cell", _TUN_WITHOUT_HEADER))
    for words in (f"address add {address} peer {other} dev cell", f"link set cell mtu {_LARGEST_PACKET} up"):
        subprocess.run(["ip", *words.split()], check=True)
    return end
