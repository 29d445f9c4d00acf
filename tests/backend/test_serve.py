"""The backend on a real socket: it says when it answers, and ends when it is told to."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from crew import wire
from crew.backend import serve
from crew.backend.city import City
from crew.domain.errors import CorrectUsage
from tests.running import environment

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


def test_a_port_in_use_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CorrectUsage, match=f"{port} already"):
            serve.serve(tmp_path / "city", "127.0.0.1", port, lambda url: None)

    assert not (tmp_path / "city").exists()


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
