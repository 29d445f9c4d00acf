"""The sheet that places what is new: one line an order, keys alone, enter goes on to the next. Screen layer.

Digits set the priority at once; letters find the type and the crew in a list that takes the place of the orders until
one is taken. What was set for a line is one act, made with enter; without it nothing has happened.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Triage
from crew.domain.errors import CrewError
from crew.domain.value import replace
from crew.domain.work_order import Priority
from crew.screens.choices import Choice
from crew.screens.messages import Acted
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import fitted, quoted
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.field_work import FieldWork, Stop
    from crew.look import Look
    from crew.wire import CrewLoad, ServiceOffer

_NEXT: Final = Command(name="save", key="enter", label="Next", help="Place the order, and go on with the next.")
_SERVICE: Final = Command(name="service", key="s", label="Service", help="Say what it is.")
_CREW: Final = Command(name="crew", key="c", label="Crew", help="Say who does it.")
_ALL_PLACED: Final = "Nothing new is left to place."
_NOTHING_HERE: Final = "Nothing has these letters."


class TriageSheet(Sheet[None]):
    """What has no crew, or was touched by nobody, the latest first."""

    CSS_PATH = ["sheet.tcss", "triage_sheet.tcss"]
    full: ClassVar[bool] = True
    BINDINGS = [
        *sheet_bindings(_NEXT, _SERVICE, _CREW, BACK),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        *(
            Binding(str(number), f"priority('{priority}')", show=False)
            for number, priority in enumerate(Priority, start=1)
        ),
    ]
    buttons: ClassVar[tuple[Command, ...]] = (_NEXT, _SERVICE, _CREW, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look") -> None:
        """Place what is new on this device."""
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._stops: Sequence[Stop] = ()
        self._services: Sequence[ServiceOffer] = ()
        self._crews: Sequence[CrewLoad] = ()
        self._given: dict[str, Triage] = {}
        """What was set and not placed yet, by order."""
        self._choosing = ""
        """What the list offers: a "service" or a "crew" of the chosen order, or the orders themselves."""
        self._at: Stop | None = None
        self._count = 0

    def title_words(self) -> "Content":
        """What this is."""
        return titled("Triage", "what it is, how soon, who does it")

    def body(self) -> "ComposeResult":
        """The orders, the line to find a type or a crew, the citizen's words."""
        yield Input(placeholder="letters", compact=True, classes="note")
        yield RowList(self._look.marks, lines_each=1)
        yield LiteralText(classes="said")
        with Horizontal(classes="hints"):
            yield LiteralText(classes="hint")
            for number, priority in enumerate(Priority, start=1):
                yield Choice(f"{number} {priority}", 0, self._look.marks.chosen)

    def on_mount(self) -> None:
        """Read what is new."""
        self.query_one(Input).display = False
        self._read()

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        try:
            self._stops = await asyncio.to_thread(self._field_work.untriaged)
            self._services = await asyncio.to_thread(self._field_work.services)
            self._crews = await asyncio.to_thread(self._field_work.crews)
        except CrewError as error:
            self.refuse(error.sentence)
        self._show()

    # The list

    def _show(self) -> None:
        typed = self.query_one(Input).value.casefold().split()
        if self._choosing == "service":
            offers = [(one.code, one.name, " ".join((one.name, one.group, *one.keywords))) for one in self._services]
            rows = _having(typed, offers)
        elif self._choosing == "crew":
            crews = [(one.name, one.title or one.name, f"{one.name} {one.title}") for one in self._crews]
            rows = _having(typed, crews)
        else:
            rows = [Row(stop.order_id, self._line(stop), "") for stop in self._stops]
        self._count = len(rows)
        self.query_one(RowList).show(rows)
        self._tell()

    def _line(self, stop: "Stop") -> str:
        given, cut, width = self._given.get(stop.order_id, Triage()), self._look.marks.cut, self.size.width
        chosen = next((one.title for one in self._crews if one.name == given.crew), "") or given.crew
        crew = chosen or stop.crew_title or stop.crew or "no crew"
        service = given.service_name or stop.service_name
        narrow = width // 4
        place = max(8, width - 2 * narrow - 24)
        parts = ((service, narrow), (stop.address, place), (self._priority(stop), 7), (crew, narrow))
        return "  ".join(fitted(text, room, cut) for text, room in parts)

    def _tell(self) -> None:
        stop = self._chosen()
        self.query_one(".said", LiteralText).show(self._said(stop) if stop else "")
        if self._choosing:
            hint = f"{self._choosing.capitalize()}: enter takes it, esc leaves it." if self._count else _NOTHING_HERE
        else:
            hint = f"{self._count} to place" if self._count else _ALL_PLACED
        self.query_one(".hint", LiteralText).show(hint)
        for choice in self.query(Choice):
            choice.display = stop is not None and not self._choosing
            choice.choose(chosen=stop is not None and choice.label.endswith(f" {self._priority(stop)}"))

    def _said(self, stop: "Stop") -> str:
        """Where it is, whole, and what the citizen wrote; a small terminal's row has room for half a street."""
        words = quoted(stop.headline, self._look.marks) if stop.headline else ""
        return f" {self._look.marks.dot} ".join(filter(None, (stop.address, words)))

    def _priority(self, stop: "Stop") -> str:
        return self._given.get(stop.order_id, Triage()).priority or stop.priority

    def _chosen(self) -> "Stop | None":
        """The order under the cursor, or the one that something is chosen for."""
        if self._choosing:
            return self._at
        row = self.query_one(RowList).chosen
        return next((stop for stop in self._stops if row is not None and stop.order_id == row.key), None)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.refuse("")
        self._tell()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(RowList).move(by)

    # What is set

    def _give(self, give: "Callable[[Triage], Triage]") -> None:
        stop = self._chosen()
        if stop is not None:
            self._given[stop.order_id] = give(self._given.get(stop.order_id, Triage()))

    def action_priority(self, priority: str) -> None:
        """Set how much the order under the cursor matters."""
        self._give(lambda given: replace(given, priority=Priority(priority)))
        self._show()

    @on(Choice.Chosen)
    def _tapped(self, message: Choice.Chosen) -> None:
        self.action_priority(message.label.partition(" ")[2])

    def action_service(self) -> None:
        """Offer the types of request."""
        self._offer("service")

    def action_crew(self) -> None:
        """Offer the crews."""
        self._offer("crew")

    def _offer(self, what: str) -> None:
        self._at = self._chosen()
        if self._at is None:
            self.refuse(_ALL_PLACED)
            return
        self._choosing = what
        line = self.query_one(Input)
        line.value, line.display = "", True
        line.focus()
        self._show()

    def _back_to_orders(self) -> None:
        stop, self._choosing = self._at, ""
        line, rows = self.query_one(Input), self.query_one(RowList)
        line.display = False
        self.set_focus(None)
        self._show()
        if stop is not None:
            rows.move(next(place for place, one in enumerate(self._stops) if one.order_id == stop.order_id))

    @on(Input.Submitted)
    def _taken(self) -> None:
        row = self.query_one(RowList).chosen
        if row is None:
            self.refuse(_NOTHING_HERE)
            return
        if self._choosing == "service":
            self._give(lambda given: replace(given, service_code=str(row.key), service_name=row.name))
        else:
            self._give(lambda given: replace(given, crew=str(row.key)))
        self._back_to_orders()

    async def action_leave(self) -> None:
        """Out of a choice first, then out of the sheet."""
        if self._choosing:
            self._back_to_orders()
        else:
            await super().action_leave()

    # The act

    async def action_save(self) -> None:
        """Take what is offered, or place the order under the cursor and go on with the next."""
        if self._choosing:
            self._taken()
        else:
            self._place()

    @work(group="act")
    async def _place(self) -> None:
        stop = self._chosen()
        if stop is None:
            self.refuse(_ALL_PLACED)
            return
        act, grace_seconds = self._given.pop(stop.order_id, Triage()), self._look.grace_seconds
        try:
            change = await asyncio.to_thread(self._field_work.triage, stop.order_id, act, grace_seconds)
        except CrewError as error:
            self._given[stop.order_id] = act
            self.refuse(error.sentence)
            return
        self.post_message(Acted(f"Triaged: {stop.address or stop.service_name}", change))
        place = [one.order_id for one in self._stops].index(stop.order_id)
        self._stops = [one for one in self._stops if one.order_id != stop.order_id]
        self._show()
        self.query_one(RowList).move(place)


def _having(typed: list[str], offered: "Sequence[tuple[str, str, str]]") -> list[Row]:
    """What has the letters, as rows: key, name, and all words by which it is found."""
    return [Row(key, name, "") for key, name, words in offered if all(word in words.casefold() for word in typed)]
