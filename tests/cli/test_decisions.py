"""`crew decisions` and `crew decide`: what waits for a person is listed and settled without the screen."""

import json
from typing import Any

import pytest

from crew.cli.main import run
from crew.domain.change import (
    Acceptance,
    Acknowledgement,
    Assignment,
    Change,
    ChangeId,
    KeptDecision,
    Note,
    SendingStatus,
    StatusChange,
)
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, KeptWork, OrderId, Raised, WorkOrder, WorkStatus
from crew.wire import MovedAway, OtherValue
from tests.builders import NOON, a_person, an_order
from tests.trucks import Truck

KEPT = KeptWork("kept-1", "Ana", NOON, WorkStatus.DONE)


def order(number: int, **facts: Any) -> WorkOrder:
    return replace(an_order(crew="D2"), id=OrderId(str(number)), **facts)


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor for whom one of everything waits."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    line = HistoryEntry(NOON, "Ben", "done by another crew: D9")
    truck.gets(
        order(11),
        order(12),
        order(13, needs_look=True, kept=(KEPT,)),
        order(14, needs_look=True, work_status=WorkStatus.DONE, history=(line,)),
        order(15, escalation="department", raised=Raised(NOON, "Dee", "third call")),
    )
    truck.store.device.tell_moved_away([MovedAway(OrderId("16"), "Pothole", "1 Elm St", "moved to D9", "Dee", NOON)])
    refused = truck.field_work.add_note("11", "a word")
    truck.settles(refused, SendingStatus.REFUSED, "The backend said no.")
    moved = truck.field_work.move(["12"], "D9", "nearer").changes[0]
    with truck.store.transaction():
        truck.store.outbox.settle(
            moved.id,
            SendingStatus.NEEDS_DECISION,
            NOON,
            other=OtherValue("crew", "moved to D9", "moved to D4", "Lee", ""),
        )
        truck.store.orders.refresh(moved.order_id)
    return truck


def told(office: Truck, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run([*arguments, "--data", str(office.folder)])
    said = capsys.readouterr()
    return code, said.out or said.err


def listed(office: Truck, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    code, out = told(office, capsys, "decisions", "--json")
    assert code == 0
    return {one["kind"]: one for one in json.loads(out)}


def made(office: Truck, before: set[ChangeId]) -> Change | None:
    """What waits to be sent since."""
    new = [entry.change for entry in office.store.outbox.unsettled() if entry.change.id not in before]
    assert len(new) < 2
    return new[0] if new else None


def test_everything_that_waits_is_listed_with_what_either_decision_means(
    office: Truck, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = listed(office, capsys)

    assert {kind: one["order_id"] for kind, one in waiting.items()} == {
        "refused": "11", "needs_decision": "12", "kept": "13", "look_at": "14", "escalated": "15", "moved_away": "16",
    }  # fmt: skip
    _, text = told(office, capsys, "decisions")
    for one in waiting.values():
        assert one["id"] in text
        assert one["why"] in text
        assert f"--accept: {one['accept']}" in text
    assert "Lee set meanwhile: moved to D4" in text
    assert "6 things to decide" in text


@pytest.mark.parametrize(
    ("kind", "how", "act"),
    [
        ("refused", ("--accept",), Note("a word")),
        ("refused", ("--leave",), None),
        ("needs_decision", ("--accept",), Assignment("D9", "nearer")),
        ("needs_decision", ("--leave",), None),
        ("kept", ("--accept",), KeptDecision("kept-1", accepted=True)),
        ("kept", ("--leave", "--reason", "nobody was there"), KeptDecision("kept-1", False, "nobody was there")),
        ("look_at", ("--accept",), Acceptance()),
        ("look_at", ("--leave", "--reason", "edges"), StatusChange(WorkStatus.SENT_BACK, note="edges")),
        ("escalated", ("--accept",), Acknowledgement("department", NOON)),
        ("moved_away", ("--accept",), None),
    ],
)
def test_each_is_settled_as_on_the_screen_and_a_dry_run_settles_nothing(
    office: Truck, capsys: pytest.CaptureFixture[str], kind: str, how: tuple[str, ...], act: Any
) -> None:
    waiting = listed(office, capsys)
    before = {entry.change.id for entry in office.store.outbox.unsettled()}
    name = waiting[kind]["id"]

    code, out = told(office, capsys, "decide", name, *how, "--dry-run", "--json")
    assert code == 0, out
    rehearsed = json.loads(out)
    assert (code, rehearsed["dry_run"], rehearsed["change_id"] is None) == (0, True, act is None)
    assert listed(office, capsys) == waiting
    assert {entry.change.id for entry in office.store.outbox.unsettled()} == before

    code, out = told(office, capsys, "decide", name, *how)
    assert (code, out.startswith(f"Saved. {name}: {rehearsed['decided']}.")) == (0, True)
    after = listed(office, capsys)
    change = made(office, before)
    assert change is None if act is None else change is not None and change.act == act
    assert kind not in after
    assert set(after) == set(waiting) - {kind}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("decide", "nothing", "--accept"), 6, 'called "nothing"'),
        (("decide", "kept-1", "--leave"), 5, "needs a word"),
        (("decide", "14", "--leave"), 5, "needs a note"),
        (("decide", "15", "--leave"), 6, "There is nothing to leave; say --accept."),
        (("decide", "14", "--accept", "--reason", "fine"), 6, "Leave --reason out."),
        (("decide", "14"), 2, "--accept"),
    ],
)
def test_what_cannot_be_decided_says_why_and_a_script_can_tell(
    office: Truck, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert told(office, capsys, *arguments)[0] == code
    assert said in told(office, capsys, *arguments)[1]
    if code == 5:
        assert told(office, capsys, *arguments, "--dry-run")[0] == code, "a dry run is refused alike"


def test_a_crew_has_its_own_to_decide_and_nothing_of_the_citys(
    office: Truck, capsys: pytest.CaptureFixture[str]
) -> None:
    office.sign_in(a_person(Role.CREW))

    assert set(listed(office, capsys)) == {"refused", "needs_decision", "moved_away"}
    assert told(office, capsys, "decide", "14", "--accept")[0] == 6
