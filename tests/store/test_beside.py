"""The command line beside the terminal, and a disk that fills up: real processes on one file."""

import subprocess
import sys
from pathlib import Path

from tests.builders import an_order
from tests.trucks import Truck

ROOT = Path(__file__).resolve().parents[2]


def start_beside(folder: Path, count: int, *room_bytes: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.store.beside", folder, count, *room_bytes]
    return subprocess.Popen(
        [str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: "subprocess.Popen[str]") -> list[str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.splitlines()


def assert_nothing_is_half_saved(truck: Truck, saved: int) -> None:
    """Order, outbox and numbering agree, to the last change that was called saved."""
    entries = truck.store.outbox.unsettled()
    assert [entry.change.sequence for entry in entries] == list(range(1, saved + 1))
    order = truck.shown(an_order().id)
    assert order is not None
    assert [entry.change_id for entry in order.history] == [entry.change.id for entry in entries]


def test_several_programs_write_beside_each_other(truck: Truck) -> None:
    truck.gets(an_order())
    others = [start_beside(truck.folder, 20) for _ in range(2)]
    for number in range(20):
        truck.field_work.add_note(an_order().id, f"mine {number}")
    assert [len(ended(other)) for other in others] == [20, 20]
    assert_nothing_is_half_saved(truck, 60)


def test_a_change_made_by_another_program_is_noticed(truck: Truck) -> None:
    truck.gets(an_order())
    before = truck.field_work.data_version()
    assert truck.field_work.data_version() == before
    ended(start_beside(truck.folder, 1))
    assert truck.field_work.data_version() != before


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_half_saved(truck: Truck) -> None:
    truck.gets(an_order())
    *saved, last = ended(start_beside(truck.folder, 500, 60_000))
    assert last.startswith("FreeSpace: Not saved: the disk is full")
    assert 0 < len(saved) < 500
    assert set(saved) == {"saved"}
    assert_nothing_is_half_saved(truck, len(saved))
    truck.field_work.add_note(an_order().id, "there is room again")
    assert_nothing_is_half_saved(truck, len(saved) + 1)
