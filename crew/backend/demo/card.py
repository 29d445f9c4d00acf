"""The card of the demo's camera: what the crew has still to do, as it looks when it is done. Demo city.

Many kinds of work end with a photo, and whoever tries the program has none of this city's streets.
"""

from pathlib import Path
from typing import Final

from crew.backend.demo.scenes import draw_scene
from crew.backend.demo.stops import STOPS

NAME: Final = "{kind} {seed} repaired.jpg"


def fill_card(folder: Path) -> None:
    """Draw the repair of every open stop that has a picture; a card that is there stays as it is.

    Raises:
        OSError: The folder cannot be written.
    """
    if folder.exists():
        return
    folder.mkdir(parents=True)
    for stop in STOPS:
        if stop.picture is not None and stop.crew is None and not stop.status.ended:
            kind, seed = stop.picture
            (folder / NAME.format(kind=kind.replace("_", " "), seed=seed)).write_bytes(draw_scene(kind, "after", seed))
