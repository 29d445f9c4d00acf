"""Pictures are decoded in a process of their own: what brings it down is a sentence, and the next one is decoded."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from crew.domain.errors import CorrectInput
from crew.domain.picture_area import Area
from crew.photos.cells import cell_picture
from crew.photos.darkroom import Darkroom
from crew.photos.intake import black_out, prepare, prepare_file
from tests.waits import eventually

MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    with closing(Darkroom()) as opened:
        opened.warm_up()
        yield opened


def a_jpeg(width: int = 640, height: int = 480, taken: str = "") -> bytes:
    file, exif = BytesIO(), Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


def a_large_png(side: int) -> bytes:
    """Few bytes, many pixels; as large as is taken at all."""
    file = BytesIO()
    Image.new("RGB", (side, side), "white").save(file, "PNG")
    return file.getvalue()


def process_of(darkroom: Darkroom) -> int:
    process = darkroom._process
    assert process is not None
    return process._process.pid


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process_id}/stat").read_text().split()[2] != "Z"


def memory_of_this_process() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


@contextmanager
def peak_of_this_process_at_most(limit_bytes: int) -> Iterator[None]:
    """Fails where this process holds so much more meanwhile than it does before, if only for a moment."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory_of_this_process()
    yield
    status = Path("/proc/self/status").read_text()
    peak = 1024 * int(status.partition("VmHWM:")[2].split()[0])
    assert peak - before < limit_bytes


def test_it_makes_what_this_process_would_make(darkroom: Darkroom, tmp_path: Path) -> None:
    raw = a_jpeg(taken="2026:05:04 14:31:00")
    path = tmp_path / "IMG_0412.JPG"
    path.write_bytes(raw)
    photo = prepare_file(path)
    assert darkroom.prepare_file(path) == darkroom.prepare(raw, path.name) == photo
    assert darkroom.cell_picture(raw, 40, 20) == cell_picture(raw, 40, 20)
    areas = [Area(0, 0, 0.5, 0.5)]
    assert darkroom.black_out(photo, areas) == black_out(photo, areas)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=-4), "EDT")])
def test_a_cameras_clock_is_read_in_the_zone_of_the_device(darkroom: Darkroom, zone: tzinfo) -> None:
    photo = darkroom.prepare(a_jpeg(taken="2026:05:04 14:31:00"), zone=zone)
    assert photo.taken_at == datetime(2026, 5, 4, 14, 31, tzinfo=zone)


def test_every_real_picture_is_taken_or_refused_as_in_this_process(darkroom: Darkroom, shared_data: Path) -> None:
    for path in sorted((shared_data / "photos").rglob("*.*")):
        try:
            wanted = prepare_file(path)
        except CorrectInput as refusal:
            with pytest.raises(CorrectInput) as error:
                darkroom.prepare_file(path)
            assert error.value.sentence == refusal.sentence
        else:
            assert darkroom.prepare_file(path) == wanted


def test_a_refusal_is_the_same_sentence(darkroom: Darkroom, tmp_path: Path) -> None:
    with pytest.raises(CorrectInput, match=r"There is no file gone\.jpg"):
        darkroom.prepare_file(tmp_path / "gone.jpg")
    with pytest.raises(CorrectInput, match="photo is not a JPEG"):
        darkroom.prepare(b"%!PS an attack on another decoder")


def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_one_is_decoded() -> None:
    raw = a_large_png(7000)
    with (
        closing(Darkroom(memory_limit_bytes=260 * MEGABYTE)) as narrow,
        peak_of_this_process_at_most(40 * MEGABYTE),
    ):
        with pytest.raises(CorrectInput, match="too much memory"):
            narrow.prepare(raw)
        assert narrow.prepare(a_jpeg()) == prepare(a_jpeg())


def test_the_largest_picture_takes_its_memory_elsewhere(darkroom: Darkroom) -> None:
    raw = a_large_png(7000)
    with peak_of_this_process_at_most(40 * MEGABYTE):
        assert darkroom.prepare(raw).width == 1600


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_is_decoded() -> None:
    with closing(Darkroom(patience_seconds=0.001)) as hasty:
        hasty.warm_up()
        first = process_of(hasty)
        with pytest.raises(CorrectInput, match="took too long"):
            hasty.prepare(a_large_png(7000))
        assert not is_running(first)
    with closing(hasty), pytest.raises(CorrectInput, match="took too long"):
        hasty.prepare(a_large_png(5000))


def test_a_picture_that_breaks_the_decoder_is_refused_and_the_next_one_is_decoded(darkroom: Darkroom) -> None:
    darkroom.warm_up()
    os.kill(process_of(darkroom), signal.SIGSTOP)  # so that it is there when it is asked
    stopped = process_of(darkroom)
    os.kill(stopped, signal.SIGKILL)
    eventually(lambda: not is_running(stopped))
    assert darkroom.prepare(a_jpeg()) == prepare(a_jpeg())
    assert process_of(darkroom) != stopped


def test_a_process_that_stands_still_is_given_up_even_while_it_is_given_a_picture() -> None:
    with closing(Darkroom(patience_seconds=0.5)) as darkroom:
        darkroom.warm_up()
        stopped = process_of(darkroom)
        os.kill(stopped, signal.SIGSTOP)
        with pytest.raises(CorrectInput, match="took too long"):
            darkroom.prepare(bytes(4 * MEGABYTE))
        assert not is_running(stopped)


LENGTHS = 'import struct, sys; say = lambda *of: sys.stdout.buffer.write(struct.pack("!II", *of)); '


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(LENGTHS + "say(2**32 - 1, 2**32 - 1); sys.stdout.buffer.write(bytes(500_000_000))", id="endless"),
        pytest.param(LENGTHS + "say(5, 0); sys.stdout.write('hello')", id="no MessagePack"),
        pytest.param("print('Traceback (most recent call last): ...')", id="words"),
        pytest.param(
            LENGTHS
            + "import msgspec; body = msgspec.msgpack.encode({'cells': {'columns': 9, 'rows': 9, 'pixels': b''}}); "
            "say(len(body), 0); sys.stdout.buffer.write(body)",
            id="fewer pixels than it says",
        ),
        pytest.param(
            LENGTHS
            + "import msgspec; body = msgspec.msgpack.encode({'photo': {'content': b'a', 'sha256': 'b', 'width': 1, "
            "'height': 1, 'taken_at': None, 'lat': None, 'long': None, 'near_hash': ''}}); "
            "say(len(body), 0); sys.stdout.buffer.write(body)",
            id="a name that is not the photo's",
        ),
    ],
)
def test_what_a_broken_process_says_is_not_believed(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = a_jpeg()
    monkeypatch.setattr("crew.own_process._START", lie)
    with (
        closing(Darkroom()) as darkroom,
        peak_of_this_process_at_most(20 * MEGABYTE),
        pytest.raises(CorrectInput, match="cannot be read without harm"),
    ):
        darkroom.prepare(raw)


def test_a_module_in_the_current_folder_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for name in ("PIL", "msgspec", "crew", "struct"):
        (tmp_path / f"{name}.py").write_text(f"open({str(trace)!r}, 'w')\n")
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from crew.photos.darkroom import Darkroom; "
        "import os; os.chdir(sys.argv[1]); print(Darkroom().prepare(open(sys.argv[2], 'rb').read()).width)"
    )
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(a_jpeg())
    arguments = [sys.executable, "-P", "-c", program, str(tmp_path), str(picture)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr, trace.exists()) == ("640\n", "", False)


def test_pictures_are_decoded_where_somebody_has_limited_the_terminal_itself(tmp_path: Path) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(a_jpeg())
    program = (
        "import resource, sys; limit = 1000 * 1024 * 1024; resource.setrlimit(resource.RLIMIT_AS, (limit, limit)); "
        "from crew.photos.darkroom import Darkroom; print(Darkroom().prepare(open(sys.argv[1], 'rb').read()).width)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(picture)], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert (done.stdout, done.stderr) == ("640\n", "")


def test_it_writes_no_file_whatever_a_picture_makes_it_do(darkroom: Darkroom) -> None:
    darkroom.warm_up()
    darkroom.prepare(a_jpeg())  # from then on it is what it will be
    limits = Path(f"/proc/{process_of(darkroom)}/limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max file size")] == [["0", "0"]]
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file")] == [["0", "0"]]


def test_it_ends_with_the_terminal_however_that_ends(tmp_path: Path) -> None:
    program = (
        "import os, signal; from crew.photos.darkroom import Darkroom; room = Darkroom(); room.warm_up(); "
        "print(room._process._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    eventually(lambda: not is_running(int(ended.stdout)))
