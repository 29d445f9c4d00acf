"""One order on a screen of its own, for terminals where it does not fit beside the list. Screen layer."""

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work

from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_details import OrderDetails
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.change import Change
    from crew.domain.person import Person
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork, Stop
    from crew.look import Look


class OrderDetail(OrderScreen[None]):
    """Everything about an order, with the buttons to act on it."""

    CSS_PATH = "order_detail.tcss"
    AUTO_FOCUS = "OrderDetails"

    def __init__(
        self, field_work: "FieldWork", look: "Look", person: "Person | None", order_id: str, here: "Stop | None"
    ) -> None:
        super().__init__(field_work, look, person)
        self._order_id = order_id
        self._here = here

    @property
    def chosen_id(self) -> str:
        """The order that is shown."""
        return self._order_id

    @property
    def chosen_order(self) -> "WorkOrder | None":
        """The order that is shown; None until it is read."""
        view = self.query_one(OrderDetails).view
        return view.order if view else None

    @property
    def chosen_has_photos(self) -> bool:
        """Whether the order has photos."""
        order = self.chosen_order
        return order is not None and bool(order.photos)

    def compose(self) -> "ComposeResult":
        """Top row, the way back, the order, the buttons."""
        yield TopRow()
        yield BackLine(f"{self.look.marks.back} Back to the list")
        yield OrderDetails(self.field_work.photos.see, self.look.marks)
        yield UndoBar()
        yield ButtonBar()

    def on_mount(self) -> None:
        """Read the order."""
        self.read_order()

    @on(StoreMoved)
    @on(MinutePassed)
    def refresh_order(self) -> None:
        """Read it again."""
        self.read_order()

    @work(group="details", exclusive=True)
    async def read_order(self) -> None:
        """Read the order off the event loop and show it."""
        view = await self.reading(partial(self.order_view, self._order_id, self._here))
        if view is not None:
            self.query_one(OrderDetails).show(view, self.field_work.now)
            self.refresh_buttons()

    def acted(self, change: "Change | None") -> None:
        """An act that ends the order leads back to the list, where the next stop waits."""
        super().acted(change)
        if change is not None and self.field_work.order(self._order_id).work_status.ended:
            self.action_back()

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss()


class BackLine(LiteralText):
    """Says where a tap on it leads: back."""

    async def on_click(self) -> None:
        """Go back."""
        await self.run_action("screen.back")
