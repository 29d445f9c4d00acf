"""A sheet about one order's photos: choose them from files, see before beside after, take one away. Screen layer.

Photos are on disk as soon as they are chosen, and the draft names them, so that nothing is lost over a restart.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.work_order import PhotoRole
from crew.picture_files import usual_places
from crew.screens.choose_file import ChooseFile
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.photos_draft import PhotosDraft, read_draft
from crew.screens.review_photos import Reviewed, ReviewPhotos
from crew.widgets.literal_text import LiteralText
from crew.widgets.photo_strip import PhotoStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult

    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.photo_work import Shot
    from crew.picture_files import Places


class Invitation(LiteralText):
    """Stands where the photo will be; a tap chooses one."""

    async def on_click(self, event: "events.Click") -> None:
        """Choose photos."""
        event.stop()
        await self.run_action("screen.photo")


class PhotosSheet(DraftedSheet):
    """What the sheets with photos share."""

    CSS_PATH = ["sheet.tcss", "photos_sheet.tcss"]
    full: ClassVar[bool] = True
    BINDINGS = [
        Binding("x,delete", "remove_photo", show=False),
        Binding("z", "zoom", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]

    def __init__(
        self,
        field_work: "FieldWork",
        look: "Look",
        order: "WorkOrder",
        draft: str,
        places: "Callable[[str], Places]" = usual_places,
    ) -> None:
        """Begin with a draft. `places` says where pictures may lie, given the photo folder of the settings."""
        super().__init__(field_work, look, order, draft)
        self._places: Final = places
        self.chosen: PhotosDraft = read_draft(draft)
        self._again: Callable[[], object] = self.action_photo
        """Where the picture came from that is reviewed: another one is taken there."""

    def draft_body(self) -> str:
        """What was given so far."""
        return self.chosen.body()

    def role(self) -> PhotoRole:
        """Which side of the repair the photos show."""
        return PhotoRole.AFTER

    def body(self) -> "ComposeResult":
        """The photos, and what can be done about them."""
        see = self.field_work.photos.see
        with Horizontal(classes="photos"):
            yield PhotoStrip(see, self.look.marks, pairs=False)
            yield PhotoStrip(see, self.look.marks, pairs=False)
            yield Invitation(classes="invitation")
        yield LiteralText(classes="photo-words")

    def on_mount(self) -> None:
        """Show the photos there are, and be ready for more."""
        self.show_photos()
        self._warm_up()

    @work(group="warm-up")
    async def _warm_up(self) -> None:
        await asyncio.to_thread(self.field_work.photos.warm_up)

    @on(StoreMoved)
    @on(MinutePassed)
    def _pictures_came(self) -> None:
        self.show_photos()

    # The photos

    @property
    def _strips(self) -> tuple[PhotoStrip, PhotoStrip]:
        before, after = self.query(PhotoStrip)
        return before, after

    def show_photos(self, place: int | None = None) -> None:
        """Show what there is, this side of the repair on the right."""
        before, after = self._strips
        role, now = self.role(), self.field_work.now
        others = [photo for photo in self.order.photos if photo.role is not role]
        mine = [*(photo for photo in self.order.photos if photo.role is role), *self.chosen.photos]
        before.show(others, now)
        before.display = bool(others)
        after.show(mine, now, place)
        after.display = bool(mine)
        invitation = self.query_one(Invitation)
        invitation.display = not mine
        invitation.show(self.invitation_words())
        self.query_one(".photo-words", LiteralText).show(self.photo_words(len(self.chosen.photos), more=after.more))

    def invitation_words(self) -> str:
        """What stands in place of the photo."""
        return "p  Choose the photo"

    def photo_words(self, count: int, *, more: bool) -> str:
        """The line under the photos.

        Args:
            count: How many new ones there are.
            more: Whether there are more than can be seen.
        """
        if not count:
            return ""
        turn = "arrows turn, " if more else ""
        return f"{count} new: {turn}z larger, x removes, p adds"

    def action_photo(self) -> None:
        """Choose photos from files."""
        self._again = self.action_photo
        places = self._places(self.look.photo_folder)
        chooser = ChooseFile(self.field_work.photos, places, self.look, self.field_work.now)
        self.app.push_screen(chooser, self.review)

    @work(group="picture")
    async def action_camera(self) -> None:
        """Take a photo with a camera of this device."""
        from crew.screens.camera_sheet import CameraSheet

        photos = self.field_work.photos
        sheet = CameraSheet(photos.sources.find_cameras, photos.incoming, self._for_whom(), self.look)
        taken = await self.app.push_screen_wait(sheet)
        if isinstance(taken, Command):
            await self.run_action(taken.name)
        else:
            await self._look_at((taken,) if taken else (), self.action_camera)

    @work(group="picture")
    async def action_phone(self) -> None:
        """Take photos with the worker's phone."""
        from crew.screens.phone_sheet import PhoneSheet

        words, open_phone = self._for_whom(), self.field_work.photos.sources.open_phone
        if open_phone is None:
            self.refuse("No phone can be used here. Use the camera (c), or a card or file (p).")
            return
        sheet = PhoneSheet(partial(open_phone, words), words, self.look)
        arrived = await self.app.push_screen_wait(sheet)
        await self._look_at(arrived or (), self.action_phone)

    def _for_whom(self) -> str:
        return f"{self.order.service_name}, {self.order.address}"

    async def _look_at(self, paths: "Sequence[Path]", again: "Callable[[], object]") -> None:
        """Show pictures that a camera or a phone gave; one that is none is refused, and the others go on."""
        shots = []
        for path in paths:
            try:
                shots.append(await asyncio.to_thread(self.field_work.photos.look_at, path))
            except CrewError as error:
                self.refuse(error.sentence)
        self._again = again
        if shots:
            self.review(tuple(shots))

    def review(self, shots: "tuple[Shot, ...] | None") -> None:
        """Show what was chosen, to be kept or not."""
        if not shots:
            self.take_reviewed(Reviewed(()))
            return
        photos, order, look = self.field_work.photos, self.order, self.look
        review = ReviewPhotos(photos, order, self.role(), shots, look, self.field_work.now)
        self.app.push_screen(review, self.take_reviewed)

    def take_reviewed(self, reviewed: Reviewed | None) -> None:
        """Add the photos that were kept."""
        if reviewed is not None and reviewed.photos:
            self.chosen = self.chosen.with_photos(reviewed.photos)
            self.refuse("")
            self.show_photos(place=self._count_of_side() - 1)
            self.keep_draft_now()
        if reviewed is not None and reviewed.retake:
            self._again()

    def _count_of_side(self) -> int:
        return len(self.order.photos_of(self.role())) + len(self.chosen.photos)

    def action_remove_photo(self) -> None:
        """Take the new photo that is shown away from this act; its file stays."""
        shown = self._strips[1].current
        if shown is None or shown not in self.chosen.photos:
            self.refuse("There is no new photo here to remove.")
            return
        self.chosen = self.chosen.without(shown)
        self.refuse("")
        self.show_photos()
        self.keep_draft_now()

    def action_turn(self, by: int) -> None:
        """Show the photos after, or before."""
        for strip in self._strips:
            strip.move(by)

    def action_zoom(self) -> None:
        """Show the photos larger."""
        self._zoom(0)

    @on(PhotoStrip.Tapped)
    def _zoom_tapped(self, message: PhotoStrip.Tapped) -> None:
        message.stop()
        strip = message.strip
        self._zoom(message.place + (len(self._strips[0].photos) if strip is self._strips[1] else 0))

    def _zoom(self, place: int) -> None:
        from crew.screens.photo_zoom import PhotoZoom

        before, after = self._strips
        photos = (*before.photos, *after.photos)
        if photos:
            self.app.push_screen(PhotoZoom(self.field_work.photos.see, photos, place, self.look, self.field_work.now))
