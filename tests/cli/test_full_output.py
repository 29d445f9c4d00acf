"""What a command says when its answer cannot be written: that it is done all the same, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crew.domain.errors import FreeSpace
from tests.builders import an_order
from tests.running import environment
from tests.trucks import Truck

FULL = Path("/dev/full")


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "when it ends"])
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
def test_an_answer_that_does_not_fit_is_told_on_stderr_and_the_act_is_saved(
    truck: Truck, tmp_path: Path, more: list[str], at_once: bool
) -> None:
    if not FULL.exists():
        pytest.skip("there is no /dev/full here: run this on Linux")
    truck.gets(an_order(id="101"))
    with FULL.open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "crew", "note", "101", "the box is loose", *more, "--data", truck.folder],
            env={**environment(tmp_path), "PYTHONUNBUFFERED": "1" if at_once else ""},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == FreeSpace.exit_code
    assert ended.stderr == (
        f"crew: It is done, but its answer could not be written: {os.strerror(28)}. Make room there.\n"
    )
    assert len(truck.field_work.outbox().entries) == 1


@pytest.mark.parametrize("count", [1, 1000])
def test_a_reader_that_has_seen_enough_is_no_error(truck: Truck, tmp_path: Path, count: int) -> None:
    truck.gets(*(an_order(id=str(number)) for number in range(count)))
    listing = subprocess.Popen(
        [sys.executable, "-m", "crew", "list", "--data", truck.folder],
        env={**environment(tmp_path), "PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    listing.stdout.close()
    _, complaint = listing.communicate(timeout=60)
    assert (listing.returncode, complaint) == (0, b"")
