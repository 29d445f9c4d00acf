"""A screen about the stops of a day, one of them chosen: the list and the map are two. Screen layer.

What is shown is read again when the store moves, with the same words looked for, open or finished as before.
"""

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from textual import events, on, work

from crew.domain.value import replace
from crew.screens.day_view import DayView
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.literal_text import say
from crew.widgets.order_table import OrderTable
from crew.widgets.way_words import driven_words, where_we_are

if TYPE_CHECKING:
    from crew.field_work import FieldWork, Stop
    from crew.look import Look

_Result = TypeVar("_Result")
_QUIET_SECONDS: Final = 2
_MOST_ENDED: Final = 500
"""A device of a whole city keeps more than anybody reads."""


class StopsScreen(OrderScreen[_Result]):
    """Stops with one chosen. Who inherits says in `show_day` what is drawn."""

    def __init__(self, field_work: "FieldWork", look: "Look", view: DayView) -> None:
        """Begin with what is known of the day.

        Args:
            field_work: What is on this device.
            look: The look.
            view: The day, who looks at it, and what of it.
        """
        super().__init__(field_work, look, view.person)
        self.day_view = view
        self._learning = False
        self._is_behind = False
        now = field_work.now
        self.table: Final = OrderTable(look.marks, now, view.shown(now), with_crew=self.sees_crews)

    def show_day(self) -> None:
        """Draw what `day_view` holds."""
        raise NotImplementedError

    @property
    def chosen_id(self) -> str:
        """The stop under the cursor of the list, whether that is seen or not; empty for none."""
        stop = self.chosen_order
        return stop.order_id if stop else ""

    @property
    def chosen_order(self) -> "Stop | None":
        """The chosen stop."""
        return self.table.chosen

    @property
    def chosen_has_photos(self) -> bool:
        """Whether the chosen stop has photos."""
        stop = self.chosen_order
        return stop is not None and stop.photo_count > 0

    @property
    def sees_crews(self) -> bool:
        """Whether the list says whose each order is."""
        return self.person is not None and self.person.role.sees_whole_city

    @property
    def in_driving_order(self) -> bool:
        """Whether the stops stand as they are driven."""
        day = self.day_view.day
        return not self.day_view.finished and day is not None and day.driven is not None

    @property
    def here(self) -> "Stop | None":
        """The stop where the crew most likely is; None for whoever sees many crews, and is with none of them."""
        if self.sees_crews:
            return None
        view = self.day_view
        return where_we_are(view.day.stops if view.day else (), next(iter(view.ended), None))

    # Reading

    @on(StoreMoved)
    @on(MinutePassed)
    def _hear_of_store(self) -> None:
        """Read the day again; that of a whole city, where another screen hides it, once it is seen again.

        How much is late counts by the minute. Reading a city takes a tenth of a second, and a key there would wait
        for it. A crew's own day is up to date when it is seen.
        """
        if self.sees_crews and not (self.app.screen is self or self.app.screen.is_modal):
            self._is_behind = True
        else:
            self.refresh_day()

    @on(events.ScreenResume)
    def _catch_up(self) -> None:
        """Read what was not read while nobody saw it."""
        if self._is_behind:
            self.refresh_day()

    def refresh_day(self) -> None:
        """Read the day again."""
        self._is_behind = False
        self._read_day()

    @work(group="day", exclusive=True)
    async def _read_day(self) -> None:
        read = await self.reading(self._day_now)
        if read is not None:
            self.day_view = replace(self.day_view, day=read.day, ended=read.ended, person=read.person)
            self.person = read.person
            self.show_day()
            self._learn_streets()

    def _day_now(self) -> DayView:
        device = self.field_work.signed_in()
        day = self.field_work.home()
        ended = self.field_work.ended(_MOST_ENDED) if self.day_view.finished or day.ended_today else ()
        return DayView(day=day, ended=ended, person=device.person if device else None)

    # Driving

    def on_mount(self) -> None:
        """Find the ways along streets once the first paint is long done: nothing that is shown waits for them."""
        self.set_timer(_QUIET_SECONDS, self._learn_streets)

    @work(group="streets")
    async def _learn_streets(self) -> None:
        if self._learning:
            return
        self._learning = True
        learned = await self.reading(self.field_work.learn_streets)
        self._learning = False
        if learned:
            self.refresh_day()

    @work(group="drive", exclusive=True)
    async def action_drive(self) -> None:
        """List the stops as they are best driven, or by due time again."""
        if self.day_view.day is not None and self.day_view.day.driven is not None:
            await self.reading(self.field_work.driving.stop)
        else:
            driven = await self.reading(self.field_work.drive)
            if driven is not None:
                say(self, driven_words(driven, self.look.units))
        self.refresh_day()

    def action_earlier(self) -> None:
        """Move the chosen stop up."""
        self._move_stop(-1)

    def action_later(self) -> None:
        """Move it down."""
        self._move_stop(1)

    def action_do_next(self) -> None:
        """Move it right behind what is under way."""
        self._move_stop(-len(self.table.stops))

    @work(group="drive")
    async def _move_stop(self, by: int) -> None:
        await self.reading(partial(self.field_work.drive_later, self.chosen_id, by))
        self.refresh_day()

    @on(OrderTable.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen order."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, self.here))
