"""A word about a photo for the city's posts: of finished work alone, said once, and gone with what it was said of."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.approving import after_approval, check_approval, to_approve
from crew.domain.change import Approval, StatusChange, Withdrawal
from crew.domain.errors import NotAllowed
from crew.domain.inverse import inverse
from crew.domain.post_words import is_awaited, posted_place, previews
from crew.domain.posting import Account, DayWords, Posting
from crew.domain.rules import apply
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, PhotoHash, PhotoRole, WorkOrder, WorkStatus
from tests.builders import NOON, a_change, a_photo, an_order
from tests.trucks import BOSTON

BEFORE, FIRST, SECOND = (PhotoHash(letter * 64) for letter in "abc")
DAYS = DayWords("{weekday} {day} {month} {year}", tuple("ABCDEFG"), tuple("abcdefghijkl"))
TOWN = Account("town", "{when}: {service}, {place}. {link}", 280, "https://city/requests/", "somewhere", DAYS)


def done(**changes: Any) -> WorkOrder:
    photos = (a_photo(sha256=BEFORE, role=PhotoRole.BEFORE), a_photo(sha256=FIRST), a_photo(sha256=SECOND))
    history = (HistoryEntry(NOON, "Ana", "done, 2 photos", change_id="1"),)
    order = an_order(work_status=WorkStatus.DONE, address="412 Centre St", photos=photos, history=history)
    return replace(order, **changes)


def acted(order: WorkOrder, act: Approval | Withdrawal | StatusChange, name: str = "2") -> WorkOrder:
    return apply(order, a_change(act, id=name))


def test_one_approval_settles_an_order_and_two_refusals_do() -> None:
    assert [photo.sha256 for photo in to_approve(done())] == [FIRST, SECOND]
    assert to_approve(acted(done(), Approval(FIRST))) == ()
    half = acted(done(), Approval(FIRST, given=False))
    assert [photo.sha256 for photo in to_approve(half)] == [SECOND]
    assert to_approve(acted(half, Withdrawal(SECOND), "3")) == ()
    assert acted(half, Approval(FIRST), "3").declined == ()


@pytest.mark.parametrize(
    ("order", "act", "says"),
    [
        (done(), Approval(PhotoHash("e" * 64)), "has no photo"),
        (done(), Approval(BEFORE), "finished work alone"),
        (done(work_status=WorkStatus.CANT_DO), Approval(FIRST), "can't do"),
        (done(withdrawn=(FIRST,)), Approval(FIRST), "hidden from the public"),
        (done(approved=(FIRST,)), Approval(FIRST), "approved for the city's posts already"),
        (done(declined=(FIRST,)), Approval(FIRST, given=False), "kept out of the city's posts already"),
    ],
)
def test_what_cannot_be_said_says_why(order: WorkOrder, act: Approval, says: str) -> None:
    with pytest.raises(NotAllowed, match=says):
        check_approval(order, act)


def test_opening_the_work_again_or_hiding_the_photo_takes_the_word_away() -> None:
    approved = acted(done(), Approval(FIRST))
    assert approved.approved == (FIRST,)
    assert acted(approved, StatusChange(WorkStatus.SENT_BACK, note="edge"), "3").approved == ()
    hidden = acted(approved, Withdrawal(FIRST), "3")
    assert hidden.approved == ()
    assert acted(hidden, Withdrawal(FIRST, shown_again=True), "4").approved == ()


def test_after_it_has_left_its_opposite_takes_it_back_once() -> None:
    approved = after_approval(done(), Approval(FIRST))
    assert inverse(done(), Approval(FIRST), approved) == Approval(FIRST, given=False)
    with pytest.raises(NotAllowed, match="already"):
        inverse(done(), Approval(FIRST), after_approval(approved, Approval(FIRST, given=False)))


def test_a_city_is_asked_only_for_what_it_posts_and_only_for_so_long() -> None:
    posting = Posting(accounts=(replace(TOWN, services=("graffiti",)),), listed_hours=24)
    assert not is_awaited(posting, done(), NOON)
    both = replace(posting, accounts=(*posting.accounts, TOWN))
    assert is_awaited(both, done(), NOON + timedelta(hours=24))
    assert not is_awaited(both, done(), NOON + timedelta(hours=25))
    (preview,) = previews(both, done(), BOSTON)
    assert preview == ("town", "A 23 k 2026: Pothole, 400–499 Centre St. https://city/requests/311000000001")  # noqa: RUF001 - as written
    assert not Posting().asks


@given(st.text(max_size=80))
def test_no_place_of_a_post_calls_a_name_or_leads_elsewhere(address: str) -> None:
    place = posted_place(address)
    assert not set(place) & set("@#:<>\\\n")
    assert "//" not in place
