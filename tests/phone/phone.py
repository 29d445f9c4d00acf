"""A phone without a browser: speaks to an open door as its page would, and as no page would."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

from httpx import AsyncClient, Response
from PIL import Image

from crew.phone import PhoneDoor

PIECE = "application/offset+octet-stream"


def a_photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **options: Any) -> bytes:
    """A picture with so much on it that it does not shrink to nothing."""
    file = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


class Phone:
    """One browser: it keeps cookies and says where its requests come from."""

    def __init__(self, client: AsyncClient, url: str) -> None:
        self.client = client
        self.url = url

    @property
    def origin(self) -> str:
        return self.url[: self.url.index("/", 8)]

    async def call(self, method: str, place: str, content: bytes = b"", **headers: str) -> Response:
        """Ask for a place under the address, or for a whole path."""
        url = f"{self.origin}{place}" if place.startswith("/") else f"{self.url}{place}"
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, url, content=content, headers={"origin": self.origin, **names})

    async def hello(self) -> Response:
        """What the page says first."""
        return await self.call("POST", "hello")

    async def begin(self, length: int) -> Response:
        return await self.call("POST", "photos", upload_length=str(length))

    async def piece(self, where: str, offset: int, content: bytes) -> Response:
        return await self.call("PATCH", where, content, upload_offset=str(offset), content_type=PIECE)

    async def offset(self, where: str) -> int:
        """How many bytes the laptop says it has."""
        return int((await self.call("HEAD", where)).headers["upload-offset"])

    async def send(self, content: bytes) -> Response:
        """Send a whole photo in one piece."""
        begun = await self.begin(len(content))
        if begun.status_code != 201:
            return begun
        return await self.piece(begun.headers["location"], 0, content)


def left_in(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def raw(door: PhoneDoor, request: bytes) -> bytes:
    """Send bytes over a bare socket, and return everything that comes until the other side closes."""
    host, port = door.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer
