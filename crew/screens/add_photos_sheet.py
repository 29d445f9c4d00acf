"""Photos of an order outside a completion: what was found, or what was finished. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from crew.commands import Command
from crew.domain.value import replace
from crew.domain.work_order import PhotoRole, WorkStatus
from crew.screens.photo_sources import CAMERA, PHONE, PHOTO
from crew.screens.photos_sheet import PhotosSheet
from crew.screens.sheet import LATER, sheet_bindings, titled

if TYPE_CHECKING:
    from textual.content import Content

    from crew.screens.review_photos import Reviewed

_ADD: Final = Command(name="add", key="enter", label="Add photos", help="Add the photos to the order.")
_SIDE: Final = Command(name="side", key="b", label="Before", help="Say which side of the repair the photos show.")
_AFTER_WORK: Final = (WorkStatus.WORKING, WorkStatus.DONE)


class AddPhotosSheet(PhotosSheet):
    """Adds photos; which side of the repair they show is taken from the status and can be turned."""

    BINDINGS = sheet_bindings(_ADD, PHOTO, CAMERA, PHONE, _SIDE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_ADD, PHOTO, CAMERA, _SIDE, LATER)
    draft_kind: ClassVar[str] = "photos"

    _turned = False

    def title_words(self) -> "Content":
        """What the photos belong to."""
        return titled(f"Photos: {self.order.service_name}", self.order.address)

    def role(self) -> PhotoRole:
        """Work that has begun is photographed after it, until the person says otherwise."""
        if self.chosen.photos:
            return self.chosen.photos[0].role
        return PhotoRole.AFTER if (self.order.work_status in _AFTER_WORK) is not self._turned else PhotoRole.BEFORE

    def on_mount(self) -> None:
        """Choose at once where nothing was begun."""
        if not self.chosen.photos:
            self.action_photo()

    def take_reviewed(self, reviewed: "Reviewed | None") -> None:
        """Add the photos; where none was kept and none is to come the sheet has no use."""
        super().take_reviewed(reviewed)
        if not self.chosen.photos and not (reviewed and reviewed.retake):
            self.dismiss(None)

    def photo_words(self, count: int, *, more: bool) -> str:
        """Say which side they show."""
        words = super().photo_words(count, more=more)
        return f"They show the place {self.role()} the repair, b turns it.\n{words}" if words else ""

    def action_side(self) -> None:
        """Before instead of after, or back."""
        other = PhotoRole.BEFORE if self.role() is PhotoRole.AFTER else PhotoRole.AFTER
        self._turned = not self._turned
        self.chosen = replace(self.chosen, photos=tuple(replace(photo, role=other) for photo in self.chosen.photos))
        self.show_photos()
        self.keep_draft_now()

    def action_add(self) -> None:
        """Add them."""
        photos, grace_seconds = self.chosen.photos, self.look.grace_seconds
        self.act_and_forget(lambda: self.field_work.add_photos(self.order.id, photos, grace_seconds))


class ProvingPhotosSheet(AddPhotosSheet):
    """Photos of why something cannot be done, for the sheet below: they go with its act, and stay inside the city."""

    buttons: ClassVar[tuple[Command, ...]] = (_ADD, PHOTO, CAMERA, PHONE, LATER)
    draft_kind: ClassVar[str] = "cant-photos"

    def role(self) -> PhotoRole:
        """What was found, and so before any work: shown to nobody outside."""
        return PhotoRole.BEFORE

    def draft_body(self) -> str:
        """Nothing of its own: the sheet below keeps what is chosen."""
        return ""

    def photo_words(self, count: int, *, more: bool) -> str:
        """Say who sees them."""
        words = PhotosSheet.photo_words(self, count, more=more)
        return f"They stay inside the city.\n{words}" if words else ""

    def action_side(self) -> None:
        """There is no other side."""
        self.refuse("Photos of what is in the way stay inside the city.")

    def action_add(self) -> None:
        """Go back with them."""
        self.dismiss(None)
