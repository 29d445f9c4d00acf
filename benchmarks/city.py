"""A city with orders and signed-in devices, the same each time: what stands at the other end of a link."""

import hashlib
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random, SystemRandom
from typing import Final

from PIL import Image

from crew import wire
from crew.api_client import CrewApi
from crew.backend import people
from crew.backend.backend_settings import BackendSettings
from crew.backend.changes import take_changes
from crew.backend.city import City, open_city
from crew.backend.endpoint import Caller
from crew.backend.orders import NewRequest, insert_request
from crew.domain.change import Act, Change, ChangeId
from crew.domain.identity import uuid7
from crew.domain.person import Person, Role
from crew.domain.work_order import OrderId, Photo, PhotoRole, WorkStatus
from crew.field_work import FieldWork
from crew.store.device import SignedInDevice
from crew.store.store import Store, open_store
from crew.sync import Sync, World
from crew.tokens import Tokens

CREW: Final = "PWDx_District 02: Jamaica Plain"
PHOTO_SIZE: Final = (660, 628)
"""In pixels: 250 KB of noise."""

_SERVICES = ("pothole", "graffiti", "street-light", "missed-trash")
_STREETS = ("Centre St", "Tremont St", "Blue Hill Ave", "Dorchester Ave", "Washington St", "Adams St", "Beacon St")
_WORDS = (
    "the big deep hole in front of our house is back since last week and cars swerve around it near the school "
    "please send somebody before a cyclist falls there again it was patched in spring but water came through at the "
    "corner by the bus stop light does not work at night people throw bags next to the bin every monday morning"
)


def now() -> datetime:
    """The clock of the city and of the devices."""
    return datetime.now(UTC)


def found_city(folder: Path) -> City:
    """A city of its own in a folder."""
    return open_city(folder, BackendSettings(), now)


def report_orders(city: City, count: int, crew: str = CREW, seed: int = 311) -> list[OrderId]:
    """Citizens report that many things in their own words, all for one crew."""
    chance = Random(seed)
    with city.database.writing() as connection:
        return [OrderId(insert_request(connection, city, _request(chance, crew))) for _ in range(count)]


def _request(chance: Random, crew: str) -> NewRequest:
    return NewRequest(
        service_code=chance.choice(_SERVICES),
        description=" ".join(chance.choices(_WORDS.split(), k=chance.randint(6, 40))).capitalize() + ".",
        address=f"{chance.randint(1, 900)} {chance.choice(_STREETS)}, Jamaica Plain, 02130",
        lat=42.25 + chance.random() / 8,
        long=-71.15 + chance.random() / 8,
        crew=crew,
        email=f"resident{chance.randrange(10**6)}@example.org",
    )


def enrol(city: City, device_id: str, crew: str = CREW) -> wire.SignedIn:
    """A person of a crew signs in on a device."""
    with city.database.writing() as connection:
        place = people.Place("crew", crew)
        number = people.insert_person(connection, city.catalogue, f"Ana of {device_id}", place)
        code = people.new_code(connection, number, city.clock())
        enrolled = people.sign_in(connection, city.catalogue, wire.SignIn(code, device_id), city.clock())
    return wire.SignedIn(enrolled.token, enrolled.person, city.settings.city_name)


def signed_in_store(city: City, url: str, folder: Path) -> Store:
    """A device's store, signed in to the city at an address."""
    store = open_store(folder, now())
    answer = enrol(city, store.device.device_id(folder.name))
    store.device.sign_in(SignedInDevice(url, answer.token, answer.person, answer.city))
    return store


def road_to(store: Store) -> Sync:
    """The product's own road from a store to its backend."""

    async def knocks(_url: str) -> bool:
        return True

    world = World(
        connect=CrewApi,
        address=lambda raw: raw,
        clock=now,
        jitter=lambda: 0.0,
        fresh_id=lambda: "never asked",
        tokens=Tokens(store.folder / "sign-ins"),
        reaches=knocks,
    )
    return Sync(store, world)


def acts_of_somebody_else(city: City, order_ids: list[OrderId], act: Act, round_: int) -> None:
    """Another device of the same crew does the same on every order.

    Raises:
        AssertionError: The backend does not take it.
    """
    caller = Caller(Person("Ben", Role.CREW, CREW, ""), "another truck")
    changes = [
        Change(
            id=ChangeId(f"{round_}-{number}"),
            device_id=caller.device_id,
            sequence=round_ * len(order_ids) + number + 1,
            order_id=order_id,
            base_version=1 + round_,
            made_at=city.clock(),
            person=caller.person.name,
            act=act,
        )
        for number, order_id in enumerate(order_ids)
    ]
    outcomes = {answer.outcome for answer in take_changes(city, caller, changes).answers}
    if outcomes != {"applied"}:
        raise AssertionError(f"the backend did not take the changes: {outcomes}")


def finish_with_photo(store: Store, order_id: OrderId, content: bytes) -> None:
    """The device's person ends the work on an order, with a photo of it; everything waits in the outbox."""
    work = FieldWork(store, now, partial(uuid7, now, SystemRandom().getrandbits), UTC)
    photo = Photo(store.photos.write(content), PhotoRole.AFTER, len(content), *PHOTO_SIZE)
    store.photos.add(photo, now())
    work.set_status(order_id, WorkStatus.DONE, photos=[photo])


def noise_photo(name: str) -> bytes:
    """A photo of a name's own noise, so that nothing on the way can make it smaller."""
    width, height = PHOTO_SIZE
    pixels = hashlib.shake_256(name.encode()).digest(width * height * 3)
    file = BytesIO()
    Image.frombytes("RGB", PHOTO_SIZE, pixels).save(file, "JPEG", quality=75)
    return file.getvalue()
