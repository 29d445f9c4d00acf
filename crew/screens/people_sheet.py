"""Asks who is working: a name and its PIN, without a link. Screen layer.

As a lock it covers everything and cannot be left: what was open stays open underneath, and sync goes on.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.sharing import PIN_LENGTHS
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.look import Look
    from crew.screens.sign_in import SignIn
    from crew.sharing import Sharing, Somebody

_START: Final = Command(name="start", key="enter", label="Start", help="Work under this name.")
_NEW: Final = Command(
    name="new", key="f2", label="New code", help="Sign somebody in with a one-time code; this needs a link."
)
_PIN: Final = Command(name="pin", key="f3", label="My PIN", help="Choose a PIN, or another one.")
_SAVE: Final = Command(name="save", key="enter", label="Save", help="Keep this PIN.")
_DIGITS: Final = r"[0-9]*"
NewSignIn = Callable[[], "SignIn"]
"""Makes the sheet that signs somebody in with a one-time code."""


def pin_line(placeholder: str) -> Input:
    """A line for a PIN, which nobody can read."""
    return Input(placeholder=placeholder, password=True, restrict=_DIGITS, max_length=PIN_LENGTHS[1], compact=False)


class PeopleSheet(ListSheet[str]):
    """Gives back the name of who works from now on."""

    CSS_PATH = ["sheet.tcss", "people_sheet.tcss"]
    BINDINGS = sheet_bindings(_START, _NEW, _PIN, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_START, _NEW, _PIN, BACK)
    heading: ClassVar[str] = "Who is working?"
    aside: ClassVar[str] = "on this device"

    def __init__(
        self, sharing: "Sharing", look: "Look", people: "tuple[Somebody, ...]", new_sign_in: NewSignIn
    ) -> None:
        """Show everybody who has signed in here."""
        super().__init__()
        self._new_sign_in: Final = new_sign_in
        self._sharing: Final = sharing
        self._look: Final = look
        self._people = people

    def title_words(self) -> "Content":
        """What it asks."""
        return titled(self.heading, self.aside)

    def body(self) -> "ComposeResult":
        """The people, and the line for the PIN."""
        yield RowList(self._look.marks)
        yield pin_line("PIN")

    def on_mount(self) -> None:
        """Begin with who works now where it is locked, else with somebody else."""
        self._show_people()
        self.rows.move(next((place for place, one in enumerate(self._people) if self.comes_first(one)), 0))

    def _show_people(self) -> None:
        self.rows.show([Row(one.name, one.name, self._facts(one)) for one in self._people])

    def comes_first(self, one: "Somebody") -> bool:
        """Whether the cursor begins on this person."""
        return not one.works_now

    def _facts(self, one: "Somebody") -> str:
        facts = (one.place, "works now" if one.works_now else "", "" if one.has_pin else "no PIN yet")
        return f" {self._look.marks.dot} ".join(filter(None, facts))

    @on(RowList.Moved)
    @on(Input.Changed)
    def _anew(self) -> None:
        self.refuse("")

    @on(RowList.Tapped)
    def _tapped(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def action_start(self) -> None:
        """Let the chosen person work, if the PIN is theirs."""
        row, mine = self.rows.chosen, self._mine
        if row is not None and mine is not None and row.key == mine.name and not mine.has_pin:
            self.refuse(f"You work here now. A PIN is for coming back later: {_PIN.key} chooses one.")
        elif row is not None:
            self._try(str(row.key), self.query_one(Input).value)

    @work(group="act")
    async def _try(self, name: str, pin: str) -> None:
        def let_work() -> str:
            self._sharing.let_work(name, pin)
            return name

        await self.perform(let_work)
        for line in self.query(Input):
            with line.prevent(Input.Changed):  # the sentence that says why stays
                line.value = ""

    @work(group="people", exclusive=True)
    async def action_new(self) -> None:
        """Sign somebody in with a one-time code; who works now first gets the chance to choose a PIN to come back."""
        mine = self._mine
        if mine is not None and not mine.has_pin:
            await self._choose_pin(mine)
        person = await self.app.push_screen_wait(self._new_sign_in())
        if person is not None:
            self.dismiss(person.name)

    @work(group="people", exclusive=True)
    async def action_pin(self) -> None:
        """Choose a PIN for who works now."""
        if (mine := self._mine) is not None:
            await self._choose_pin(mine)

    async def _choose_pin(self, mine: "Somebody") -> None:
        if await self.app.push_screen_wait(PinSheet(self._sharing, mine)):
            self._people = await asyncio.to_thread(self._sharing.people)
            self._show_people()

    @property
    def _mine(self) -> "Somebody | None":
        return next((one for one in self._people if one.works_now), None)


class LockSheet(PeopleSheet):
    """The same, over everything, until somebody gives a PIN or a code."""

    buttons: ClassVar[tuple[Command, ...]] = (_START, _NEW)
    heading: ClassVar[str] = "Locked"
    aside: ClassVar[str] = "what was begun is kept, and sending goes on"

    def comes_first(self, one: "Somebody") -> bool:
        """Whoever locked it comes back, most likely."""
        return one.works_now

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No PIN is chosen while it is locked."""
        return action != "pin" and super().check_action(action, parameters)

    async def action_leave(self) -> None:
        """A lock is not left."""


class PinSheet(Sheet[bool]):
    """Chooses a PIN; True where one was chosen."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_SAVE, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, BACK)

    def __init__(self, sharing: "Sharing", mine: "Somebody") -> None:
        """Ask for a PIN, twice, and for the old one where there is one."""
        super().__init__()
        self._sharing: Final = sharing
        self._mine: Final = mine

    def title_words(self) -> "Content":
        """Whose it is."""
        return titled("A PIN", f"for {self._mine.name}, on this device")

    def body(self) -> "ComposeResult":
        """The lines to type."""
        if self._mine.has_pin:
            yield pin_line("the PIN that you have")
        yield pin_line("a new PIN: {} to {} digits".format(*PIN_LENGTHS))
        yield pin_line("the new PIN once more")
        yield LiteralText("With it you come back when others work here, or when it was locked.", classes="hint")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.refuse("")

    @on(Input.Submitted)
    def _line_ended(self, message: Input.Submitted) -> None:
        if message.input is self.query(Input).last():
            self.action_save()
        else:
            self.focus_next(Input)

    def action_save(self) -> None:
        """Keep it."""
        *olds, new, again = (line.value for line in self.query(Input))
        if new != again:
            self._begin_anew()
            self.refuse("The two new PINs differ. Type the same one twice.")
        else:
            self.act(partial(self._choose, new, *olds))

    def _begin_anew(self) -> None:
        """Nobody sees which of two rows of dots is wrong."""
        *_, new, again = self.query(Input)
        for line in (new, again):
            with line.prevent(Input.Changed):
                line.value = ""
        new.focus()

    def _choose(self, new: str, old: str = "") -> bool:
        self._sharing.choose_pin(new, old)
        return True
