"""An app that hears where it is: one worker that listens, and the word to the screens. Just below the app.

Opens no receiver by itself; the program is whole without one.
"""

from typing import TYPE_CHECKING

from textual import work

from crew.domain.errors import CrewError
from crew.screens.messages import YouMoved
from crew.typed_ahead_app import TypedAheadApp
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class PlacedApp(TypedAheadApp):
    """An app that may know where it is."""

    follow_position: "Callable[[Callable[[str], None]], Awaitable[None]] | None" = None
    """Listens until cancelled; calls what it is handed where the place is another, with what troubles the receiver."""
    _trouble_said = ""

    def on_mount(self) -> None:
        """Listen once the first paint is done."""
        self.call_after_refresh(self._listen)

    @work(group="position", exclusive=True)
    async def _listen(self) -> None:
        if self.follow_position is None:
            return
        try:
            await self.follow_position(self._tell_moved)
        except CrewError as error:
            say(self, error.sentence, "error")

    def _tell_moved(self, trouble: str) -> None:
        """Let screens say the way anew; the same trouble is said in passing only once, as receivers come and go."""
        if trouble and trouble != self._trouble_said:
            self._trouble_said = trouble
            say(self, trouble, "warning")
        for screen in self.screen_stack:
            screen.post_message(YouMoved())
