"""What an act has changed is set once more, where there is an opposite."""

import pytest

from crew.domain.change import (
    Act,
    Assignment,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
)
from crew.domain.errors import NotAllowed
from crew.domain.inverse import inverse
from crew.domain.triage import after_triage
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Priority, WorkOrder, WorkStatus
from tests.builders import a_photo, an_order

WORKING = StatusChange(WorkStatus.WORKING)
ON_THE_WAY = StatusChange(WorkStatus.ON_THE_WAY)


def an_order_that_is(status: WorkStatus, reason: str = "") -> WorkOrder:
    return an_order(work_status=status, waiting_reason=reason)


@pytest.mark.parametrize(
    ("before", "act", "opposite"),
    [
        (an_order_that_is(WorkStatus.ON_THE_WAY), WORKING, ON_THE_WAY),
        (an_order_that_is(WorkStatus.WAITING, "parts"), WORKING, StatusChange(WorkStatus.WAITING, reason="parts")),
        (an_order_that_is(WorkStatus.WORKING), StatusChange(WorkStatus.WAITING, reason="parts"), WORKING),
        (
            an_order_that_is(WorkStatus.WAITING, "parts"),
            StatusChange(WorkStatus.WAITING, reason="weather"),
            StatusChange(WorkStatus.WAITING, reason="parts"),
        ),
        (an_order_that_is(WorkStatus.ASSIGNED), ON_THE_WAY, StatusChange(WorkStatus.ACCEPTED)),
        (an_order_that_is(WorkStatus.SENT_BACK), ON_THE_WAY, StatusChange(WorkStatus.ACCEPTED)),
        (an_order(crew="D2"), Assignment("D5"), Assignment("D2", "taken back")),
        (an_order(), Triage(priority=Priority.HIGH), Triage(priority=Priority.NORMAL)),
        (an_order(crew="D2"), Triage("sign", "Sign", crew="D5"), Triage("pothole", "Pothole", crew="D2")),
        (an_order(escalation="crew"), Escalation("district", "third call"), Escalation("crew", "taken back")),
    ],
)
def test_the_opposite_sets_what_was(before: WorkOrder, act: Act, opposite: Act) -> None:
    assert inverse(before, act, after(before, act)) == opposite


@pytest.mark.parametrize(
    ("before", "act", "words"),
    [
        (an_order_that_is(WorkStatus.WORKING), StatusChange(WorkStatus.DONE), "A supervisor can send it back"),
        (an_order_that_is(WorkStatus.WORKING), StatusChange(WorkStatus.CANT_DO), "A supervisor can send it back"),
        (an_order_that_is(WorkStatus.DONE), StatusChange(WorkStatus.SENT_BACK), "Finish it anew"),
        (an_order_that_is(WorkStatus.NEW), StatusChange(WorkStatus.ACCEPTED), "nothing to go back to"),
        (an_order(crew=""), Triage(crew="D5"), "had no crew before"),
        (an_order(), Link(OrderId("2")), "unlink 311000000001 on 2"),
        (an_order(), Intake("pothole", "Pothole", "", "52 G St"), "its number may be told"),
        (an_order(), Unlink("2"), "link 2 to 311000000001"),
        (an_order(escalation=""), Escalation("district", "third call"), "write a note"),
        (an_order(), Note("a slip"), "write a note that corrects it"),
        (an_order(), PhotosAdded((a_photo(),)), "write a note that corrects it"),
    ],
)
def test_what_has_no_opposite_says_what_to_do_instead(before: WorkOrder, act: Act, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        inverse(before, act, after(before, act))


@pytest.mark.parametrize(
    ("act", "now", "words"),
    [
        (WORKING, an_order_that_is(WorkStatus.WAITING, "parts"), "is waiting by now"),
        (Assignment("D5"), an_order(crew="D7"), "is with D7 by now"),
        (Escalation("district", "third call"), an_order(escalation="city"), "write a note"),
    ],
)
def test_what_somebody_has_changed_since_is_left_alone(act: Act, now: WorkOrder, words: str) -> None:
    before = an_order(work_status=WorkStatus.ON_THE_WAY, crew="D2", escalation="crew")
    with pytest.raises(NotAllowed, match=words):
        inverse(before, act, now)


def after(order: WorkOrder, act: Act) -> WorkOrder:
    """The order after an act, without its history."""
    match act:
        case StatusChange(status=status, reason=reason):
            return replace(order, work_status=status, waiting_reason=reason)
        case Assignment(crew=crew):
            return replace(order, crew=crew)
        case Escalation(level=level):
            return replace(order, escalation=level)
        case Triage() as triage:
            return after_triage(order, triage)
        case _:
            return order
