"""A map that is panned, zoomed and tapped. Widget layer; is given what draws it, and lets it draw off the event loop.

What was drawn last stays until the next is ready. One view is drawn at a time; of those wanted meanwhile, the last.
"""

import asyncio
from functools import cache, partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import work
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crew.domain.errors import CrewError
from crew.maps.canvas import ACROSS, DOWN
from crew.maps.view import View
from crew.pictures import Graphics
from crew.widgets.fine_lines import FineLines, cell_for
from crew.widgets.map_ground import row_on_picture, standing
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.style import Style
    from textual import events
    from textual.geometry import Region

    from crew.domain.place import Point
    from crew.look import Look
    from crew.map_work import DrawnMap
    from crew.maps.map_text import MapText
    from crew.photos.prepared import CellPicture
    from crew.picture_codes import CodedPicture
    from crew.widgets.half_blocks import Drawing
    from crew.widgets.map_ground import Words

_PART: Final = 0.25
"""How much of the map an arrow key moves it by: whole cells, so that what stays in sight looks the same."""
_STEP: Final = 0.5
_INKS: Final = (
    "road", "main-road", "path", "rail", "river", "ring", "way", "name", "scale", "you",
    "pin", "late-pin", "pin-under-way", "ended-pin", "chosen-pin", "water", "park",
)  # fmt: skip
_GROUNDS: Final = ("on-water", "on-park")


class MapView(Widget, can_focus=True):
    """The map. Whoever shows it says what stands on it."""

    DEFAULT_CSS = """
    MapView { width: 1fr; height: 1fr; }
    MapView > .map--road { color: $muted; }
    MapView > .map--main-road { color: $text; text-style: bold; }
    MapView > .map--path, MapView > .map--rail, MapView > .map--river, MapView > .map--water, MapView > .map--park
        { color: $line; }
    MapView > .map--ring, MapView > .map--way { color: $act; }
    MapView > .map--name { color: $text; }
    MapView > .map--scale { color: $text; }
    MapView > .map--pin, MapView > .map--you { color: $act; text-style: bold reverse; }
    MapView > .map--late-pin { color: $late; text-style: bold reverse; }
    MapView > .map--pin-under-way { color: $act; text-style: bold reverse; }
    MapView > .map--ended-pin { color: $muted; text-style: reverse; }
    MapView > .map--chosen-pin { background: $act-fill; color: $act-text; text-style: bold; }
    MapView > .map--on-water { background: $map-water; }
    MapView > .map--on-park { background: $map-park; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"map--{name}" for name in (*_INKS, *_GROUNDS)}
    BINDINGS: ClassVar = [
        Binding("left", "pan(-1, 0)", show=False),
        Binding("right", "pan(1, 0)", show=False),
        Binding("up", "pan(0, -1)", show=False),
        Binding("down", "pan(0, 1)", show=False),
        Binding("plus,equals_sign,pageup", "zoom(1)", show=False),
        Binding("minus,underscore,pagedown", "zoom(-1)", show=False),
    ]

    class Picked(Message):
        """A pin was tapped, or several that share a cell."""

        def __init__(self, keys: "Sequence[str]") -> None:
            self.keys: Final = keys
            super().__init__()

    class Drawn(Message):
        """Another view stands on the screen; whose data it is has to stand there too."""

        def __init__(self, words: str) -> None:
            self.words: Final = words
            super().__init__()

    def __init__(
        self, draw: "Callable[[View], DrawnMap]", draw_fine: "Callable[[View, int, int], DrawnMap | None]"
    ) -> None:
        """Show nothing yet.

        Args:
            draw: Draws a view; called off the event loop, and may block on a file.
            draw_fine: Draws it on a picture of so many columns and twice as many rows of pixels; None for none.
        """
        super().__init__()
        self._draw: Final = draw
        self._draw_fine: Final = draw_fine
        self._fine: Final = FineLines(self)
        self._fine_view: View | None = None
        self._view: View | None = None
        self._wanted: View | None = None
        self._is_drawing = False
        self._fitting: tuple[Point, ...] = ()
        self._text: MapText | None = None
        self._strips: list[Strip] = []
        self._grip: tuple[int, int] | None = None
        self._dragged = False

    # What is seen

    @property
    def view(self) -> View | None:
        """What is seen of the world; None before the first size is known."""
        return self._view

    def fit(self, places: "Iterable[Point]") -> None:
        """Show all of these places, as close as they allow."""
        self._fitting, self._view = tuple(places), None
        self.draw_again()

    def go_to(self, place: "Point", *, always: bool = True) -> None:
        """Show a place in the middle; or only where it is not seen."""
        if self._view is not None and (always or not self._view.shows(place)):
            self._view = self._view.centred(place)
        self.draw_again()

    def on_mount(self) -> None:
        """Fit each new size."""
        follow_size(self, self.draw_again)

    def draw_again(self) -> None:
        """What stands on the map has changed, or what is seen of it."""
        width, height = self.size.width * ACROSS, self.size.height * DOWN
        if not (width and height and self.is_attached):
            return
        if self._view is None:
            self._view = View.fitting(self._fitting, width, height)
        self._view = self._view.resized(width, height)
        self._wanted = self._view
        self.workers.cancel_group(self, "fine map")
        if not self._is_drawing:
            self._is_drawing = True
            self._fetch()

    @work(group="map")
    async def _fetch(self) -> None:
        """Draw what is wanted, one view after the other: under a key that is held down each is shown, none piles up."""
        while self._wanted is not None:
            view, self._wanted = self._wanted, None
            try:
                drawn = await asyncio.to_thread(self._draw, view)
            except CrewError as error:
                self._strips = [Strip([Segment(error.sentence)])]
                self.refresh()
                continue
            self._text, self._strips = drawn.text, self._painted(drawn)
            self.post_message(self.Drawn(drawn.words))
            if view != self._fine_view:
                self._put_fine(None, None)
            if self._wanted is None:
                self._draw_finely(view)
        self._is_drawing = False

    @work(group="fine map", exclusive=True)
    async def _draw_finely(self, view: View) -> None:
        """Draw in pixels where the terminal shows them; what was drawn before stays meanwhile, if it shows as much."""
        graphics = Graphics(getattr(self.app, "graphics", Graphics.HALF))
        cell = cell_for(graphics)
        if cell is None:
            return
        width, height = view.width // ACROSS, view.height // DOWN
        drawn = await asyncio.to_thread(self._draw_fine, view, width * cell[0], height * cell[1] // 2)
        if drawn is None or drawn.picture is None:
            self._put_fine(None, None)
            return
        words, dots = standing(drawn.text, cache(partial(self._style, ground="")))
        coded = await asyncio.to_thread(_coded, drawn.picture, graphics, (width, height), cell, (words, dots))
        if coded.columns == width and len(coded.lines) == height:
            self._text = drawn.text
            self._put_fine(coded, view)
            self.post_message(self.Drawn(drawn.words))

    def _put_fine(self, coded: "CodedPicture | None", view: View | None) -> None:
        self._fine.put(coded)
        self._fine_view = view
        self.refresh()

    def _painted(self, drawn: "DrawnMap") -> list[Strip]:
        styles: dict[tuple[str, str], Style] = {}
        strips = []
        if drawn.picture is not None:
            return self._painted_on(drawn.text, drawn.picture)
        for row in drawn.text.rows:
            segments = []
            for run in row:
                key = (run.ink, run.ground)
                if key not in styles:
                    styles[key] = self._style(*key)
                segments.append(Segment(run.text, styles[key]))
            strips.append(Strip(segments))
        return strips

    def _painted_on(self, text: "MapText", picture: "CellPicture") -> list[Strip]:
        drawing: Drawing = "spaces" if self._plain else "blocks"
        style_of = cache(partial(self._style, ground=""))
        rows = enumerate(text.rows[: picture.rows])
        return [Strip(row_on_picture(runs, picture, row, style_of, drawing)) for row, runs in rows]

    @property
    def _plain(self) -> bool:
        """Whether the font lacks half blocks."""
        look: Look | None = getattr(self.app, "look", None)
        return look is not None and look.symbols == "ascii"

    def _style(self, ink: str, ground: str) -> "Style":
        names = [f"map--on-{ground}"] if ground and not self.app.current_theme.ansi and not self.app.no_color else []
        if ink:
            names.append(f"map--{ink.replace(' ', '-')}")
        return self.get_visual_style(*names).rich_style if names else self.rich_style

    def render_lines(self, crop: "Region") -> list[Strip]:
        """Draw in pixels where that can be."""
        strips = self._fine.strips(crop, self._fine_line)
        return super().render_lines(crop) if strips is None else strips

    def _fine_line(self, coded: "CodedPicture", y: int) -> Strip:
        return Strip(coded.lines[y], coded.columns) if y < len(coded.lines) else Strip.blank(self.size.width)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the map."""
        width, style = self.size.width, self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[y].extend_cell_length(width, style).crop(0, width)

    # Keys

    def action_pan(self, across: int, down: int) -> None:
        """Move what is seen."""
        if self._view is not None:
            right, below = (round(_PART * cells) for cells in (self._view.width / ACROSS, self._view.height / DOWN))
            self._see(self._view.panned(across * right * ACROSS, down * below * DOWN))

    def action_zoom(self, by: int) -> None:
        """Come closer, or go away."""
        if self._view is not None:
            self._see(self._view.zoomed(by * _STEP))

    def _see(self, view: View) -> None:
        self._view = view
        self.draw_again()

    # The mouse

    def on_mouse_scroll_up(self, event: "events.MouseScrollUp") -> None:
        """Come closer to what is under the pointer."""
        self._zoom_at(event, _STEP)

    def on_mouse_scroll_down(self, event: "events.MouseScrollDown") -> None:
        """Go away from it."""
        self._zoom_at(event, -_STEP)

    def _zoom_at(self, event: "events.MouseEvent", by: float) -> None:
        event.stop()
        if self._view is not None:
            self._see(self._view.zoomed(by, (event.x + 0.5) * ACROSS, (event.y + 0.5) * DOWN))

    def on_mouse_down(self, event: "events.MouseDown") -> None:
        """Take hold of the map."""
        self.capture_mouse()
        self._grip, self._dragged = (event.x, event.y), False

    def on_mouse_move(self, event: "events.MouseMove") -> None:
        """Drag it along."""
        if self._grip is None or self._view is None or (event.x, event.y) == self._grip:
            return
        right, down = (self._grip[0] - event.x) * ACROSS, (self._grip[1] - event.y) * DOWN
        self._grip, self._dragged = (event.x, event.y), True
        self._see(self._view.panned(right, down))

    def on_mouse_up(self, event: "events.MouseUp") -> None:
        """Let go; where nothing was dragged, it was a tap."""
        self.release_mouse()
        grip, self._grip = self._grip, None
        if grip is not None and not self._dragged and self._text is not None:
            keys = self._text.pins_at(event.x, event.y)
            if keys:
                self.post_message(self.Picked(keys))


def _coded(
    picture: "CellPicture",
    graphics: Graphics,
    size: tuple[int, int],
    cell: tuple[int, int],
    standing_on_it: "tuple[dict[int, list[Words]], list[tuple[float, float]]]",
) -> "CodedPicture":
    from crew.picture_codes import Overlay, coded_picture  # loads Pillow

    return coded_picture(picture, graphics, *size, cell, Overlay(*standing_on_it))
