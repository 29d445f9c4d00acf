"""Kills a running program at its Nth system call, or lets that call fail: the real kernel, the real program.

strace counts calls from the moment it takes hold, and for each thread by itself. So a program that waits until it is
held (stage.py) is counted from its first act on, not from the interpreter's start.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.waits import eventually

KILL: Final = "signal=SIGKILL"
BROKEN_DISK: Final = "error=EIO"
FULL_DISK: Final = "error=ENOSPC"

TO_DISK: Final = ("write", "pwrite64", "fsync", "fdatasync", "rename", "openat", "unlink")
TO_LINK: Final = ("connect", "sendto")

_SECONDS: Final = 30
_ALL: Final = 1_000_000


@dataclass(frozen=True)
class Fault:
    """What becomes of one system call.

    Attributes:
        call: Its name, such as `fsync`.
        nth: Which of a thread's calls it strikes, from 1; none below 1.
        effect: KILL, BROKEN_DISK or FULL_DISK, or another effect as strace writes it.
    """

    call: str
    nth: int
    effect: str = KILL

    def __str__(self) -> str:
        return f"{self.effect.partition('=')[2]} at {self.call} {self.nth}"


def require_strace() -> None:
    """Skip, with what to do, where programs cannot be broken."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed, so nothing is killed at every step: apt-get install strace")
    probe = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=none", "true"]
    tried = subprocess.run(probe, capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"strace may not trace here ({tried.stderr.strip()}): allow ptrace, in Docker --cap-add SYS_PTRACE")


@contextmanager
def striking(pid: int, fault: Fault) -> Iterator[None]:
    """Hold a process, its threads and its children, and let the fault strike while the block runs."""
    inject = ["-e", f"inject={fault.call}:{fault.effect}:when={fault.nth}"]
    with _holding(pid, ["-e", f"trace={fault.call}", *inject, "-o", "/dev/null"]):
        yield


@contextmanager
def watching(pid: int, log: Path, calls: Sequence[str] = (*TO_DISK, *TO_LINK)) -> Iterator[None]:
    """Hold a process undisturbed, and write its calls down."""
    with _holding(pid, ["-e", f"trace={','.join(calls)}", "-o", str(log)]):
        yield


def counted(log: Path) -> dict[str, int]:
    """How often each call was made by the thread that made it most: as far as `nth` reaches."""
    per_thread: dict[tuple[str, str], int] = {}
    for line in log.read_text(errors="replace").splitlines():
        if match := re.match(r"(\d+) +(\w+)\(", line):
            thread, call = match.groups()
            per_thread[thread, call] = per_thread.get((thread, call), 0) + 1
    calls = {call for _, call in per_thread}
    return {call: max(count for (_, name), count in per_thread.items() if name == call) for call in sorted(calls)}


def spread(total: int, at_most: int) -> tuple[int, ...]:
    """Numbers from 1 to total, the first and the last among them, evenly chosen and always the same."""
    if total <= at_most:
        return tuple(range(1, total + 1))
    step = (total - 1) / max(1, at_most - 1)
    return tuple(sorted({round(1 + index * step) for index in range(at_most)}))


def sample(counted: Mapping[str, int], effect: str, at_most: Mapping[str, int]) -> Iterator[Fault]:
    """Some of the calls that an act makes, at most so many of each; CREW_ALL_FAULTS=1 takes them all."""
    for call, limit in at_most.items():
        total = counted.get(call, 0)
        for nth in spread(total, _ALL if os.environ.get("CREW_ALL_FAULTS") else limit):
            yield Fault(call, nth, effect)


@contextmanager
def _holding(pid: int, options: Sequence[str]) -> Iterator[None]:
    command = ["strace", "-f", "-qq", *options, "-p", str(pid)]
    holder = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        eventually(lambda: holder.poll() is not None or _is_held(pid))
        if holder.poll() is not None:
            pytest.skip(f"strace may not take hold of a running program here: {_words(holder)}")
        yield
    finally:
        holder.terminate()  # lets go of what still runs
        holder.communicate(timeout=_SECONDS)


def _is_held(pid: int) -> bool:
    return not re.search(r"^TracerPid:\t0$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)


def _words(holder: "subprocess.Popen[bytes]") -> str:
    return holder.communicate(timeout=_SECONDS)[1].decode(errors="replace").strip()
