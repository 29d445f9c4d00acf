"""What this device has and lacks, with the command that would mend it. CLI layer; changes nothing, and never fails."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from crew.cli.output import data_dir, print_json
from crew.domain.errors import CrewError
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.wiring import CrewSettings, default_data_dir, now, read_crew_settings, sqlite_version

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this, originals of photos are not kept any more."""

_EXTRAS = {
    "camera": ("av", "this device's own camera"),
    "gps": ("serial", "a position receiver on a serial port"),
    "heic": ("pi_heif", "HEIC photos of iPhones"),
    "keyring": ("keyring", "sign-ins in the system's keyring instead of a private file"),
    "backend": ("starlette", "the backend: crew serve, crew demo"),
    "channels": ("apprise", "notices of the backend in chat rooms and short messages"),
}
_PROGRAMS = ("fswebcam", "rpicam-still", "libcamera-still")
"""Camera programs that write one picture to a file, the most common first."""


class Finding(Value):
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
        _print(f"{'ok     ' if finding.well else 'missing'}  {finding.about:10}  {finding.words}")
        if finding.mend:
            _print(f"{'':21}{finding.mend}")
    return 0


def _print(line: str) -> None:
    """Print it on whatever this terminal writes: the name of a camera may have any letters."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding))


def _findings(folder: "Path") -> Iterator[Finding]:
    settings = CrewSettings()
    try:
        settings = read_crew_settings()
        yield Finding("settings", True, "read")
    except CrewError as error:
        yield Finding("settings", False, error.sentence, "crew where   # names the file")
    yield _store(folder)
    yield Finding("SQLite", True, sqlite_version())
    yield from _cameras(settings)
    yield _position(settings)
    yield from _extras()
    yield from _terminal(settings)
    yield _symbols(settings)


def _store(folder: "Path") -> Finding:
    shown = clean_line(str(folder))
    mend = "crew --data DIR   # another folder"
    try:
        there = folder.absolute()
        while not there.exists():
            there = there.parent
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            return Finding("store", False, f"{shown} cannot be written", mend)
        free = shutil.disk_usage(there).free
    except (OSError, ValueError) as error:
        return Finding("store", False, f"{shown} cannot be looked at: {clean_line(str(error), 120)}", mend)
    words = f"{shown}, {free // 1_000_000:,} MB free"
    return Finding(
        "store", free > _LEAST_FREE_BYTES, words, "" if free > _LEAST_FREE_BYTES else "make room on the disk"
    )


def _cameras(settings: CrewSettings) -> Iterator[Finding]:
    from crew.camera_choice import cameras

    found = cameras(settings.camera)
    for camera in found:
        yield Finding("camera", not camera.obstacle, camera.obstacle or camera.name)
    if not found:
        yield Finding("camera", False, "none on this device; a phone (f), a card or a file (p) give photos too")
    if settings.camera.command or any(not camera.obstacle for camera in found):
        return
    program = next((name for name in _PROGRAMS if shutil.which(name)), "")
    if program:
        how = f'command = ["{program}", {_words_of(program)}] under [camera], see crew where'
        yield Finding("program", True, f"{program} could take the pictures", how)
    else:
        yield Finding("program", False, "none that takes pictures instead", f"sudo apt install {_PROGRAMS[0]}")


def _words_of(program: str) -> str:
    return '"--no-banner", "{file}"' if program == _PROGRAMS[0] else '"--nopreview", "--output", "{file}"'


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
        about, install = f"[{extra}]", f'pip install "crew[{extra}]"'
        if find_spec(module) is None:
            yield Finding(about, False, f"not installed: {purpose}", install)
            continue
        try:
            import_module(module)
        except (ImportError, OSError) as error:  # made for another system, or a library of the system is missing
            why = clean_line(str(error), 120)
            yield Finding(about, False, f"cannot be loaded ({why}): {purpose}", f"{install} --force-reinstall")
        else:
            yield Finding(about, True, f"installed: {purpose}")


def _terminal(settings: CrewSettings) -> Iterator[Finding]:
    from crew.pictures import choose_graphics

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("pictures", True, "this is no terminal, so it was not asked what it draws")
        return
    around = [name for name, set_by in (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_CONNECTION")) if _has(set_by)]
    where = f", inside {' and '.join(around)}" if around else ""
    yield Finding("terminal", True, f"TERM={clean_line(os.environ.get('TERM', ''), 40) or 'not set'}{where}")
    yield Finding("colours", *_colours())
    yield Finding("pictures", True, f"drawn as {choose_graphics(settings.look.graphics).value}")


def _has(variable: str) -> bool:
    return bool(os.environ.get(variable))


def _colours() -> tuple[bool, str, str]:
    """Whether there are enough for photos, how many, and what would give more: as the terminal itself says."""
    term = os.environ.get("TERM", "")
    if _has("NO_COLOR"):
        return True, "none, as NO_COLOR wants it; photos are drawn in shades", ""
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return True, "16 million", ""
    more = "export COLORTERM=truecolor   # if this terminal has them: most of today do"
    if "256color" in term:
        return True, "256", more
    return False, "16 or fewer", more


def _symbols(settings: CrewSettings) -> Finding:
    marks = settings.look.marks
    row = " ".join([*dict.fromkeys(marks.status.values()), marks.soon, marks.unsent, marks.photo, marks.chosen])
    encoding = (sys.stdout.encoding or "ascii").lower()
    mend = 'if you see boxes or question marks here: symbols = "ascii" under [look], see crew where'
    if not encoding.startswith("utf"):
        return Finding("symbols", marks.cut.isascii(), f"this terminal writes {encoding}", mend)
    return Finding("symbols", True, row, "" if row.isascii() else mend)
