"""`crew outbox`: what waits and why, and every decision, in processes of their own."""

import json
from pathlib import Path

import pytest

from crew.domain.change import ChangeId, SendingStatus
from crew.domain.work_order import WorkStatus
from crew.wire import OtherValue
from tests.backend.crews import jpeg
from tests.builders import NOON, an_order
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
    assert "2 changes (1 refused, 1 needs decision), 0 photos (0 KiB) wait." in out
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
    assert (
        json.loads(desk.does("set-aside", desk.undecided(WorkStatus.ACCEPTED), "--json"))["sending_status"]
        == "set_aside"
    )


def test_the_outbox_is_exported(desk: Desk, tmp_path: Path) -> None:
    desk.refused()
    done = json.loads(desk.does("export", tmp_path / "stick", "--json"))
    assert (done["changes"], done["photos"]) == (1, 0)
    assert json.loads((Path(done["folder"]) / "changes.json").read_text())[0]["place"] == "412 Centre St"


@pytest.mark.parametrize("decision", ["send-again", "mend", "set-aside", "take-up", "keep-mine"])
def test_a_change_that_is_not_there_is_told_in_a_sentence(desk: Desk, decision: str) -> None:
    ended = desk.says(decision, "no-such-change")
    assert (ended.code, ended.out) == (6, "")
    assert "There is no change no-such-change in the outbox." in ended.err
