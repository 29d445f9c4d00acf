"""What this device has and lacks, with the command that would mend it. CLI layer; changes nothing, and never fails."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from crew.cli.output import data_dir, print_json
from crew.domain.errors import CrewError
from crew.wiring import CrewSettings, default_data_dir, now, read_crew_settings

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this, originals of photos are not kept any more."""

_EXTRAS = {
    "camera": ("av", "this device's own camera"),
    "gps": ("serial", "a position receiver on a serial port"),
    "heic": ("pi_heif", "HEIC photos of iPhones"),
    "backend": ("starlette", "the backend: crew serve, crew demo"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: What.
        well: Whether it is as it should be.
        words: What was found.
        mend: The command or setting that would help; empty where nothing has to be done.
    """

    about: str
    well: bool
    words: str
    mend: str = ""


def show(arguments: "argparse.Namespace") -> int:
    """Print what was found; the exit code is 0 whatever that is."""
    findings = list(_findings(data_dir(arguments, default_data_dir())))
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
        return 0
    for finding in findings:
        print(f"{'ok     ' if finding.well else 'missing'}  {finding.about:10}  {finding.words}")
        if finding.mend:
            print(f"{'':21}{finding.mend}")
    return 0


def _findings(folder: "Path") -> Iterator[Finding]:
    settings = CrewSettings()
    try:
        settings = read_crew_settings()
        yield Finding("settings", True, "read")
    except CrewError as error:
        yield Finding("settings", False, error.sentence, "crew where   # names the file")
    yield _store(folder)
    yield from _cameras(settings)
    yield _position(settings)
    yield from _extras()
    yield _terminal(settings)
    yield _symbols(settings)


def _store(folder: "Path") -> Finding:
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    if not os.access(there, os.W_OK):
        return Finding("store", False, f"{folder} cannot be written", "crew --data DIR")
    free = shutil.disk_usage(there).free
    return Finding("store", free > _LEAST_FREE_BYTES, f"{folder}, {free // 1_000_000:,} MB free")


def _cameras(settings: CrewSettings) -> Iterator[Finding]:
    from crew.camera_choice import cameras

    found = cameras(settings.camera)
    for camera in found:
        yield Finding("camera", not camera.obstacle, camera.obstacle or camera.name)
    if not found:
        yield Finding("camera", False, "none on this device; a phone (f), a card or a file (p) give photos too")


def _position(settings: CrewSettings) -> Finding:
    from crew.position.choice import receiver
    from crew.position.serial_port import SerialReceiver, missing_library

    try:
        chosen = receiver(settings.position, now)
    except CrewError as error:
        return Finding("position", False, error.sentence, "crew where   # names the file")
    if chosen is None:
        return Finding("position", True, "switched off: ways are told from the last stop")
    obstacle = missing_library() if isinstance(chosen, SerialReceiver) else ""
    asked = " if there is one on this device" if settings.position.by_itself else ""
    return Finding("position", not obstacle, obstacle or f"from {chosen.name}{asked}; crew position says what it knows")


def _extras() -> Iterator[Finding]:
    for extra, (module, purpose) in _EXTRAS.items():
        if find_spec(module) is not None:
            yield Finding(f"[{extra}]", True, f"installed: {purpose}")
        else:
            yield Finding(f"[{extra}]", False, f"not installed: {purpose}", f'pip install "crew[{extra}]"')


def _terminal(settings: CrewSettings) -> Finding:
    from crew.pictures import choose_graphics

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding("pictures", True, "this is no terminal, so it was not asked what it draws")
    chosen = choose_graphics(settings.look.graphics)
    around = [name for name, set_by in (("tmux", "TMUX"), ("SSH", "SSH_CONNECTION")) if set_by in os.environ]
    colours = "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else f"TERM={os.environ.get('TERM', '')}"
    where = f"; inside {' and '.join(around)}" if around else ""
    return Finding("pictures", True, f"drawn as {chosen.value}; {colours}{where}")


def _symbols(settings: CrewSettings) -> Finding:
    marks = settings.look.marks
    row = " ".join([*dict.fromkeys(marks.status.values()), marks.soon, marks.unsent, marks.photo, marks.chosen])
    encoding = (sys.stdout.encoding or "ascii").lower()
    mend = 'if you see boxes or question marks here: symbols = "ascii" under [look], see crew where'
    if not encoding.startswith("utf"):
        return Finding("symbols", marks.cut.isascii(), f"this terminal writes {encoding}", mend)
    return Finding("symbols", True, row, "" if row.isascii() else mend)
