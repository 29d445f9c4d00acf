"""The device's own camera, read by PyAV: V4L2 on Linux, DirectShow on Windows. Needs the `camera` extra.

One thread opens and reads; a camera or driver that hangs keeps that thread, and nobody else. Only the latest frame is
kept, and none is decoded that nobody wants to see: a slow terminal never shows the past, and a tablet stays cool.
"""

import errno
import os
import threading
from contextlib import contextmanager
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.camera import INSTEAD, NoPicture
from crew.camera_files import lasting, whole_file
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from av import CodecContext, VideoFrame
    from av.container import InputContainer

    from crew.photos.prepared import CellPicture

_PATIENCE_SECONDS: Final = 5.0
_FINEST: Final = 2
"""The encoder's quantizer: what a camera saw is shrunk later, once."""
_ALONE: Final = frozenset({"mjpeg", "rawvideo", "wrapped_avframe"})
"""Codecs whose frames need no frame before them, so that those nobody wants are never decoded."""
_LARGE: Final[tuple[dict[str, str], ...]] = (
    {"input_format": "mjpeg", "video_size": "3840x2160"},
    {"video_size": "1920x1080"},
    {},
)
"""What V4L2 is asked for, by turns: a driver takes the nearest size that it has; its own choice may be a small one."""


def has_camera_library() -> bool:
    """Whether the extra that reads cameras is installed."""
    return find_spec("av") is not None


class DeviceCamera:
    """A camera as FFmpeg names it."""

    def __init__(
        self, device: str, format_: str, *, name: str = "", size: str = "", patience_seconds: float = _PATIENCE_SECONDS
    ) -> None:
        """Name a camera; nothing is opened.

        Args:
            device: As FFmpeg names it, such as "/dev/video0".
            format_: FFmpeg's format for it, such as "v4l2".
            name: What a person calls it, from wherever; the device where that is empty.
            size: Width and height of the pictures, such as "1280x720"; empty for large ones.
            patience_seconds: How long to wait for it to open, and for each picture.
        """
        self._device: Final = device
        self._format: Final = format_
        self._called: Final = name
        self._size: Final = size
        self._patience_seconds: Final = patience_seconds

    @property
    def name(self) -> str:
        """What a person calls it."""
        return clean_line(self._called, 40) or clean_line(self._device, 40)

    @property
    def obstacle(self) -> str:
        """Why it cannot be opened, as far as that can be known without asking the hardware."""
        if not has_camera_library():
            return f'What reads cameras is not installed: pip install "crew[camera]". {INSTEAD}'
        if self._format == "v4l2" and not Path(self._device).exists():
            return self._why_not(errno.ENOENT)
        if self._format == "v4l2" and not os.access(self._device, os.R_OK | os.W_OK):
            return self._why_not(errno.EACCES)
        return ""

    @contextmanager
    def open(self) -> "Iterator[OpenDevice]":
        """Let it look until the block ends. Raises NoPicture where it cannot, or does not answer in time."""
        if self.obstacle:
            raise NoPicture(self.obstacle)
        looking = OpenDevice(self, self._patience_seconds)
        try:
            looking.wait_until_open()
            yield looking
        finally:
            looking.end()

    def container(self) -> "InputContainer":
        """Open it: for the thread that reads it. May hang in a driver for good; raises NoPicture where it cannot."""
        try:
            import av  # noqa: F401 - whether it can be loaded at all
        except ImportError as error:
            why = clean_line(str(error), 120)
            raise NoPicture(f"What reads cameras cannot be loaded ({why}): say crew doctor. {INSTEAD}") from error
        return self._opened_by(self._ways())

    def _opened_by(self, ways: "Sequence[dict[str, str]]") -> "InputContainer":
        import av

        for place, options in enumerate(ways, start=1):
            try:
                waits = (self._patience_seconds, self._patience_seconds)
                return av.open(self._device, format=self._format, options=options, timeout=waits)
            except OSError as error:
                if place == len(ways) or error.errno != errno.EINVAL:
                    raise NoPicture(self._why_not(error.errno, error.strerror)) from error
            except (av.FFmpegError, ValueError) as error:
                raise NoPicture(self._why_not(None, str(error))) from error
        raise AssertionError("the last way returns or raises")

    def _ways(self) -> "Sequence[dict[str, str]]":
        if self._size:
            return ({"video_size": self._size},)
        return _LARGE if self._format == "v4l2" else ({},)

    def _why_not(self, number: int | None, words: str | None = "") -> str:
        match number:
            case errno.EBUSY:
                why = f"Another program uses the camera {self.name}. Close it, then try again."
            case errno.EACCES | errno.EPERM:
                help_ = "sudo usermod -aG video $USER, then sign in anew" if self._format == "v4l2" else "allow it"
                why = f"You may not use the camera {self.name}: {help_}."
            case errno.ENOENT | errno.ENODEV | errno.ENXIO:
                why = f"There is no camera {self.name}. Plug it in."
            case _:
                why = f"The camera {self.name} cannot be opened ({clean_line(words or '', 120) or number})."
        return f"{why} {INSTEAD}"


class OpenDevice:
    """A camera that is open, or about to be, and the thread that reads it."""

    def __init__(self, camera: DeviceCamera, patience_seconds: float) -> None:
        self._camera: Final = camera
        self._patience_seconds: Final = patience_seconds
        self._changed: Final = threading.Condition()
        self._is_open = False
        self._wanted = False
        self._latest: VideoFrame | None = None
        self._count = 0
        self._trouble = ""
        self._ended = False
        threading.Thread(target=self._read, daemon=True, name="camera").start()

    # In the thread

    def _read(self) -> None:
        try:
            with self._camera.container() as container:
                self._tell(is_open=True)
                self._read_from(container)
        except NoPicture as error:
            self._tell(error.sentence)

    def _read_from(self, container: "InputContainer") -> None:
        import av

        try:
            alone = _is_alone(container.streams.video[0].codec_context)
            for packet in container.demux(video=0):
                if self._ended:
                    return
                if alone and not self._wanted:
                    continue
                for frame in packet.decode():
                    self._show(frame)
            trouble = "it ended"
        except (av.FFmpegError, OSError, ValueError, IndexError) as error:
            trouble = clean_line(str(error), 120)
        self._tell(f"The camera {self._camera.name} gives no more pictures ({trouble}). {INSTEAD}")

    def _show(self, frame: "VideoFrame") -> None:
        with self._changed:
            self._latest, self._wanted = frame, False
            self._count += 1
            self._changed.notify_all()

    def _tell(self, trouble: str = "", *, is_open: bool = False) -> None:
        with self._changed:
            self._trouble, self._is_open = trouble, is_open
            self._changed.notify_all()

    # For whoever looks

    def wait_until_open(self) -> None:
        """Return when it looks; raises NoPicture where it does not."""
        with self._changed:
            self._wait(lambda: self._is_open, "does not answer")

    def _wait(self, condition: "Callable[[], bool]", otherwise: str) -> None:
        """Wait inside the lock; raises NoPicture when there is trouble, and when it takes too long."""
        self._changed.wait_for(lambda: condition() or self._trouble or self._ended, self._patience_seconds)
        if not condition():
            raise NoPicture(self._trouble or f"The camera {self._camera.name} {otherwise}. {INSTEAD}")

    def _frame(self) -> "VideoFrame":
        """The next frame: what there is now, never what was when somebody looked last."""
        with self._changed:
            seen, self._wanted = self._count, True
            self._wait(lambda: self._count != seen, "gives no picture")
            if self._latest is None:
                raise AssertionError("a frame was counted")
            return self._latest

    def look(self, columns: int, rows: int) -> "CellPicture | None":
        """What it sees now, in terminal cells."""
        frame = self._frame()
        with self._readable():
            return _cells(frame, columns, rows)

    def take(self, folder: Path) -> Path:
        """Write what it sees now, at full size."""
        frame = self._frame()
        with self._readable():
            content = _jpeg(frame)
        with whole_file(folder) as part:
            part.write_bytes(content)
        return lasting(part)

    @contextmanager
    def _readable(self) -> "Iterator[None]":
        """Say it in a sentence where FFmpeg cannot turn a frame into a picture."""
        import av

        try:
            yield
        except (av.FFmpegError, ValueError) as error:
            why = clean_line(str(error), 120)
            raise NoPicture(
                f"The pictures of the camera {self._camera.name} cannot be read ({why}). {INSTEAD}"
            ) from error

    def end(self) -> None:
        """Let the thread end, and whoever waits for a picture; nobody waits for one that hangs in a driver."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()


def _is_alone(codec: "CodecContext") -> bool:
    return codec.name in _ALONE


def _cells(frame: "VideoFrame", columns: int, rows: int) -> "CellPicture":
    """A frame as large as it fits into so many terminal cells."""
    from crew.photos.prepared import CellPicture

    scale = min(columns / frame.width, rows * 2 / frame.height)
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale / 2)) * 2
    plane = frame.reformat(width, height, "rgb24").planes[0]
    raw, stride, used = bytes(plane), plane.line_size, width * 3
    pixels = raw if stride == used else b"".join(raw[row * stride : row * stride + used] for row in range(height))
    return CellPicture(width, height // 2, pixels[: used * height])


def _jpeg(frame: "VideoFrame") -> bytes:
    """A frame as a JPEG file; encoded by FFmpeg, as Pillow is for strangers' files, behind its own checks."""
    import av
    from av.video.reformatter import ColorRange, Colorspace

    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.qmin = encoder.qmax = _FINEST
    frame = frame.reformat(format="yuvj420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))
