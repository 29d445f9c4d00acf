"""The demo city's photos: each scene is drawn and prepared once, however many orders it belongs to. Pure."""

from typing import TYPE_CHECKING, Literal

from crew.backend.demo.scenes import SceneKind, draw_scene
from crew.domain.work_order import WorkStatus
from crew.photos.intake import prepare
from crew.photos.prepared import PreparedPhoto

if TYPE_CHECKING:
    from crew.backend.demo.day import Day

Side = Literal["before", "after"]


class Album:
    """Draws scenes when they are asked for, and remembers them."""

    def __init__(self) -> None:
        self._photos: dict[tuple[SceneKind, int, Side], PreparedPhoto] = {}

    def draw(self, day: "Day") -> None:
        """Draw all that a day needs; it takes a second or two, better not spent inside a transaction."""
        for stop in day.stops:
            if stop.picture:
                self.photo(stop.picture, "before")
                if stop.status is WorkStatus.DONE:
                    self.photo(stop.picture, "after")

    def photo(self, picture: tuple[SceneKind, int], side: Side) -> PreparedPhoto:
        """The photo of one side of a repair."""
        kind, seed = picture
        key = (kind, seed, side)
        if key not in self._photos:
            self._photos[key] = prepare(draw_scene(kind, side, seed), f"{kind}.jpg")
        return self._photos[key]
