"""`crew assign`, `crew board`, `crew export`: the desk's work from scripts."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.change import Acceptance, Assignment, Escalation
from crew.domain.deadlines import Level, TimeRules
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from crew.table_file import plain_cell, safe_cell, write_rows
from crew.wire import CrewLoad, ServiceOffer
from tests.builders import NOON, a_person, an_order
from tests.hostile import HOSTILE
from tests.running import Ended, crew
from tests.trucks import Truck

CREWS = (CrewLoad("D2", "Public Works D2"), CrewLoad("LIGHTS", "Street Lights", seen_at=NOON, unsent=3))


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor with three open orders of D2 and one that is done."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.store.device.keep_crews(CREWS)
    truck.store.device.keep_services((ServiceOffer("pothole", "Pothole", work_hours=0.5),))
    orders = [replace(an_order(crew="D2"), id=OrderId(str(number))) for number in (11, 12, 13)]
    truck.gets(*orders, replace(an_order(crew="D2"), id=OrderId("14"), work_status=WorkStatus.DONE))
    return truck


def run(office: Truck, *arguments: str | Path) -> Ended:
    return crew(*arguments, "--data", office.folder, home=office.folder)


def test_orders_of_a_file_are_moved_by_the_crews_title(office: Truck, tmp_path: Path) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_text("# from the morning\n12, Pothole\n\n14 done\n")
    said = run(office, "assign", "11", "--file", ids, "--to", "street lights", "--reason", "wrong crew", "--json")
    assert (said.code, "1 order could not be changed; the rest is saved" in said.err) == (11, True)
    moved = said.json
    assert [one["order_id"] for one in moved["moved"]] == ["11", "12"]
    assert [one["id"] for one in moved["refused"]] == ["14"]
    assert {entry.change.act for entry in office.store.outbox.unsettled()} == {Assignment("LIGHTS", "wrong crew")}


def test_a_file_from_a_spreadsheet_is_read(office: Truck, tmp_path: Path) -> None:
    ids = tmp_path / "orders.csv"
    ids.write_bytes('\ufeffid;service_name\r\n"11";Pothole\r\n12;Pothole\r\n'.encode())
    said = run(office, "assign", "--file", ids, "--to", "pool", "--dry-run", "--json").json
    assert (said["from"], said["refused"]) == ({"D2": 2}, [])


def test_a_dry_run_says_what_would_happen_and_moves_nothing(office: Truck) -> None:
    said = run(office, "assign", "11", "14", "--to", "pool", "--dry-run")
    assert said.out.startswith("Would move to Pool: 1 from D2. 0 orders under way.\nStays: 14: 14 is done")
    assert run(office, "assign", "11", "--to", "LIGHTS", "--dry-run", "--json").json["from"] == {"D2": 1}
    assert office.store.outbox.unsettled() == []


def test_of_two_crews_of_one_title_none_is_taken_by_chance(office: Truck) -> None:
    office.store.device.keep_crews((*CREWS, CrewLoad("SECOND", "Street Lights"), CrewLoad("Street Lights", "Poles")))
    run(office, "assign", "11", "--to", "street lights")
    assert [entry.change.act for entry in office.store.outbox.unsettled()] == [Assignment("Street Lights")], "its name"
    office.store.device.keep_crews((*CREWS, CrewLoad("SECOND", "Street Lights")))
    said = run(office, "assign", "12", "--to", "street lights")
    assert (said.code, '"street lights" may be LIGHTS or SECOND. Name one of them.' in said.err) == (6, True)


def test_a_crew_that_there_is_not_is_refused_with_those_that_are_near(office: Truck) -> None:
    said = run(office, "assign", "11", "--to", "Street Light")
    assert (said.code, said.err) == (6, 'crew: There is no crew "Street Light". Did you mean LIGHTS?\n')


def test_an_id_list_that_cannot_be_read_is_said(office: Truck, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"\xff\xfe")
    assert "no UTF-8 text" in run(office, "assign", "--file", tmp_path / "bad", "--to", "pool").err
    assert "No such file" in run(office, "assign", "--file", tmp_path / "none", "--to", "pool").err
    for words in (["assign", "--to", "pool", "--dry-run"], ["acknowledge"], ["close", "--reason", "done"]):
        ended = run(office, *words)
        assert (ended.code, "choose at least one" in ended.err) == (2, True), words


def test_the_board_is_told(office: Truck) -> None:
    pool, day, lights = run(office, "board", "--json").json
    assert (pool["crew"], day["crew"], day["open"], day["hours"]) == ("", "D2", 3, 1.5)
    assert (lights["crew"], lights["unsent"]) == ("LIGHTS", 3)
    assert "Public Works D2" in run(office, "board").out


def test_orders_are_written_for_a_spreadsheet_and_for_programs(office: Truck, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert run(office, "export", "-o", path).out == f"{path}: 3 orders.\n"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["11", "12", "13"]
    assert rows[0]["long"] == "-71.1146", "a number stays one"
    again = run(office, "export", "-o", path)
    assert (again.code, "is there already" in again.err) == (6, True)
    assert run(office, "export", "-o", path, "--all", "--force").out == f"{path}: 4 orders.\n"
    lines = run(office, "export", "--format", "jsonl", "--all", "--status", "done").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["14"]
    assert run(office, "export", "--crew", "Street Lights").out.count("\n") == 1
    assert "is no status" in run(office, "export", "--status", "odd").err


def test_orders_are_escalated_and_finished_work_is_accepted(office: Truck) -> None:
    assert (
        run(office, "escalate", "11", "12", "--level", "supervisor", "--reason", "third call").out.count("Saved.") == 2
    )
    assert [one["kind"] for one in run(office, "accept", "14", "--json").json] == ["acceptance"]
    assert {entry.change.act for entry in office.store.outbox.unsettled()} == {
        Escalation("supervisor", "third call"),
        Acceptance(),
    }
    assert run(office, "accept", "11").code == 5


def test_what_was_saved_before_an_order_that_cannot_be_is_one_document(office: Truck) -> None:
    words = ("--level", "supervisor", "--reason", "third call", "--json")
    assert [one["id"] for one in run(office, "escalate", "11", "12", *words, "--dry-run").json] == ["11", "12"]
    ended = run(office, "escalate", "11", "12", "99", *words)
    assert (ended.code, [one["order_id"] for one in ended.json]) == (6, ["11", "12"])


def test_an_escalation_says_whom_it_asks_until_when_and_is_acknowledged(office: Truck, tmp_path: Path) -> None:
    week = (((0, 24 * 60),),) * 7
    office.store.time_rules.keep(TimeRules("UTC", week, ladder=(Level("district head", 4, "Hal"), Level("mayor"))))
    (tmp_path / "ids.txt").write_text("12  the roof\n")
    words = ("escalate", "11", "--file", str(tmp_path / "ids.txt"), "--reason", "third call")

    assert "There are: district head, mayor." in run(office, *words, "--level", "director").err
    assert (
        run(office, *words, "--level", "dis", "--dry-run").out.count("to district head (Hal), to be acknowledged by")
        == 2
    )
    assert "is no time" in run(office, *words, "--level", "mayor", "--by", "soon").err
    assert office.store.outbox.unsettled() == []
    assert run(office, *words, "--level", "dis", "--to", "Kim", "--by", "4h").out.count("Saved.") == 2
    assert "Escalated to district head (Kim) by" in run(office, "show", "11").out
    assert run(office, "show", "11", "--json").json["raised"]["to"] == "Kim"
    assert "Would acknowledge the escalation of 11" in run(office, "acknowledge", "11", "--dry-run").out
    assert [one["kind"] for one in run(office, "acknowledge", "11", "12", "--json").json] == ["acknowledgement"] * 2
    assert "knows of it since" in run(office, "show", "11").out
    assert run(office, "acknowledge", "11").code == 5


def test_the_day_is_printed_in_pages_and_no_stop_is_torn(office: Truck, tmp_path: Path) -> None:
    office.gets(
        *(replace(an_order(crew="D2"), id=OrderId(str(number)), description="words " * 40) for number in range(20, 60))
    )
    pages = run(office, "day").out.split("\f")
    assert len(pages) > 3
    assert all(len(line) <= 80 for page in pages for line in page.splitlines())
    assert all(len(page.splitlines()) <= 60 for page in pages)
    assert pages[0].splitlines()[0].endswith(f"page 1 of {len(pages)}")
    starts = [line for page in pages for line in page.splitlines() if "[ ]" in line]
    assert len(starts) == 43
    assert all("[ ]" in page.splitlines()[3] for page in pages), "each page begins with a stop"
    path = tmp_path / "day.txt"
    assert run(office, "day", "-o", path).out == f"{path}: 43 stops.\n"
    assert "Pothole" in path.read_text()


def test_a_file_that_cannot_be_written_leaves_nothing_behind(office: Truck, tmp_path: Path) -> None:
    said = run(office, "export", "-o", tmp_path / "no" / "such" / "folder.csv")
    assert (said.code, "cannot be written" in said.err) == (8, True)
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1", "'=1", " =cmd|' /C calc'!A0", *HOSTILE]
)
def test_no_spreadsheet_runs_a_text(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.lstrip(" ").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    )
    assert plain_cell(cell) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_every_text_comes_back_from_a_file(texts: list[str]) -> None:
    for kind in ("csv", "jsonl"):
        file = io.StringIO(newline="")
        assert write_rows(file, ({"text": text} for text in texts), ["text"], kind) == len(texts)
        file.seek(0)
        if kind == "csv":
            assert [plain_cell(row["text"]) for row in csv.DictReader(file)] == texts
        else:
            assert [json.loads(line)["text"] for line in file.getvalue().splitlines()] == texts
