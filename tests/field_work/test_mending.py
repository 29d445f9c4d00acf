"""What was refused is mended, what lies aside is taken up, and all of it can be carried away on a stick."""

import json
from pathlib import Path

import pytest

from crew.domain.change import Assignment, Change, Note, PhotosAdded, SendingStatus, StatusChange
from crew.domain.errors import FreeSpace, NotAllowed
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from tests.builders import a_person, an_order
from tests.trucks import Truck

ID = "BOS-1"


@pytest.fixture
def at_work(truck: Truck) -> Truck:
    truck.gets(an_order(id=ID, work_status=WorkStatus.WORKING))
    return truck


def refused(truck: Truck, change: Change, words: str = "It needs a photo.") -> Change:
    truck.settles(change, SendingStatus.REFUSED, words)
    return change


def test_a_refused_act_is_mended_with_what_was_missing_at_the_time_it_was_done(at_work: Truck) -> None:
    old = refused(at_work, at_work.field_work.set_status(ID, WorkStatus.DONE, note="cold mix"))
    at_work.clock.turn(hours=2)
    photo = at_work.keeps_photo()
    new = at_work.field_work.mending(old.id).set_status(ID, WorkStatus.DONE, note="cold mix", photos=[photo])
    assert isinstance(new.act, StatusChange)
    assert (new.made_at, new.act.photos, new.act.note) == (old.made_at, (photo,), "cold mix")
    assert "on 23 November at 12:00" in new.act.public_text, "the citizen reads when it was done"
    assert new.id != old.id, "the backend remembers its answer to the old id"
    assert at_work.status_of(old) is SendingStatus.SET_ASIDE
    assert at_work.ready() == [new.id]


def test_a_mended_act_that_is_not_allowed_leaves_the_refused_one_as_it_was(at_work: Truck) -> None:
    old = refused(at_work, at_work.field_work.add_note(ID, "a note"))
    with pytest.raises(NotAllowed):
        at_work.field_work.mending(old.id).add_note(ID, "  ")
    assert at_work.status_of(old) is SendingStatus.REFUSED
    assert at_work.changes()[-1].change == old


def test_only_what_was_refused_is_mended(at_work: Truck) -> None:
    waiting = at_work.field_work.add_note(ID, "a note")
    with pytest.raises(NotAllowed, match="waiting: there is nothing to mend"):
        at_work.field_work.mending(waiting.id)


def test_what_was_set_aside_is_taken_up_as_it_was(at_work: Truck) -> None:
    photo = at_work.keeps_photo()
    old = refused(at_work, at_work.field_work.add_photos(ID, [photo]))
    at_work.field_work.set_aside(old.id)
    assert [entry.change for entry in at_work.field_work.outbox().aside] == [old]
    at_work.clock.turn(days=1)
    new = at_work.field_work.take_up(old.id)
    assert (new.act, new.made_at) == (PhotosAdded((photo,)), old.made_at)
    assert at_work.ready() == [new.id]
    assert at_work.field_work.outbox().aside == (), "another stands in its place"
    with pytest.raises(NotAllowed, match="nothing to take up"):
        at_work.field_work.take_up(old.id)


def test_what_was_undone_is_taken_up_too(at_work: Truck) -> None:
    old = at_work.field_work.add_note(ID, "a note")
    at_work.field_work.undo(old.id)
    assert at_work.field_work.take_up(old.id).act == Note("a note")


def test_what_was_sent_again_cannot_be_taken_up_beside_it(at_work: Truck) -> None:
    old = refused(at_work, at_work.field_work.add_note(ID, "a note"))
    at_work.field_work.send_again(old.id)
    with pytest.raises(NotAllowed, match="nothing to take up"):
        at_work.field_work.take_up(old.id)


def test_a_status_made_anew_does_not_overtake_a_later_assignment_which_starts_the_work_anew(truck: Truck) -> None:
    truck.sign_in(a_person(role=Role.SUPERVISOR, crew=""))
    truck.gets(an_order(id=ID, crew="D2", work_status=WorkStatus.DONE))
    old = refused(truck, truck.field_work.set_status(ID, WorkStatus.SENT_BACK, note="the edge"))
    truck.gets(an_order(id=ID, crew="D2", work_status=WorkStatus.WORKING))
    assert isinstance(truck.field_work.assign(ID, "D5").act, Assignment)
    for anew in (truck.field_work.send_again, truck.field_work.keep_mine):
        with pytest.raises(NotAllowed, match="A later act on this order says otherwise"):
            anew(old.id)


@pytest.mark.parametrize("later_status", [SendingStatus.WAITING, SendingStatus.ACKNOWLEDGED])
def test_what_lies_aside_is_not_taken_up_over_a_later_act_even_one_that_was_sent(
    at_work: Truck, later_status: SendingStatus
) -> None:
    old = refused(at_work, at_work.field_work.set_status(ID, WorkStatus.WAITING, reason="parts"))
    at_work.field_work.set_aside(old.id)
    later = at_work.field_work.set_status(ID, WorkStatus.ACCEPTED)
    at_work.settles(later, later_status)
    with pytest.raises(NotAllowed, match="Do anew what should hold now"):
        at_work.field_work.take_up(old.id)
    assert at_work.status_of(old) is SendingStatus.SET_ASIDE


def test_a_mended_status_does_not_overtake_a_later_one_either(at_work: Truck) -> None:
    old = refused(at_work, at_work.field_work.set_status(ID, WorkStatus.WAITING, reason="parts"))
    at_work.field_work.set_status(ID, WorkStatus.ACCEPTED)
    with pytest.raises(NotAllowed, match="Set this one aside, then the later one goes"):
        at_work.field_work.mending(old.id).set_status(ID, WorkStatus.WAITING, reason="weather")
    assert at_work.status_of(old) is SendingStatus.REFUSED


def test_the_outbox_is_exported_readable_without_this_program(at_work: Truck, tmp_path: Path) -> None:
    photo = at_work.keeps_photo()
    at_work.field_work.add_photos(ID, [photo])
    aside = at_work.field_work.add_note(ID, "the gate code is 4411")
    at_work.field_work.undo(aside.id)
    refused(at_work, at_work.field_work.add_note(ID, "a second note"), "The order is closed.")
    first, second = (at_work.field_work.export(tmp_path / "stick") for _ in range(2))
    assert first.folder != second.folder, "nothing is overwritten"
    assert (first.changes, first.photos, first.absent_photos) == (3, 1, 0)
    rows = json.loads((first.folder / "changes.json").read_text())
    assert [(row["order"], row["sending_status"], row["reason"]) for row in rows] == [
        (ID, "set_aside", "undone"),
        (ID, "waiting", ""),
        (ID, "refused", "The order is closed."),
    ]
    assert (first.folder / rows[1]["photos"][0]).read_bytes() == b"a repaired road"
    assert rows[0]["change"]["payload"] == {"text": "the gate code is 4411"}


def test_a_photo_that_is_not_here_is_counted_and_an_export_without_room_says_so(at_work: Truck, tmp_path: Path) -> None:
    photo = at_work.keeps_photo()
    at_work.field_work.add_photos(ID, [photo])
    at_work.store.photos.path(photo.sha256).unlink()
    assert at_work.field_work.export(tmp_path).absent_photos == 1
    (tmp_path / "file").touch()
    with pytest.raises(FreeSpace, match=r"Nothing was exported to .*choose another folder"):
        at_work.field_work.export(tmp_path / "file")
