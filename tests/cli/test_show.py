"""`crew show`: an order in words, in a process of its own."""

from pathlib import Path

from crew.domain.work_order import HistoryEntry
from tests.builders import NOON, an_order
from tests.running import crew
from tests.trucks import Truck


def test_it_says_which_other_crew_has_worked_there(truck: Truck, tmp_path: Path) -> None:
    entry = HistoryEntry(NOON, "Ana", "done by another crew: D5")
    truck.gets(an_order(id="BOS-1", needs_look=True, history=(entry,)), an_order(id="BOS-2", history=(entry,)))
    assert "Look at  done by another crew: D5" in crew("show", "BOS-1", "--data", truck.folder, home=tmp_path).out
    assert "Look at" not in crew("show", "BOS-2", "--data", truck.folder, home=tmp_path).out


def test_it_tells_the_history_in_the_time_of_the_reader(truck: Truck, tmp_path: Path) -> None:
    truck.gets(an_order(id="BOS-1", history=(HistoryEntry(NOON, "Ana", "accepted"),)))
    told = crew("show", "BOS-1", "--data", truck.folder, home=tmp_path, TZ="America/New_York")
    assert "2026-11-23 12:00  Ana: accepted" in told.out
