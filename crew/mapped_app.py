"""An app whose map may lack tiles: one worker that brings them, and the word to the maps. Just below the app.

Connects to nothing by itself; the program is whole without a tile server.
"""

from typing import TYPE_CHECKING

from textual import work

from crew.domain.errors import CrewError
from crew.placed_app import PlacedApp
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class MappedApp(PlacedApp):
    """An app that may bring tiles."""

    bring_tiles: "Callable[[Callable[[], None]], Awaitable[None]] | None" = None
    """Brings tiles until cancelled; calls what it is handed where a map may look another way."""

    def on_mount(self) -> None:
        """Wait for wishes once the first paint is done."""
        self.call_after_refresh(self._bring)

    @work(group="tiles", exclusive=True)
    async def _bring(self) -> None:
        if self.bring_tiles is None:
            return
        try:
            await self.bring_tiles(self._draw_maps_again)
        except CrewError as error:
            say(self, error.sentence, "error")

    def _draw_maps_again(self) -> None:
        from crew.widgets.map_pane import MapPane  # loaded by now: a map has wished for something

        for screen in self.screen_stack:
            for pane in screen.query(MapPane):
                pane.draw_again()
