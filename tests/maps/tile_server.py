"""A tile server on this machine, as good or as bad as a test wants it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any

from PIL import Image

from crew.maps.tile_address import Tile, TileAddress

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    content: bytes = b""
    status: int = 200
    kind: str = "image/png"
    headers: dict[str, str] = field(default_factory=dict)
    claimed: int | None = None
    """The length that it claims, where that is another one."""


def colour_of(tile: Tile) -> Colour:
    """Every tile has a colour of its own, nearly."""
    return (40 + tile.column * 37 % 200, 40 + tile.row * 53 % 200, 40 + tile.zoom * 11 % 200)


def a_tile(colour: Colour = (200, 220, 180), side: int = 256, form: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, form)
    return file.getvalue()


def good(tile: Tile) -> Answer:
    return Answer(a_tile(colour_of(tile)))


class TileCity:
    """A running server; `answer` may be changed meanwhile."""

    def __init__(self, answer: Callable[[Tile], Answer]) -> None:
        self.answer = answer
        self.asked: list[Tile] = []
        self.heard: list[dict[str, str]] = []
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                zoom, column, row = map(int, self.path.removesuffix(".png").strip("/").split("/"))
                tile = Tile(zoom, column, row)
                city.asked.append(tile)
                city.heard.append(dict(self.headers.items()))
                said = city.answer(tile)
                self.send_response(said.status)
                self.send_header("Content-Type", said.kind)
                self.send_header("Content-Length", str(len(said.content) if said.claimed is None else said.claimed))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said.content)

            def log_message(self, format: str, *_: Any) -> None:
                """Nobody reads it."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up is none."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def template(self) -> str:
        return f"http://127.0.0.1:{self.port}/{{z}}/{{x}}/{{y}}.png"

    @property
    def address(self) -> TileAddress:
        return TileAddress.read(self.template)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def tile_city(answer: Callable[[Tile], Answer] = good) -> Iterator[TileCity]:
    city = TileCity(answer)
    try:
        yield city
    finally:
        city.close()
