"""What a crew has at hand: a signed-in device, the changes that it makes, and orders to work on."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from uuid import uuid4

import httpx
from PIL import Image

from crew import wire
from crew.backend.admin import add_person
from crew.backend.city import City
from crew.backend.orders import NewRequest, insert_request, load_order
from crew.domain.change import Act, Change, ChangeId
from crew.domain.person import Person, Role
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, WorkOrder
from tests.backend.citizens import SECRET_MAIL, SECRET_PHONE

ROADS: Final = "roads"
LIGHTS: Final = "lights"
PLAIN_SERVICE: Final = "a-service-that-asks-for-no-photo"
PHOTO_SERVICE: Final = "pothole"
JSON: Final = {"Content-Type": wire.MEDIA_TYPE}
PIECE: Final = {"Content-Type": wire.PIECE_MEDIA_TYPE}


def report(city: City, crew: str = ROADS, service_code: str = PLAIN_SERVICE, email: str = SECRET_MAIL) -> OrderId:
    """A citizen reports something, with a name and an address for the answer, and a crew gets the order."""
    new = NewRequest(
        service_code=service_code,
        description="A hole",
        address="52 G St",
        crew=crew,
        first_name="Ada",
        last_name="Quiet-Lastname",
        email=email,
        phone=SECRET_PHONE,
        device_id="citizen-device",
        account_id="citizen-account",
    )
    with city.database.writing() as connection:
        return OrderId(insert_request(connection, city, new))


def stored(city: City, order_id: str) -> WorkOrder:
    """The order as the backend has it."""
    with city.database.reading() as connection:
        order = load_order(connection, city.catalogue, order_id)
    assert order is not None
    return order


def jpeg(colour: str = "grey", size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo as a device has prepared it: nothing but pixels."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def photo_of(content: bytes, role: PhotoRole = PhotoRole.AFTER) -> Photo:
    """The photo as a change names it."""
    return Photo(PhotoHash(hashlib.sha256(content).hexdigest()), role, len(content), 64, 48)


@dataclass
class Device:
    """A device that somebody has signed in on, with a client that speaks to the real application."""

    client: httpx.AsyncClient
    city: City
    person: Person
    token: str
    device_id: str
    sequence: int = field(default=0)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def change(self, order_id: str, act: Act, *, base_version: int | None = None, change_id: str = "") -> Change:
        """A change of this device; without a version, the person knows the order as it stands."""
        self.sequence += 1
        version = stored(self.city, order_id).version if base_version is None else base_version
        return Change(
            id=ChangeId(change_id or str(uuid4())),
            device_id=self.device_id,
            sequence=self.sequence,
            order_id=OrderId(order_id),
            base_version=version,
            made_at=self.city.clock(),
            person=self.person.name,
            act=act,
        )

    async def send(self, *changes: Change) -> httpx.Response:
        body = wire.encode_changes(changes)
        return await self.client.post("/crew/v1/changes", content=body, headers={**self.headers, **JSON})

    async def push(self, *changes: Change) -> Sequence[wire.Answer]:
        response = await self.send(*changes)
        assert response.status_code == 200, response.text
        return wire.decode(response.content, wire.Answers).answers

    async def push_one(self, change: Change) -> wire.Answer:
        (answer,) = await self.push(change)
        return answer

    async def act(self, order_id: str, act: Act, *, base_version: int | None = None) -> wire.Answer:
        """Do one thing and send it."""
        return await self.push_one(self.change(order_id, act, base_version=base_version))

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.client.get(f"/crew/v1/{path}", params=params, headers=self.headers)

    async def feed(self, cursor: str = "", limit: int = 100) -> wire.FeedPage:
        response = await self.get("feed", {"cursor": cursor, "limit": str(limit)})
        assert response.status_code == 200, response.text
        return wire.decode(response.content, wire.FeedPage)

    async def begin_upload(
        self, sha256: str, length: int, first: bytes | None = None, **headers: str
    ) -> httpx.Response:
        """Begin to send a photo; what is given beside replaces a header."""
        announced = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(length),
            "Upload-Metadata": f"sha256 {base64.b64encode(sha256.encode()).decode()}",
            **({} if first is None else PIECE),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.client.post("/crew/v1/uploads", content=first, headers={**self.headers, **announced})

    async def send_photo(self, content: bytes, name: str = "") -> httpx.Response:
        """Send a photo whole, with its beginning."""
        return await self.begin_upload(name or hashlib.sha256(content).hexdigest(), len(content), content)

    async def send_piece(self, sha256: str, offset: int, piece: bytes, **headers: str) -> httpx.Response:
        """Send the next piece of a photo."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        announced = {**self.headers, **PIECE, "Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **more}
        return await self.client.patch(f"/crew/v1/uploads/{sha256}", content=piece, headers=announced)

    async def upload_standing(self, sha256: str) -> httpx.Response:
        """Ask how much of a photo is there."""
        return await self.client.head(f"/crew/v1/uploads/{sha256}", headers={**self.headers, "Tus-Resumable": "1.0.0"})


@dataclass
class Enrolment:
    """Signs people in over the real API."""

    client: httpx.AsyncClient
    city: City

    async def __call__(
        self, role: str = Role.CREW, crew: str = "", name: str = "", device_id: str = "", district: str = ""
    ) -> Device:
        device_id = device_id or str(uuid4())
        code = add_person(self.city, name or f"{role} of {crew or 'the city'}", role, crew, district)
        body = wire.encode(wire.SignIn(code, device_id, "tablet"))
        response = await self.client.post("/crew/v1/sign-in", content=body, headers=JSON)
        assert response.status_code == 200, response.text
        signed_in = wire.decode(response.content, wire.SignedIn)
        return Device(self.client, self.city, signed_in.person, signed_in.token, device_id)
