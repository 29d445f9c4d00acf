"""The queue: every order of the city, marked and moved, triaged and escalated. Screen layer.

What is shown is on disk, so what is done here counts at once; how it is looked for stands beside this.
"""

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work

from crew.commands import ASSIGN, ESCALATE, MORE, TRIAGE, Command, Situation
from crew.domain.queue import QueueQuery
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.place_commands import MARK, QUEUE_COMMANDS
from crew.screens.command_screen import key_bindings
from crew.screens.queue_list import QueueList
from crew.widgets.literal_text import say
from crew.widgets.order_table import OrderTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.screens.move_sheet import MovedTo

_MOST_MARKED: Final = 1000


class Queue(QueueList):
    """The whole city's orders."""

    CSS_PATH = "queue.tcss"
    AUTO_FOCUS = "QueueTable"
    BINDINGS: ClassVar = key_bindings(QUEUE_COMMANDS)

    def situation(self) -> Situation:
        """That of the chosen order; marked ones can be moved wherever the cursor is."""
        found = super().situation()
        return replace(found, status=WorkStatus.ASSIGNED) if self.table.marked and found.status is None else found

    def commands(self) -> tuple[Command, ...]:
        """Those of the list, and the queue's own."""
        return (*QUEUE_COMMANDS, *super().commands())

    def buttons(self) -> "Sequence[Command]":
        """What a queue is for."""
        return (ASSIGN, TRIAGE, ESCALATE, MARK, MORE)

    # The queue's own commands

    async def action_run(self, name: str) -> None:
        """Run the command that a key stands for."""
        mine = next((command for command in QUEUE_COMMANDS if command.name == name), None)
        if mine is None:
            await super().action_run(name)
        else:
            await self.run_command(mine)

    async def action_run_primary(self) -> None:
        """The space bar marks here."""
        await self.run_command(MARK)

    def action_mark(self) -> None:
        """Mark the chosen order, or no longer, and go on to the next."""
        self.table.toggle()

    @work(group="marking", exclusive=True)
    async def action_mark_found(self) -> None:
        """Mark everything that is found."""
        query = self.query_now
        ids = await self.reading(partial(self.field_work.queue.matching, query, _MOST_MARKED))
        if ids:
            self.table.mark(ids)
            if self.page.count > _MOST_MARKED:
                say(self, f"Marked the first {_MOST_MARKED:,} of {self.page.count:,}. Move those, then mark again.")

    def action_assign(self) -> None:
        """Move what is marked, or the chosen order."""
        order_ids, what = self._taken()
        if order_ids:
            self.move_orders(order_ids, what)

    def action_close_marked(self) -> None:
        """End what is marked, or the chosen order, in one go."""
        order_ids, what = self._taken()
        if order_ids:
            self.close_orders(order_ids, what)

    def _taken(self) -> tuple[tuple[str, ...], str]:
        """What is marked, or the chosen order, and the same in words."""
        stop, marked = self.chosen_order, tuple(self.table.marked)
        if marked:
            return marked, f"{len(marked):,} order{'' if len(marked) == 1 else 's'}"
        if stop is not None:
            return (stop.order_id,), f"{stop.service_name}, {stop.address or 'no address'}"
        return (), ""

    def moved(self, done: "MovedTo | None") -> None:
        """What was moved is marked no longer."""
        super().moved(done)
        if done is not None:
            self.table.mark(())

    @on(OrderTable.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen order."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, None))

    def action_back(self) -> None:
        """Out of the search, then to everything, then let go of what is marked, then back to the list."""
        if self.has_class("-finding"):
            self.leave_search()
        elif self.line or self.query_now != QueueQuery():
            self.show_line("")
        elif self.table.marked:
            self.table.mark(())
        else:
            self.dismiss()

    def action_queue(self) -> None:
        """Back to the list."""
        self.dismiss()
