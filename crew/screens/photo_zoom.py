"""Photos as large as the terminal allows. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from crew.commands import Command
from crew.domain.value import Value
from crew.screens.messages import StoreMoved
from crew.screens.sheet import BACK, sheet_bindings
from crew.widgets.button_bar import ButtonBar, CommandButton
from crew.widgets.literal_text import say
from crew.widgets.photo_strip import PhotoStrip

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from crew.domain.work_order import Photo, PhotoHash
    from crew.look import Look
    from crew.widgets.photo_strip import See

_NEXT: Final = Command(name="next", key="right", label="Next photo", help="Show the next photo.")
_HIDE: Final = Command(
    name="hide", key="h", label="Hide or show", help="Hide the photo from the public, or show it again."
)
_BEFORE: Final = Command(name="before", key="left", label="Photo before", help="Show the photo before.")


class Hiding(Value):
    """What the public does not see of some photos.

    Attributes:
        hidden: Those photos.
        why_not: Why the person cannot change it, as a sentence; empty where they can.
    """

    hidden: "tuple[PhotoHash, ...]"
    why_not: str = ""


class PhotoZoom(Screen["Photo | None"]):
    """One photo; arrows and taps show the others, esc or z goes back. It ends with the photo to hide, if any."""

    CSS_PATH = ["photo_zoom.tcss"]
    AUTO_FOCUS = ""
    BINDINGS = [*sheet_bindings(_NEXT, _BEFORE, _HIDE, BACK), Binding("z,q,enter", "leave", show=False)]
    buttons: ClassVar[tuple[Command, ...]] = (BACK, _BEFORE, _NEXT)

    def __init__(
        self,
        see: "See",
        photos: "tuple[Photo, ...]",
        place: int,
        look: "Look",
        now: "datetime",
        hiding: "Hiding | None" = None,
    ) -> None:
        """Begin with one of the photos.

        Args:
            see: Returns a photo in so many columns and rows, or None where it is not on this device.
            photos: All that can be turned to.
            place: Which comes first.
            look: The look.
            now: The current time, aware, in the reader's zone.
            hiding: What the public does not see, and why that cannot be changed here; None where it is not asked.
        """
        super().__init__()
        self._strip: Final = PhotoStrip(see, look.marks, pairs=False)
        self._photos: Final = photos
        self._place: Final = place
        self._now: Final = now
        self._hiding: Final = hiding

    def compose(self) -> "ComposeResult":
        """The photo over the buttons."""
        yield self._strip
        more = () if self._hiding is None or self._hiding.why_not else (_HIDE,)
        shown = self.buttons if len(self._photos) > 1 else (BACK,)
        yield ButtonBar((*shown, *more), first_is_primary=False)

    def on_mount(self) -> None:
        """Show the first."""
        self._strip.show(self._photos, self._now, self._place)
        self._strip.mark_hidden(self._hiding.hidden if self._hiding else ())

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

    def action_hide(self) -> None:
        """Leave with the photo that is shown: whoever opened this hides it, or shows it again."""
        if self._hiding is None:
            return
        if self._hiding.why_not:
            say(self, self._hiding.why_not, "warning")
            return
        self.dismiss(self._strip.current)

    def action_leave(self) -> None:
        """Back to where the person was."""
        self.dismiss()
