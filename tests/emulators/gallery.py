"""The pictures of docs/photos.md, docs/map.md and docs/desks.md, taken of the real program in real terminals.

python -m tests.emulators.gallery
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PIL import Image

from crew.backend.demo.scenery import ATTRIBUTION, NAME, SCENERY
from crew.backend.demo.scenes import SceneKind, draw_scene
from crew.domain.work_order import OrderId, Photo, PhotoRole
from crew.maps.building import write_map
from crew.maps.geojson import shapes_of_lines
from crew.photos.intake import prepare
from crew.wire import CrewLoad
from crew.wiring import now
from tests.emulators.desktop import Desktop, desktop
from tests.emulators.terminals import VT340, XTERM, Emulator, kitty
from tests.maps.town import silent
from tests.terminal.truck import A_SUPERVISOR, Truck, a_days_work
from tests.waits import eventually

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_STILL = 80
"""So many looks must see the same before a picture is taken."""
_FACES = 2
"""The same, with a cursor and without."""
_COLOURS = 128
_IN_ALL_COLOURS = ("env", "COLORTERM=truecolor")
"""What a person's own terminal says, and a bare xterm does not."""


def _device(folder: Path) -> Path:
    """A crew's device: a pothole with the citizen's photo, and the crew's own beside it in a folder."""
    device = Truck(folder / "device")
    first, *others = a_days_work()
    before = prepare(draw_scene(SceneKind.POTHOLE, "before", 3), "before.jpg")
    photo = Photo(
        device.store.photos.write(before.content),
        PhotoRole.BEFORE,
        len(before.content),
        before.width,
        before.height,
        first.requested_at,
    )
    device.receive([replace(first, photos=(photo,)), *others])
    sketch = shapes_of_lines(SCENERY)
    device.store.map_file.path.parent.mkdir()
    write_map(sketch, device.store.map_file.path, name=NAME, attribution=ATTRIBUTION, on_progress=silent)
    device.store.close()
    pictures = folder / "Pictures"
    pictures.mkdir()
    (pictures / "IMG_0412.JPG").write_bytes(draw_scene(SceneKind.POTHOLE, "after", 3))
    return folder / "device"


def _office(folder: Path) -> Path:
    """A supervisor's device: four crews with different mornings, and what nobody has."""
    device, moment = Truck(folder / "device", A_SUPERVISOR), now()
    crews = {"D2": "Public Works D2", "D5": "Public Works D5", "LIGHTS": "Street Lights", "TREES": "Trees"}
    device.store.device.keep_crews(
        tuple(CrewLoad(name, title, seen_at=moment, unsent=2 * (name == "D5")) for name, title in crews.items())
    )
    shares = ("D2",) * 4 + ("D5",) * 9 + ("LIGHTS",) * 5 + ("TREES",) * 2 + ("",) * 2
    for number, crew in enumerate(shares):
        due_at = moment + timedelta(hours=7 * number % 41 - 4)
        named = OrderId(f"3110001{number:05}")
        order = replace(a_days_work()[number % 7], id=named, crew=crew, crew_title=crews.get(crew, ""), due_at=due_at)
        device.receive([order])
    device.store.close()
    return folder / "device"


def _board(screen: Desktop) -> None:
    for key in ("2", "Right", "space", "space"):
        _still(screen)
        screen.press(key)


def _order(screen: Desktop) -> None:
    _still(screen)


def _zoom(screen: Desktop) -> None:
    _still(screen)
    screen.press("z")


def _done(screen: Desktop) -> None:
    for key in ("d", "p", "Return", "Return"):
        _still(screen)
        screen.press(key)


def _map(screen: Desktop) -> None:
    for key in ("r", "m"):
        _still(screen)
        screen.press(key)


def _still(screen: Desktop) -> Image.Image:
    """Wait until nothing changes any more, but for a cursor that blinks."""
    looks: list[int] = []

    def look() -> Image.Image | None:
        picture = screen.picture()
        if picture.getbbox() is None:
            return None
        looks.append(hash(picture.tobytes()))
        return picture if len(looks) >= _STILL and len(set(looks[-_STILL:])) <= _FACES else None

    return eventually(look)


def _take(
    name: str, emulator: Emulator, way: Callable[[Desktop], None], device: Callable[[Path], Path] = _device
) -> None:
    with tempfile.TemporaryDirectory() as folder, desktop() as screen:
        home = Path(folder)
        with replace(emulator, within=_IN_ALL_COLOURS).showing(screen, ["--data", device(home)], home):
            way(screen)
            width, height = screen.window_size()
            picture = _still(screen).crop((0, 0, width, height))
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(_FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    """Take them all."""
    _take("photo-sixel", VT340, _order)
    _take("photo-half-blocks", XTERM, _order)
    _take("photo-before-after", VT340, _done)
    _take("photo-zoom-kitty", kitty(), _zoom)
    _take("map", XTERM, _map)
    _take("board", XTERM, _board, _office)


if __name__ == "__main__":
    main()
