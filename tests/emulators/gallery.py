"""The pictures of README.md and docs/, but for the citizens' pages: of the real program in real terminals.

python -m tests.emulators.gallery
"""

import dataclasses
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PIL import Image

from crew.backend.demo.scenery import ATTRIBUTION, NAME, SCENERY
from crew.backend.demo.scenes import SceneKind, draw_scene
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Photo, PhotoRole, WorkOrder
from crew.maps.building import write_map
from crew.maps.geojson import shapes_of_lines
from crew.photos.intake import prepare
from crew.wire import CrewLoad
from crew.wiring import now
from tests.emulators.desktop import Desktop, desktop
from tests.emulators.terminals import VT340, XTERM, Emulator, kitty
from tests.maps.town import silent
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, a_days_work
from tests.waits import eventually

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_STILL = 80
"""So many looks must see the same before a picture is taken."""
_FACES = 2
"""The same, with a cursor and without."""
_COLOURS = 128
_IN_THE_BUTTON = (20, 530)
_IN_ALL_COLOURS = ("env", "COLORTERM=truecolor")
"""What a person's own terminal says, and a bare xterm does not."""


Words = list[str | Path]
"""What stands behind `crew`."""


def todays_work() -> list[WorkOrder]:
    """The believable day, as if it were this one."""
    later = now() - NOW
    return [
        replace(
            order,
            requested_at=order.requested_at + later,
            updated_at=order.updated_at + later,
            due_at=order.due_at + later if order.due_at else None,
        )
        for order in a_days_work()
    ]


def a_truck(folder: Path) -> Words:
    """A crew's device: a pothole with the citizen's photo, and the crew's own beside it in a folder."""
    device = Truck(folder / "device")
    first, *others = todays_work()
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
    return ["--data", folder / "device"]


def an_office(folder: Path) -> Words:
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
        order = replace(todays_work()[number % 7], id=named, crew=crew, crew_title=crews.get(crew, ""), due_at=due_at)
        device.receive([order])
    device.store.close()
    return ["--data", folder / "device"]


def _demo(folder: Path) -> Words:
    return ["demo", "--data", folder / "city"]


def _my_day(screen: Desktop) -> None:
    eventually(lambda: _has_begun(screen.picture()))
    screen.press("Down")


def _has_begun(picture: Image.Image) -> bool:
    """Whether the big button is there, yellow at the lower left."""
    x, y = _IN_THE_BUTTON
    red, _, blue = picture.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return red > 200 > blue


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
    name: str, emulator: Emulator, way: Callable[[Desktop], None], words: Callable[[Path], Words] = a_truck
) -> None:
    with tempfile.TemporaryDirectory() as folder, desktop() as screen:
        home = Path(folder)
        with dataclasses.replace(emulator, within=_IN_ALL_COLOURS).showing(screen, words(home), home):
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
    _take("board", XTERM, _board, an_office)
    _take("my-day", VT340, _my_day, _demo)


if __name__ == "__main__":
    main()
