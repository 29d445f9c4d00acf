"""Plays acts of a program in processes of their own that begin at once: everything is imported before the fork.

A process starts in 20 ms instead of 500, so that hundreds of faults fit into a minute. `python -m tests.faults.stage
MODULE` imports MODULE, forks for each act that it is told on stdin, and the fork calls `MODULE.play(*words)`, whose
return value is its exit code. The fork waits at a gate, so that strace can take hold of it before its first act.
"""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.faults import strace
from tests.faults.strace import Fault
from tests.rules.source import ROOT
from tests.running import Ended

HUNG: Final = -signal.SIGALRM
"""The code of an act that did not come to its end by itself."""

FAULT_IN_CREW: Final = 1
"""The code of an act that ended with a traceback."""

_SECONDS: Final = 60
_PR_SET_PTRACER: Final = 0x59616D61
_ANYBODY: Final = ctypes.c_ulong(-1)


class Act:
    """One act in a process of its own, waiting at its gate until `go`."""

    def __init__(self, stage: "Stage", pid: int, folder: Path) -> None:
        self.pid: Final = pid
        self.out: Final = folder / "out"
        self._err: Final = folder / "err"
        self._stage: Final = stage

    def go(self) -> None:
        """Open the gate."""
        self._stage.tell({"go": self.pid})

    def end(self) -> Ended:
        """Wait for the end."""
        code = self._stage.tell({"end": self.pid})["code"]
        return Ended(code, self.out.read_text(errors="replace"), self._err.read_text(errors="replace"))


class Stage:
    """A process that has imported a module and plays its acts."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process: Final = process
        self._folder: Final = folder
        self._count = 0

    def begin(self, *words: str | Path) -> Act:
        """Fork for an act, which waits at its gate."""
        self._count += 1
        folder = self._folder / f"act-{self._count}"
        folder.mkdir()
        (folder / "out").touch()
        told = self.tell({"play": [str(word) for word in words], "folder": str(folder)})
        return Act(self, told["pid"], folder)

    def play(self, *words: str | Path, fault: Fault | None = None) -> Ended:
        """Play one act to its end, struck by a fault."""
        act = self.begin(*words)
        with ExitStack() as held:
            if fault is not None:
                held.enter_context(strace.striking(act.pid, fault))
            act.go()
            return act.end()

    def rehearse(self, *words: str | Path) -> int:
        """Play an act in the stage itself, so that whatever it imports late is there for all later ones."""
        code: int = self.tell({"rehearse": [str(word) for word in words]})["code"]
        return code

    def counted(self, *words: str | Path) -> dict[str, int]:
        """Play one act undisturbed, and count its system calls."""
        act = self.begin(*words)
        log = act.out.with_name("calls")
        with strace.watching(act.pid, log):
            act.go()
            ended = act.end()
        assert ended.code == 0, ended.err
        return strace.counted(log)

    def tell(self, command: dict[str, Any]) -> Any:
        """Say one thing to the stage and hear its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the stage has died; its last words stand above"
        return json.loads(line)


@contextmanager
def stage(module: str, folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """Open a stage for the acts of a module; skips where nothing can be struck there.

    Args:
        module: What has `play(*words: str) -> int`.
        folder: An empty folder for what the acts print.
        environment: The acts' environment; this process's own where it is None. What would change Python's own calls
            from one machine to the next is taken out of it.
    """
    strace.require_strace()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.stage", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=_steady(os.environ if environment is None else environment),
    )
    try:
        yield Stage(process, folder)
    finally:
        process.communicate(timeout=_SECONDS)


def _steady(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def _main(module: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a rehearsal prints is no answer
    play = importlib.import_module(module).play
    gates: dict[int, int] = {}
    playing: set[int] = set()
    for line in sys.stdin:
        answer = {}
        match json.loads(line):
            case {"rehearse": words}:
                answer = {"code": play(*words)}
                sys.stdout.flush()  # what lies in it would be every later act's too
            case {"play": words, "folder": folder}:
                pid = _fork(play, words, Path(folder), gates)
                playing.add(pid)
                answer = {"pid": pid}
            case {"go": pid}:
                os.close(gates.pop(pid))
            case {"end": pid}:
                answer = {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
                playing.discard(pid)
        print(json.dumps(answer), file=answers, flush=True)
    for pid in playing:  # a test has failed in the middle of an act
        os.kill(pid, signal.SIGKILL)


def _fork(play: Any, words: Sequence[str], folder: Path, gates: dict[int, int]) -> int:
    """Return the number of the new process, which goes when its gate is closed."""
    waiting, gate = os.pipe()
    arrived, arrives = os.pipe()
    pid = os.fork()
    if pid:
        os.close(waiting)
        os.close(arrives)
        os.read(arrived, 1)  # what it does on its way to the gate is no call of the act
        os.close(arrived)
        gates[pid] = gate
        return pid
    code = FAULT_IN_CREW
    try:
        for other in (gate, arrived, *gates.values()):
            os.close(other)
        _prepare(folder)
        os.close(arrives)
        os.read(waiting, 1)
        code = play(*words)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - whatever ends a program ends this one, with its traceback
        code = FAULT_IN_CREW
        traceback.print_exc()
    finally:
        os._exit(code)


def _prepare(folder: Path) -> None:
    signal.alarm(_SECONDS)
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)  # no matter where the system refuses it
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


if __name__ == "__main__":
    _main(sys.argv[1])
