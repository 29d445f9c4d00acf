"""Everything that waits for a person, in one list: what it is, why, and the key that settles it. Screen layer.

Work that was refused leads to the outbox, work to look at is accepted or sent back here, an escalation is acknowledged,
and what went to another crew is read and forgotten. Nothing leaves this list by itself but with its reason.
"""

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding

from crew.commands import ACCEPT, ACKNOWLEDGE, MORE, OPEN, OUTBOX, SEND_BACK, SYNC, Command
from crew.domain.crew_names import with_titles
from crew.domain.due import day_and_time
from crew.domain.kept_work import kept_words
from crew.domain.rules import describe, what_to_look_at
from crew.domain.value import Value
from crew.place_commands import KEPT_HOLDS, LEAVE_ASIDE, LOOK_THROUGH, SEEN
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.screens.sheet import BACK
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from crew.day_told import ToDecide
    from crew.domain.person import Person
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look

_OWN: Final = {
    SEEN: "seen", BACK: "back", KEPT_HOLDS: "kept_holds", LEAVE_ASIDE: "leave_aside", LOOK_THROUGH: "look_through",
}  # fmt: skip
_OF_KEPT: Final = {"accept": KEPT_HOLDS, "note": LEAVE_ASIDE}
"""What two keys do where something is kept."""

_NOTHING: Final = "Nothing waits for you."


class _Waiting(Value):
    """A row, with the order or the move that it is about."""

    row: Row
    order: "WorkOrder | None" = None
    moved_id: str = ""
    is_change: bool = False
    kept_id: str = ""
    """The change that is kept for a decision."""
    is_raised: bool = False
    photos_of: "tuple[WorkOrder, ...]" = ()
    """Finished orders whose photos may go to the public."""


class Decisions(OrderScreen[None]):
    """What waits for a person."""

    CSS_PATH = "decisions.tcss"
    BINDINGS: ClassVar = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None") -> None:
        """Show nothing yet."""
        super().__init__(field_work, look, person)
        self._waiting: dict[object, _Waiting] = {}

    @property
    def chosen_id(self) -> str:
        """The order that is to be looked at; empty for anything else."""
        order = self.chosen_order
        return order.id if order else ""

    @property
    def chosen_order(self) -> "WorkOrder | None":
        """The order that is to be looked at."""
        chosen = self._chosen
        return chosen.order if chosen else None

    @property
    def chosen_has_photos(self) -> bool:
        """Whether it has photos."""
        order = self.chosen_order
        return order is not None and bool(order.photos)

    @property
    def _chosen(self) -> "_Waiting | None":
        row = self.query_one(RowList).chosen
        return self._waiting.get(row.key) if row else None

    def buttons(self) -> "Sequence[Command]":
        """What settles the chosen row."""
        chosen = self._chosen
        if chosen is None:
            return (SYNC, BACK)
        if chosen.photos_of:
            return (LOOK_THROUGH, BACK)
        if chosen.kept_id:
            return (KEPT_HOLDS, LEAVE_ASIDE, OPEN, MORE, BACK)
        if chosen.is_raised:
            return (ACKNOWLEDGE, OPEN, MORE, BACK)
        if chosen.order is not None:
            return (ACCEPT, SEND_BACK, OPEN, MORE, BACK)
        return (OUTBOX, BACK) if chosen.is_change else (SEEN, BACK)

    def compose(self) -> "ComposeResult":
        """How much there is, the list, the buttons."""
        yield TopRow()
        yield LiteralText(classes="counts")
        yield RowList(self.look.marks)
        yield UndoBar()
        yield ButtonBar((SYNC, BACK))

    def on_mount(self) -> None:
        """Read the list."""
        self.refresh_list()

    @on(StoreMoved)
    @on(MinutePassed)
    def refresh_list(self) -> None:
        """Read it again."""
        self._read_list()

    @work(group="decisions", exclusive=True)
    async def _read_list(self) -> None:
        read = await self.reading(self._to_decide)
        if read is None:
            return
        self._waiting = {waiting.row.key: waiting for waiting in self._listed(*read)}
        self.query_one(RowList).show([waiting.row for waiting in self._waiting.values()])
        count = len(self._waiting)
        words = _NOTHING if not count else "1 thing waits for you" if count == 1 else f"{count} things wait for you"
        self.query_one(".counts", LiteralText).show(words)
        self.refresh_buttons()

    def _to_decide(self) -> "tuple[ToDecide, Mapping[str, WorkOrder], Mapping[str, str]]":
        """What waits, the orders that something refused belongs to, and what people call the crews."""
        found = self.field_work.to_decide()
        orders = self.field_work.orders({entry.change.order_id for entry in found.changes}) if found.changes else {}
        return found, orders, self.field_work.crew_titles()

    def _listed(
        self, found: "ToDecide", orders: "Mapping[str, WorkOrder]", titles: "Mapping[str, str]"
    ) -> "Iterator[_Waiting]":
        now, gap = self.field_work.now, f" {self.look.marks.dot} "
        if found.recovery is not None:
            yield _Waiting(Row("recovery", "The store of this device was damaged", found.recovery.sentence))
        for entry in found.changes:
            change = entry.change
            why = f"{entry.sending_status.words}{gap}{entry.reason}"
            name = f"{with_titles(describe(change), titles)}: {_place(orders.get(change.order_id), change.order_id)}"
            yield _Waiting(Row(change.id, f"{name[:1].upper()}{name[1:]}", why), is_change=True)
        for order in found.escalated:
            name = f"Escalated: {order.service_name}, {order.address or 'no address'}"
            yield _Waiting(Row(("raised", order.id), name, self._raised_words(order)), order, is_raised=True)
        for order in found.to_look_at:
            yield from _kept_rows(order, now, gap)
        for order in found.to_look_at:
            if order.kept:
                continue
            name = f"Look at: {order.service_name}, {order.address or 'no address'}"
            why = with_titles(what_to_look_at(order), titles)
            yield _Waiting(Row(order.id, name, f"{why}{gap}{order.crew_title or order.crew}"), order)
        for move in reversed(found.moved_away):
            name = f"Gone: {move.service_name}, {move.address or 'no address'}"
            facts = f"{move.words}{gap}{move.person}, {day_and_time(move.at, now)}"
            yield _Waiting(Row(("moved", move.order_id), name, facts), moved_id=move.order_id)
        if found.to_approve:
            yield _photos_row(found.to_approve, gap)

    def _raised_words(self, order: "WorkOrder") -> str:
        """Until when somebody should answer, why, and who wants to know."""
        gap, now, raised = f" {self.look.marks.dot} ", self.field_work.now, order.raised
        if raised is None:
            return f"to {order.escalation}"
        until = _answer_words(raised.by, now) if raised.by else "no answer yet"
        return f"{until}{gap}{raised.reason}{gap}{raised.person} to {order.escalation}, {day_and_time(raised.at, now)}"

    @on(RowList.Moved)
    def _follow(self) -> None:
        """Let the buttons follow the chosen row."""
        self.refresh_buttons()

    async def run_command(self, command: Command) -> None:
        """Run a command; some of the buttons are this screen's own."""
        if command in _OWN:
            await self.run_action(_OWN[command])
        else:
            await super().run_command(command)

    async def action_run(self, name: str) -> None:
        """Run the command that a key stands for; `n` has read what is only to be read, or leaves aside what is kept."""
        chosen = self._chosen
        if name in _OF_KEPT and chosen is not None and chosen.kept_id:
            await self.run_command(_OF_KEPT[name])
        elif name == "note" and chosen is not None and chosen.order is None:
            await self.run_command(SEEN)
        elif name == "open" and chosen is not None and chosen.order is None:
            await self.run_command(self.buttons()[0])
        else:
            await super().action_run(name)

    @work(group="seen", exclusive=True)
    async def action_seen(self) -> None:
        """Forget what was only to be read."""
        chosen = self._chosen
        if chosen is None or chosen.is_change or chosen.order is not None or chosen.photos_of:
            return
        if chosen.moved_id:
            await self.reading(lambda: self.field_work.forget_moved_away([chosen.moved_id]))
        else:
            await self.reading(self.field_work.forget_recovery)
        for screen in self.app.screen_stack:
            screen.post_message(StoreMoved())

    def action_look_through(self) -> None:
        """Say of each photo whether the city may post it."""
        chosen = self._chosen
        if chosen is not None and chosen.photos_of:
            self.approve_photos(chosen.photos_of)

    @work(group="act")
    async def action_kept_holds(self) -> None:
        """What is kept holds, as of when it was done."""
        chosen = self._chosen
        if chosen is None or chosen.order is None or not chosen.kept_id:
            return
        order_id, grace_seconds = chosen.order.id, self.look.grace_seconds
        decide = partial(self.field_work.decide_kept, order_id, chosen.kept_id, "", grace_seconds, accepted=True)
        change = await self.reading(decide)
        self.acted(change)

    @work(group="sheet", exclusive=True)
    async def action_leave_aside(self) -> None:
        """What is kept does not hold; a word says why."""
        from crew.screens.note_sheet import LeaveAsideSheet

        chosen = self._chosen
        if chosen is None or chosen.order is None or not chosen.kept_id:
            return
        draft = await self.reading(partial(self.field_work.draft, chosen.order.id, LeaveAsideSheet.draft_kind))
        if draft is None or not self.is_active:
            return
        sheet = LeaveAsideSheet(self.field_work, self.look, chosen.order, draft)
        sheet.kept = chosen.kept_id
        self.app.push_screen(sheet, self.acted)

    def action_open(self) -> None:
        """Show everything about the order."""
        from crew.screens.order_detail import OrderDetail

        if self.chosen_id:
            self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, None))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(RowList).move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what can be seen."""
        rows = self.query_one(RowList)
        rows.move(by * rows.page)

    def action_decide(self) -> None:
        """Back to where the person was."""
        self.dismiss()

    def action_back(self) -> None:
        """Back to where the person was."""
        self.dismiss()


def _answer_words(by: "datetime", now: "datetime") -> str:
    """Until when somebody should say that they know of it, or should have said it."""
    return f"{'no answer' if by < now else 'answer'} by {day_and_time(by, now)}"


def _place(order: "WorkOrder | None", order_id: str) -> str:
    """An order as people call it; its number where it is not on this device any more."""
    return f"{order.service_name}, {order.address or 'no address'}" if order else f"order {order_id}"


def _kept_rows(order: "WorkOrder", now: "datetime", gap: str) -> "Iterator[_Waiting]":
    """What is kept beside an order, a row each: what was done, by whom, when."""
    for kept in order.kept:
        name = f"Kept: {kept_words(kept)}, {order.service_name}, {order.address or 'no address'}"
        when = day_and_time(kept.made_at, now)
        facts = f"{kept.person}, {when}, whose sign-in had ended{gap}{order.crew_title or order.crew}"
        yield _Waiting(Row(("kept", kept.change_id), name, facts), order, kept_id=kept.change_id)


def _photos_row(orders: "tuple[WorkOrder, ...]", gap: str) -> _Waiting:
    """One row for all finished orders whose photos may go to the public: they are looked through in one go."""
    count = "1 finished order" if len(orders) == 1 else f"{len(orders)} finished orders"
    latest = f"{orders[0].service_name}, {orders[0].address or 'no address'}"
    row = Row("photos", f"Photos for the city's posts: {count}", f"the latest: {latest}{gap}enter looks through them")
    return _Waiting(row, photos_of=orders)
