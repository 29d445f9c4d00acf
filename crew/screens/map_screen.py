"""The stops on a map: a screen of its own, from 110 columns on with the list beside it. Screen layer.

What can be done with a stop in the list can be done here, with the same keys.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.containers import Horizontal

from crew.commands import ALL, MAP_COMMANDS, MORE, NEXT_PIN, YOU, Command
from crew.domain.errors import CrewError
from crew.screens.command_screen import key_bindings
from crew.screens.messages import StoreMoved, YouMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.map_pane import MapPane
from crew.widgets.map_view import MapView
from crew.widgets.order_table import OrderTable
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar
from crew.widgets.way_words import way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crew.domain.person import Person
    from crew.field_work import Day, FieldWork, Stop
    from crew.look import Look

_BESIDE: Final = 110
_NO_STOPS: Final = ()


class MapScreen(OrderScreen[str]):
    """The day on a map; gives back the id of the stop that was chosen last."""

    CSS_PATH = "map_screen.tcss"
    AUTO_FOCUS = "MapView"
    BINDINGS: ClassVar = key_bindings(MAP_COMMANDS)

    def __init__(
        self,
        field_work: "FieldWork",
        look: "Look",
        person: "Person | None",
        stops: "Sequence[Stop]",
        chosen: str,
        *,
        in_driving_order: bool,
    ) -> None:
        """Show stops.

        Args:
            field_work: What is on this device.
            look: The look.
            person: Who is signed in.
            stops: The stops of the list, as they are driven.
            chosen: The id of the chosen one.
            in_driving_order: Whether the list is.
        """
        super().__init__(field_work, look, person)
        crews = person is not None and person.role.sees_whole_city
        self._table: Final = OrderTable(look.marks, field_work.now, stops, with_crew=crews)
        self._first: Final = chosen
        self._in_driving_order = in_driving_order
        self._pane: Final = MapPane(field_work.map, look)

    @property
    def chosen_id(self) -> str:
        """The stop under the cursor of the list, whether that is seen or not."""
        stop = self.chosen_order
        return stop.order_id if stop else ""

    @property
    def chosen_order(self) -> "Stop | None":
        """The chosen stop."""
        return self._table.chosen

    @property
    def chosen_has_photos(self) -> bool:
        """Whether the chosen stop has photos."""
        stop = self.chosen_order
        return stop is not None and stop.photo_count > 0

    def commands(self) -> tuple[Command, ...]:
        """Those of the list, and the map's own."""
        return (*MAP_COMMANDS, *super().commands())

    def buttons(self) -> "Sequence[Command]":
        """What comes next, and what is asked of a map most."""
        return (super().buttons()[0], NEXT_PIN, ALL, YOU, MORE)

    def compose(self) -> "ComposeResult":
        """The list beside the map where there is room, the chosen stop below."""
        yield TopRow()
        with Horizontal(classes="halves"):
            yield self._table
            yield self._pane
        yield LiteralText(classes="stop")
        yield UndoBar()
        yield ButtonBar(self.buttons())

    def on_mount(self) -> None:
        """Begin with the stop that was chosen in the list."""
        self._table.choose(self._first)
        self._show()

    def on_resize(self, event: "events.Resize") -> None:
        """Set the list beside the map, or hide it."""
        self.set_class(event.size.width >= _BESIDE, "-beside")

    # What is shown

    @on(OrderTable.Chosen)
    @on(YouMoved)
    def _show(self) -> None:
        """Let map, line and buttons follow the chosen stop, and the device."""
        you = self.field_work.whereabouts.you
        now = self.field_work.now
        here, driven = you.point if you else None, self._in_driving_order
        self._pane.show(self._table.stops, self.chosen_id, here, now, in_driving_order=driven)
        self.query_one(".stop", LiteralText).show(self._words())
        self.refresh_buttons()

    def _words(self) -> str:
        stop, dot = self.chosen_order, self.look.marks.dot
        if stop is None:
            return "No stops are left today."
        place = next(place for place, one in enumerate(self._table.stops, start=1) if one is stop)
        facts = [f"{place} {stop.service_name}", stop.address or "no address"]
        if stop.lat is None or stop.long is None:
            facts.append("no place on the map")
        you = self.field_work.whereabouts.you
        if you is not None and (way := way_of(you, stop, self.look.units, "you")):
            facts.append(way)
        return f" {dot} ".join(facts)

    @on(StoreMoved)
    def refresh_day(self) -> None:
        """Read the day again."""
        self._read_day()

    @work(group="day", exclusive=True)
    async def _read_day(self) -> None:
        day: Day | None = await self.reading(self.field_work.day)
        if day is not None:
            self._in_driving_order = day.driven is not None
            self._table.show(day.stops, self.field_work.now)
            self._show()

    # The map's own commands

    async def action_run(self, name: str) -> None:
        """Run the command that a key stands for."""
        mine = next((command for command in MAP_COMMANDS if command.name == name), None)
        if mine is None:
            await super().action_run(name)
        else:
            await self.run_command(mine)

    def action_next_pin(self) -> None:
        """Choose the next stop that has a place."""
        self._choose_by(1)

    def action_pin_before(self) -> None:
        """Choose the stop before that has a place."""
        self._choose_by(-1)

    def _choose_by(self, by: int) -> None:
        stops = self._table.stops
        at = next((place for place, stop in enumerate(stops) if stop.order_id == self.chosen_id), 0)
        turned = [stops[(at + by * step) % len(stops)] for step in range(1, len(stops))] if stops else _NO_STOPS
        found = next((stop for stop in turned if stop.lat is not None), None)
        if found is not None:
            self._table.choose(found.order_id)

    @on(MapView.Picked)
    def _picked(self, message: MapView.Picked) -> None:
        """Choose the tapped stop; where several share a place, the next of them each time."""
        keys = list(message.keys)
        at = keys.index(self.chosen_id) + 1 if self.chosen_id in keys else 0
        self._table.choose(keys[at % len(keys)])

    def action_centre(self) -> None:
        """Show the chosen stop in the middle."""
        if not self._pane.go_to_chosen():
            say(self, "This stop has no place on the map. Its address is in the line below.", "warning")

    def action_all(self) -> None:
        """Show every stop."""
        self._pane.fit_all()

    def action_you(self) -> None:
        """Show where the person is."""
        if not self._pane.go_to_you():
            say(self, "Where you are is not known. Move the map so that it is in the middle, then press @.", "warning")

    @work(group="here", exclusive=True)
    async def action_set_here(self) -> None:
        """Take the middle of the map for the place of the person."""
        view = self._pane.map_view.view
        if view is None:
            return
        try:
            await asyncio.to_thread(self.field_work.whereabouts.set_here, view.centre)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        say(self, "You are where the middle of the map is; ways are told from there for half an hour.")
        self._show()

    @on(OrderTable.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen stop."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, None))

    def action_map(self) -> None:
        """Back to the list."""
        self.action_back()

    def action_back(self) -> None:
        """Back to the list, with the stop that is chosen here."""
        self.dismiss(self.chosen_id)
