"""A real web server that speaks what a Mastodon account is posted to with: who one is, media, statuses."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Toot:
    """A status, with the media that it shows as they were sent."""

    text: str
    pictures: list[bytes]
    descriptions: list[str]


@dataclass
class Mastodon:
    """What was posted on the account."""

    toots: list[Toot] = field(default_factory=list)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    refuses_media: bool = False

    def upload(self, kind: str, body: bytes) -> dict[str, Any]:
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in BytesParser(policy=HTTP).parsebytes(head + body).walk()
            if not part.is_multipart()
        }
        name = str(len(self.media) + 1)
        file, words = parts["file"], parts["description"]
        assert isinstance(file, bytes)
        assert isinstance(words, bytes)
        self.media[name] = (file, words.decode())
        return {"id": name, "type": "image"}

    def toot(self, body: bytes) -> dict[str, Any]:
        said = json.loads(body)
        shown = [self.media[name] for name in said.get("media_ids", ())]
        self.toots.append(Toot(said["status"], [file for file, _ in shown], [words for _, words in shown]))
        return {"id": str(len(self.toots)), "account": {"username": "town"}}


@contextmanager
def mastodon_server(mastodon: Mastodon) -> Iterator[str]:
    """Listen on loopback; gives the address as Apprise wants it, with a token."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != "Bearer s3cret":
                self._answer(401, {"error": "The access token is invalid"})
            elif self.path == "/api/v1/media":
                refused = mastodon.refuses_media
                self._answer(503 if refused else 200, {} if refused else mastodon.upload(self._kind(), body))
            else:
                assert self.path == "/api/v1/statuses", self.path
                self._answer(200, mastodon.toot(body))

        def _kind(self) -> str:
            return self.headers["Content-Type"]

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"mastodon://s3cret@127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
