"""Cameras give whole files, and say why where they cannot: with FFmpeg's own picture source, and with real programs."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from crew.camera import Camera, CameraSettings, NoPicture
from crew.camera_choice import cameras
from crew.camera_device import DeviceCamera
from crew.camera_program import ProgramCamera
from crew.domain.errors import FreeSpace

TEST_PICTURE = "testsrc2=size=640x360:rate=30"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A camera program: the first word that it is given is what it does, the second the file."""
    path = tmp_path / "snap"
    path.write_text(
        "#!/bin/sh\n"
        "case $1 in\n"
        "  good) printf 'a picture' > \"$2\" ;;\n"
        "  nothing) ;;\n"
        "  fails) echo 'lens\tcap \033[2J on' >&2; exit 3 ;;\n"
        "  hangs) exec tail -f /dev/null ;;\n"
        "esac\n"
    )
    path.chmod(0o700)
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_what_the_camera_sees_fits_into_the_cells() -> None:
    with DeviceCamera(TEST_PICTURE, "lavfi").open() as camera:
        for columns, rows in ((80, 30), (20, 30), (1, 1), (33, 7)):
            picture = camera.look(columns, rows)
            assert picture is not None
            assert (picture.columns, picture.rows) <= (columns, rows)
            assert len(picture.pixels) == picture.columns * picture.rows * 2 * 3
            assert len(set(picture.pixels)) > 1 or columns == 1
    assert abs(640 / 360 - 80 / 45) < 0.01


def test_the_camera_shows_what_it_sees_now() -> None:
    with DeviceCamera(TEST_PICTURE, "lavfi").open() as camera:
        first = camera.look(40, 20)
        assert any(camera.look(40, 20) != first for _ in range(2000))


def test_a_picture_is_a_whole_file_of_full_size_and_its_owners_alone(tmp_path: Path) -> None:
    with DeviceCamera(TEST_PICTURE, "lavfi").open() as camera:
        paths = [camera.take(tmp_path / "incoming") for _ in range(2)]
    assert len(set(paths)) == 2
    assert files(tmp_path / "incoming") == sorted(path.name for path in paths)
    assert stat.S_IMODE((tmp_path / "incoming").stat().st_mode) == 0o700
    with Image.open(paths[0]) as image:
        assert (image.format, image.size) == ("JPEG", (640, 360))


@pytest.mark.parametrize(
    ("device", "format_", "why"),
    [
        ("/dev/video-none", "v4l2", "There is no camera /dev/video-none. Plug it in"),
        ("/etc/hostname", "v4l2", "cannot be opened"),
        ("no-such-source", "lavfi", "cannot be opened"),
        ("testsrc2", "no-such-format", "cannot be opened"),
    ],
)
def test_a_camera_that_cannot_be_opened_says_why_and_what_else_there_is(device: str, format_: str, why: str) -> None:
    with pytest.raises(NoPicture, match=why) as error, DeviceCamera(device, format_).open():
        pass
    assert "Choose a file, or use the phone." in error.value.sentence


def test_a_camera_of_somebody_else_says_who_can_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "sudo usermod -aG video" in DeviceCamera(str(device), "v4l2").obstacle


def test_a_camera_that_stops_says_so() -> None:
    short = DeviceCamera("testsrc2=size=64x36:rate=30:duration=0.2", "lavfi")
    with pytest.raises(NoPicture, match="gives no more pictures"), short.open() as camera:
        for _ in range(100_000):
            camera.look(20, 10)


def test_any_program_is_a_camera(program: Path, tmp_path: Path) -> None:
    camera: Camera = ProgramCamera((str(program), "good", "{file}"))
    with camera.open() as opened:
        assert opened.look(80, 30) is None
        path = opened.take(tmp_path / "incoming")
    assert path.read_bytes() == b"a picture"
    assert files(tmp_path / "incoming") == [path.name]


@pytest.mark.parametrize(
    ("does", "why"),
    [("nothing", "wrote no picture"), ("fails", r"snap failed \(lens cap"), ("hangs", "took too long and was stopped")],
)
def test_a_program_that_gives_no_picture_says_why_and_leaves_nothing(
    program: Path, tmp_path: Path, does: str, why: str
) -> None:
    camera = ProgramCamera((str(program), does, "{file}"), patience_seconds=0.5)
    with camera.open() as opened, pytest.raises(NoPicture, match=why) as error:
        opened.take(tmp_path / "incoming")
    assert "\033" not in error.value.sentence
    assert files(tmp_path / "incoming") == []


def test_a_folder_that_cannot_be_written_is_said(program: Path, tmp_path: Path) -> None:
    (tmp_path / "incoming").write_text("a file stands in the way")
    with ProgramCamera((str(program), "good", "{file}")).open() as opened, pytest.raises(FreeSpace, match="Make room"):
        opened.take(tmp_path / "incoming")


@pytest.mark.parametrize(
    ("command", "why"), [(("no-such-program", "{file}"), "is not installed"), (("sh", "-c", "true"), "does not say")]
)
def test_a_command_that_cannot_be_run_is_known_before(command: Sequence[str], why: str) -> None:
    camera = ProgramCamera(command)
    assert why in camera.obstacle
    with pytest.raises(NoPicture, match=why), camera.open():
        pass


def test_what_somebody_named_comes_first_and_what_cannot_be_used_last(program: Path) -> None:
    device, command = TEST_PICTURE, (str(program), "good", "{file}")
    assert [camera.name for camera in cameras(CameraSettings(device, "lavfi", command))] == ["snap", device]
    [first, last] = cameras(CameraSettings(device, "lavfi", ("no-such-program", "{file}")))
    assert (first.name, last.name) == (device, "no-such-program")


def test_a_device_without_a_camera_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crew.camera_choice._DEVICES", tmp_path)
    assert cameras(CameraSettings()) == ()
    for name in ("video10", "video2", "video-card", "audio0"):
        (tmp_path / name).touch()
    monkeypatch.setattr(DeviceCamera, "name", property(lambda camera: Path(camera._device).name))
    assert [camera.name for camera in cameras(CameraSettings())] == ["video2", "video10"]
