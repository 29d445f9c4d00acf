"""The device's own camera, read by PyAV: V4L2 on Linux, DirectShow on Windows.

One thread reads; only the latest frame is kept, so that a slow terminal never sees the past. Needs the `camera` extra.
"""

import errno
import os
import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.camera import NoPicture
from crew.camera_files import lasting, whole_file
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import VideoFrame
    from av.container import InputContainer

    from crew.photos import CellPicture

_OPENING_SECONDS: Final = 5.0
_FRAME_SECONDS: Final = 5.0
_QUALITY: Final = 92
_OTHERS: Final = "Choose a file, or use the phone."


def has_camera_library() -> bool:
    """Whether the extra that reads cameras is installed."""
    return find_spec("av") is not None


class DeviceCamera:
    """A camera as FFmpeg names it."""

    def __init__(self, device: str, format_: str) -> None:
        """Name a device, such as "/dev/video0" of the format "v4l2"."""
        self._device: Final = device
        self._format: Final = format_

    @property
    def name(self) -> str:
        """The device's name."""
        return clean_line(self._device, 40)

    @property
    def obstacle(self) -> str:
        """Why it cannot be opened, as far as that can be known without asking the hardware."""
        if not has_camera_library():
            return f'What reads cameras is not installed: pip install "crew[camera]". {_OTHERS}'
        if self._format == "v4l2" and not Path(self._device).exists():
            return f"There is no camera {self.name}. Plug it in, or: {_OTHERS}"
        if self._format == "v4l2" and not os.access(self._device, os.R_OK | os.W_OK):
            return f"You may not use the camera {self.name}: sudo usermod -aG video $USER, then sign in anew. {_OTHERS}"
        return ""

    @contextmanager
    def open(self) -> "Iterator[_Looking]":
        """Let it look until the block ends."""
        if self.obstacle:
            raise NoPicture(self.obstacle)
        looking = _Looking(self._opened(), self.name)
        try:
            yield looking
        finally:
            looking.end()

    def _opened(self) -> "InputContainer":
        import av

        try:
            return av.open(self._device, format=self._format, timeout=(_OPENING_SECONDS, _FRAME_SECONDS))
        except OSError as error:
            raise NoPicture(self._why(error)) from error
        except (av.FFmpegError, ValueError) as error:
            raise NoPicture(
                f"The camera {self.name} cannot be opened ({clean_line(str(error), 120)}). {_OTHERS}"
            ) from error

    def _why(self, error: OSError) -> str:
        match error.errno:
            case errno.EBUSY:
                return f"Another program uses the camera {self.name}. Close it, or: {_OTHERS}"
            case errno.EACCES | errno.EPERM:
                return f"You may not use the camera {self.name}: ask for the right to it. {_OTHERS}"
            case errno.ENOENT | errno.ENODEV | errno.ENXIO:
                return f"There is no camera {self.name}. Plug it in, or: {_OTHERS}"
            case _:
                return f"The camera {self.name} cannot be opened ({error.strerror or error.errno}). {_OTHERS}"


class _Looking:
    """A camera that is open, and the thread that reads it."""

    def __init__(self, container: "InputContainer", name: str) -> None:
        self._name: Final = name
        self._changed: Final = threading.Condition()
        self._latest: VideoFrame | None = None
        self._trouble = ""
        self._ended = False
        self._thread: Final = threading.Thread(target=self._read, args=(container,), daemon=True)
        self._thread.start()

    def _read(self, container: "InputContainer") -> None:
        import av

        try:
            with container:
                for frame in container.decode(video=0):
                    with self._changed:
                        self._latest = frame
                        self._changed.notify_all()
                        if self._ended:
                            return
            trouble = "it ended"
        except (av.FFmpegError, OSError, ValueError) as error:
            trouble = clean_line(str(error), 120)
        with self._changed:
            self._trouble = f"The camera {self._name} gives no more pictures ({trouble}). {_OTHERS}"
            self._changed.notify_all()

    def _frame(self) -> "VideoFrame":
        """The latest frame; waits for the first."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._latest is not None or self._trouble, _FRAME_SECONDS):
                raise NoPicture(f"The camera {self._name} gives no picture. {_OTHERS}")
            if self._trouble or self._latest is None:
                raise NoPicture(self._trouble)
            return self._latest

    def look(self, columns: int, rows: int) -> "CellPicture | None":
        """What it sees now, in terminal cells."""
        from crew.photos import CellPicture

        frame = self._frame()
        scale = min(columns / frame.width, rows * 2 / frame.height)
        width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale / 2)) * 2
        plane = frame.reformat(width, height, "rgb24").planes[0]
        raw, stride, used = bytes(plane), plane.line_size, width * 3
        pixels = raw if stride == used else b"".join(raw[row * stride : row * stride + used] for row in range(height))
        return CellPicture(width, height // 2, pixels[: used * height])

    def take(self, folder: Path) -> Path:
        """Write the frame that is seen now, at full size."""
        frame = self._frame()
        with whole_file(folder) as part:
            frame.to_image().save(part, "JPEG", quality=_QUALITY)  # type: ignore[no-untyped-call]  # PyAV leaves its type open
        return lasting(part)

    def end(self) -> None:
        """Let the thread end; one that hangs in a driver is left behind."""
        with self._changed:
            self._ended = True
        self._thread.join(_FRAME_SECONDS if sys.platform != "win32" else 1.0)
