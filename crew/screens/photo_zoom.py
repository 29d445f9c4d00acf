"""Photos as large as the terminal allows. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from crew.commands import Command
from crew.screens.messages import StoreMoved
from crew.screens.sheet import BACK, sheet_bindings
from crew.widgets.button_bar import ButtonBar, CommandButton
from crew.widgets.photo_strip import PhotoStrip

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from crew.domain.work_order import Photo
    from crew.look import Look
    from crew.widgets.photo_strip import See

_NEXT: Final = Command(name="next", key="right", label="Next photo", help="Show the next photo.")
_BEFORE: Final = Command(name="before", key="left", label="Photo before", help="Show the photo before.")


class PhotoZoom(Screen[None]):
    """One photo; arrows and taps show the others, esc or z goes back."""

    CSS_PATH = ["photo_zoom.tcss"]
    AUTO_FOCUS = ""
    BINDINGS = [*sheet_bindings(_NEXT, _BEFORE, BACK), Binding("z,q,enter", "leave", show=False)]
    buttons: ClassVar[tuple[Command, ...]] = (BACK, _BEFORE, _NEXT)

    def __init__(
        self,
        see: "See",
        photos: "tuple[Photo, ...]",
        place: int,
        look: "Look",
        now: "datetime",
    ) -> None:
        """Begin with one of the photos.

        Args:
            see: Returns a photo in so many columns and rows, or None where it is not on this device.
            photos: All that can be turned to.
            place: Which comes first.
            look: The look.
            now: The current time, aware, in the reader's zone.
        """
        super().__init__()
        self._strip: Final = PhotoStrip(see, look.marks, pairs=False)
        self._photos: Final = photos
        self._place: Final = place
        self._now: Final = now

    def compose(self) -> "ComposeResult":
        """The photo over the buttons."""
        yield self._strip
        yield ButtonBar(self.buttons if len(self._photos) > 1 else (BACK,), first_is_primary=False)

    def on_mount(self) -> None:
        """Show the first."""
        self._strip.show(self._photos, self._now, self._place)

    @on(StoreMoved)
    def _pictures_came(self) -> None:
        self._strip.show(self._photos, self._now)

    @on(CommandButton.Tapped)
    async def run_tapped(self, message: CommandButton.Tapped) -> None:
        """Do what the button stands for."""
        message.stop()
        await self.run_action(message.command.name)

    @on(PhotoStrip.Tapped)
    def action_next(self) -> None:
        """Show the next photo."""
        self._strip.move(1)

    def action_before(self) -> None:
        """Show the photo before."""
        self._strip.move(-1)

    def action_leave(self) -> None:
        """Back to where the person was."""
        self.dismiss()
