"""The backend on a real socket: it says when it answers, and ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from crew import wire
from crew.backend import serve
from crew.backend.city import City
from crew.backend.upload_files import KEPT_FOR, UploadFiles
from crew.domain.errors import CorrectUsage
from tests.backend.citizens import Hands
from tests.backend.importing.files import csv_text, row
from tests.running import crew, environment
from tests.waits import eventually

SCRIPT = """
import json, sys
from pathlib import Path
from crew.backend.serve import serve
serve(Path(sys.argv[1]), "127.0.0.1", 0, lambda url: print(json.dumps(url), flush=True))
print(json.dumps("ended"), flush=True)
"""


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(folder / "city")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_a_client_still_connected(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as (process, url), httpx.Client(base_url=url) as client:
        response = client.get("/crew/v1/me")
        assert (response.status_code, response.headers[wire.PROTOCOL_HEADER]) == (401, wire.PROTOCOL)

        process.send_signal(number)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, json.loads(out), err) == (0, "ended", "")


def test_a_client_that_stops_in_the_middle_of_its_body_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running(tmp_path) as (process, url):
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(b"POST /crew/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
            half.sendall(f"Content-Type: {wire.MEDIA_TYPE}\r\n\r\n{{".encode())
            assert httpx.get(f"{url}/crew/v1/openapi.json").status_code == 200

            process.terminate()
            process.communicate(timeout=10)

    assert process.returncode == 0


def test_the_body_of_an_answer_does_not_wait_for_a_word_that_its_head_has_come() -> None:
    """Nagle's algorithm would hold it back for up to 40 ms, in each answer."""
    with (
        serve._listening("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CorrectUsage, match=f"{port} already"):
            serve.serve(tmp_path / "city", "127.0.0.1", port, lambda url: None)

    assert not (tmp_path / "city").exists()


def test_a_second_server_of_a_folder_is_refused_and_other_programs_go_on_beside_the_first(tmp_path: Path) -> None:
    with running(tmp_path):
        folder = ("--data", tmp_path / "city")
        second = crew("serve", "--port", "0", *folder, home=tmp_path)
        assert (second.code, second.out) == (CorrectUsage.exit_code, "")
        assert f"Another `crew serve` serves {tmp_path / 'city'} already." in second.err
        (tmp_path / "requests.csv").write_text(csv_text(row(101)))
        for words in (("import", tmp_path / "requests.csv"), ("check",), ("backup", tmp_path / "backup.tar")):
            beside = crew("backend", *words, *folder, home=tmp_path)
            assert beside.code == 0, beside.err


def test_a_server_that_was_killed_leaves_the_folder_to_the_next(tmp_path: Path) -> None:
    with running(tmp_path) as (process, _):
        process.kill()
        process.wait()
        with running(tmp_path) as (_, url):
            assert httpx.get(f"{url}/crew/v1/openapi.json").status_code == 200


def test_stale_uploads_are_swept_while_it_runs(city: City, clock: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crew.backend.serve._SWEEP_SECONDS", 0.05)
    with serve.EmbeddedBackend(city):
        files = UploadFiles(city.data_dir / "uploads")
        stale, fresh = files.begin("tablet", "a" * 64, 10), files.begin("tablet", "b" * 64, 10)
        for partial, age in ((stale, KEPT_FOR + timedelta(days=1)), (fresh, timedelta(days=1))):
            then = (clock() - age).timestamp()
            os.utime(partial.path, (then, then))
        eventually(lambda: not stale.path.exists())
        assert fresh.path.exists()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0), ("no.such.host.invalid", 0)])
def test_an_address_that_cannot_be_listened_on_is_told_in_a_sentence(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(CorrectUsage):
        serve.serve(tmp_path / "city", host, port, lambda url: None)


def test_beside_a_terminal_it_answers_on_a_port_of_its_own_and_leaves_no_thread(city: City) -> None:
    before = set(threading.enumerate())

    with serve.EmbeddedBackend(city) as url, serve.EmbeddedBackend(city) as other:
        assert url != other
        assert url.startswith("http://127.0.0.1:")
        for address in (url, other):
            assert httpx.get(f"{address}/crew/v1/openapi.json").status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/crew/v1/openapi.json")
    assert {thread.name for thread in set(threading.enumerate()) - before} <= {"AnyIO worker thread"}
