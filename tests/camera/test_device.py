"""The device's own camera: FFmpeg's own picture source through the real library, and devices that will not."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from crew.camera import NoPicture
from crew.camera_device import DeviceCamera, OpenDevice
from tests.faults.strace import require_strace

TEST_PICTURE = "testsrc2=size=640x360:rate=30,realtime"
ONE_FRAME = "testsrc2=size=64x36:rate=30:duration=20,realtime,select=lt(n\\,1)"
"""One frame, and then nothing for as long as any test takes."""
COLOUR = (0xC8, 0x3C, 0x28)
_SECONDS = 60


def a_camera(source: str = TEST_PICTURE) -> DeviceCamera:
    return DeviceCamera(source, "lavfi")


def test_what_the_camera_sees_fits_into_the_cells() -> None:
    with a_camera().open() as camera:
        for columns, rows in ((80, 30), (20, 30), (1, 1), (33, 7)):
            picture = camera.look(columns, rows)
            assert picture is not None
            assert picture.columns <= columns
            assert picture.rows <= rows
            assert len(picture.pixels) == picture.columns * picture.rows * 2 * 3
        wide = camera.look(80, 100)
        assert wide is not None
        assert (wide.columns, wide.rows) == (80, round(80 * 360 / 640 / 2))


@pytest.mark.parametrize("matrix", ["bt470bg", "bt709"])
@pytest.mark.parametrize("levels", ["tv", "pc"])
def test_the_colours_are_those_that_the_camera_saw(matrix: str, levels: str, tmp_path: Path) -> None:
    told = f"setparams=colorspace={matrix}:range={levels}"
    made = f"scale=out_color_matrix={matrix}:out_range={levels},format=yuv420p,{told}"
    with a_camera(f"color=c=0xC83C28:size=66x66:rate=30,format=rgb24,{made},realtime").open() as camera:
        picture = camera.look(33, 40)
        path = camera.take(tmp_path)
    assert picture is not None
    pixels = zip(*[iter(picture.pixels)] * 3, strict=True)
    assert all(abs(value - wanted) <= 6 for pixel in pixels for value, wanted in zip(pixel, COLOUR, strict=True))
    with Image.open(path) as image:
        difference = ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, COLOUR))
        assert max(ImageStat.Stat(difference).mean) <= 6


def test_each_look_is_a_new_frame() -> None:
    with a_camera().open() as camera:
        assert len({camera.look(40, 20) for _ in range(5)}) == 5


def test_frames_that_nobody_wants_are_not_decoded() -> None:
    with a_camera("testsrc2=size=640x360:rate=30").open() as camera:
        camera.look(40, 20)
        counted = frames_of(camera)
        camera.look(40, 20)
        assert frames_of(camera) == counted + 1, "though the source gives hundreds of frames a second"


def frames_of(camera: OpenDevice) -> int:
    return camera._count


def test_a_picture_is_a_whole_file_of_full_size_and_its_owners_alone(tmp_path: Path) -> None:
    with a_camera().open() as camera:
        paths = [camera.take(tmp_path / "incoming") for _ in range(2)]
    assert len(set(paths)) == 2
    assert sorted((tmp_path / "incoming").iterdir()) == sorted(paths)
    assert stat.S_IMODE((tmp_path / "incoming").stat().st_mode) == 0o700
    with Image.open(paths[0]) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (640, 360))


@pytest.mark.parametrize("size", ["641x361", "2x2", "31x1080"])
def test_pictures_of_odd_sizes_are_taken_too(size: str, tmp_path: Path) -> None:
    with a_camera(f"mandelbrot=size={size},format=rgb24").open() as camera:
        path = camera.take(tmp_path)
        assert camera.look(80, 24) is not None
    with Image.open(path) as image:
        image.load()
        assert f"{image.width}x{image.height}" == size


def test_a_camera_whose_frames_need_each_other_is_read_whole(tmp_path: Path) -> None:
    video = tmp_path / "road.mkv"
    _film(video)
    with (
        DeviceCamera(str(video), "matroska").open() as camera,
        pytest.raises(NoPicture, match="gives no more pictures"),
    ):
        for _ in range(1000):
            assert camera.look(20, 10) is not None


def _film(path: Path) -> None:
    import av

    with av.open("testsrc2=size=320x180:rate=30:duration=4", format="lavfi") as source, av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for frame in source.decode(video=0):
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("device", "format_", "why"),
    [
        ("/dev/video-none", "v4l2", "There is no camera /dev/video-none. Plug it in"),
        ("/etc/hostname", "v4l2", "cannot be opened"),
        ("no-such-source", "lavfi", "cannot be opened"),
        ("testsrc2", "no-such-format", "cannot be opened"),
        ("anullsrc", "lavfi", "gives no more pictures|cannot be opened"),
    ],
)
def test_a_camera_that_cannot_be_opened_says_why_and_what_else_there_is(device: str, format_: str, why: str) -> None:
    with pytest.raises(NoPicture, match=why) as error, DeviceCamera(device, format_).open() as camera:
        camera.look(10, 10)
    assert error.value.sentence.endswith("Choose a file, or use the phone.")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("EBUSY", "Another program uses the camera"),
        ("EACCES", "You may not use the camera"),
        ("ENODEV", "There is no camera"),
        ("EIO", "cannot be opened (Input/output error)"),
    ],
)
def test_what_the_system_says_to_opening_becomes_a_sentence(error: str, why: str, tmp_path: Path) -> None:
    require_strace()
    device = tmp_path / "video0"
    device.touch()
    answering = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(device)]
    refused = ["-e", "trace=openat", "-e", f"inject=openat:error={error}"]
    words = (
        "import sys; from crew.camera_device import DeviceCamera\nwith DeviceCamera(sys.argv[1], 'v4l2').open(): pass"
    )
    ended = subprocess.run(
        [*answering, *refused, sys.executable, "-c", words, str(device)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert why in ended.stderr.splitlines()[-1]
    assert "NoPicture" in ended.stderr


def test_a_camera_of_somebody_else_says_who_can_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "sudo usermod -aG video" in DeviceCamera(str(device), "v4l2").obstacle


def test_a_camera_that_stops_says_so() -> None:
    short = a_camera("testsrc2=size=64x36:rate=30:duration=0.2")
    with pytest.raises(NoPicture, match="gives no more pictures"), short.open() as camera:
        for _ in range(1000):
            camera.look(20, 10)


@pytest.fixture
def silent_pipe(tmp_path: Path) -> Iterator[Path]:
    """A pipe that somebody holds open and never writes to: reading it never ends."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    yield pipe
    os.close(descriptor)


def test_a_camera_that_never_answers_is_given_up(silent_pipe: Path) -> None:
    camera = DeviceCamera(str(silent_pipe), "mjpeg", patience_seconds=0.2)
    with pytest.raises(NoPicture, match="does not answer"), camera.open():
        pass


def test_a_camera_that_opens_and_gives_no_frame_is_given_up() -> None:
    camera = DeviceCamera(ONE_FRAME, "lavfi", patience_seconds=0.5)
    with camera.open() as opened, pytest.raises(NoPicture, match="gives no picture"):
        opened.look(10, 10)
        opened.look(10, 10)


def test_whoever_waits_for_a_picture_is_let_go_when_the_camera_closes() -> None:
    camera = DeviceCamera(ONE_FRAME, "lavfi", patience_seconds=_SECONDS)
    let_go = threading.Event()

    def look(opened: OpenDevice) -> None:
        with pytest.raises(NoPicture):
            for _ in range(3):
                opened.look(10, 10)
        let_go.set()

    with camera.open() as opened:
        threading.Thread(target=look, args=(opened,), daemon=True).start()
    assert let_go.wait(_SECONDS / 2)
