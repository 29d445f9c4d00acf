"""`crew reasons`, `crew close`, and words for the citizen from scripts."""

from pathlib import Path

import pytest

from crew.backend.catalogue import load_catalogue
from crew.domain.change import StatusChange
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.builders import a_person, an_order
from tests.running import Ended, crew
from tests.trucks import Truck


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor with three potholes that ask for a photo, and one that is done."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.store.device.keep_wording(load_catalogue({}).wording_for_devices)
    orders = [an_order(id=OrderId(str(number)), photo_required=True) for number in (11, 12, 13)]
    truck.gets(*orders, replace(orders[0], id=OrderId("14"), work_status=WorkStatus.DONE))
    return truck


def run(office: Truck, *arguments: str | Path) -> Ended:
    return crew(*arguments, "--data", office.folder, home=office.folder)


def test_many_are_closed_from_a_file_and_told_beforehand(office: Truck, tmp_path: Path) -> None:
    ids = tmp_path / "storm.txt"
    ids.write_text("# after the storm\n11\n12 Pothole\n14\n")
    closing = ("close", "--file", ids, "--reason", "after_storm", "--text", "Call Maria, 617-555-0101.")
    told = run(office, *closing, "--dry-run")
    assert told.out.startswith(
        "Would close 2 orders and answer 2 reports. 0 under way.\n"
        "Without the photo that is asked for: 2; their history says so.\n2 Pothole: Our crews have gone through"
    )
    assert "Stays: 14: 14 is done" in told.out
    assert told.err.count("look again") == 2
    assert office.store.outbox.unsettled() == []
    assert run(office, *closing, "--json").json["closed"][1]["order_id"] == "12"
    assert office.field_work.order("12").public_text.endswith(
        "If something was left, tell us. Call Maria, 617-555-0101."
    )


def test_reasons_are_listed_and_an_unknown_one_leads_there(office: Truck) -> None:
    rows = run(office, "reasons", "--service", "pothole", "--json").json
    assert [row["code"] for row in rows][:4] == ["made_safe", "filled", "cleared", "after_storm"]
    assert "unsafe" in run(office, "reasons").out
    said = run(office, "close", "11", "--reason", "nonsense")
    assert (said.code, "crew reasons" in said.err) == (6, True)


def test_an_outcome_and_words_are_given_with_a_status(office: Truck) -> None:
    office.gets(an_order(id=OrderId("15"), version=2))
    assert run(office, "status", "15", "done", "--reason", "filled", "--text", "Mind the edge.").code == 0
    act = office.store.outbox.unsettled()[-1].change.act
    assert isinstance(act, StatusChange)
    assert (act.reason, act.public_note) == ("filled", "Mind the edge.")
    assert act.public_text.startswith("We filled the hole at 412 Centre St")
    assert run(office, "status", "11", "working", "--text", "soon").code == 2
