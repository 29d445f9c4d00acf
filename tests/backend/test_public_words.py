"""What the public may read of an order."""

import pytest

from crew.backend.public.public_words import step_words
from crew.domain.contacts import without_contacts
from crew.domain.work_order import WorkStatus


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
def test_every_status_has_coarse_words(status: WorkStatus) -> None:
    assert step_words(status)
