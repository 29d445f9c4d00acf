"""What a person can do with the chosen order, alike in the list and in an order's own screen. Screen layer.

Acts go through field work and are on disk before anything is shown; sheets ask for what an act needs.
"""

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

from textual import on, work

from crew.commands import MORE, OUTBOX, SIGN_IN, Command, Situation, buttons
from crew.domain.errors import CrewError
from crew.domain.permissions import Verb
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.screens.messages import Acted, UndoOffered, YouMoved
from crew.screens.sheet_actions import SheetActions
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import say
from crew.widgets.undo_bar import UndoBar
from crew.widgets.way_words import nearby_lines, way_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crew.domain.change import Change
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork, Stop
    from crew.look import Look
    from crew.widgets.order_text import OrderView
    from crew.widgets.photo_strip import PhotoStrip

_Result = TypeVar("_Result")
_Value = TypeVar("_Value")


class ChosenOrder(Protocol):
    """What the acts need to know of an order; a stop and a work order both have it."""

    @property
    def address(self) -> str:
        """Where it is."""

    @property
    def service_name(self) -> str:
        """What it is."""

    @property
    def work_status(self) -> WorkStatus:
        """How it stands."""

    @property
    def crew(self) -> str:
        """Who has it; empty for one in the pool."""

    @property
    def unanswered(self) -> object:
        """Whether nobody has acknowledged its escalation; the escalation itself does as well."""


class OrderScreen(SheetActions[_Result]):
    """A screen with a chosen order."""

    def __init__(self, field_work: "FieldWork", look: "Look", person: Person | None) -> None:
        super().__init__()
        self.field_work = field_work
        self.look = look
        self.person = person

    @property
    def chosen_order(self) -> ChosenOrder | None:
        """The chosen order as far as it is shown."""
        raise NotImplementedError

    @property
    def chosen_has_photos(self) -> bool:
        """Whether there is a photo of the chosen order to look at."""
        raise NotImplementedError

    @property
    def chosen_has_twins(self) -> bool:
        """Whether what is shown of the chosen order names one that may be the same thing."""
        views = (getattr(details, "view", None) for details in self.query("OrderDetails"))
        return any(view is not None and view.order.id == self.chosen_id and view.has_twins for view in views)

    def situation(self) -> Situation:
        """The role and the status of the chosen order."""
        order, role = self.chosen_order, self.person.role if self.person else Role.CREW
        if order is None:
            return Situation(role, person=self.person)
        return Situation(
            role,
            order.work_status,
            has_photos=self.chosen_has_photos,
            has_twins=self.chosen_has_twins,
            person=self.person,
            crew=order.crew,
            unanswered=bool(order.unanswered),
        )

    def buttons(self) -> "Sequence[Command]":
        """The buttons that fit the chosen order; where nobody is signed in, that comes first."""
        return buttons(self.situation()) if self.person else (SIGN_IN, OUTBOX, MORE)

    def refresh_buttons(self) -> None:
        """Let the buttons follow the chosen order."""
        self.query_one(ButtonBar).show(self.buttons())

    async def reading(self, read: "Callable[[], _Value]") -> _Value | None:
        """Read from disk off the event loop; None where it cannot be read, which is said, or nobody looks any more."""
        try:
            value = await asyncio.to_thread(read)
        except CrewError as error:
            say(self, error.sentence, "error")
            return None
        return value if self.is_running else None

    def order_view(self, order_id: str, here: "Stop | None") -> "OrderView":
        """Read everything about an order; blocks on the disk, so call it through `reading`.

        Args:
            order_id: The order.
            here: The stop where the crew most likely is.
        """
        from crew.widgets.order_text import OrderView  # not needed for the first paint of a narrow terminal

        order = self.field_work.order(order_id)
        found, may_link = self.field_work.nearby(order_id), bool(self.person and self.person.grant(Verb.LINK))
        near = nearby_lines(found, self.field_work.now, self.look.units, may_link=may_link)
        unsent, way = self.field_work.unsent_of(order_id), self._way_to(order, here)
        doubt, twins = self.field_work.place_doubt(order), bool(found.same)
        way = "" if doubt else way
        left, waits = self.field_work.deadlines.left(order), order.waiting_reason
        waiting = self.field_work.wording().waiting_words(waits) if waits else ""
        return OrderView(
            order=order, unsent=unsent, way=way, place_doubt=doubt, nearby=near, has_twins=twins, left=left,
            waiting=waiting, titles={order.crew: order.crew_title} | self.field_work.crew_titles(),
        )  # fmt: skip

    def _way_to(self, order: "WorkOrder", here: "Stop | None") -> str:
        """The way from the person, where that is known; else from the stop where the crew most likely is."""
        you = self.field_work.whereabouts.you
        if you is not None:
            return way_of(you, order, self.look.units, "you")
        if here is None or here.order_id == order.id:
            return ""
        return way_of(here, order, self.look.units, "the last stop")

    @on(YouMoved)
    def refresh_way(self) -> None:
        """Say the way anew in what is shown of an order; nothing is read for it."""
        from crew.widgets.order_details import OrderDetails

        if self.field_work.whereabouts.you is None:
            return  # the way from the last stop comes back with the next minute
        for details in self.query(OrderDetails):
            if details.view is not None and not details.view.place_doubt:
                view = replace(details.view, way=self._way_to(details.view.order, None))
                details.show(view, self.field_work.now)

    def on_photo_strip_tapped(self, message: "PhotoStrip.Tapped") -> None:
        """Show the tapped photo large."""
        self.open_photos(message.place)

    # Acts of one key

    def action_go(self) -> None:
        """On the way."""
        self._set_status(WorkStatus.ON_THE_WAY)

    def action_work(self) -> None:
        """Work has started."""
        self._set_status(WorkStatus.WORKING)

    @work(group="act")
    async def action_accept(self) -> None:
        """Finished work is good."""
        try:
            change = await asyncio.to_thread(self.field_work.accept, self.chosen_id, self.look.grace_seconds)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.acted(change)

    @work(group="act")
    async def action_acknowledge(self) -> None:
        """Somebody knows of the escalation."""
        try:
            change = await asyncio.to_thread(self.field_work.acknowledge, self.chosen_id, self.look.grace_seconds)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.acted(change)

    @work(group="act")
    async def _set_status(self, status: WorkStatus) -> None:
        grace_seconds = self.look.grace_seconds
        try:
            change = await asyncio.to_thread(
                self.field_work.set_status, self.chosen_id, status, grace_seconds=grace_seconds
            )
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.acted(change)

    def acted(self, change: "Change | None") -> None:
        """Show that something was done, and for some seconds how to take it back; None was thought better of."""
        if change is None:
            return
        from crew.domain.rules import describe

        order = self.chosen_order
        where = (order.address or order.service_name) if order else change.order_id
        words = describe(change)
        self.post_message(Acted(f"{words[:1].upper()}{words[1:]}: {where}", change))

    @on(UndoOffered)
    def offer_undo(self, message: UndoOffered) -> None:
        """Show or hide the line with the undo button."""
        self.query_one(UndoBar).show(message.words)
