"""Any program is a camera, where it writes a picture in time; and which cameras a device has."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from crew.camera import Camera, CameraSettings, NoPicture, OpenCamera
from crew.camera_choice import cameras
from crew.camera_program import ProgramCamera
from crew.domain.errors import FreeSpace
from tests.waits import eventually

TEST_PICTURE = "testsrc2=size=640x360:rate=30"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A camera program: the first word that it is given is what it does, the second the file."""
    path = tmp_path / "snap"
    path.write_text(
        "#!/bin/sh\n"
        "case $1 in\n"
        "  good) printf '\\377\\330\\377 a picture' > \"$2\" ;;\n"
        "  nothing) ;;\n"
        "  rubbish) echo '<html>sign in</html>' > \"$2\" ;;\n"
        "  fails) echo 'opening' >&2; echo 'lens\tcap \033[2J on' >&2; exit 3 ;;\n"
        "  hangs) exec tail -f /dev/null ;;\n"
        '  leaves) tail -f /dev/null & echo $! > "$3"; wait ;;\n'
        "esac\n"
    )
    path.chmod(0o700)
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_any_program_is_a_camera(program: Path, tmp_path: Path) -> None:
    camera: Camera = ProgramCamera((str(program), "good", "{file}"))
    with camera.open() as opened:
        assert opened.look(80, 30) is None
        path = opened.take(tmp_path / "incoming")
    assert path.read_bytes() == b"\xff\xd8\xff a picture"
    assert files(tmp_path / "incoming") == [path.name]


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("nothing", "wrote no picture"),
        ("rubbish", "is no JPEG, PNG or WebP picture"),
        ("fails", r"snap failed \(lens cap"),
        ("hangs", "took too long and was stopped"),
    ],
)
def test_a_program_that_gives_no_picture_says_why_and_leaves_nothing(
    program: Path, tmp_path: Path, does: str, why: str
) -> None:
    camera = ProgramCamera((str(program), does, "{file}"), patience_seconds=0.5)
    with camera.open() as opened, pytest.raises(NoPicture, match=why) as error:
        opened.take(tmp_path / "incoming")
    assert "\033" not in error.value.sentence
    assert files(tmp_path / "incoming") == []


def test_what_a_program_started_is_ended_with_it(program: Path, tmp_path: Path) -> None:
    camera = ProgramCamera((str(program), "leaves", "{file}", str(tmp_path / "child")), patience_seconds=1)
    with camera.open() as opened, pytest.raises(NoPicture, match="took too long"):
        opened.take(tmp_path / "incoming")
    child = int((tmp_path / "child").read_text())
    eventually(lambda: not runs(child))


def test_a_program_whose_picture_nobody_waits_for_is_ended(program: Path, tmp_path: Path) -> None:
    camera = ProgramCamera((str(program), "leaves", "{file}", str(tmp_path / "child")))
    ended = threading.Event()

    def take(opened: OpenCamera) -> None:
        with pytest.raises(NoPicture):
            opened.take(tmp_path / "incoming")
        ended.set()

    with camera.open() as opened:
        threading.Thread(target=take, args=(opened,), daemon=True).start()
        child = int(eventually(lambda: said_by(tmp_path / "child")))
    assert ended.wait(20)
    eventually(lambda: not runs(child))
    with pytest.raises(NoPicture, match="nobody waits"):
        opened.take(tmp_path / "incoming")


def said_by(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def runs(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


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
    assert [camera.name for camera in cameras(CameraSettings(device, "lavfi", command=command))] == ["snap", device]
    [first, last] = cameras(CameraSettings(device, "lavfi", command=("no-such-program", "{file}")))
    assert (first.name, last.name) == (device, "no-such-program")


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for /dev, with what the kernel says about its devices beside it."""
    monkeypatch.setattr("crew.camera_choice._DEVICES", tmp_path / "dev")
    monkeypatch.setattr("crew.camera_choice._KNOWN", tmp_path / "known")
    (tmp_path / "dev").mkdir()
    return tmp_path


def a_device(devices: Path, node: str, name: str = "", index: str = "") -> None:
    (devices / "dev" / node).touch()
    known = devices / "known" / node
    known.mkdir(parents=True)
    for fact, words in (("name", name), ("index", index)):
        if words:
            (known / fact).write_text(f"{words}\n")


def test_a_device_without_a_camera_has_none(devices: Path) -> None:
    assert cameras(CameraSettings()) == ()


def test_cameras_are_offered_by_number_those_that_give_pictures_first(devices: Path) -> None:
    for node in ("video10", "video2", "video-card", "audio0"):
        a_device(devices, node)
    a_device(devices, "video0", "Rear", "1")
    a_device(devices, "video1", "Front\x1b[2J\u202e camera", "0")
    names = [camera.name for camera in cameras(CameraSettings())]
    assert names == ["video1 Front[2J camera", "video2", "video10", "video0 Rear"]
