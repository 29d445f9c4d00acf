"""A real web server that remembers what was posted to it, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """A web server's memory, and how it treats those who come."""

    received: list[Posted] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    hangs: threading.Event | None = None
    """While this is there and not set, nobody gets an answer."""
    closes: bool = False
    """Close in the middle of the answer."""


@contextmanager
def web_server(listener: Listener) -> Iterator[str]:
    """Listen on loopback; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if listener.hangs is not None:
                listener.hangs.wait(30)
                return
            listener.received.append(Posted(self.path, dict(self.headers), body))
            if listener.closes:
                self.wfile.write(b"HTTP/1.1 20")
                return
            self.send_response(listener.status)
            for name, value in listener.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        if listener.hangs is not None:
            listener.hangs.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
