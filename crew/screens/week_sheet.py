"""The last seven days: what was finished, and what citizens answered. Screen layer; reads, and changes no order.

A crew sees itself; whoever sees the whole city sees every crew. Enter opens the order that was answered.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work

from crew.commands import OPEN
from crew.domain.citizen_answers import AnswerKind
from crew.domain.due import day_and_time
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.order_lines import quoted
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.week import CrewWeek
    from crew.field_work import FieldWork
    from crew.look import Look, Symbols
    from crew.week_book import Answered, Week

_NOTHING: Final = Row("nothing", "Nothing was finished, and nobody answered.", "What citizens say appears here.")


class WeekSheet(ListSheet[str]):
    """What a crew did and heard in a week; gives back the order to open."""

    AUTO_FOCUS = ""
    buttons = (OPEN, BACK)
    BINDINGS = sheet_bindings(OPEN, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look") -> None:
        """Read it when it is shown.

        Args:
            field_work: What is on this device.
            look: The look.
        """
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._order_ids: dict[object, str] = {}

    def title_words(self) -> "Content":
        """What it is about."""
        return titled("The last seven days", "as this device knows them")

    def body(self) -> "ComposeResult":
        """The crews, then the answers."""
        yield RowList(self._look.marks)

    def on_mount(self) -> None:
        """Read the week."""
        self._read()

    @work(group="week", exclusive=True)
    async def _read(self) -> None:
        week, titles = await asyncio.to_thread(self._read_both)
        now, marks = self._field_work.now, self._look.marks
        self._order_ids = {number: answer.order_id for number, answer in enumerate(week.answers)}
        self.rows.show(list(_rows(week, titles, now, marks)) or [_NOTHING])

    def _read_both(self) -> "tuple[Week, dict[str, str]]":
        """The week, and what stands on the side of each crew's truck; a crew's own device knows of no other."""
        titles = {crew.name: crew.title for crew in self._field_work.crews()}
        device = self._field_work.signed_in()
        own = {device.person.crew: device.person.crew_title} if device else {}
        return self._field_work.week.week(), own | titles

    def action_open(self) -> None:
        """Give back the order that was answered."""
        chosen = self.rows.chosen
        order_id = self._order_ids.get(chosen.key) if chosen else None
        if order_id is None:
            self.refuse("This line counts many orders. What citizens answer stands below it, and opens its order.")
        else:
            self.dismiss(order_id)


def _rows(week: "Week", titles: dict[str, str], now: "datetime", marks: "Symbols") -> "Iterator[Row]":
    for crew in week.crews:
        yield Row(f"crew {crew.crew}", titles.get(crew.crew) or crew.crew or "No crew", _week_words(crew, marks))
    for number, answer in enumerate(week.answers):
        yield Row(number, _answer_words(answer, marks), _answer_facts(answer, now, marks))


def _week_words(week: "CrewWeek", marks: "Symbols") -> str:
    parts = [f"{week.done} done"] if week.done or not week.cant_do else []
    if week.cant_do:
        parts.append(f"{week.cant_do} can't do")
    if week.with_promise:
        parts.append(f"{week.in_time} of {week.with_promise} in time")
    if week.thanked:
        parts.append(f"{week.thanked} {'person' if week.thanked == 1 else 'people'} said thanks")
    if week.not_fixed:
        parts.append(f"{week.not_fixed} not fixed")
    return f" {marks.dot} ".join(parts)


def _answer_words(answer: "Answered", marks: "Symbols") -> str:
    """The reaction stands last: how wide its emoji is differs between terminals."""
    said = "not fixed" if answer.kind is AnswerKind.NOT_FIXED else answer.reaction
    return f"{answer.address or answer.service_name} {marks.dot} {said}"


def _answer_facts(answer: "Answered", now: "datetime", marks: "Symbols") -> str:
    words = f" {marks.dot} {quoted(answer.words, marks)}" if answer.words else ""
    return f"{answer.service_name} {marks.dot} {day_and_time(answer.at, now)}{words}"
