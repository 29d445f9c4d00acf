"""Whatever people and the world do, in whatever order: nothing is lost, nothing happens twice."""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import CityDay, founded

EXAMPLES = int(os.environ.get("CREW_MODEL_EXAMPLES", "40"))
"""More of them find more; a night is worth some ten thousand."""


def test_whatever_happens_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    class Day(CityDay):
        template = tmp_path / "template"
        orders = founded(tmp_path / "template")

    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize="CREW_MODEL_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
