"""The way of an order as the public reads it: steps with their times, out of the history."""

from datetime import UTC, datetime, timedelta

import pytest

from crew.backend.public.public_steps import StepKind, steps
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, PublicStatus, WorkOrder, WorkStatus

AT = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
ORDER = WorkOrder(
    id=OrderId("1"),
    version=1,
    service_code="pothole",
    service_name="Pothole",
    description="",
    address="",
    lat=None,
    long=None,
    crew="",
    work_status=WorkStatus.NEW,
    public_status=PublicStatus.OPEN,
    requested_at=AT,
    updated_at=AT,
)


def told(*texts: str, status: WorkStatus, crew: str = "ROADS") -> WorkOrder:
    """An order whose history has these lines, an hour apart."""
    history = tuple(HistoryEntry(AT + timedelta(hours=hour), "Roberta", text) for hour, text in enumerate(texts))
    return replace(ORDER, work_status=status, history=history, crew=crew)


def shown(order: WorkOrder) -> list[tuple[str, int | None]]:
    """Each step, with the hour after the report; -1 for what lies ahead."""
    return [
        (step.kind.value, (None if step.at is None else (step.at - AT).seconds // 3600) if step.reached else -1)
        for step in steps(order)
    ]


@pytest.mark.parametrize("status", list(WorkStatus))
def test_every_way_starts_with_received_and_ends_where_the_order_ends(status: WorkStatus) -> None:
    way = steps(replace(ORDER, work_status=status))
    assert (way[0].kind, way[0].at) == (StepKind.RECEIVED, AT)
    assert way[-1].reached is status.ended
    reached = [step.reached for step in way]
    assert reached == sorted(reached, reverse=True)


def test_each_step_has_the_time_of_its_first_line() -> None:
    order = told("reported", "accepted", "on the way", "working", "waiting for parts", status=WorkStatus.WAITING)
    assert shown(order) == [("received", 0), ("planned", 1), ("under_way", 2), ("waiting", 4), ("done", -1)]


def test_what_went_to_its_crew_with_the_report_was_planned_then() -> None:
    assert shown(told("reported", status=WorkStatus.ASSIGNED))[:2] == [("received", 0), ("planned", 0)]
    assert shown(told("reported", "working", status=WorkStatus.WORKING))[:3] == [
        ("received", 0),
        ("planned", 0),
        ("under_way", 1),
    ]


def test_what_was_not_fixed_shows_both_ends() -> None:
    order = told("reported", "done, 1 photo", NOT_FIXED, "working", "done, 2 photos", status=WorkStatus.DONE)
    assert shown(order) == [
        ("received", 0),
        ("planned", 0),
        ("done", 1),
        ("sent_back", 2),
        ("under_way", 3),
        ("done", 4),
    ]


def test_what_went_back_to_the_pool_is_no_longer_planned() -> None:
    order = told("reported", "moved to ROADS", "back to the pool", status=WorkStatus.NEW, crew="")
    assert shown(order) == [("received", 0), ("planned", -1), ("under_way", -1), ("done", -1)]


def test_notes_moves_of_photos_and_answers_are_no_steps() -> None:
    order = told(
        "reported", "note: done, keys returned", "added 1 photo", "the citizen answered: done", status=WorkStatus.NEW
    )
    assert [kind for kind, hour in shown(order) if hour != -1] == ["received"]


def test_a_way_to_and_fro_keeps_its_beginning_and_its_end() -> None:
    texts = ["reported", *["working", "waiting for parts"] * 40, "done"]
    way = steps(told(*texts, status=WorkStatus.DONE))
    assert len(way) == 12
    assert (way[0].kind, way[-1].kind) == (StepKind.RECEIVED, StepKind.DONE)


def test_the_end_is_dated_by_the_work_and_not_by_a_later_note() -> None:
    done_at, noted_at = AT.replace(hour=18), AT.replace(hour=20)
    history = (
        HistoryEntry(done_at, "Roberta", "done, 2 photos"),
        HistoryEntry(noted_at, "Roberta", "note: done, keys returned"),
    )
    order = replace(ORDER, work_status=WorkStatus.DONE, history=history, updated_at=noted_at)
    assert steps(order)[-1].at == done_at


def test_an_ended_order_without_history_is_dated_by_its_last_change() -> None:
    order = replace(ORDER, work_status=WorkStatus.CANT_DO, updated_at=AT.replace(hour=20))
    assert steps(order)[-1].at == AT.replace(hour=20)
