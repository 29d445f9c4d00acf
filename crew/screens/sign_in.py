"""Signs this device in: the backend's address, and the one-time code or the city's account. Screen layer.

Sync does the asking. Signing in is the one act that needs a link. What was typed stays when it fails, with the sentence
that says why. The account is offered where the backend at the address says that its city has accounts.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.errors import CrewError, TryLater
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.person import Person
    from crew.look import Look
    from crew.screens.account_sheet import AccountRoad


class SignInRoad(Protocol):
    """What the sheet needs to sign somebody in."""

    @property
    def account(self) -> "AccountRoad":
        """The way with an account of the city."""

    async def with_code(self, address: str, code: str) -> "Person":
        """Exchange a one-time code for a sign-in. Raises a `CrewError` whose sentence says why not."""


_SIGN_IN: Final = Command(name="sign_in", key="enter", label="Sign in", help="Sign this device in.")
_ACCOUNT: Final = Command(name="account", key="f2", label="Account", help="Sign in with your city's account.")
_AGAIN: Final = "Press enter to try again: the same code works."
_WITH_ACCOUNT: Final = "Or with your account at {}: press f2."


class SignIn(Sheet["Person"]):
    """Gives back who is signed in now."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_SIGN_IN, _ACCOUNT, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_SIGN_IN, BACK)

    def __init__(self, road: SignInRoad, look: "Look", address: str = "") -> None:
        """Ask for address and code; a known address needs no typing."""
        super().__init__()
        self._road: Final = road
        self._look: Final = look
        self._address: Final = address
        self._asking = False
        self._keeper = ""
        """Who keeps the accounts of the city at the address; empty while none are known."""

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
            self._look_for_accounts(self._address)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self.refuse("")
        if message.input.has_class("address"):
            self._offer("")

    @on(Input.Blurred, ".address")
    def _address_left(self, message: Input.Blurred) -> None:
        if message.value.strip() and not self._keeper:
            self._look_for_accounts(message.value.strip())

    @work(group="accounts", exclusive=True)
    async def _look_for_accounts(self, address: str) -> None:
        """Offer the account where there are any; that nobody can say so now hinders nothing."""
        keeper = ""
        with suppress(CrewError):
            keeper = await self._road.account.offered(address)
        if self.query_one(".address", Input).value.strip() == address:
            self._offer(keeper)

    def _offer(self, keeper: str) -> None:
        self._keeper = keeper
        self._say(_WITH_ACCOUNT.format(keeper) if keeper else "")
        self.query_one(ButtonBar).show((_SIGN_IN, _ACCOUNT, BACK) if keeper else self.buttons)

    @on(Input.Submitted)
    def _line_ended(self, message: Input.Submitted) -> None:
        if message.input.has_class("address") and not self.query_one(".code", Input).value:
            self.query_one(".code", Input).focus()
        else:
            self.action_sign_in()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The account only where the city has any."""
        return not (action == "account" and not self._keeper) and super().check_action(action, parameters)

    @work(group="account", exclusive=True)
    async def action_account(self) -> None:
        """Sign in with the city's account, on another device."""
        from crew.screens.account_sheet import AccountSheet

        address = self.query_one(".address", Input).value.strip()
        sheet = AccountSheet(self._road.account, self._look, address, self._keeper)
        person = await self.app.push_screen_wait(sheet)
        if person is not None:
            self.dismiss(person)

    def action_sign_in(self) -> None:
        """Ask the backend."""
        address, code = (self.query_one(f".{name}", Input).value.strip() for name in ("address", "code"))
        if not address or not code:
            self.refuse("Both are needed: the address and the one-time code. Your supervisor has them.")
        elif not self._asking:
            self._ask(address, code)

    @work(group="act", exclusive=True)
    async def _ask(self, address: str, code: str) -> None:
        self.refuse("")
        self._say("Asking the backend ...")
        self._asking = True
        try:
            person = await self._road.with_code(address, code)
        except TryLater as error:
            self.refuse(f"{error.sentence} {_AGAIN}")
            return
        except CrewError as error:
            self.refuse(error.sentence)
            return
        finally:
            self._asking = False
            self._say(_WITH_ACCOUNT.format(self._keeper) if self._keeper else "")
        self.dismiss(person)

    def _say(self, words: str) -> None:
        for hint in self.query(".hint").results(LiteralText):
            hint.show(words)
