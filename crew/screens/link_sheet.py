"""The sheet for duplicates: join an order to one that may be the same, or part a request again. Screen layer."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.due import day_and_time
from crew.domain.errors import CorrectInput, CrewError
from crew.domain.place import distance_words
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.nearby import Nearby, Sited
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look

_DO: Final = Command(name="save", key="enter", label="Link", help="Do what is under the cursor.")
_NONE: Final = "Nothing open is near. Type the number of an order on this device."
_ONE_REPAIR: Final = "One repair then answers every reporter; what is parted gets its own number back."
_LINK: Final = "link"
_PART: Final = "part"


class LinkSheet(ListSheet[Change]):
    """What may be the same comes first, then what else is near, then the requests that can be parted."""

    BINDINGS = sheet_bindings(_DO, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_DO, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look", order: "WorkOrder", nearby: "Nearby") -> None:
        """Link this order to one of those around it, or part one of its requests."""
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._order: Final = order
        self._nearby: Final = nearby

    def title_words(self) -> "Content":
        """What is linked."""
        return titled(f"Link: {self._order.service_name}", self._order.address)

    def body(self) -> "ComposeResult":
        """The line to type, the choices, what a choice means."""
        yield Input(placeholder="letters of an address or a service, or an order's number")
        yield RowList(self._look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Show what there is."""
        self.narrow()

    @on(Input.Changed)
    @work(group="choices", exclusive=True)
    async def narrow(self) -> None:
        """Show what has these letters; a whole number finds any order of this device."""
        typed = self.query_one(Input).value.strip()
        rows = [row for row in self._rows() if _has(row, typed.casefold().split())]
        try:
            rows = rows or await asyncio.to_thread(self._numbered, typed)
        except CrewError as error:
            self.refuse(error.sentence)
        self.rows.show(rows)
        self.query_one(".hint", LiteralText).show(_ONE_REPAIR if rows else _NONE)

    def _numbered(self, number: str) -> list[Row]:
        try:
            order = self._field_work.order(number)
        except CorrectInput:
            return []
        return [self._link_row(order.id, order, "")]

    def _rows(self) -> "Iterator[Row]":
        same = {near.order_id for near in self._nearby.same}
        for near in sorted(self._nearby.open, key=lambda near: near.order_id not in same):
            way = distance_words(near.metres, self._look.units)
            yield self._link_row(near.order_id, near.order, f"{way}, may be the same" if near.order_id in same else way)
        for request in self._order.requests:
            if request.request_id != self._order.id:
                when = day_and_time(request.requested_at, self._field_work.now)
                words = request.description.replace("\n", " ") or "no words"
                yield Row((_PART, request.request_id), f"Part {request.request_id} again", f"{when}: {words}")

    def _link_row(self, order_id: str, order: "Sited", way: str) -> Row:
        facts = f" {self._look.marks.dot} ".join(filter(None, (order_id, way, order.work_status.words)))
        return Row((_LINK, order_id), f"{order.service_name}, {order.address}", facts)

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Do what is under the cursor."""
        row = self.rows.chosen
        if row is None:
            self.refuse("Choose an order first.")
            return
        assert isinstance(row.key, tuple)  # noqa: S101 - every row is made here
        kind, number = row.key
        field_work, grace = self._field_work, self._look.grace_seconds
        if kind == _LINK:
            self.act(lambda: field_work.link(self._order.id, number, grace))
        else:
            self.act(lambda: field_work.unlink(number, grace))


def _has(row: Row, words: list[str]) -> bool:
    text = f"{row.name} {row.facts}".casefold()
    return all(word in text for word in words)


def link_sheet(field_work: "FieldWork", look: "Look", order_id: str) -> LinkSheet:
    """The sheet of an order; reads from disk, so call it off the event loop. Raises as `FieldWork.order`."""
    return LinkSheet(field_work, look, field_work.order(order_id), field_work.nearby(order_id))
