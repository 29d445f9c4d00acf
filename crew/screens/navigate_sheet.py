"""The way to an order: in the device's map program, on the worker's phone, or copied. Screen layer.

It starts no program by itself: field work is asked to. Nothing is copied but by a key that says so.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.map_link import geo_link, geo_search_link
from crew.domain.place import place_of
from crew.domain.plain_text import clean_line
from crew.domain.plus_code import plus_code
from crew.domain.position import position_words
from crew.screens.code_sheet import CodeSheet
from crew.screens.messages import YouMoved
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.way_words import way_of

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look

_MAP: Final = Command(name="map", key="enter", label="Open map", help="Open the place in this device's map program.")
_ADDRESS: Final = Command(name="address", key="a", label="Address", help="Copy the address.")
_CODE: Final = Command(name="code", key="c", label="Plus code", help="Copy the plus code, which any map finds.")
_LINK: Final = Command(name="link", key="l", label="Link", help="Copy the link of the code.")

_NO_ADDRESS: Final = "This order has no address: copy the plus code or the link instead."
_NO_PLACE: Final = "This order has no place on the map, so it has no plus code: copy the address instead."
_NOWHERE: Final = "This order has neither a place nor an address. Ask whoever sent it where to go."
_OPENED: Final = "The map program was asked to show it."
_SCAN: Final = "Scan the code with your phone, and its map shows the way."


class NavigateSheet(CodeSheet[None]):
    """What helps to get there. Has no result: nothing about the order changes."""

    CSS_PATH = ["sheet.tcss", "code_sheet.tcss", "navigate_sheet.tcss"]
    beside_columns: ClassVar[int] = 30
    BINDINGS = sheet_bindings(_MAP, _ADDRESS, _CODE, _LINK, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look", order: "WorkOrder") -> None:
        super().__init__(look)
        self._field_work: Final = field_work
        self._order: Final = order
        self._place: Final = None if field_work.place_doubt(order) else place_of(order)
        self._address: Final = clean_line(order.address)
        self._link: Final = self._make_link()

    def _make_link(self) -> str:
        if self._place is not None:
            return geo_link(*self._place)
        return geo_search_link(self._address) if self._address else ""

    def title_words(self) -> "Content":
        """Where it goes."""
        return titled("Navigate", f"{self._order.service_name}, {self._address or 'no address'}")

    def body(self) -> "ComposeResult":
        """What to do, the address, the place, and where the person is."""
        yield LiteralText(_SCAN if self._link else _NOWHERE, classes="what-to-do")
        yield LiteralText(self._address, classes="address")
        yield LiteralText(self._place_words(), classes="place")
        yield LiteralText(classes="you")

    def first_buttons(self) -> tuple[Command, ...]:
        """The buttons that can do something for this order."""
        if not self._link:
            return (BACK,)
        address = (_ADDRESS,) if self._address else ()
        code = (_CODE,) if self._place else ()
        return (_MAP, *address, *code, _LINK, BACK)

    def _place_words(self) -> str:
        if self._place is None:
            return f"No place on the map. The address is looked for instead.\n{self._link}" if self._link else ""
        return f"{plus_code(*self._place)}\n{self._link}"

    def on_mount(self) -> None:
        """Draw the code, and say where the person is."""
        self.show_code(self._link)
        self._say_you()

    @on(YouMoved)
    def _say_you(self) -> None:
        """How far it is, and how that is known; or why not."""
        whereabouts, units = self._field_work.whereabouts, self.look.units
        you = whereabouts.you
        if you is None:
            self.query_one(".you", LiteralText).show(whereabouts.trouble)
            return
        known = f"You: {position_words(you, self._field_work.now, units)}"
        way = way_of(you, self._order, units, "you") if self._place is not None else ""
        self.query_one(".you", LiteralText).show(f"{way}\n{known}" if way else known)

    # Acts

    @work(group="act", exclusive=True)
    async def action_map(self) -> None:
        """Open the map program, off the event loop."""
        if not self._link:
            self.refuse(_NOWHERE)
            return
        try:
            await asyncio.to_thread(self._field_work.map_program.open, self._place, self._address)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self.refuse("")
        say(self, _OPENED)

    def action_address(self) -> None:
        """Copy the address."""
        self._copy(self._address, _NO_ADDRESS)

    def action_code(self) -> None:
        """Copy the plus code."""
        self._copy(plus_code(*self._place) if self._place else "", _NO_PLACE)

    def action_link(self) -> None:
        """Copy the link."""
        self._copy(self._link, _NOWHERE)

    def _copy(self, words: str, refusal: str) -> None:
        """Hand words to the terminal for its clipboard (OSC 52); it does not say whether it took them."""
        if not words:
            self.refuse(refusal)
            return
        self.refuse("")
        self.app.copy_to_clipboard(words)
        say(self, f"Copied: {words}. Where pasting brings nothing, the terminal does not allow it.")
