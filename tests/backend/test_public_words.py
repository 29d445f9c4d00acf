"""What the public may read of an order."""

import dataclasses
from datetime import UTC, datetime

import pytest

from crew.backend.public.public_words import step_words, steps, without_contacts
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


@pytest.mark.parametrize(
    "contact",
    [
        "ada@example.org",
        "ada.b+311@mail.example.co.uk",
        "617-555-0123",
        "(617) 555-0123",
        "1-617-555-0123",
        "617.555.0123",
        "6175550123",
        "+49 30 1234567",
        "+1 (617) 555-0123",
    ],
)
def test_mail_addresses_and_phone_numbers_are_taken_out(contact: str) -> None:
    shown = without_contacts(f"The light is out, call {contact}, thanks")
    assert contact not in shown
    assert shown.startswith("The light is out, call [")
    assert shown.endswith(" removed], thanks")


@pytest.mark.parametrize(
    "text",
    [
        "Report 311000000001 is the same",
        "At 52 G St, South Boston, 02127-1234",
        "Pole 123-456, since 2026-03-11, 42.33432833 -71.0442055",
        "100 people @ noon, $1,000,000.00",
        "Truck plate z15291, unit 1234567",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert without_contacts(text) == text


def test_the_longest_text_without_a_contact_is_searched_quickly() -> None:
    assert without_contacts("a" * 4000) == "a" * 4000
    assert without_contacts("1-" * 2000) == "1-" * 2000


@pytest.mark.parametrize("status", list(WorkStatus))
def test_every_status_has_coarse_words_and_a_way_that_starts_with_received(status: WorkStatus) -> None:
    order = dataclasses.replace(ORDER, work_status=status)
    way = steps(order)
    assert step_words(status)
    assert way[0].title == "Received"
    assert way[0].at == AT
    assert way[-1].reached is status.ended
    reached = [step.reached for step in way]
    assert reached == sorted(reached, reverse=True)


def test_the_end_is_dated_by_the_work_and_not_by_a_later_note() -> None:
    done_at, noted_at = AT.replace(hour=18), AT.replace(hour=20)
    history = (
        HistoryEntry(done_at, "Roberta", "done, 2 photos"),
        HistoryEntry(noted_at, "Roberta", "note: done, keys returned"),
    )
    order = dataclasses.replace(ORDER, work_status=WorkStatus.DONE, history=history, updated_at=noted_at)
    assert steps(order)[-1].at == done_at


def test_an_ended_order_without_history_is_dated_by_its_last_change() -> None:
    order = dataclasses.replace(ORDER, work_status=WorkStatus.CANT_DO, updated_at=AT.replace(hour=20))
    assert steps(order)[-1].at == AT.replace(hour=20)
