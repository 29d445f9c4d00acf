"""Signs this device in: the backend's address and the one-time code. Screen layer; sync does the asking.

Signing in is the one act that needs a link. What was typed stays when it fails, with the sentence that says why.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.person import Person

SignInWith = Callable[[str, str], Awaitable["Person"]]
"""Takes address and code; raises a `CrewError` whose sentence says why not."""

_SIGN_IN: Final = Command(name="sign_in", key="enter", label="Sign in", help="Sign this device in.")


class SignIn(Sheet["Person"]):
    """Gives back who is signed in now."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_SIGN_IN, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_SIGN_IN, BACK)

    def __init__(self, sign_in: SignInWith, address: str = "") -> None:
        """Ask for address and code; a known address needs no typing."""
        super().__init__()
        self._sign_in: Final = sign_in
        self._address: Final = address
        self._asking = False

    def title_words(self) -> "Content":
        """What this is."""
        return titled("Sign in", "once for each device")

    def body(self) -> "ComposeResult":
        """The two lines."""
        yield LiteralText("Address of the backend", classes="heading")
        yield Input(self._address, placeholder="https://311.example.gov", classes="address", max_length=300)
        yield LiteralText("One-time code from your supervisor", classes="heading")
        yield Input(placeholder="the letters and digits you were told", classes="code", max_length=100)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """With a known address only the code is missing."""
        if self._address:
            self.query_one(".code", Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.refuse("")

    @on(Input.Submitted)
    def _line_ended(self, message: Input.Submitted) -> None:
        if message.input.has_class("address") and not self.query_one(".code", Input).value:
            self.query_one(".code", Input).focus()
        else:
            self.action_sign_in()

    def action_sign_in(self) -> None:
        """Ask the backend."""
        address, code = (self.query_one(f".{name}", Input).value.strip() for name in ("address", "code"))
        if not address or not code:
            self.refuse("Both are needed: the address and the one-time code. Your supervisor has them.")
        elif not self._asking:
            self._ask(address, code)

    @work(group="act", exclusive=True)
    async def _ask(self, address: str, code: str) -> None:
        self._say("Asking the backend ...")
        self._asking = True
        try:
            person = await self._sign_in(address, code)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        finally:
            self._asking = False
            self._say("")
        self.dismiss(person)

    def _say(self, words: str) -> None:
        for hint in self.query(".hint").results(LiteralText):
            hint.show(words)
