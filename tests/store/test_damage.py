"""A damaged store is set aside whole, and what a person did comes over into a new one."""

import random
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import apsw
import pytest

from crew.domain.change import Change, SendingStatus
from crew.domain.errors import CallForHelp
from crew.domain.work_order import WorkStatus
from crew.store.database import Database
from crew.store.device import Recovery
from crew.store.salvage import Salvage
from crew.store.sentences import Damaged
from crew.store.store import STORE_FILE, Store, open_store
from tests.builders import NOON, an_order
from tests.trucks import Truck

PAGE = 4096
LOG = f"{STORE_FILE}-wal"


@pytest.fixture
def truck(tmp_path: Path) -> Truck:
    """A truck after a day: 30 orders, acts of every kind and state, long notes, photos, a draft."""
    truck = Truck(tmp_path / "truck")
    orders = [an_order(id=f"BOS-{number}", description=f"report {number} " * 40) for number in range(30)]
    truck.gets(*orders)
    for number, order in enumerate(orders):
        truck.field_work.set_status(order.id, WorkStatus.WORKING, photos=[truck.keeps_photo(b"photo %d" % number)])
        note = truck.field_work.add_note(order.id, f"note {number} " * (700 if number % 10 == 3 else 3))
        if number % 3 == 0:
            truck.settles(note, SendingStatus.SET_ASIDE)
    truck.field_work.keep_draft(orders[0].id, "note", "half a sentence")
    return truck


def acts_in(store: Store) -> dict[Change, SendingStatus]:
    """Every change that a store knows, with its state."""
    return {entry.change: entry.sending_status for entry in (*store.outbox.settled(10_000), *store.outbox.unsettled())}


def acts(truck: Truck) -> dict[Change, SendingStatus]:
    return acts_in(truck.store)


def recovered(truck: Truck) -> Recovery:
    found = truck.store.device.recovery
    assert found is not None
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of the store's own files; the index of the log holds nothing of its own."""
    files = (path for path in folder.glob(f"{STORE_FILE}*") if not path.name.endswith("-shm") and path.stat().st_size)
    return {path.name: path.read_bytes() for path in files}


def damage(path: Path, start: int, junk: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(junk)


def after_damage(truck: Truck, damage_it: Callable[[Path], object]) -> Truck:
    """The truck's next start, with its files damaged while it was off; what was there is set aside as it was."""
    truck.store.close()
    damage_it(truck.folder / STORE_FILE)
    before = contents(truck.folder)
    truck = truck.reopened()
    assert contents(truck.folder / recovered(truck).kept_in) == before, "the damaged files are kept, to the byte"
    return truck


def test_a_store_that_lost_its_first_page_keeps_every_act(truck: Truck) -> None:
    before = acts(truck)
    shown = {order_id: truck.shown(f"BOS-{order_id}") for order_id in range(30)}
    after = after_damage(truck, lambda path: damage(path, 0, bytes(PAGE)))
    assert acts(after) == before
    assert {order_id: after.shown(f"BOS-{order_id}") for order_id in range(30)} == shown, (
        "the day goes on without a link"
    )
    assert after.field_work.draft("BOS-0", "note") == "half a sentence"
    assert after.field_work.signed_in() is not None
    assert recovered(after) == Recovery(NOON, "set-aside-20261123-170000", 60, 50, 0, sign_in_lost=False)


def test_a_new_store_takes_the_place_only_when_everything_is_in_its_file(
    truck: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program looks into it while it is made, so that closing it leaves everything in its log."""
    before = acts(truck)
    carry_into = Salvage.carry_into
    with ExitStack() as looking:

        def looked_at(salvage: Salvage, database: Database) -> None:
            carry_into(salvage, database)
            (new,) = truck.folder.glob("*.part/*.sqlite")
            looker = looking.enter_context(closing(apsw.Connection(str(new))))
            looker.execute("SELECT count(*) FROM outbox").fetchall()

        monkeypatch.setattr(Salvage, "carry_into", looked_at)
        truck = after_damage(truck, lambda path: damage(path, 0, bytes(PAGE)))
    assert acts(truck) == before


def test_a_recovered_store_goes_on_counting_and_pulls_all_orders_anew(truck: Truck) -> None:
    truck.store.device.cursor = "0123456789abcdef.7"
    device_id = truck.store.device.device_id("another")
    last = max(change.sequence for change in acts(truck))
    after = after_damage(truck, lambda path: damage(path, 0, bytes(PAGE)))
    change = after.field_work.add_note("BOS-1", "after the damage")
    assert (change.sequence, change.device_id) == (last + 1, device_id)
    assert after.store.device.cursor == ""


def acts_after_restarts(folder: Path) -> tuple[dict[Change, SendingStatus], Recovery | None]:
    """What is there when the program was started, read everything, and was started again where that met damage."""
    for _ in range(2):
        with closing(open_store(folder, NOON)) as store, suppress(Damaged):
            for stop in store.orders.stops(ended=False):
                store.orders.get(stop.order_id)
            return acts_in(store), store.device.recovery
    raise AssertionError("the second start is as damaged as the first")


@pytest.mark.parametrize(
    "junk", [bytes(PAGE), b"\xaa" * PAGE, random.Random(311).randbytes(PAGE)], ids=["zeros", "alike", "random"]
)
def test_what_is_lost_is_what_lay_on_the_lost_page(truck: Truck, tmp_path: Path, junk: bytes) -> None:
    """Every page of the file in turn: nothing else goes with it, nothing is invented, and the count is honest."""
    before = acts(truck)
    truck.store.close()
    lost_in_all: list[Change] = []
    for start in range(0, (truck.folder / STORE_FILE).stat().st_size, PAGE):
        copy = tmp_path / f"page-{start}"
        shutil.copytree(truck.folder, copy)
        damage(copy / STORE_FILE, start, junk)
        after, recovery = acts_after_restarts(copy)
        lost = before.keys() - after.keys()
        assert after.items() <= before.items()
        assert (recovery.lost if recovery else 0) in (len(lost), None)
        assert len(lost) < PAGE // 300, "no more than fit on a page"
        lost_in_all += [change for change in lost if len(str(change.act)) < 1000]
        shutil.rmtree(copy)
    assert set(lost_in_all) == {change for change in before if len(str(change.act)) < 1000}
    assert len(set(lost_in_all)) == len(lost_in_all), "each lies on one page"


@pytest.mark.parametrize("size", [0, 1, 50, 100, PAGE, 3 * PAGE, 7 * PAGE + 99])
def test_a_store_that_was_cut_short_is_told(truck: Truck, size: int) -> None:
    before = acts(truck)

    def cut(path: Path) -> None:
        with path.open("r+b") as file:
            file.truncate(size)

    after = after_damage(truck, cut)
    assert acts(after).items() <= before.items()
    assert recovered(after).lost in (None, 60 - len(acts(after)))
    assert after.field_work.signed_in() is None or not recovered(after).sign_in_lost


def test_a_store_that_is_gone_is_told_where_its_photos_remain(truck: Truck) -> None:
    photo = truck.keeps_photo()
    after = after_damage(truck, lambda path: path.unlink())
    assert "more may be missing. Sign in again." in recovered(after).sentence
    assert after.store.photos.has(photo.sha256)


def test_a_file_that_is_no_store_is_set_aside(truck: Truck) -> None:
    after = after_damage(truck, lambda path: path.write_bytes(b"holiday photos " * 500))
    assert acts(after) == {}
    assert recovered(after).changes == 0


def test_the_sentence_says_how_much_came_over_and_where_the_rest_is(truck: Truck) -> None:
    after = after_damage(truck, lambda path: damage(path, 0, bytes(PAGE)))
    assert recovered(after).sentence == (
        "The store of this device was damaged. Changes carried over: 60 (50 unsent); none is missing. "
        "The damaged one is kept in set-aside-20261123-170000: give it to an administrator."
    )
    after.store.device.recovery = None
    assert after.reopened().store.device.recovery is None, "once somebody has seen it, it is not said again"


def test_a_second_damage_sets_a_second_store_aside(truck: Truck) -> None:
    first = after_damage(truck, lambda path: damage(path, 0, bytes(PAGE)))
    names = {recovered(first).kept_in}
    second = after_damage(first, lambda path: damage(path, 0, bytes(PAGE)))
    names.add(recovered(second).kept_in)
    assert {path.name for path in truck.folder.glob("set-aside-*")} == names == {
        "set-aside-20261123-170000", "set-aside-20261123-170000-2",
    }  # fmt: skip
    assert len(acts(second)) == 60


# The write-ahead log


@pytest.fixture
def pulled_plug(truck: Truck, tmp_path: Path) -> Path:
    """The truck's files as a power cut leaves them: the day before in the file, the latest acts only in the log."""
    truck.reopened()
    for number in range(5):
        truck.field_work.add_note(f"BOS-{number}", f"in the log {number}")
        truck.field_work.keep_draft(f"BOS-{number}", "note", f"draft {number} " * 300)
    copy = tmp_path / "pulled"
    shutil.copytree(truck.folder, copy, ignore=shutil.ignore_patterns("*-shm", "store.lock"))
    assert (copy / LOG).stat().st_size > 3 * PAGE
    return copy


def test_a_log_that_a_power_cut_left_is_no_damage(truck: Truck, pulled_plug: Path) -> None:
    with closing(open_store(pulled_plug, NOON)) as store:
        assert store.device.recovery is None
        assert acts_in(store) == acts(truck)


def test_a_log_that_ends_in_a_torn_write_is_no_damage(truck: Truck, pulled_plug: Path) -> None:
    """The last transaction had not been confirmed by the disk, so nobody was told that it is saved."""
    damage(pulled_plug / LOG, (pulled_plug / LOG).stat().st_size - PAGE, bytes(100))
    with closing(open_store(pulled_plug, NOON)) as store:
        assert store.device.recovery is None
        missing = acts(truck).keys() - acts_in(store).keys()
        assert len(missing) <= 1


def test_a_log_that_is_damaged_in_its_middle_loses_one_page_and_not_all_that_follows(
    truck: Truck, pulled_plug: Path
) -> None:
    """SQLite itself would end the log there: every act after it would be gone, without a word."""
    size = (pulled_plug / LOG).stat().st_size
    damage(pulled_plug / LOG, 32 + (size // 2 // (PAGE + 24)) * (PAGE + 24) + 500, b"\xff" * 8)
    before = contents(pulled_plug)
    with closing(open_store(pulled_plug, NOON)) as store:
        found = store.device.recovery
        assert found is not None
        assert contents(pulled_plug / found.kept_in) == before
        missing = acts(truck).keys() - acts_in(store).keys()
        assert found.lost == len(missing)
        assert "in the log 4" in {getattr(entry.change.act, "text", "") for entry in store.outbox.unsettled()}


def test_a_damaged_file_is_kept_with_its_log_as_both_were(truck: Truck, pulled_plug: Path) -> None:
    """SQLite would write the log into the file when it lets go of it."""
    damage(pulled_plug / STORE_FILE, PAGE, b"\xaa" * (4 * PAGE))
    before = contents(pulled_plug)
    with closing(open_store(pulled_plug, NOON)) as store:
        found = store.device.recovery
        assert found is not None
        assert before.keys() == {STORE_FILE, LOG}
        assert contents(pulled_plug / found.kept_in) == before
        assert "in the log 4" in {getattr(entry.change.act, "text", "") for entry in store.outbox.unsettled()}


def test_a_log_without_its_database_is_still_read(truck: Truck, pulled_plug: Path) -> None:
    """SQLite would throw away a log beside an empty file."""
    (pulled_plug / STORE_FILE).write_bytes(b"")
    with closing(open_store(pulled_plug, NOON)) as store:
        assert "in the log 4" in {getattr(entry.change.act, "text", "") for entry in store.outbox.unsettled()}
        drafts = [store.draft(f"BOS-{number}", "note") for number in range(5)]
        assert drafts == [f"draft {number} " * 300 for number in range(5)], "of every transaction in the log"


# Others, and power cuts in between


def test_a_damaged_store_waits_until_every_other_program_has_ended(truck: Truck) -> None:
    """What the other one writes would go into the file that is set aside."""
    truck.store.close()
    damage(truck.folder / STORE_FILE, 0, bytes(PAGE))
    with closing(apsw.Connection(str(truck.folder / "store.lock"))) as other:
        other.execute("BEGIN; SELECT 1 FROM sqlite_schema")
        with pytest.raises(CallForHelp, match=r"damaged.*End every Crew program here and start again"):
            open_store(truck.folder, NOON)
    assert acts(truck.reopened())


def test_of_two_programs_that_find_the_damage_one_mends_it_and_both_go_on(truck: Truck) -> None:
    before = acts(truck)
    truck.store.close()
    damage(truck.folder / STORE_FILE, 0, bytes(PAGE))
    with ThreadPoolExecutor() as pool:
        stores = list(pool.map(lambda _: open_store(truck.folder, NOON), range(4)))
    for store in stores:
        assert len(store.outbox.unsettled()) == 50
        store.close()
    assert len(list(truck.folder.glob("set-aside-*"))) == 1
    assert acts(truck.reopened()) == before


class PowerCut(Exception):
    """The moment at which everything stops."""


def test_a_power_cut_at_any_rename_leaves_every_act(truck: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start ends what was begun, as often as it takes."""
    before = acts(truck)
    truck.store.close()
    damage(truck.folder / STORE_FILE, 0, bytes(PAGE))
    damaged = contents(truck.folder)
    cuts = cutting_at_each_rename(monkeypatch)
    for _ in cuts:
        try:
            truck = truck.reopened()
        except PowerCut:
            continue
        break
    assert acts(truck) == before
    assert contents(truck.folder / recovered(truck).kept_in) == damaged
    assert not list(truck.folder.glob("*.part")) + list(truck.folder.glob("*.ready"))


def cutting_at_each_rename(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Let one more rename through on each try."""
    rename = Path.rename
    for allowed in range(20):
        done = 0

        def cut(path: Path, target: Path, allowed: int = allowed) -> Path:
            nonlocal done
            done += 1
            if done > allowed:
                raise PowerCut
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", cut)
        yield allowed
        monkeypatch.undo()
