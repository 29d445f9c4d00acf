"""Which cameras this device has. Above the cameras themselves; asks the system for names, and no hardware."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crew.camera import Camera, CameraSettings
from crew.camera_device import DeviceCamera, has_camera_library
from crew.camera_program import ProgramCamera

_DEVICES: Final = Path("/dev")
_VIDEO: Final = "video"


def cameras(settings: CameraSettings) -> tuple[Camera, ...]:
    """The cameras of this device, the most likely first; those with an `obstacle` come last.

    A program that the settings name comes before the device's own camera: somebody wanted it.
    """
    programs = [ProgramCamera(settings.command)] if settings.command else []
    found: list[Camera] = [*programs, *(DeviceCamera(name, format_) for name, format_ in _devices(settings))]
    return tuple(sorted(found, key=lambda camera: bool(camera.obstacle)))


def _devices(settings: CameraSettings) -> Sequence[tuple[str, str]]:
    """Names and formats as FFmpeg knows them: the one of the settings, or every camera that the system lists."""
    usual = {"win32": "dshow", "darwin": "avfoundation"}.get(sys.platform, "v4l2")
    if settings.device:
        return [(settings.device, settings.format or usual)]
    if usual == "v4l2":
        return [(str(path), usual) for path in _video_devices()]
    if not has_camera_library():
        return []
    import av

    return [(device.name, usual) for device in av.enumerate_input_devices(usual)]


def _video_devices() -> list[Path]:
    """Devices such as video0, video1, by number; a camera of today has two, of which the first gives the pictures."""
    paths = _DEVICES.glob(f"{_VIDEO}*")
    return sorted((path for path in paths if path.name[len(_VIDEO) :].isdecimal()), key=lambda path: int(path.name[5:]))
