"""A backend that was restored from a backup has forgotten what was done since: the devices have it still."""

import pytest

from crew.domain.change import SendingStatus
from crew.domain.errors import TryLater
from crew.domain.work_order import WorkStatus
from crew.wire import Answers, FeedPage
from tests.builders import an_order
from tests.sync.backend import answering, cut, ours
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio

ONE, TWO = an_order(id="one"), an_order(id="two")


def restored(road: Road) -> None:
    """The backend as it was before any change of this device, photos gone too; its feed has another name."""
    road.backend.applied.clear()
    road.backend.effects.clear()
    road.backend.photos.clear()
    road.backend.orders = {order.id: order for order in (ONE, TWO)}
    road.backend.pages.append(FeedPage("new epoch.2", more=False, orders=(ONE, TWO), reset=True))


async def test_what_was_acknowledged_is_done_again_with_its_photos_and_only_once(road: Road) -> None:
    road.has(ONE, TWO)
    photo = road.truck.keeps_photo()
    done = road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[photo])
    note = road.truck.field_work.add_note("two", "gate code is 4411")
    await road.sync.run_once()
    restored(road)
    assert (await road.sync.run_once()).sent == 2
    assert road.backend.effects == {done.id: 1, note.id: 1}
    assert road.backend.photos == {photo.sha256: b"a repaired road"}
    assert road.truck.field_work.order("one") == road.backend.orders[ONE.id]
    batches = len(road.backend.batches)
    await road.sync.run_once()
    assert len(road.backend.batches) == batches


async def test_what_a_newer_backup_remembers_is_not_done_twice(road: Road) -> None:
    road.has(ONE)
    note = road.truck.field_work.add_note("one", "a note")
    await road.sync.run_once()
    road.backend.pages.append(FeedPage("new epoch.2", more=False, orders=(road.backend.orders[ONE.id],), reset=True))
    assert (await road.sync.run_once()).sent == 1
    assert road.backend.effects == {note.id: 1}
    assert road.truck.field_work.order("one") == road.backend.orders[ONE.id]


async def test_a_cut_in_the_middle_of_it_loses_nothing_of_it(road: Road) -> None:
    road.has(ONE, TWO)
    changes = [road.truck.field_work.add_note(order_id, "a note") for order_id in ("one", "two")]
    await road.sync.run_once()
    restored(road)
    road.backend.fails("POST changes", cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    await road.new_sync().run_once()
    assert road.backend.effects == {change.id: 1 for change in changes}


async def test_what_was_forgotten_goes_before_what_is_new(road: Road) -> None:
    """Otherwise the older act would be the last word on its order."""
    road.has(ONE)
    old = road.truck.field_work.set_status("one", WorkStatus.ON_THE_WAY)
    await road.sync.run_once()
    restored(road)
    new = road.truck.field_work.set_status("one", WorkStatus.WORKING)
    road.backend.fails("POST changes", answering(ours(Answers((), pull_first=True))))
    assert (await road.sync.run_once()).sent == 2
    assert road.backend.batches[-1] == [old.id, new.id]
    assert road.backend.effects == {old.id: 1, new.id: 1}


async def test_a_backend_that_resets_again_and_again_is_sent_everything_only_once(road: Road) -> None:
    road.has(ONE)
    road.truck.field_work.add_note("one", "a note")
    await road.sync.run_once()
    cursor = road.truck.store.device.cursor
    sent = []
    for _ in range(3):
        road.backend.pages.append(FeedPage(cursor, more=False, orders=(ONE,), reset=True))
        sent.append((await road.sync.run_once()).sent)
    assert sent == [1, 0, 0]


async def test_what_is_older_than_any_backup_or_was_set_aside_is_not_sent_again(road: Road) -> None:
    road.has(ONE)
    old = road.truck.field_work.add_note("one", "of last winter")
    await road.sync.run_once()
    road.truck.clock.turn(days=61)
    aside = road.truck.field_work.add_note("one", "set aside")
    road.truck.settles(aside, SendingStatus.SET_ASIDE)
    restored(road)
    await road.sync.run_once()
    assert road.backend.effects == {}
    assert road.truck.status_of(old) is SendingStatus.ACKNOWLEDGED
    assert road.truck.status_of(aside) is SendingStatus.SET_ASIDE


async def test_the_first_copy_of_a_device_sends_nothing_again(road: Road) -> None:
    road.has(ONE)
    road.truck.field_work.add_note("one", "a note")
    await road.sync.run_once()
    road.truck.store.device.cursor = ""
    road.backend.pages.append(FeedPage("x.1", more=False, orders=(ONE,), reset=True))
    assert (await road.sync.run_once()).sent == 0
