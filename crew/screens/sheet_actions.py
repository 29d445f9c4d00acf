"""Opens the sheets for the chosen order. Screen layer; each sheet loads when it is first needed.

Order and draft are read off the event loop before a sheet opens, so that it opens whole.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual import work

from crew.domain.change import Intake
from crew.domain.citizen_answers import photos_to_show
from crew.domain.errors import CrewError
from crew.domain.permissions import Verb
from crew.domain.person import why_not
from crew.screens.command_screen import CommandScreen
from crew.screens.messages import Acted
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.domain.change import Change
    from crew.domain.person import Person
    from crew.domain.work_order import Photo, WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.screens.drafted_sheet import DraftedSheet
    from crew.screens.move_sheet import MovedTo
    from crew.screens.photo_zoom import Asked

_Result = TypeVar("_Result")


class SheetActions(CommandScreen[_Result]):
    """The commands that need more than one key. The screen says which order is chosen."""

    field_work: "FieldWork"
    look: "Look"
    person: "Person | None"

    @property
    def chosen_id(self) -> str:
        """The id of the chosen order; empty where none is chosen."""
        raise NotImplementedError

    def acted(self, change: "Change | None") -> None:
        """An act is on disk; None was thought better of."""
        raise NotImplementedError

    def action_done(self) -> None:
        """The completion."""
        from crew.screens.done_sheet import DoneSheet

        self._open(DoneSheet)

    def action_photo(self) -> None:
        """Photos outside a completion."""
        from crew.screens.add_photos_sheet import AddPhotosSheet

        self._open(AddPhotosSheet)

    def action_cant(self) -> None:
        """An end without the work."""
        from crew.screens.cant_sheet import CantSheet

        self._open(CantSheet)

    def action_status(self) -> None:
        """Any other status."""
        from crew.screens.status_sheet import StatusSheet

        self._open(StatusSheet)

    def action_note(self) -> None:
        """A note."""
        from crew.screens.note_sheet import NoteSheet

        self._open(NoteSheet)

    def action_send_back(self) -> None:
        """Finished work is opened again."""
        from crew.screens.note_sheet import SendBackSheet

        self._open(SendBackSheet)

    def action_escalate(self) -> None:
        """Raise the order."""
        from crew.screens.escalate_sheet import EscalateSheet

        self._open(EscalateSheet)

    def action_assign(self) -> None:
        """Move the order to another crew."""
        self._assign()

    @work(group="sheet", exclusive=True)
    async def _assign(self) -> None:
        order = await self._read(self.chosen_id)
        if order is not None:
            self.move_orders((order.id,), f"{order.service_name}, {order.address or 'no address'}")

    def move_orders(self, order_ids: "Sequence[str]", what: str, crew: str | None = None) -> None:
        """Ask where orders go and why, and move them.

        Args:
            order_ids: The orders.
            what: What they are, in words.
            crew: Where to, where that is known already.
        """
        from crew.screens.move_sheet import MoveSheet

        self.app.push_screen(MoveSheet(self.field_work, self.look, order_ids, what, crew), self.moved)

    def moved(self, done: "MovedTo | None") -> None:
        """Show that orders were moved or closed, and for a while how to take it back; None was thought better of."""
        if done is not None:
            self.post_message(Acted(done.words, *done.changes, grace_seconds=done.grace_seconds))

    def close_orders(self, order_ids: "Sequence[str]", what: str) -> None:
        """Ask how many orders end, and end them in one go.

        Args:
            order_ids: The orders.
            what: What they are, in words.
        """
        from crew.screens.close_sheet import CloseSheet

        self.app.push_screen(CloseSheet(self.field_work, self.look, order_ids, what), self.moved)

    @work(group="sheet", exclusive=True)
    async def action_link(self) -> None:
        """Join the order to one that is the same, or part what was joined."""
        from crew.screens.link_sheet import link_sheet

        try:
            sheet = await asyncio.to_thread(link_sheet, self.field_work, self.look, self.chosen_id)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.app.push_screen(sheet, self.acted)

    @work(group="sheet", exclusive=True)
    async def action_intake(self) -> None:
        """Take a call in."""
        from crew.screens.intake_sheet import intake_sheet

        try:
            sheet = await asyncio.to_thread(intake_sheet, self.field_work, self.look)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.app.push_screen(sheet, self._taken_in)

    def action_triage(self) -> None:
        """Place what is new."""
        from crew.screens.triage_sheet import TriageSheet

        self.app.push_screen(TriageSheet(self.field_work, self.look))

    def _taken_in(self, change: "Change | None") -> None:
        if change is not None and isinstance(change.act, Intake):
            self.post_message(Acted(f"Taken in: {change.act.service_name}, {change.act.address}", change))

    @work(group="sheet", exclusive=True)
    async def _open(self, kind: "type[DraftedSheet]") -> None:
        order = await self._read(self.chosen_id)
        if order is None:
            return
        sheet = await asyncio.to_thread(self._sheet, kind, order)
        if self.is_active:
            self.app.push_screen(sheet, self.acted)

    def _sheet(self, kind: "type[DraftedSheet]", order: "WorkOrder") -> "DraftedSheet":
        sheet = kind(self.field_work, self.look, order, self._draft(order.id, kind.draft_kind))
        sheet.read()
        return sheet

    async def _read(self, order_id: str) -> "WorkOrder | None":
        try:
            return await asyncio.to_thread(self.field_work.order, order_id)
        except CrewError as error:
            say(self, error.sentence, "error")
            return None

    def _draft(self, order_id: str, kind: str) -> str:
        from crew.screens.photos_draft import undone_completion

        draft = self.field_work.draft(order_id, kind)
        if draft or kind != "done":
            return draft
        return undone_completion(order_id, self.field_work.settled()).body()

    @work(group="sheet", exclusive=True)
    async def open_photos(self, place: int) -> None:
        """Show the chosen order's photos large, beginning with one of them."""
        from crew.screens.photo_zoom import Hiding, PhotoZoom

        order = await self._read(self.chosen_id)
        if order is None or not order.photos:
            return
        posting = await asyncio.to_thread(self.field_work.posting)
        against = self._why_not(Verb.WITHDRAW, order)
        posts = self._why_not(Verb.APPROVE, order) if posting.asks else None
        hiding = Hiding(order.withdrawn, against, order.approved, posts)
        see, now = self.field_work.photos.see, self.field_work.now
        zoom = PhotoZoom(see, photos_to_show(order), place, self.look, now, hiding)
        self.app.push_screen(zoom, lambda asked: self._left_zoom(order, asked))

    def _why_not(self, verb: Verb, order: "WorkOrder") -> str:
        return why_not(self.person, verb, order.crew, order.id) if self.person else "Sign in first."

    def _left_zoom(self, order: "WorkOrder", asked: "Asked | None") -> None:
        if asked is None:
            return
        if asked.for_posts:
            self.approve_photos([order], asked.photo)
        else:
            self._hide_or_show(order, asked.photo)

    def approve_photos(self, orders: "Sequence[WorkOrder]", photo: "Photo | None" = None) -> None:
        """Ask of photos of finished work whether they are for the city's posts: of one, or of each without a word."""
        from crew.screens.approve_sheet import ApproveSheet

        self.app.push_screen(ApproveSheet(self.field_work, self.look, orders, photo), self._approved)

    def _approved(self, changes: "tuple[Change, ...] | None") -> None:
        if changes:
            from crew.screens.approve_sheet import words_of

            self.post_message(Acted(words_of(changes), *changes))

    @work(group="hiding", exclusive=True)
    async def _hide_or_show(self, order: "WorkOrder", photo: "Photo") -> None:
        again, grace_seconds = photo.sha256 in order.withdrawn, self.look.grace_seconds
        act = partial(self.field_work.withdraw, order.id, photo.sha256, shown_again=again, grace_seconds=grace_seconds)
        try:
            change = await asyncio.to_thread(act)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.post_message(Acted("Shown to the public again" if again else "Hidden from the public", change))

    @work(group="sheet", exclusive=True)
    async def action_navigate(self) -> None:
        """The way there, in a map program or on the phone."""
        from crew.screens.navigate_sheet import NavigateSheet

        order = await self._read(self.chosen_id)
        if order is not None and self.is_active:
            self.app.push_screen(NavigateSheet(self.field_work, self.look, order))

    def action_zoom(self) -> None:
        """Show the photos large."""
        self.open_photos(0)
