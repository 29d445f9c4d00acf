"""Signs somebody in with the city's account: what to open and type elsewhere, and the wait for it. Screen layer.

The wait ends with the code, or when the sheet is left; work goes on underneath all the while.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from textual import work

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.plain_text import clean_line
from crew.screens.code_sheet import CodeSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.account_wire import AccountCode
    from crew.domain.person import Person
    from crew.look import Look

_AGAIN: Final = Command(name="again", key="n", label="New code", help="Begin again, with a new code.")
_ASKING: Final = "Asking the backend ..."
_SCAN: Final = "Scan this with your phone and sign in there, or open the address anywhere and type the code."
_WAITING: Final = "Waiting for you to sign in there ..."


class AccountRoad(Protocol):
    """What the sheet needs to sign somebody in with an account. All raise a `CrewError` whose sentence says why not."""

    async def offered(self, address: str) -> str:
        """Who keeps the city's accounts; empty for nobody."""

    async def begin(self, address: str) -> "AccountCode":
        """Begin."""

    async def finish(self, address: str, code: "AccountCode", tell: Callable[[str], None]) -> "Person":
        """Wait until it is done elsewhere; `tell` hears what hinders."""


class AccountSheet(CodeSheet["Person"]):
    """Gives back who is signed in now."""

    CSS_PATH = ["sheet.tcss", "code_sheet.tcss", "account_sheet.tcss"]
    beside_columns: ClassVar[int] = 22
    BINDINGS = sheet_bindings(_AGAIN, BACK)

    def __init__(self, road: AccountRoad, look: "Look", address: str, keeper: str) -> None:
        """Begin as soon as the sheet is there.

        Args:
            road: What asks the backend.
            look: The look.
            address: The backend's address.
            keeper: Who keeps the city's accounts.
        """
        super().__init__(look)
        self._road: Final = road
        self._address: Final = address
        self._keeper: Final = clean_line(keeper, 60)

    def title_words(self) -> "Content":
        """Whose account it is."""
        return titled("Sign in with your city's account", self._keeper)

    def body(self) -> "ComposeResult":
        """The code to type and where, what to do, and how it stands."""
        for line in ("code", "address", "what-to-do", "waiting"):
            yield LiteralText(classes=line)

    def on_mount(self) -> None:
        """Begin."""
        self._sign_in()

    def action_again(self) -> None:
        """Begin again."""
        self._sign_in()

    @work(group="account", exclusive=True)
    async def _sign_in(self) -> None:
        self._show(None, _ASKING)
        try:
            code = await self._road.begin(self._address)
            self._show(code, _WAITING)
            person = await self._road.finish(self._address, code, self._tell)
        except CrewError as error:
            self._show(None, "")
            self.refuse(error.sentence)
            self.query_one(ButtonBar).show((_AGAIN, BACK))
            return
        self.dismiss(person)

    def _show(self, code: "AccountCode | None", waiting: str) -> None:
        self.refuse("")
        self.show_code("" if code is None else code.address_with_code or code.address)
        self.say_line(".code", "" if code is None else code.code)
        self.say_line(".address", "" if code is None else code.address)
        self.say_line(".what-to-do", "" if code is None else _SCAN)
        self.say_line(".waiting", waiting)
        self.query_one(ButtonBar).show((BACK,))

    def _tell(self, sentence: str) -> None:
        self.say_line(".waiting", sentence or _WAITING)
