"""The sheet that finds a place on the map by the words of an address. Screen layer; asks nobody outside.

It knows the orders of this device and the streets of its map, and says so where that is not enough.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.finding_place import Found, FoundKind
from crew.domain.place import direction_words, distance_metres, distance_words
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.place import Point
    from crew.field_work import FieldWork
    from crew.look import Look

_SHOW: Final = Command(name="show_place", key="enter", label="Show", help="Show this place in the middle of the map.")
_HINT: Final = "A street, with or without a number. Nothing is asked outside of this device."
_NOTHING: Final = "No order on this device and no street of its map has these words."
_READING: Final = "Looking ..."
_REST_SECONDS: Final = 0.08
"""Letters that follow one another faster are looked for together."""


class FindPlaceSheet(ListSheet[Found]):
    """Gives back the place that was chosen."""

    BINDINGS = sheet_bindings(_SHOW, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_SHOW, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look", near: "Point") -> None:
        """Find nothing yet.

        Args:
            field_work: What is on this device.
            look: The look.
            near: Where it is looked for: the nearest of several streets comes first.
        """
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._near: Final = near
        self._found: dict[str, Found] = {}

    def title_words(self) -> "Content":
        """What it is for."""
        return titled("Find a place", "on the map")

    def body(self) -> "ComposeResult":
        """The line to type, what was found, a hint."""
        yield Input(placeholder="412 Centre St")
        yield RowList(self._look.marks)
        yield LiteralText(_HINT, classes="hint")

    @on(Input.Changed)
    def _look_for(self, message: Input.Changed) -> None:
        self._find(message.value)

    @work(group="find", exclusive=True)
    async def _find(self, words: str) -> None:
        self._hint(_READING if words.strip() else _HINT)
        await asyncio.sleep(_REST_SECONDS)
        try:
            found = await asyncio.to_thread(partial(self._field_work.find_place, words, self._near))
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._found = {f"{one.kind} {one.order_id or one.name}": one for one in found}
        self.rows.show([Row(key, one.name, self._facts(one)) for key, one in self._found.items()])
        self._hint("" if found else _NOTHING if words.strip() else _HINT)

    def _hint(self, words: str) -> None:
        self.query_one(".hint", LiteralText).show(words)

    def _facts(self, found: Found) -> str:
        metres = distance_metres(self._near, found.place)
        way = f"{distance_words(metres, self._look.units)} {direction_words(self._near, found.place)}"
        what = {
            FoundKind.ORDER: f"order {found.order_id}",
            FoundKind.NEAREST_NUMBER: f"the nearest number known, order {found.order_id}",
            FoundKind.STREET: "street",
        }[found.kind]
        return f"{what} {self._look.marks.dot} {way} of the middle of the map"

    @on(Input.Submitted)
    def action_show_place(self) -> None:
        """Give back the place under the cursor."""
        row = self.rows.chosen
        if row is None:
            self.refuse("Type a street first, then choose one of the list.")
            return
        self.dismiss(self._found[str(row.key)])
