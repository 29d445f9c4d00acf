"""The only place that builds things: settings into store, field work, sync and app. Above everything but the CLI.

What is heavy is imported inside the function that needs it: httpx, Textual and the backend cost more than the rest
of the start together, and the first paint needs none of the first and last.
"""

import gc
import os
import platform
import random
from datetime import UTC, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

import msgspec

from crew.camera import CameraSettings
from crew.domain.errors import CorrectSettings
from crew.domain.identity import uuid7
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.field_work import FieldWork
from crew.look import Look
from crew.map_program import MapProgram, NavigateSettings
from crew.photo_work import PictureSources
from crew.position.choice import PositionSettings
from crew.settings import read_own, read_toml, shipped_path, to_shape
from crew.store.database import sqlite_version as sqlite_version
from crew.store.store import Store, open_store
from crew.system_clock import now as now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crew.camera import Camera
    from crew.phone import PhoneDoor
    from crew.photos.darkroom import Darkroom
    from crew.sync import Sync
    from crew.tile_client import TileServer
    from crew.tokens import Tokens

_SETTINGS_FILE: Final = "crew.toml"
_TILES_FOLDER: Final = "tiles"
_TOKENS_FOLDER: Final = "sign-ins"
_FRAMES: Final = ("TEXTUAL_FPS", "240")
"""Frames a second at most: what a key led to, such as what a search found, need not wait after the frame of the key."""

_RARELY: Final = 40
"""After so many looks through what is young all is looked through, while somebody types; the app does it in pauses."""


class LinkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the backend may be reached."""

    allow_plain_http: bool = False


class PhotoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long and how much of photos stays on this device, and where a phone brings them."""

    keep_originals_days: int = 30
    keep_megabytes: int = 500
    fetch: Literal["all", "asked"] = "all"
    phone_address: str = ""


class MapSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tile server under the map, and how much of it stays on this device."""

    tiles: str = ""
    attribution: str = ""
    keep_megabytes: int = 100


class LockSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the terminal asks for a PIN by itself."""

    minutes: float = 0


class SignInSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where sign-ins are kept on this device."""

    keep: Literal["auto", "file"] = "auto"


class CrewSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting of the terminal; config/crew.toml has each with its reason."""

    look: Look = msgspec.field(default_factory=Look)
    link: LinkSettings = msgspec.field(default_factory=LinkSettings)
    photos: PhotoSettings = msgspec.field(default_factory=PhotoSettings)
    camera: CameraSettings = msgspec.field(default_factory=CameraSettings)
    position: PositionSettings = msgspec.field(default_factory=PositionSettings)
    map: MapSettings = msgspec.field(default_factory=MapSettings)
    lock: LockSettings = msgspec.field(default_factory=LockSettings)
    sign_in: SignInSettings = msgspec.field(default_factory=SignInSettings)
    navigate: NavigateSettings = msgspec.field(default_factory=NavigateSettings)
    views: dict[str, str] = {}
    """Views of the queue: each a line of words and filters, by its name."""


class Device(Value):
    """What every command of a device works with."""

    store: Store
    field_work: FieldWork
    settings: CrewSettings


def local_zone() -> tzinfo:
    """The time zone of this device."""
    zone = now().astimezone().tzinfo
    return zone if zone is not None else UTC


def default_data_dir() -> Path:
    """Where the store lies when no folder is named."""
    import platformdirs

    return platformdirs.user_data_path("crew")


def settings_path() -> Path:
    """The person's own settings file: CREW_CONFIG, or crew.toml in the user's configuration folder."""
    import platformdirs

    named = os.environ.get("CREW_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("crew") / _SETTINGS_FILE


def read_crew_settings() -> CrewSettings:
    """The shipped defaults, with what the person's own file changes.

    Raises:
        CorrectSettings: A file is broken, or a key does not exist; the sentence names both.
    """
    shipped = to_shape(read_toml(shipped_path(_SETTINGS_FILE)), CrewSettings, _SETTINGS_FILE)
    path = settings_path()
    own = read_own(path, "CREW_CONFIG")
    if own is None:
        return shipped
    to_shape(own, CrewSettings, str(path))
    return to_shape(_overlaid(msgspec.to_builtins(shipped), own), CrewSettings, str(path))


def _overlaid(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _overlaid(base[name], own[name]) if isinstance(base.get(name), dict) and name in own else value
        for name, value in (base | own).items()
    }


_chance: Final = random.SystemRandom()


def _fresh_id() -> UUID:
    return uuid7(now, _chance.getrandbits)


def open_device(data_dir: Path) -> Device:
    """Open the store in a folder and what works on it. Raises as `open_store` and `read_crew_settings`."""
    settings = read_crew_settings()
    store = open_store(data_dir, now())
    field_work = FieldWork(store, now, _fresh_id, local_zone())
    field_work.queue.city_views = settings.views
    return Device(store, field_work, settings)


def make_sync(device: Device) -> "Sync":
    """Build the road to the backend. Imports httpx: call it after the first paint."""
    from crew.api_client import CrewApi, backend_address
    from crew.sync import Sync, World
    from crew.sync.link_watch import Door

    world = World(
        connect=CrewApi,
        address=partial(backend_address, allow_plain_http=device.settings.link.allow_plain_http),
        clock=now,
        jitter=random.random,
        fresh_id=lambda: str(_fresh_id()),
        tokens=_tokens(device),
        reaches=Door().opens,
        device_name=platform.node(),
        photos_only_asked=device.settings.photos.fetch == "asked",
    )
    return Sync(device.store, world)


def _tokens(device: Device) -> "Tokens":
    from crew.tokens import Tokens, keyring_program

    program = keyring_program() if device.settings.sign_in.keep == "auto" else ()
    return Tokens(device.store.folder / _TOKENS_FOLDER, program)


def tidy_photos(device: Device) -> None:
    """Let go of photos and originals beyond what the settings keep. Raises as the store."""
    kept = device.settings.photos
    device.field_work.photos.tidy(timedelta(days=kept.keep_originals_days), kept.keep_megabytes * 1_000_000)


def phone_door(device: Device, words: str, way: int) -> "PhoneDoor":
    """A door for the worker's phone, not open yet; its photos land beside those of cameras. Not before the first paint.

    Args:
        device: The device.
        words: What the photos are for.
        way: Which of the networks to listen on, counted from the likeliest.
    """
    from crew.phone import Limits, PhoneDoor, Surroundings, ways
    from crew.photos.prepared import SIZE_LIMIT_BYTES

    surroundings = Surroundings(ways=partial(ways, device.settings.photos.phone_address))
    return PhoneDoor(device.field_work.photos.incoming, words, Limits(photo_bytes=SIZE_LIMIT_BYTES), way, surroundings)


def _sync_after_first_paint(device: Device) -> "Sync":
    try:
        tidy_photos(device)
        return make_sync(device)
    finally:
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], _RARELY)
        gc.enable()


def _darkroom() -> "Darkroom":
    from crew.photos.darkroom import Darkroom  # Pillow loads with the first photo

    return Darkroom()


def _find_cameras(settings: CameraSettings) -> "Sequence[Camera]":
    from crew.camera_choice import cameras

    return cameras(settings)


async def follow_position(device: Device, moved: "Callable[[str], None]") -> None:
    """Listen to the receiver of the settings until cancelled, or not at all where they want none.

    Args:
        device: The device.
        moved: Called where its place has become another, with what troubles the receiver.

    Raises:
        CorrectSettings: They name no receiver that there is.
    """
    from crew.position.choice import receiver

    chosen = receiver(device.settings.position, now)
    if chosen is not None:
        await device.field_work.whereabouts.follow(chosen, moved, uncalled=device.settings.position.by_itself)


def set_up_tiles(device: Device) -> None:
    """Let the map have pictures where the settings name a tile server; where they name none well, let it say so."""
    wanted, map_work = device.settings.map, device.field_work.map
    if not wanted.tiles:
        return
    from crew.map_tiles import MapTiles
    from crew.maps.tile_address import TileAddress
    from crew.store.tile_files import TileFiles

    try:
        address = TileAddress.read(wanted.tiles)
    except CorrectSettings as error:
        map_work.tile_trouble = error.sentence
        return
    files = TileFiles(device.store.folder / _TILES_FOLDER, wanted.keep_megabytes * 1_000_000, now)
    map_work.tiles = MapTiles(address, files, device.field_work.photos.mosaic, now)
    map_work.attribution = clean_line(wanted.attribution)


async def bring_tiles(device: Device, came: "Callable[[], None]") -> None:
    """Bring the tiles that the map wishes for until cancelled, or nothing where there is no tile server.

    Args:
        device: The device.
        came: Called where the map may look another way.

    Raises:
        CorrectInput, CallForHelp: As `TileFetching.run`.
    """
    tiles = device.field_work.map.tiles
    if tiles is None:
        return
    from crew.sync.tile_fetching import TileFetching

    await TileFetching(tiles, _tile_server, random.random).run(came)


def _tile_server(origin: str) -> "TileServer":
    from crew.tile_client import TileServer  # imports httpx

    return TileServer(origin)


def run_terminal(device: Device) -> int:
    """Start the terminal on a device and return its exit code. Call `require_terminal` first."""
    gc.disable()  # what a start makes lives to the end: looking through it for rubbish took a fifth of the start
    os.environ.setdefault(*_FRAMES)
    from crew.app import CrewApp
    from crew.pictures import choose_graphics

    field_work = device.field_work
    field_work.photos.decode_apart(_darkroom)
    field_work.photos.sources = PictureSources(
        find_cameras=partial(_find_cameras, device.settings.camera), open_phone=partial(phone_door, device)
    )
    set_up_tiles(device)
    field_work.map_program = MapProgram(device.settings.navigate.program)
    if device.settings.lock.minutes and field_work.signed_in() and field_work.sharing.can_lock():
        field_work.sharing.lock()
    first_day = field_work.home() if field_work.signed_in() else None
    app = CrewApp(
        field_work,
        lambda: _sync_after_first_paint(device),
        device.settings.look,
        first_day,
        choose_graphics(device.settings.look.graphics),
    )
    app.follow_position = partial(follow_position, device)
    app.bring_tiles = partial(bring_tiles, device)
    app.lock_minutes = device.settings.lock.minutes
    app.run()
    return app.return_code or 0
