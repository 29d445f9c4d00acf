"""Which cameras this device has. Above the cameras themselves; asks the system for names, and no hardware."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crew.camera import Camera, CameraSettings
from crew.camera_device import DeviceCamera, has_camera_library
from crew.camera_program import ProgramCamera

_DEVICES: Final = Path("/dev")
_KNOWN: Final = Path("/sys/class/video4linux")
_VIDEO: Final = "video"


def cameras(settings: CameraSettings) -> tuple[Camera, ...]:
    """The cameras of this device, the most likely first; those with an `obstacle` come last.

    A program that the settings name comes before the device's own camera: somebody wanted it.
    """
    programs = [ProgramCamera(settings.command)] if settings.command else []
    found: list[Camera] = [*programs, *_devices(settings)]
    return tuple(sorted(found, key=lambda camera: bool(camera.obstacle)))


def _devices(settings: CameraSettings) -> Iterator[DeviceCamera]:
    """The camera of the settings, or every one that the system lists, with names and formats as FFmpeg knows them."""
    usual = {"win32": "dshow", "darwin": "avfoundation"}.get(sys.platform, "v4l2")
    if settings.device:
        yield DeviceCamera(settings.device, settings.format or usual, size=settings.size)
    elif usual == "v4l2":
        for path in _video_devices():
            yield DeviceCamera(str(path), usual, name=_name_of(path), size=settings.size)
    elif has_camera_library():
        yield from _listed(usual, settings.size)


def _listed(format_: str, size: str) -> Iterator[DeviceCamera]:
    """What FFmpeg lists on Windows and macOS: microphones too, which are left out."""
    import av

    try:
        devices = av.enumerate_input_devices(format_)
    except (av.FFmpegError, ValueError):
        return  # this system lists none; the settings may name one
    for device in devices:
        if "video" in device.media_types or not device.media_types:
            named = f"video={device.name}" if format_ == "dshow" else device.name
            yield DeviceCamera(named, format_, name=device.description, size=size)


def _video_devices() -> list[Path]:
    """Devices such as video0, by number; a camera of today has two, of which the first gives the pictures."""
    paths = [path for path in _DEVICES.glob(f"{_VIDEO}*") if path.name[len(_VIDEO) :].isdecimal()]
    return sorted(paths, key=lambda path: (_read(path, "index") not in ("", "0"), int(path.name[len(_VIDEO) :])))


def _name_of(path: Path) -> str:
    """The camera's own name beside its device's; a stranger's words, cleaned where they are shown."""
    return f"{path.name} {_read(path, 'name')}".strip()


def _read(path: Path, fact: str) -> str:
    """What Linux knows about a device; empty where it says nothing."""
    try:
        return (_KNOWN / path.name / fact).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
