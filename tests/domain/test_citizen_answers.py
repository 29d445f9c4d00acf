"""What citizens answer is counted as they last meant it, and only the backend's own lines count."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.citizen_answers import CITIZEN, NOT_FIXED, answers_in, headline, reaction_text
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, WorkStatus
from tests.builders import NOON, an_order

THANKFUL = ("thanks", "great")
REACTIONS = st.sampled_from([*THANKFUL, "fine", "unhappy"])


def lines(answers: list[str]) -> list[HistoryEntry]:
    """The history of one reporter who answers one thing after the other."""
    before = ["", *answers]
    return [
        HistoryEntry(NOON, CITIZEN, reaction_text(code, thanks=code in THANKFUL, thanked=earlier in THANKFUL))
        for earlier, code in zip(before, answers, strict=False)
    ]


@given(st.lists(st.lists(REACTIONS, min_size=1, max_size=6), max_size=4))
def test_everybody_is_counted_once_and_as_they_last_meant_it(people: list[list[str]]) -> None:
    history = [entry for answers in people for entry in lines(answers)]
    thanked = sum(answer.kind.thanks for answer in answers_in(history))
    assert thanked == sum(answers[-1] in THANKFUL for answers in people)


def test_no_device_can_write_thanks() -> None:
    text = reaction_text("Thank you", thanks=True, thanked=False)
    own = HistoryEntry(NOON, CITIZEN, text, change_id="1")
    ana = HistoryEntry(NOON, "Ana", text)
    other = HistoryEntry(NOON, CITIZEN, "the citizen sang: la la")
    assert answers_in([own, ana, other]) == ()


def test_the_reaction_may_be_any_words() -> None:
    (answer,) = answers_in(
        [HistoryEntry(NOON, CITIZEN, reaction_text("👍: so: good", thanks=True, thanked=False), "x")]
    )
    assert (answer.reaction, answer.words) == ("👍: so: good", "x")


@pytest.mark.parametrize(
    ("words", "line"),
    [("still deep\nand wide", "Not fixed: still deep"), ("", "Not fixed: Deep hole in the right lane.")],
)
def test_work_that_came_back_is_headed_by_the_latest_words(words: str, line: str) -> None:
    ended = HistoryEntry(NOON, "Ana", "done, 1 photo", change_id="1")
    back = HistoryEntry(NOON + timedelta(hours=1), CITIZEN, NOT_FIXED, words)
    again = HistoryEntry(NOON + timedelta(hours=2), "Ana", "working", change_id="2")
    order = an_order(work_status=WorkStatus.SENT_BACK, history=(ended, back, again))
    assert headline(order) == line
    assert headline(replace(order, history=(*order.history, ended), work_status=WorkStatus.DONE)) == order.description
    later = HistoryEntry(NOON + timedelta(hours=3), "Sam", "sent back", change_id="3")
    assert headline(replace(order, history=(*order.history, ended, later))) == order.description
