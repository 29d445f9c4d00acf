"""`crew demo`: a believable city day on this machine, backend and terminal together. CLI layer.

Nothing to configure and no network: the backend listens on loopback, mail goes into a folder of .eml files.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from crew.cli.backend import require_backend
from crew.cli.output import counted
from crew.cli.terminal import require_terminal
from crew.domain.person import Role

if TYPE_CHECKING:
    import argparse

    from crew.backend.city import City
    from crew.wiring import Device

_NAMES: Final = {Role.CREW: "Ana", Role.SUPERVISOR: "Sam", Role.DISPATCHER: "Dee"}


def start(arguments: "argparse.Namespace") -> int:
    """Prepare the city, start its backend, open the terminal signed in."""
    require_terminal()
    _fetch_backend_with_uv()
    require_backend()
    kept = getattr(arguments, "data", None)
    with _folder(kept) as folder:
        return _run(folder, Role(arguments.role), kept=bool(kept))


def _run(folder: Path, role: Role, *, kept: bool) -> int:
    from crew.backend.backend_settings import read_backend_settings
    from crew.backend.city import open_city
    from crew.backend.demo.city import DEMO_CREW, fill
    from crew.backend.serve import EmbeddedBackend
    from crew.wiring import now, open_device, run_terminal

    print("Preparing the city ...", file=sys.stderr)
    city = open_city(folder / "backend", read_backend_settings(), now)
    fill(city, now())
    with EmbeddedBackend(city) as url:
        device = open_device(folder / f"terminal-{role}")
        _sign_in(device, city, url, role, DEMO_CREW if role is Role.CREW else "")
        _give_map(city, device)
        mail = city.mail_folder
        print(f"City at {url}, mail to citizens in {mail}", file=sys.stderr)
        code = run_terminal(_with_card(device, folder / "card"))
        device.store.close()
    print(mails_words(mail, kept=kept), file=sys.stderr)
    return code


def mails_words(mail: Path, *, kept: bool) -> str:
    """How many mails there are, and where; or that they go in a moment with all that this run made."""
    count = counted(len(list(mail.glob("*.eml"))), "mail")
    return f"Citizens were sent {count}, {f'in {mail}' if kept else 'gone now as the city is: --data DIR keeps both.'}"


def _sign_in(device: "Device", city: "City", url: str, role: Role, crew: str) -> None:
    """Sign in with a code of one's own making, or go on where an earlier run stopped."""
    from crew.backend.admin import add_person
    from crew.wiring import make_sync

    if device.field_work.signed_in() is not None:
        device.store.device.move_to(url)
        return
    code = add_person(city, _NAMES[role], role, crew)

    async def first_round() -> None:
        sync = make_sync(device)
        await sync.sign_in(url, code)
        await sync.run_once()

    asyncio.run(first_round())


def _give_map(city: "City", device: "Device") -> None:
    """Let the city offer its sketch of a map, and the device have it, once."""
    if device.store.map_file.path.exists():
        return
    from crew.backend.demo.scenery import ATTRIBUTION, NAME, SCENERY
    from crew.backend.map_offer import put_map
    from crew.maps.building import write_map
    from crew.maps.geojson import shapes_of_lines

    file = city.data_dir / "sketch.pmtiles"
    write_map(shapes_of_lines(SCENERY), file, name=NAME, attribution=ATTRIBUTION, on_progress=_silent)
    put_map(city.data_dir, file, _silent)
    device.store.map_file.put(file)
    file.unlink()


def _with_card(device: "Device", card: Path) -> "Device":
    """The device with a card in its camera, unless the person's settings name a folder of their own."""
    from crew.backend.demo.card import fill_card

    look = device.settings.look
    if look.photo_folder:
        return device
    fill_card(card)
    return replace(device, settings=replace(device.settings, look=replace(look, photo_folder=str(card))))


def _silent(done: int, total: int | None) -> None:
    """The map of the demo is made before anybody could read how far it has got."""


@contextmanager
def _folder(named: str | None) -> Iterator[Path]:
    """The folder of --data, or one for this run alone."""
    if named:
        yield Path(named).expanduser()
        return
    with tempfile.TemporaryDirectory(prefix="crew-demo-") as made:
        yield Path(made)


def _fetch_backend_with_uv() -> None:
    """Under `uvx --from . crew demo` only the truck's parts are there: start again with the backend extra.

    uv tells where it is in UV, and PEP 610 tells where this package came from.
    """
    uv = os.environ.get("UV")
    if not uv or find_spec("starlette") is not None:
        return
    try:
        origin = distribution("crew").read_text("direct_url.json")
    except PackageNotFoundError:
        return
    if origin:
        source = f"crew[backend] @ {json.loads(origin)['url']}"
        os.execv(uv, [uv, "tool", "run", "--from", source, "crew", *sys.argv[1:]])
