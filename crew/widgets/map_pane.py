"""The map with the day's stops on it, and a line below it. Widget layer; is told the stops, reads none."""

from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Vertical

from crew.domain.due import due_words
from crew.domain.place import place_of
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.maps.drawing import Marks
from crew.maps.map_text import Style
from crew.maps.pins import Pin, PinKind
from crew.pictures import Graphics
from crew.widgets.literal_text import LiteralText
from crew.widgets.map_view import MapView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from crew.domain.place import Point
    from crew.field_work import Stop
    from crew.look import Look, Symbols
    from crew.map_work import DrawnMap, MapWork
    from crew.maps.map_text import MapText
    from crew.maps.view import View

_UNDER_WAY: Final = (WorkStatus.ON_THE_WAY, WorkStatus.WORKING)


class MapPane(Vertical):
    """The map of a day."""

    DEFAULT_CSS = """
    MapPane { width: 1fr; height: 1fr; }
    MapPane > .map-words { width: 100%; height: 1; color: $muted; text-align: right; text-wrap: nowrap;
        text-overflow: ellipsis; }
    """

    def __init__(self, work: "MapWork", look: "Look") -> None:
        super().__init__()
        self._work: Final = work
        self._look: Final = look
        self._marks = Marks()
        self._placed: dict[str, Point] = {}
        self._before: MapText | None = None
        self._view: Final = MapView(self._draw, self._draw_fine)
        self._words: Final = LiteralText(classes="map-words")

    def compose(self) -> "ComposeResult":
        """The map over whose data it is."""
        yield self._view
        yield self._words

    @property
    def map_view(self) -> MapView:
        """The map itself."""
        return self._view

    def show(
        self, stops: "Sequence[Stop]", chosen: str, you: "Point | None", now: "datetime", *, in_driving_order: bool
    ) -> None:
        """Put other stops on the map; what is seen of it stays where it can.

        Args:
            stops: The day's stops, as they are driven.
            chosen: The id of the chosen one; empty for none.
            you: Where the device is; None where that is not known.
            now: The current time, aware.
            in_driving_order: Whether a line leads from each stop to the next.
        """
        pins = tuple(_pins(stops, now, self._look.marks))
        first, moved = not self._placed, chosen != self._marks.chosen
        self._placed = {pin.key: pin.place for pin in pins}
        here = self._placed.get(chosen)
        way = tuple(pin.place for pin in pins) if in_driving_order else ()
        self._marks = Marks(pins=pins, chosen=chosen, you=you, around=you or here, way=way)
        if first:
            self.fit_all()
        elif moved and here is not None:
            self._view.go_to(here, always=False)
        else:
            self._view.draw_again()

    def fit_all(self) -> None:
        """Show all stops, and where the device is."""
        you = [self._marks.you] if self._marks.you is not None else []
        self._view.fit([*self._placed.values(), *you])

    def go_to_chosen(self) -> bool:
        """Show the chosen stop in the middle; whether it has a place."""
        place = self._placed.get(self._marks.chosen)
        if place is not None:
            self._view.go_to(place)
        return place is not None

    def go_to_place(self, place: "Point") -> None:
        """Show a place in the middle, with the rings around it until something else is chosen."""
        self._marks = replace(self._marks, around=place)
        self._view.go_to(place)

    def go_to_you(self) -> bool:
        """Show where the device is; whether that is known."""
        if self._marks.you is not None:
            self._view.go_to(self._marks.you)
        return self._marks.you is not None

    def draw_again(self) -> None:
        """The ground may look another way."""
        self._view.draw_again()

    def _draw(self, view: "View") -> "DrawnMap":
        drawn = self._work.draw(view, self._marks, self._style(), self._before)
        self._before = drawn.text
        return drawn

    def _draw_fine(self, view: "View", columns: int, rows: int) -> "DrawnMap | None":
        return self._work.draw_fine(view, self._marks, self._style(), columns, rows)

    def _style(self) -> Style:
        colours = not (self.app.current_theme.ansi or self.app.no_color)
        picture = colours and getattr(self.app, "graphics", Graphics.HALF) is not Graphics.OFF
        ascii_only = self._look.symbols == "ascii"
        return Style(units=self._look.units, ascii_only=ascii_only, colours=colours, picture=picture)

    @on(MapView.Drawn)
    def _say_whose(self, message: MapView.Drawn) -> None:
        """Say whose data it is, or why there is none."""
        self._words.show(message.words)


def _pins(stops: "Sequence[Stop]", now: "datetime", marks: "Symbols") -> "Iterable[Pin]":
    """The stops that have a place, with their numbers in the list and a symbol for how they stand."""
    for number, stop in enumerate(stops, start=1):
        place = place_of(stop)
        if place is None:
            continue
        symbol, kind = "", PinKind.OPEN
        if stop.work_status.ended:
            symbol, kind = marks.status[stop.work_status], PinKind.ENDED
        elif stop.work_status in _UNDER_WAY:
            symbol, kind = marks.status[stop.work_status], PinKind.UNDER_WAY
        elif due_words(stop.due_at, now, stop.work_status, stop.left).late:
            symbol, kind = marks.late, PinKind.LATE
        yield Pin(stop.order_id, place, f"{number}{symbol}", kind, stop.address)
