"""What every test may ask for."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests.faults.tally import PROPERTY, Tally
from tests.trucks import Truck

os.environ["CREW_CONTACTS_KEY"] = "dGhlIGtleSBvZiBldmVyeSBjaXR5IGluIHRlc3RzISE="
"""Cities in tests have their key from the environment, as docs/privacy.md tells administrators to do it."""

MEMORY: Final = Path("/dev/shm")
ROOM: Final = 2 * 2**30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
"""The folders of tests lie in memory where there is room: each commit would wait for the disk.

A program that is killed there finds what it wrote, as on a disk; and a test that counts flushes counts the calls.
"""

settings.register_profile("crew", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crew")
"""Examples are judged by what they find: how long one takes says how busy the machine is."""

SELDOM: Final = 50_000, 20, 20
"""When Python looks for garbage: a tenth of all time went into looking for it after every 700 things made."""

LONGEST: Final = ("model", "faults", "journeys", "pages", "cli")
"""The folders whose tests take longest each."""


MOST_PROCESSES: Final = 4


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many run tests: one more than there are processors, as every fourth second a test waits for something."""
    return min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: the last tests decide how long one processor waits for the other."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in LONGEST)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nobody needs to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_read_twice() -> Iterator[None]:
    """What stays as it is while tests run is read once, where cities are among them."""
    with pytest.MonkeyPatch.context() as patch:
        if "crew.backend.migrating" in sys.modules:
            from tests.read_once import read_once

            read_once(patch.setattr)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real city records and photos, which lie beside the repository and are not part of it."""
    path = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"no real city records are there: {path}")
    return path


@pytest.fixture
def truck(tmp_path: Path) -> Iterator[Truck]:
    """A crew's device with an empty store."""
    opened = Truck(tmp_path / "truck")
    yield opened
    opened.store.close()


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Counts the faults that this test tries."""
    counted = Tally()
    yield counted
    record_property(PROPERTY, counted.rows())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many faults were tried for each promise, and how many it broke under."""
    whole = Tally()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if isinstance(report, pytest.TestReport) and report.when == "teardown":
            for rows in (rows for name, rows in report.user_properties if name == PROPERTY):
                assert isinstance(rows, list)
                whole.add(rows)
    for promise, _, tried, lost in whole.rows():
        terminalreporter.line(f"{tried} faults tried, {lost} lost: {promise}")
    if path := os.environ.get("CREW_FAULT_TALLY"):
        whole.write(Path(path))
