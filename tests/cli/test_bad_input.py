"""What bad input gets on the command line: a sentence, a documented exit code, and nothing lost."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import apsw
import pytest
from PIL import Image

from crew.domain.person import Person, Role
from crew.store.device import SignedInDevice
from crew.store.store import open_store
from crew.wiring import now
from tests.builders import an_order
from tests.running import Ended, crew


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A signed-in device with one order, whose backend is nowhere."""
    folder = tmp_path / "device"
    store = open_store(folder, now())
    person = Person("Ana", Role.CREW, "D2", "Public Works D2")
    store.device.sign_in(SignedInDevice("http://127.0.0.1:9", "token", person, "Boston"))
    store.orders.put_server_copies([an_order(id="101", photo_required=True)], store.device.generation)
    store.close()
    return folder


def assert_sentence(ended: Ended, code: int, *words: str) -> None:
    assert ended.code == code, (ended.out, ended.err)
    assert ended.err.startswith("crew: ")
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err


def test_no_terminal_is_said_and_ends_with_2(device: Path, home: Path) -> None:
    assert_sentence(crew("--data", device, home=home), 2, "terminal")
    assert_sentence(crew("demo", home=home), 2, "terminal")


def test_an_unknown_argument_is_said_and_ends_with_2(home: Path) -> None:
    assert_sentence(crew("list", "--colour", home=home), 2, "--colour")


@pytest.mark.parametrize(
    "words",
    ["board", "queue", "export", "week", "day", "route", "decisions", "approve", "near 1", "close 1 --reason done"],
)
def test_where_nobody_is_signed_in_no_empty_list_is_told(tmp_path: Path, home: Path, words: str) -> None:
    ended = crew(*words.split(), "--data", tmp_path / "empty", home=home)
    assert_sentence(ended, 3, "Nobody is signed in here", "crew sign-in")
    assert ended.out == ""


def test_an_unknown_order_is_named(device: Path, home: Path) -> None:
    assert_sentence(crew("show", "999", "--data", device, home=home), 6, "999")


def test_an_unknown_status_lists_the_known_ones(device: Path, home: Path) -> None:
    assert_sentence(crew("status", "101", "finished", "--data", device, home=home), 6, "finished", "on_the_way")


def test_a_forbidden_status_says_why(device: Path, home: Path) -> None:
    assert_sentence(crew("status", "101", "done", "--data", device, home=home), 5, "photo")
    assert_sentence(crew("status", "101", "waiting", "--data", device, home=home), 5, "parts")
    assert_sentence(crew("status", "101", "sent_back", "--note", "x", "--data", device, home=home), 5, "supervisor")


def test_nobody_signed_in_is_said(tmp_path: Path, home: Path) -> None:
    assert_sentence(crew("list", "--data", tmp_path / "fresh", home=home), 3, "sign")


def test_a_backend_that_is_not_there_is_told_in_a_persons_words(tmp_path: Path, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and listens to nobody
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        ended = crew("sign-in", address, "CODE", "--data", tmp_path / "d", home=home)
    assert_sentence(ended, 4, f"{address} cannot be reached (nobody answers there, or there is no link).")


@pytest.mark.parametrize("address", ["not an address", "http://311.example.gov", "ftp://x", "https://[", "::::"])
def test_a_wrong_address_is_refused_before_anything_is_sent(address: str, tmp_path: Path, home: Path) -> None:
    assert_sentence(crew("sign-in", address, "CODE", "--data", tmp_path / "d", home=home), 6)


def test_a_backend_that_is_down_is_said_and_the_work_is_kept(device: Path, home: Path) -> None:
    assert crew("status", "101", "working", "--data", device, home=home).code == 0
    assert_sentence(crew("sync", "--data", device, home=home), 4, "127.0.0.1:9")
    assert len(crew("outbox", "--json", "--data", device, home=home).json) == 1


class OtherServer(BaseHTTPRequestHandler):
    """Answers every request with what the test set."""

    headers_to_send: dict[str, str] = {}
    body = b""

    def do_POST(self) -> None:
        self.send_response(200)
        for name, value in self.headers_to_send.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def other_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), OtherServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hotspot_page_is_no_backend(other_server: str, tmp_path: Path, home: Path) -> None:
    OtherServer.headers_to_send, OtherServer.body = {"Content-Type": "text/html"}, b"<html>Welcome</html>"
    assert_sentence(crew("sign-in", other_server, "CODE", "--data", tmp_path / "d", home=home), 4, "hotspot")


def test_a_backend_of_another_version_is_said(other_server: str, tmp_path: Path, home: Path) -> None:
    OtherServer.headers_to_send = {"Content-Type": "application/vnd.crew+json", "Crew-Protocol": "7"}
    OtherServer.body = b"{}"
    assert_sentence(crew("sign-in", other_server, "CODE", "--data", tmp_path / "d", home=home), 7, "7", "Update")


def test_a_port_in_use_is_said(tmp_path: Path, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = crew("serve", "--port", port, "--data", tmp_path / "b", home=home)
    assert ended.code != 0
    assert port in ended.err
    assert "Traceback" not in ended.err


def bad_photos(folder: Path) -> Iterator[Path]:
    """A text named .jpg, nothing, a cut picture, 500 megapixels, a folder, a file that is not there."""
    (folder / "text.jpg").write_text("<html>no picture</html>")
    (folder / "empty.jpg").touch()
    whole = folder / "whole.jpg"
    Image.effect_noise((800, 600), 60).save(whole, "JPEG")
    (folder / "cut.jpg").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    Image.new("1", (25_000, 20_000)).save(folder / "huge.png")
    (folder / "folder.jpg").mkdir()
    for name in ("text.jpg", "empty.jpg", "cut.jpg", "huge.png", "folder.jpg", "absent.jpg"):
        yield folder / name


def test_a_file_that_is_no_usable_photo_is_named_and_changes_nothing(device: Path, home: Path, tmp_path: Path) -> None:
    for path in bad_photos(tmp_path):
        ended = crew("status", "101", "done", "--photo", path, "--data", device, home=home)
        assert_sentence(ended, 6, path.name)
    assert crew("outbox", "--json", "--data", device, home=home).json == []


def test_a_store_of_a_newer_version_is_refused_and_left_alone(device: Path, home: Path) -> None:
    path = device / "crew.sqlite"
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 999)
    connection.close()
    assert_sentence(crew("list", "--data", device, home=home), 7, "newer")


def test_a_settings_key_that_does_not_exist_is_named(device: Path, home: Path) -> None:
    folder = home / ".config" / "crew"
    folder.mkdir(parents=True)
    (folder / "crew.toml").write_text('[look]\nthemme = "day"\n')
    assert_sentence(crew("list", "--data", device, home=home), 9, "themme", "crew.toml")


def test_hostile_text_is_harmless_on_the_command_line(device: Path, home: Path) -> None:
    store = open_store(device, now())
    hostile = "[/] \x1b]0;pwned\x07 \x9b2J \u202eevil [@click=app.quit]x[/]"
    note = crew("note", "101", hostile.replace("\x00", ""), "--data", device, home=home)
    assert note.code == 0
    store.close()
    for command in (("show", "101"), ("list",), ("outbox",), ("show", "101", "--json"), ("show", hostile)):
        ended = crew(*command, "--data", device, home=home)
        for character in "\x1b\x07\x9b\u202e":
            assert character not in ended.out + ended.err
    shown = json.loads(crew("show", "101", "--json", "--data", device, home=home).out)
    assert "[@click=app.quit]x[/]" in shown["history"][-1]["text"]
