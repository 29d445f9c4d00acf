"""A command on a damaged store does its work, and says on stderr what became of the store."""

import json
from contextlib import closing
from pathlib import Path

from crew.store.store import STORE_FILE, open_store
from tests.builders import NOON, an_order
from tests.running import crew
from tests.trucks import Truck


def test_a_command_goes_on_with_what_could_be_read_and_says_so_until_somebody_has_seen_it(tmp_path: Path) -> None:
    truck = Truck(tmp_path / "truck")
    truck.gets(an_order(id="BOS-1"))
    truck.field_work.add_note("BOS-1", "the valve box is loose")
    truck.store.close()
    with (truck.folder / STORE_FILE).open("r+b") as file:
        file.write(bytes(4096))
    for _ in range(2):
        done = crew("outbox", "--json", "--data", truck.folder, home=tmp_path)
        assert done.code == 0
        assert [entry["order_id"] for entry in json.loads(done.out)] == ["BOS-1"]
        assert done.err.startswith("crew: The store of this device was damaged. Changes carried over: 1 (1 unsent)")
    with closing(open_store(truck.folder, NOON)) as store:
        store.device.recovery = None
    assert crew("outbox", "--data", truck.folder, home=tmp_path).err == ""
