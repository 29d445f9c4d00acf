"""The stops on a map: a screen of its own, from 110 columns on with the list beside it. Screen layer.

What can be done with a stop in the list can be done here, with the same keys.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.containers import Horizontal

from crew.commands import MORE, Command
from crew.domain.errors import CrewError
from crew.domain.place import NO_PLACE, place_of
from crew.place_commands import ALL, MAP_COMMANDS, NEXT_PIN, YOU
from crew.screens.command_screen import key_bindings
from crew.screens.messages import YouMoved
from crew.screens.stops_screen import StopsScreen
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

    from crew.domain.finding_place import Found
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.screens.day_view import DayView

_BESIDE: Final = 110
_NO_STOPS: Final = ()


class MapScreen(StopsScreen[str]):
    """The day on a map; gives back the id of the stop that was chosen last."""

    CSS_PATH = "map_screen.tcss"
    AUTO_FOCUS = "MapView"
    BINDINGS: ClassVar = key_bindings(MAP_COMMANDS)

    def __init__(self, field_work: "FieldWork", look: "Look", view: "DayView", chosen: str) -> None:
        """Show the stops of the list.

        Args:
            field_work: What is on this device.
            look: The look.
            view: What the list shows.
            chosen: The id of the chosen stop.
        """
        super().__init__(field_work, look, view)
        self._first: Final = chosen
        self._pane: Final = MapPane(field_work.map, look)

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
            yield self.table
            yield self._pane
        yield LiteralText(classes="stop")
        yield UndoBar()
        yield ButtonBar(self.buttons())

    def on_mount(self) -> None:
        """Begin with the stop that was chosen in the list."""
        self.table.choose(self._first)
        self._follow()

    def on_resize(self, event: "events.Resize") -> None:
        """Set the list beside the map, or hide it."""
        self.set_class(event.size.width >= _BESIDE, "-beside")

    # What is shown

    def show_day(self) -> None:
        """Draw the list, the pins and the line."""
        now = self.field_work.now
        self.table.show(self.day_view.shown(now), now, with_crew=self.sees_crews)
        self._follow()

    @on(OrderTable.Chosen)
    @on(YouMoved)
    def _follow(self) -> None:
        """Let map, line and buttons follow the chosen stop, and the device."""
        you = self.field_work.whereabouts.you
        here, now = you.point if you else None, self.field_work.now
        self._pane.show(self.table.stops, self.chosen_id, here, now, in_driving_order=self.in_driving_order)
        self.query_one(".stop", LiteralText).show(self._words())
        self.refresh_buttons()

    def _words(self) -> str:
        stop, dot = self.chosen_order, self.look.marks.dot
        if stop is None:
            return "No stops are left today."
        place = next(place for place, one in enumerate(self.table.stops, start=1) if one is stop)
        facts = [f"{place} {stop.service_name}", stop.address or "no address"]
        if place_of(stop) is None:
            facts.append(stop.place_doubt or NO_PLACE)
        you = self.field_work.whereabouts.you
        if you is not None and (way := way_of(you, stop, self.look.units, "you")):
            facts.append(way)
        return f" {dot} ".join(facts)

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
        stops = self.table.stops
        at = next((place for place, stop in enumerate(stops) if stop.order_id == self.chosen_id), 0)
        turned = [stops[(at + by * step) % len(stops)] for step in range(1, len(stops))] if stops else _NO_STOPS
        found = next((stop for stop in turned if place_of(stop) is not None), None)
        if found is not None:
            self.table.choose(found.order_id)

    @on(MapView.Picked)
    def _picked(self, message: MapView.Picked) -> None:
        """Choose the tapped stop; where several share a place, the next of them each time."""
        keys = list(message.keys)
        at = keys.index(self.chosen_id) + 1 if self.chosen_id in keys else 0
        self.table.choose(keys[at % len(keys)])

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

    def action_find(self) -> None:
        """Find a place by the words of an address."""
        from crew.screens.find_place_sheet import FindPlaceSheet

        view = self._pane.map_view.view
        if view is not None:
            self.app.push_screen(FindPlaceSheet(self.field_work, self.look, view.centre), self._show_found)

    def _show_found(self, found: "Found | None") -> None:
        if found is None:
            return
        if any(stop.order_id == found.order_id for stop in self.table.stops):
            self.table.choose(found.order_id)
        self._pane.go_to_place(found.place)
        say(self, f"{found.name} is in the middle of the map.")

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
        self._follow()

    def action_map(self) -> None:
        """Back to the list."""
        self.action_back()

    def action_back(self) -> None:
        """Back to the list, with the stop that is chosen here."""
        self.dismiss(self.chosen_id)
