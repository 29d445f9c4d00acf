"""Says of photos of finished work whether the city may post them: the photo, and exactly what stands beside it.

Screen layer. One key a photo, and the next order comes. A photo of which only the thumbnail is here cannot be
approved: faces and plates are not seen in it.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work

from crew.commands import Command
from crew.domain.approving import to_approve
from crew.domain.change import Approval
from crew.domain.errors import CrewError
from crew.domain.work_order import PhotoRole
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText, literal
from crew.widgets.photo_view import PhotoSource, PhotoView
from crew.widgets.photo_words import APPROVED, HIDDEN, caption, picture_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.change import Change
    from crew.domain.work_order import Photo, WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look

_APPROVE: Final = Command(name="approve", key="a", label="Approve", help="The city may post this photo.")
_KEEP_OUT: Final = Command(name="keep_out", key="n", label="No", help="Keep it out of the city's posts.")
_NEXT: Final = Command(name="next", key="right", label="Next", help="Show the next one, and decide later.")
_BEFORE: Final = Command(name="before", key="left", label="Photo before", help="Show the photo before.")

_NOT_WHOLE: Final = (
    "The photo itself is not on this device yet, and faces and plates are not seen in a small one. "
    "It comes with the link; approve it then."
)


class ApproveSheet(Sheet["tuple[Change, ...]"]):
    """One photo after the other; gives back what was said of them."""

    CSS_PATH = ["sheet.tcss", "approve_sheet.tcss"]
    full: ClassVar[bool] = True
    BINDINGS = [*sheet_bindings(_APPROVE, _KEEP_OUT, _NEXT, _BEFORE, BACK)]
    buttons: ClassVar[tuple[Command, ...]] = (_APPROVE, _KEEP_OUT, _NEXT, BACK)

    def __init__(
        self, field_work: "FieldWork", look: "Look", orders: "Sequence[WorkOrder]", photo: "Photo | None" = None
    ) -> None:
        """Ask of photos.

        Args:
            field_work: Does it.
            look: The look.
            orders: What they show, at least one, each done.
            photo: The one photo that is asked about; None for each without a word.
        """
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._asked: Final = (
            [(orders[0], photo)] if photo else [(order, one) for order in orders for one in to_approve(order)]
        )
        self._place = 0
        self._done: list[Change] = []

    @property
    def _order(self) -> "WorkOrder":
        return self._asked[self._place][0]

    @property
    def _photo(self) -> "Photo":
        return self._asked[self._place][1]

    def title_words(self) -> "Content":
        """What is asked."""
        count = f" {self._place + 1} of {len(self._asked)}" if len(self._asked) > 1 else ""
        return titled(f"For the city's posts?{count}", f"{self._order.service_name}, {self._order.address}")

    def body(self) -> "ComposeResult":
        """The photo, its facts, and what everybody would read beside it."""
        yield PhotoView(plain=self._look.symbols == "ascii")
        yield LiteralText(classes="facts")
        yield LiteralText(classes="read")

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    @on(StoreMoved)
    @on(MinutePassed)
    def _pictures_came(self) -> None:
        self._show()

    def _show(self) -> None:
        order, photo, now = self._order, self._photo, self._field_work.now
        self.query_one(".title", LiteralText).show(self.title_words())
        source = PhotoSource(
            photo.sha256, partial(self._field_work.photos.see, photo.sha256), picture_words(photo, now)
        )
        self.query_one(PhotoView).show(source)
        same = order.photos_of(photo.role)
        mark = HIDDEN if photo.sha256 in order.withdrawn else APPROVED if photo.sha256 in order.approved else ""
        words = caption(photo, same.index(photo), len(same), now, self._look.marks.dot, mark=mark)
        self.query_one(".facts", LiteralText).show(words)
        self.query_one(ButtonBar).show(self.buttons if len(self._asked) > 1 else (_APPROVE, _KEEP_OUT, BACK))
        self._read(order, photo)

    @work(group="read", exclusive=True)
    async def _read(self, order: "WorkOrder", photo: "Photo") -> None:
        words = self.query_one(".read", LiteralText)
        if not order.work_status.ended or photo.role is not PhotoRole.AFTER:
            words.show("")
            return
        found = await asyncio.to_thread(self._field_work.post_previews, order)
        lines = [literal(f"{place}: ").stylize("bold") + literal(text) for place, text in found]
        words.show(_joined(lines) if lines else literal("No account of the city posts this type of work."))

    def action_next(self) -> None:
        """Show the next photo."""
        self._move(1)

    def action_before(self) -> None:
        """Show the photo before."""
        self._move(-1)

    def _move(self, by: int) -> None:
        self.refuse("")
        self._place = (self._place + by) % len(self._asked)
        self._show()

    def action_approve(self) -> None:
        """The city may post it."""
        self._say(given=True)

    def action_keep_out(self) -> None:
        """The city posts it nowhere."""
        self._say(given=False)

    @work(group="act", exclusive=True)
    async def _say(self, *, given: bool) -> None:
        order, photo, work = self._order, self._photo, self._field_work
        if given and not await asyncio.to_thread(work.has_whole, photo.sha256):
            self.refuse(_NOT_WHOLE)
            return
        act = partial(work.approve, order.id, photo.sha256, given=given, grace_seconds=self._look.grace_seconds)
        try:
            self._done.append(await asyncio.to_thread(act))
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._go_on(order, photo, given=given)

    def _go_on(self, order: "WorkOrder", photo: "Photo", *, given: bool) -> None:
        """Take away what is settled: the photo, and with an approval the others of its order."""
        self.refuse("")
        settled = [one for one in self._asked if one[0].id == order.id and (given or one[1] == photo)]
        for one in settled:
            self._asked.remove(one)
        if not self._asked:
            self.dismiss(tuple(self._done))
            return
        self._place = min(self._place, len(self._asked) - 1)
        self._show()

    async def action_leave(self) -> None:
        """Leave; what was said stays."""
        self.dismiss(tuple(self._done))


def words_of(changes: "Iterable[Change]") -> str:
    """What was said of photos, as the undo line has it."""
    given = [change.act.given for change in changes if isinstance(change.act, Approval)]
    parts = [f"{count} {words}" for count, words in ((sum(given), APPROVED), (given.count(False), "kept out")) if count]
    return f"Photos: {', '.join(parts)}"


def _joined(lines: "Sequence[Content]") -> "Content":
    first, *others = lines
    for line in others:
        first = first + literal("\n") + line
    return first
