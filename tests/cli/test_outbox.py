"""`crew outbox`: what waits and why, and every decision, in processes of their own."""

import json
from pathlib import Path

import pytest

from crew.domain.change import ChangeId, SendingStatus
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from crew.wire import OtherValue
from tests.backend.crews import jpeg
from tests.builders import NOON, a_person, a_photo, an_order
from tests.running import Ended, crew
from tests.trucks import Truck


class Desk:
    """A truck's folder, and the commands on it."""

    def __init__(self, truck: Truck, home: Path) -> None:
        self._truck = truck
        self._home = home
        truck.gets(an_order(id="BOS-1", address="412 Centre St"), an_order(id="BOS-2"))

    def refused(self, words: str = "It needs a photo.") -> ChangeId:
        change = self._truck.field_work.set_status("BOS-1", WorkStatus.WAITING, reason="weather")
        self._truck.settles(change, SendingStatus.REFUSED, words)
        return change.id

    def refused_note(self) -> ChangeId:
        change = self._truck.field_work.add_note("BOS-1", "the valve box is loose")
        self._truck.settles(change, SendingStatus.REFUSED, "The order is closed.")
        return change.id

    def sent_note(self) -> ChangeId:
        change = self._truck.field_work.add_note("BOS-1", "cones are out")
        self._truck.settles(change, SendingStatus.ACKNOWLEDGED)
        return change.id

    def undecided(self, status: WorkStatus = WorkStatus.WORKING) -> ChangeId:
        change = self._truck.field_work.set_status("BOS-2", status)
        other = OtherValue("work_status", "working", "waiting for parts", "Dee", NOON.isoformat())
        self._truck.store.outbox.settle(change.id, SendingStatus.NEEDS_DECISION, NOON, other=other)
        self._truck.store.orders.refresh(change.order_id)
        return change.id

    def says(self, *words: str | Path) -> Ended:
        return crew("outbox", *words, "--data", self._truck.folder, home=self._home)

    def does(self, *words: str | Path) -> str:
        ended = self.says(*words)
        assert (ended.code, ended.err) == (0, "")
        return ended.out


@pytest.fixture
def desk(truck: Truck, tmp_path: Path) -> Desk:
    return Desk(truck, tmp_path)


def test_the_outbox_is_told_whole(desk: Desk) -> None:
    refused, undecided = desk.refused(), desk.undecided()
    out = desk.does()
    assert f"{refused}  " in out
    assert "refused: It needs a photo." in out
    assert f"{undecided}  " in out
    assert "yours: working; Dee: waiting for parts" in out
    assert "Unsent: 2 changes (1 refused, 1 needs decision), 0 photos (0 KiB)." in out
    assert "Oldest: 2026-11-23 12:00." in out
    assert "Last success: never." in out


def test_a_refused_change_is_mended_set_aside_and_taken_up(desk: Desk, tmp_path: Path) -> None:
    refused = desk.refused()
    (tmp_path / "after.jpg").write_bytes(jpeg())
    mended = json.loads(desk.does("mend", refused, "--photo", tmp_path / "after.jpg", "--reason", "parts", "--json"))
    assert mended["id"] != refused
    assert (mended["order_id"], mended["sending_status"], len(mended["photos"])) == ("BOS-1", "waiting", 1)
    again = desk.refused_note()
    desk.does("set-aside", again)
    assert f"Set aside; take up again with: crew outbox take-up ID\n{again}" in desk.does()
    assert desk.does("take-up", again).startswith("Saved.")
    assert desk.does("send-again", desk.refused_note()).startswith("Saved.")


def test_of_two_values_a_person_chooses_one(desk: Desk) -> None:
    assert desk.does("keep-mine", desk.undecided()).startswith("Saved.")
    undecided = desk.undecided(WorkStatus.ACCEPTED)
    [told] = [values for values in json.loads(desk.does("--json")) if values["id"] == undecided]
    assert (told["other"]["mine"], told["other"]["theirs"]) == ("working", "waiting for parts")
    assert json.loads(desk.does("keep-theirs", undecided, "--json")) == {"id": undecided, "sending_status": "set_aside"}
    assert "decided: theirs" in desk.does()
    refused = desk.refused()
    ended = desk.says("keep-theirs", refused)
    assert (ended.code, "There is no other value to keep." in ended.err) == (5, True)


def test_what_a_change_has_not_cannot_be_mended_and_is_not_dropped_in_silence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "after.jpg").write_bytes(jpeg())
    ended = desk.says("mend", desk.refused_note(), "--note", "it is loose", "--photo", tmp_path / "after.jpg")
    assert (ended.code, ended.out) == (6, "")
    assert "has no photo. Leave out --photo." in ended.err


def test_a_change_that_has_no_words_is_not_mended_with_words(desk: Desk, truck: Truck) -> None:
    truck.sign_in(a_person(Role.SUPERVISOR))
    photo = a_photo()
    truck.gets(an_order(id="BOS-3", photos=(photo,)))
    change = truck.field_work.withdraw("BOS-3", photo.sha256, shown_again=False)
    truck.settles(change, SendingStatus.REFUSED, "The order is not yours.")
    ended = desk.says("mend", change.id, "--note", "a face is in it")
    assert (ended.code, "has no note. Leave out --note." in ended.err) == (6, True), ended.err


def test_the_totals_are_told_to_scripts(desk: Desk) -> None:
    desk.refused()
    desk.undecided()
    totals = json.loads(desk.does("totals", "--json"))
    assert totals["changes"] == {"waiting": 0, "sending": 0, "refused": 1, "needs_decision": 1}
    assert (totals["photos"], totals["photo_bytes"], totals["set_aside"]) == (0, 0, 0)
    assert (totals["oldest_at"], totals["last_success_at"], totals["problem"]) == ("2026-11-23T17:00:00Z", None, "")
    assert desk.does("totals").startswith("Unsent: 2 changes (1 refused, 1 needs decision)")


def test_what_was_sent_is_listed_where_that_is_asked_for(desk: Desk) -> None:
    sent = desk.sent_note()
    assert json.loads(desk.does("--json")) == []
    [told] = json.loads(desk.does("--all", "--json"))
    assert (told["id"], told["sending_status"]) == (sent, "acknowledged")
    assert f"Lately sent or replaced\n{sent}" in desk.does("--all")


def test_the_outbox_is_exported(desk: Desk, tmp_path: Path) -> None:
    sent, refused = desk.sent_note(), desk.refused()
    done = json.loads(desk.does("export", tmp_path / "stick", "--json"))
    assert (done["changes"], done["photos"], done["absent_photos"]) == (1, 0, 0)
    assert _exported(Path(done["folder"])) == [refused]
    everything = json.loads(desk.does("export", tmp_path / "stick", "--all", "--json"))
    assert _exported(Path(everything["folder"])) == [sent, refused]
    assert desk.does("export", tmp_path / "stick").startswith("Exported 1 change and 0 photos to ")


def _exported(folder: Path) -> list[str]:
    return [row["change"]["id"] for row in json.loads((folder / "changes.json").read_text())]


@pytest.mark.parametrize("decision", ["send-again", "mend", "set-aside", "take-up", "keep-mine", "keep-theirs"])
def test_a_change_that_is_not_there_is_told_in_a_sentence(desk: Desk, decision: str) -> None:
    ended = desk.says(decision, "no-such-change")
    assert (ended.code, ended.out) == (6, "")
    assert "There is no change no-such-change in the outbox." in ended.err
