"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trucks import Truck


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real city records and photos, which lie beside the repository and are not part of it."""
    path = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"the shared data is not there: {path}")
    return path


@pytest.fixture
def truck(tmp_path: Path) -> Iterator[Truck]:
    """A crew's device with an empty store."""
    opened = Truck(tmp_path / "truck")
    yield opened
    opened.store.close()
