"""A device of the model: the real store, field work and sync, and a ledger of all that it said to be saved."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from crew.api_client import CrewApi
from crew.domain.change import Change, ChangeId, SendingStatus
from crew.domain.errors import CrewError
from crew.domain.identity import uuid7
from crew.domain.work_order import Photo
from crew.field_work import FieldWork
from crew.store.outbox import OutboxEntry
from crew.store.store import open_store
from crew.sync import Sync, World
from crew.tokens import Tokens
from tests.backend.citizens import Hands
from tests.backend.crews import jpeg, photo_of
from tests.model.backend_side import Backend
from tests.model.road import Fault, Road
from tests.trucks import BOSTON

URL = "http://city.example"


async def _nobody_knocks(_: str) -> bool:
    return True


@dataclass
class Device:
    """A laptop in a truck or an office, whose clock may be wrong."""

    name: str
    folder: Path
    backend: Backend
    time: Hands
    random: Random
    skew: timedelta = timedelta()
    ledger: dict[ChangeId, Change] = field(default_factory=dict)
    """Every change of which it was said that it is saved."""

    def __post_init__(self) -> None:
        self.road = Road(self.backend, self._power_cut)
        self._image: Path | None = None
        self._images = 0
        self._open()

    def _open(self) -> None:
        self.store = open_store(self.folder, self.clock())
        self.field_work = FieldWork(self.store, self.clock, lambda: uuid7(self.clock, self.random.getrandbits), BOSTON)
        world = World(
            connect=lambda url, token: CrewApi(url, token, self.road),
            address=lambda raw: raw,
            clock=self.clock,
            jitter=lambda: 0.0,
            fresh_id=lambda: self.name,
            tokens=Tokens(self.folder / "sign-ins"),
            reaches=_nobody_knocks,
        )
        self.sync = Sync(self.store, world)

    def clock(self) -> datetime:
        return self.time() + self.skew

    def restarts(self) -> None:
        """The program is ended and started again."""
        self.store.close()
        self._open()

    def _power_cut(self) -> None:
        """Remember what is on the disk at this moment: what the program writes from now on never got there."""
        self._images += 1
        self._image = self.folder.with_name(f"{self.name}-{self._images}")
        shutil.copytree(self.folder, self._image, ignore=shutil.ignore_patterns("*-shm", "store.lock"))

    def syncs(self, runner: asyncio.Runner, faults: Sequence[Fault] = ()) -> None:
        """One round over a road with faults."""
        self.road.will_meet(faults)
        with suppress(CrewError):
            runner.run(self.sync.run_once())
        if self._image is not None:
            self.store.close()
            shutil.rmtree(self.folder)
            self.folder, self._image = self._image, None
            self._open()

    def photographs(self, number: int) -> Photo:
        """A photo of the work, kept on the device."""
        content = jpeg(f"#{number % 4096:03x}", (16, 12))
        photo = photo_of(content)
        self.store.photos.write(content)
        self.store.photos.add(photo, self.clock())
        return photo

    def says_saved(self, change: Change) -> None:
        """The person was told so."""
        self.ledger[change.id] = change

    def entries(self) -> dict[ChangeId, OutboxEntry]:
        """Every change that the store knows, in the order they were made."""
        found = (*self.store.outbox.settled(100_000), *self.store.outbox.unsettled())
        return {entry.change.id: entry for entry in sorted(found, key=lambda entry: entry.change.sequence)}

    def standing(self) -> list[tuple[ChangeId, SendingStatus]]:
        """How far each change has travelled."""
        return [(change_id, entry.sending_status) for change_id, entry in self.entries().items()]

    def close(self) -> None:
        self.store.close()
