"""What a person does is on disk at once, with the change that carries it, or not at all."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from crew.domain.change import (
    Act,
    Assignment,
    Change,
    Escalation,
    Note,
    PhotosAdded,
    SendingStatus,
    StatusChange,
)
from crew.domain.errors import CorrectInput, CrewError, NotAllowed, SignInAgain
from crew.domain.person import Role
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from crew.field_work import FieldWork
from crew.store.store import open_store
from tests.builders import NOON, a_person, a_photo, an_order
from tests.hostile import FORBIDDEN, HOSTILE
from tests.trucks import BOSTON, Truck

ID = an_order().id
DONE_TEXT = "Pothole at 412 Centre St, Jamaica Plain: our crew finished the work on 23 November at 12:00."
PHOTO = a_photo()

ACTS: list[tuple[Callable[[FieldWork], Change], Act]] = [
    (lambda work: work.set_status(ID, WorkStatus.WORKING), StatusChange(WorkStatus.WORKING)),
    (
        lambda work: work.set_status(ID, WorkStatus.WAITING, reason="parts", note="no asphalt"),
        StatusChange(WorkStatus.WAITING, reason="parts", note="no asphalt"),
    ),
    (
        lambda work: work.set_status(ID, WorkStatus.DONE, photos=[PHOTO]),
        StatusChange(WorkStatus.DONE, public_text=DONE_TEXT, photos=(PHOTO,)),
    ),
    (lambda work: work.add_note(ID, " gate code \x1b[2J4411 "), Note("gate code [2J4411")),
    (lambda work: work.add_photos(ID, [PHOTO]), PhotosAdded((PHOTO,))),
    (lambda work: work.assign(ID, "D5"), Assignment("D5")),
    (lambda work: work.escalate(ID, "district", "third call"), Escalation("district", "third call")),
]
EVERY_ACT = pytest.mark.parametrize(("do", "act"), ACTS, ids=[type(act).__name__ for _, act in ACTS])


@pytest.fixture
def truck(truck: Truck) -> Truck:
    """Signed in as one who may do everything."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.gets(an_order(version=7))
    return truck


@EVERY_ACT
def test_an_act_is_on_disk_with_its_change_when_it_returns(
    truck: Truck, do: Callable[[FieldWork], Change], act: Act
) -> None:
    change = do(truck.field_work)
    truck.reopened()
    [entry] = truck.store.outbox.unsettled()
    assert entry.change == change
    assert (change.act, change.person, change.base_version, change.made_at) == (act, "Sam", 7, NOON)
    assert (entry.sending_status, entry.send_after, entry.attempts) == (SendingStatus.WAITING, NOON, 0)
    order = truck.field_work.order(ID)
    assert [line.change_id for line in order.history] == [change.id]


@EVERY_ACT
def test_an_act_whose_transaction_breaks_never_was(truck: Truck, do: Callable[[FieldWork], Change], act: Act) -> None:
    with pytest.raises(ZeroDivisionError), truck.store.transaction():
        do(truck.field_work)
        raise ZeroDivisionError
    truck.reopened()
    assert truck.changes() == []
    assert truck.field_work.order(ID) == an_order(version=7)
    assert do(truck.field_work).sequence == 1


def test_every_change_has_an_id_of_its_own_and_one_device(truck: Truck) -> None:
    changes = [truck.field_work.add_note(ID, "note") for _ in range(5)]
    assert len({change.id for change in changes}) == 5
    assert len({change.device_id for change in changes}) == 1
    assert [change.sequence for change in changes] == [1, 2, 3, 4, 5]


def test_a_completion_closes_the_order_and_tells_the_citizen(truck: Truck) -> None:
    truck.field_work.set_status(ID, WorkStatus.DONE)
    order = truck.field_work.order(ID)
    assert (order.work_status, order.public_status) == (WorkStatus.DONE, PublicStatus.CLOSED)
    assert order.public_text == DONE_TEXT
    assert truck.field_work.public_text(an_order(), StatusChange(WorkStatus.DONE)) == DONE_TEXT


def test_the_rules_sentence_reaches_the_person_and_nothing_is_written(truck: Truck) -> None:
    truck.gets(an_order(photo_required=True))
    with pytest.raises(NotAllowed, match=r"asks for a photo of the finished work\. Add one"):
        truck.field_work.set_status(ID, WorkStatus.DONE)
    with pytest.raises(NotAllowed, match="needs a reason"):
        truck.field_work.set_status(ID, WorkStatus.CANT_DO)
    assert truck.changes() == []
    assert truck.field_work.order(ID).history == ()
    assert truck.field_work.set_status(ID, WorkStatus.DONE, photos=[PHOTO]).sequence == 1


def test_a_role_that_may_not_is_refused_on_the_device(truck: Truck) -> None:
    truck.sign_in(a_person(Role.CREW))
    with pytest.raises(NotAllowed, match="a supervisor or a dispatcher can"):
        truck.field_work.assign(ID, "D5")


def test_nobody_acts_before_a_sign_in_or_on_an_order_that_is_not_here(truck: Truck) -> None:
    with pytest.raises(CorrectInput, match="no work order 999"):
        truck.field_work.add_note("999", "where?")
    fresh = open_store(truck.folder / "fresh", NOON)
    fresh.orders.put_server_copies([an_order()], 0)
    nobody = FieldWork(fresh, truck.clock, lambda: pytest.fail("no id is made for nobody"), BOSTON)
    with pytest.raises(SignInAgain, match="sign in"):
        nobody.add_note(ID, "by nobody")
    fresh.close()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_typed_and_pasted_words_are_harmless_on_disk(truck: Truck, hostile: str) -> None:
    acts: list[Callable[[], Change]] = [
        lambda: truck.field_work.add_note(ID, hostile),
        lambda: truck.field_work.escalate(ID, "district", hostile),
        lambda: truck.field_work.set_status(ID, WorkStatus.WORKING, note=hostile),
    ]
    for act in acts:
        act()
    for entry in truck.store.outbox.unsettled():
        words = " ".join(str(getattr(entry.change.act, name, "")) for name in ("text", "reason", "note"))
        assert not set(words) & set(FORBIDDEN)


def test_an_act_forgets_its_draft_and_a_refused_one_does_not(truck: Truck) -> None:
    field_work = truck.field_work
    field_work.keep_draft(ID, "note", "half a thought")
    with pytest.raises(CrewError):
        field_work.act_and_forget_draft(ID, "note", lambda: field_work.add_note(ID, "\x00"))
    truck.reopened()
    assert truck.field_work.draft(ID, "note") == "half a thought"
    field_work = truck.field_work
    field_work.act_and_forget_draft(ID, "note", lambda: field_work.add_note(ID, "a whole thought"))
    assert truck.field_work.draft(ID, "note") == ""


def test_a_crews_day_puts_what_is_under_way_first_and_the_offices_goes_by_deadline(truck: Truck) -> None:
    yesterday = NOON - timedelta(days=1)
    truck.gets(
        an_order(id="late", due_at=yesterday),
        an_order(id="later", due_at=NOON + timedelta(days=1)),
        an_order(id="rolling", due_at=NOON + timedelta(days=2), work_status=WorkStatus.ON_THE_WAY),
        an_order(id="digging", due_at=NOON + timedelta(days=3), work_status=WorkStatus.WORKING),
        an_order(id="done yesterday", work_status=WorkStatus.DONE, updated_at=yesterday),
        an_order(id="done today", work_status=WorkStatus.DONE, updated_at=NOON),
    )
    assert [stop.order_id for stop in truck.field_work.day().stops] == ["late", ID, "later", "rolling", "digging"]
    truck.sign_in(a_person(Role.CREW))
    day = truck.field_work.day()
    assert [stop.order_id for stop in day.stops] == ["digging", "rolling", "late", ID, "later"]
    assert (day.late, day.ended_today) == (1, 1)
    assert [stop.order_id for stop in truck.field_work.ended()] == ["done today", "done yesterday"]


def test_the_outbox_counts_what_waits_and_each_photo_once(truck: Truck) -> None:
    photo = truck.keeps_photo(b"x" * 1000)
    sent = truck.keeps_photo(b"y" * 500)
    truck.store.photos.mark_sent(sent.sha256, NOON)
    first = truck.field_work.add_photos(ID, [photo, sent])
    truck.clock.turn(minutes=5)
    truck.field_work.set_status(ID, WorkStatus.DONE, photos=[photo])
    truck.settles(first, SendingStatus.REFUSED, "the disk there is full")
    view = truck.field_work.outbox()
    assert (view.photo_count, view.photo_bytes, view.oldest_at) == (1, 1000, NOON)
    assert (view.to_send, view.trouble, view.count(SendingStatus.REFUSED)) == (1, 1, 1)
    assert [entry.reason for entry in truck.field_work.unsent_of(ID)] == ["the disk there is full", ""]


def test_a_photo_says_which_side_of_the_repair_it_shows(truck: Truck) -> None:
    before = a_photo("b" * 64, PhotoRole.BEFORE)
    truck.field_work.add_photos(ID, [before, PHOTO])
    assert truck.field_work.order(ID).photos_of(PhotoRole.BEFORE) == (before,)


def test_a_photo_is_kept_before_the_act_that_needs_it_and_waits_to_be_sent(truck: Truck, tmp_path: Path) -> None:
    picture = tmp_path / "DSC_0001.JPG"
    Image.new("RGB", (64, 48), "grey").save(picture)
    photo = truck.field_work.keep_photo(picture)
    content = truck.reopened().store.photos.read(photo.sha256)
    assert content is not None
    assert (photo.byte_count, photo.width, photo.height) == (len(content), 64, 48)
    truck.field_work.add_photos(ID, [photo])
    assert truck.field_work.outbox().photo_count == 1


def test_a_file_that_is_no_photo_leaves_nothing_behind(truck: Truck, tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("not a photo")
    with pytest.raises(CorrectInput):
        truck.field_work.keep_photo(tmp_path / "holiday.jpg")
    assert not (truck.folder / "photos").exists()
