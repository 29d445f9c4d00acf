"""Photos as large as the terminal allows. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from crew.commands import Command
from crew.domain.value import Value
from crew.screens.messages import MinutePassed, StoreMoved
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
_POST: Final = Command(
    name="post", key="a", label="For posts", help="Approve the photo for the city's posts, or keep it out of them."
)
_BEFORE: Final = Command(name="before", key="left", label="Photo before", help="Show the photo before.")


class Hiding(Value):
    """What the public sees of some photos.

    Attributes:
        hidden: Those that it does not see.
        why_not: Why the person cannot change it, as a sentence; empty where they can.
        approved: Those that the city's posts may show.
        why_not_posts: Why the person cannot change that; empty where they can, None where the city posts none.
    """

    hidden: "tuple[PhotoHash, ...]"
    why_not: str = ""
    approved: "tuple[PhotoHash, ...]" = ()
    why_not_posts: str | None = None


class Asked(Value):
    """What is to be done about the photo that was shown: hide it, or show it again; or say whether it is for posts."""

    photo: "Photo"
    for_posts: bool = False


class PhotoZoom(Screen[Asked | None]):
    """One photo; arrows and taps show the others, esc or z goes back. It ends with what is asked of a photo, if any."""

    CSS_PATH = ["photo_zoom.tcss"]
    AUTO_FOCUS = ""
    BINDINGS = [*sheet_bindings(_NEXT, _BEFORE, _HIDE, _POST, BACK), Binding("z,q,enter", "leave", show=False)]
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
        hiding = self._hiding
        hide = () if hiding is None or hiding.why_not else (_HIDE,)
        post = () if hiding is None or hiding.why_not_posts != "" else (_POST,)
        shown = self.buttons if len(self._photos) > 1 else (BACK,)
        yield ButtonBar((*shown, *hide, *post), first_is_primary=False)

    def on_mount(self) -> None:
        """Show the first."""
        self._strip.show(self._photos, self._now, self._place)
        if self._hiding is not None:
            self._strip.mark(self._hiding.hidden, self._hiding.approved)

    @on(StoreMoved)
    @on(MinutePassed)
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
        if self._hiding is not None:
            self._leave_with(self._hiding.why_not, for_posts=False)

    def action_post(self) -> None:
        """Leave with the photo that is shown: whoever opened this asks whether it is for the city's posts."""
        if self._hiding is not None and self._hiding.why_not_posts is not None:
            self._leave_with(self._hiding.why_not_posts, for_posts=True)

    def _leave_with(self, why_not: str, *, for_posts: bool) -> None:
        photo = self._strip.current
        if why_not:
            say(self, why_not, "warning")
        elif photo is not None:
            self.dismiss(Asked(photo, for_posts))

    def action_leave(self) -> None:
        """Back to where the person was."""
        self.dismiss()
