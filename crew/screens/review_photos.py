"""Shows pictures before they are kept: keep, take again, or black out a part of them first. Screen layer.

What is odd about a picture is said beside it; the person decides. Nothing is on disk as a photo before it is kept.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding
from textual.containers import Horizontal

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.value import Value
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.blackout import Blackout
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.photo_view import PhotoSource, PhotoView
from crew.widgets.photo_words import doubt_lines, facts_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.photo_doubts import PhotoDoubts
    from crew.domain.work_order import Photo, PhotoRole, WorkOrder
    from crew.look import Look
    from crew.photo_work import PhotoWork, Shot
    from crew.photos.prepared import CellPicture

_KEEP: Final = Command(name="keep", key="enter", label="Keep it", help="Keep the photo as it is shown.")
_RETAKE: Final = Command(name="retake", key="r", label="Retake", help="Drop this picture and take another.")
_BLACK_OUT: Final = Command(name="black_out", key="b", label="Black out", help="Black out faces and plates.")
_APPLY: Final = Command(name="keep", key="enter", label="Black it out", help="Black out what is marked, for good.")
_ANOTHER: Final = Command(name="another", key="n", label="New mark", help="Mark one more part.")
_HOW: Final = "Arrows move it, + and - or shift with arrows size it, x takes it away. Or drag with the mouse."


class Reviewed(Value):
    """What came of the pictures.

    Attributes:
        photos: Those that were kept.
        retake: The person wants to take another.
    """

    photos: "tuple[Photo, ...]"
    retake: bool = False


class ReviewPhotos(Sheet[Reviewed]):
    """One picture after the other."""

    CSS_PATH = ["sheet.tcss", "review_photos.tcss"]
    full: ClassVar[bool] = True
    BINDINGS = [*sheet_bindings(_KEEP, _RETAKE, _BLACK_OUT, BACK), Binding("space", "keep", show=False)]
    buttons: ClassVar[tuple[Command, ...]] = (_KEEP, _RETAKE, _BLACK_OUT, BACK)

    def __init__(
        self,
        work: "PhotoWork",
        order: "WorkOrder",
        role: "PhotoRole",
        shots: "Sequence[Shot]",
        look: "Look",
        now: "datetime",
    ) -> None:
        """Review pictures.

        Args:
            work: Keeps them.
            order: What they are for.
            role: Which side of the repair they show.
            shots: The pictures, at least one.
            look: The look.
            now: The current time, aware, in the person's zone.
        """
        super().__init__()
        self._work: Final = work
        self._order: Final = order
        self._role: Final = role
        self._shots: Final = list(shots)
        self._look: Final = look
        self._now: Final = now
        self._place = 0
        self._kept: list[Photo] = []
        self._retake = False

    def title_words(self) -> "Content":
        """What is asked."""
        count = f", {self._place + 1} of {len(self._shots)}" if len(self._shots) > 1 else ""
        return titled(f"Keep this photo{count}?", f"{self._order.service_name}, {self._order.address}")

    def body(self) -> "ComposeResult":
        """The picture, its facts, what is odd about it."""
        with Horizontal(classes="picture"):
            yield PhotoView(plain=self._look.symbols == "ascii")
            yield Blackout(plain=self._look.symbols == "ascii")
        yield LiteralText(classes="facts")
        yield LiteralText(classes="doubts")

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    @property
    def _shot(self) -> "Shot":
        return self._shots[self._place]

    @property
    def _marking(self) -> bool:
        return self.has_class("-marking")

    def _show(self) -> None:
        prepared, now = self._shot.prepared, self._now
        self.query_one(".title", LiteralText).show(self.title_words())
        facts = facts_words(prepared.width, prepared.height, len(prepared.content), prepared.taken_at, now)
        self.query_one(".facts", LiteralText).show(f" {self._look.marks.dot} ".join(facts))
        self.query_one(PhotoView).show(self._source(", ".join(facts)))
        self._doubt(self._shot)

    def _source(self, words: str) -> PhotoSource:
        return PhotoSource(self._shot.prepared.sha256, partial(self._work.see_shot, self._shot), words)

    @work(group="doubts", exclusive=True)
    async def _doubt(self, shot: "Shot") -> None:
        doubts: PhotoDoubts = await asyncio.to_thread(self._work.doubts, self._order, shot)
        words = self.query_one(".doubts", LiteralText)
        words.show("\n".join(f"! {line}" for line in doubt_lines(doubts, self._now, self._look.units)))
        words.display = doubts.any

    # Keeping

    def action_keep(self) -> None:
        """Keep the picture as it is shown; while a part is marked, black that out."""
        if self._marking:
            self._black_out(self._shot)
        else:
            self._keep(self._shot)

    @work(group="act", exclusive=True)
    async def _keep(self, shot: "Shot") -> None:
        try:
            self._kept.append(await asyncio.to_thread(self._work.keep, shot, self._role, self._order.id))
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._go_on()

    def _go_on(self) -> None:
        self.refuse("")
        if self._place + 1 < len(self._shots):
            self._place += 1
            self._show()
        else:
            self.dismiss(Reviewed(tuple(self._kept), self._retake))

    def action_retake(self) -> None:
        """Drop this picture, and take another one after the others."""
        if not self._marking:
            self._retake = True
            self._go_on()

    async def action_leave(self) -> None:
        """Stop marking, or leave; what was kept stays."""
        if self._marking:
            self._mark(on=False)
        else:
            self.dismiss(Reviewed(tuple(self._kept)))

    # Blacking out

    def action_black_out(self) -> None:
        """Mark what nobody should see."""
        shot = self._shot

        def draw(columns: int, rows: int) -> "CellPicture":
            return self._work.see_shot(shot, columns, rows).picture

        self._mark(on=True)
        self.query_one(Blackout).show(draw)

    def action_another(self) -> None:
        """Mark one more part."""
        self.query_one(Blackout).action_another()

    def _mark(self, *, on: bool) -> None:
        self.set_class(on, "-marking")
        self.query_one(ButtonBar).show((_APPLY, _ANOTHER, BACK) if on else self.buttons)
        self.query_one(".doubts").display = not on and bool(str(self.query_one(".doubts", LiteralText).content))
        if on:
            self.query_one(Blackout).focus()
            self.query_one(".facts", LiteralText).show(_HOW)
        else:
            self.set_focus(None)
            self._show()

    @work(group="act", exclusive=True)
    async def _black_out(self, shot: "Shot") -> None:
        areas = self.query_one(Blackout).areas
        try:
            if areas:
                self._shots[self._place] = await asyncio.to_thread(partial(self._work.black_out, shot, areas))
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._mark(on=False)
