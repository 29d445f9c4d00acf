"""The tools that break programs break what they say."""

import json
from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.stage import FAULT_IN_CREW, stage
from tests.faults.strace import BROKEN_DISK, FULL_DISK, Fault
from tests.faults.tally import Tally, read, table

ACTS = "tests.faults.plain_acts"


def test_a_fault_strikes_exactly_the_call_that_it_names(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("stage", "undisturbed", "killed", "broken", "full")]
    for place in places:
        place.mkdir()
    printed, undisturbed, killed, broken, full = places

    with stage(ACTS, printed) as acts:
        assert acts.counted(undisturbed, "4") == {"fsync": 4, "openat": 4, "write": 8}
        death = acts.play(killed, "4", fault=Fault("fsync", 3))
        failure = acts.play(broken, "4", fault=Fault("fsync", 2, BROKEN_DISK))
        fullness = acts.play(full, "4", fault=Fault("write", 7, FULL_DISK))
        beyond = acts.play(full, "4", fault=Fault("fsync", 5))

    assert death.killed
    assert death.out.split() == ["0", "1"]
    assert failure.code == FAULT_IN_CREW
    assert "Input/output error" in failure.err
    assert failure.out.split() == ["0"]
    assert "No space left on device" in fullness.err
    assert beyond.code == 0


@pytest.mark.parametrize(
    ("total", "at_most", "chosen"),
    [(0, 5, ()), (3, 5, (1, 2, 3)), (9, 5, (1, 3, 5, 7, 9)), (100, 4, (1, 34, 67, 100)), (7, 1, (1,))],
)
def test_a_sample_has_the_first_and_the_last_and_is_always_the_same(
    total: int, at_most: int, chosen: tuple[int, ...]
) -> None:
    assert strace.spread(total, at_most) == chosen


def test_the_tally_counts_what_was_tried_and_what_was_lost(tmp_path: Path) -> None:
    one, whole = Tally(), Tally()
    with one.tries("Nothing is lost", "kill"):
        pass
    with pytest.raises(AssertionError), one.tries("Nothing is lost", "kill"):
        raise AssertionError

    whole.add(one.rows())
    whole.add(json.loads(json.dumps(one.rows())))
    whole.write(tmp_path / "tally.json")

    assert read(tmp_path / "tally.json").rows() == [("Nothing is lost", "kill", 4, 2)]
    assert table(whole).endswith("| Nothing is lost | kill | 4 | 2 |")
