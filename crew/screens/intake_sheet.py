"""The sheet for a call: type of request, place, words and who calls, while the caller talks. Screen layer.

Letters find the type and the address; what may be the same is listed as soon as both are known, and one key adds the
caller to it. Enter goes on from line to line. What is half typed is there again after a crash.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change, Contact, Intake
from crew.domain.errors import CrewError
from crew.domain.place import distance_words
from crew.domain.plain_text import LINE_LIMIT, TEXT_LIMIT
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.sheet import LATER, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.addresses import AddressIndex, KnownPlace
    from crew.domain.nearby import Near
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.wire import ServiceOffer

_SAVE: Final = Command(name="save", key="f2", label="Take in", help="Take the call in as a request of its own.")
_JOIN: Final = Command(name="join", key="f4", label="Same as", help="Add the caller to the order under the cursor.")
_LINES: Final = {
    "service": ("What", "letters of a type of request"),
    "address": ("Where", "number and street, or a corner"),
    "description": ("Words", "what the caller says"),
    "first_name": ("First name", "none of this is shown to crews"),
    "last_name": ("Last name", ""),
    "phone": ("Telephone", ""),
    "email": ("Mail", "for the answer; enter takes the call in"),
}
_NO_SERVICES: Final = "The types of request are not on this device yet: they come with the next sync."
_MAY_BE_SAME: Final = "Open near there: f4 adds the caller to the one under the cursor."


class Typed(msgspec.Struct):
    """What was typed so far; also the draft."""

    service: str = ""
    address: str = ""
    description: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""


class IntakeSheet(DraftedSheet):
    """Seven lines and one list, which follows the line that is typed in."""

    CSS_PATH = ["sheet.tcss", "intake_sheet.tcss"]
    AUTO_FOCUS = "Input"
    full: ClassVar[bool] = True
    BINDINGS = [
        *sheet_bindings(_SAVE, _JOIN, LATER),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, _JOIN, LATER)
    draft_kind: ClassVar[str] = "intake"

    def __init__(self, field_work: "FieldWork", look: "Look", order: "WorkOrder", draft: str) -> None:
        """Begin with a draft; `order` is an empty one that the draft is kept under."""
        super().__init__(field_work, look, order, draft)
        self._services: Sequence[ServiceOffer] = ()
        self._index: AddressIndex | None = None
        self._near: Sequence[Near] = ()

    def title_words(self) -> "Content":
        """What this is."""
        return titled("New request", "by telephone")

    def body(self) -> "ComposeResult":
        """The lines to type, the list, what it means."""
        typed = msgspec.structs.asdict(msgspec.json.decode(self.draft, type=Typed) if self.draft else Typed())
        for name, (label, hint) in _LINES.items():
            limit = TEXT_LIMIT if name == "description" else LINE_LIMIT
            with Horizontal(classes="line"):
                yield LiteralText(label, classes="label")
                yield Input(
                    typed[name], hint, id=name, max_length=limit, select_on_focus=False, compact=True, classes="typed"
                )
        yield RowList(self.look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Read what completes the lines."""
        self._read()

    @work(group="read")
    async def _read(self) -> None:
        try:
            self._services = await asyncio.to_thread(self.field_work.services)
            self._index = await asyncio.to_thread(self.field_work.addresses)
        except CrewError as error:
            self.refuse(error.sentence)
        if not self._services:
            self.refuse(_NO_SERVICES)
        self._suggest()

    # What was typed

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def draft_body(self) -> str:
        """Everything typed, as JSON; empty where nothing is."""
        typed = Typed(**{name: self.query_one(f"#{name}", Input).value for name in _LINES})
        return msgspec.json.encode(typed).decode() if typed != Typed() else ""

    def _service(self) -> "ServiceOffer | None":
        """The type that was chosen: its whole name stands in the line."""
        name = self._typed("service")
        return next((offer for offer in self._services if offer.name == name), None)

    def _place(self) -> "KnownPlace | None":
        return self._index.exactly(self._typed("address")) if self._index else None

    def _intake(self, joins: str = "") -> Intake:
        service, place = self._service(), self._place()
        return Intake(
            service_code=service.code if service else "",
            service_name=service.name if service else "",
            description=self._typed("description"),
            address=self._typed("address"),
            lat=place.lat if place else None,
            long=place.long if place else None,
            joins=joins,
            contact=Contact(*(self._typed(name) for name in ("first_name", "last_name", "phone", "email"))),
        )

    # The list

    @on(Input.Changed)
    def _line_changed(self) -> None:
        self.refuse("")
        self._suggest()

    def on_descendant_focus(self) -> None:
        """Another line is typed in: the list follows."""
        self._suggest()

    def _suggest(self) -> None:
        name = self.focused.id if isinstance(self.focused, Input) else ""
        if name == "service" and not self._service():
            self._show([Row(offer.code, offer.name, offer.group) for offer in self._matching()], "")
        elif name == "address" and not self._place():
            places = self._index.complete(self._typed("address")) if self._index else []
            self._show([Row(place.address, place.address, "") for place in places], "")
        else:
            self._look_for_same()

    def _matching(self) -> "list[ServiceOffer]":
        """The types of request that have these letters; those whose name begins with them first."""
        typed = self._typed("service").casefold()
        found = [offer for offer in self._services if all(word in _text(offer) for word in typed.split())]
        return sorted(found, key=lambda offer: (not offer.name.casefold().startswith(typed), offer.name))

    def _show(self, rows: list[Row], hint: str) -> None:
        self.query_one(RowList).show(rows)
        self.query_one(".hint", LiteralText).show(hint)

    @work(group="near", exclusive=True)
    async def _look_for_same(self) -> None:
        service, place = self._service(), self._place()
        self._near = ()
        if service and place and place.lat is not None and place.long is not None:
            try:
                self._near = await asyncio.to_thread(self.field_work.similar, service.name, place.lat, place.long)
            except CrewError as error:
                self.refuse(error.sentence)
        self._show([self._near_row(near) for near in self._near], _MAY_BE_SAME if self._near else "")

    def _near_row(self, near: "Near") -> Row:
        way = distance_words(near.metres, self.look.units)
        facts = f" {self.look.marks.dot} ".join((near.order_id, way, near.order.work_status.words))
        return Row((near.order_id,), f"{near.order.service_name}, {near.order.address}", facts)

    def action_move(self, by: int) -> None:
        """Move the cursor of the list."""
        self.query_one(RowList).move(by)

    # Going on

    @on(Input.Submitted)
    def _next_line(self, message: Input.Submitted) -> None:
        """Take what is under the cursor, and go on with the next line; behind the last one the call is taken in."""
        message.prevent_default()  # other sheets end a line with its enter
        line, chosen = message.input, self.query_one(RowList).chosen
        if line.id in ("service", "address") and chosen is not None and not isinstance(chosen.key, tuple):
            line.value = chosen.name
        lines = list(self.query(Input))
        following = lines.index(line) + 1
        if following < len(lines):
            lines[following].focus()
        else:
            self.action_save()

    @on(RowList.Tapped)
    def _row_tapped(self) -> None:
        line, chosen = self.focused, self.query_one(RowList).chosen
        if isinstance(line, Input) and chosen is not None and not isinstance(chosen.key, tuple):
            line.value = chosen.name

    async def action_leave(self) -> None:
        """Leave at once: what was typed is kept."""
        self.set_focus(None)
        await super().action_leave()

    def action_save(self) -> None:
        """Take the call in as a request of its own."""
        self._take_in(self._intake())

    def action_join(self) -> None:
        """Add the caller to the order under the cursor."""
        row = self.query_one(RowList).chosen
        if row is None or not isinstance(row.key, tuple):
            self.refuse("No order is listed here. Choose a type and a known address first.")
            return
        self._take_in(self._intake(joins=row.key[0]))

    def _take_in(self, act: Intake) -> None:
        grace_seconds = self.look.grace_seconds

        def taken_in() -> Change:
            return self.field_work.take_in(act, grace_seconds)

        self.act_and_forget(taken_in)


def _text(offer: "ServiceOffer") -> str:
    return " ".join((offer.name, offer.group, *offer.keywords)).casefold()


def draft_of(act: Intake) -> str:
    """The draft of a call that was refused, to be mended."""
    contact = act.contact
    caller = (contact.first_name, contact.last_name, contact.phone, contact.email)
    return msgspec.json.encode(Typed(act.service_name, act.address, act.description, *caller)).decode()


def intake_sheet(field_work: "FieldWork", look: "Look") -> IntakeSheet:
    """The sheet with its draft; reads from disk, so call it off the event loop. Raises as the store."""
    from crew.domain.change import ChangeId
    from crew.domain.intake import order_of

    nothing = order_of(Intake("", "", "", ""), ChangeId(IntakeSheet.draft_kind), field_work.now)
    return IntakeSheet(field_work, look, nothing, field_work.draft(nothing.id, IntakeSheet.draft_kind))
