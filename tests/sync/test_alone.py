"""What goes wrong with one change, one photo or one picture is its own trouble: everything else travels on."""

import hashlib

import pytest

from crew.domain.change import ChangeId, SendingStatus
from crew.domain.work_order import PhotoHash, WorkStatus
from crew.sync import LinkState, Round, StoreChanged, SyncEvent
from tests.builders import a_photo, an_order
from tests.sync.backend import answering, cut, problem
from tests.sync.conftest import Road
from tests.sync.lamp import rests, running

pytestmark = pytest.mark.anyio

ID = an_order().id


async def test_a_photo_that_is_refused_holds_back_its_own_order_only(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    refused = road.truck.field_work.add_photos("one", [road.truck.keeps_photo(b"a large one")])
    after_it = road.truck.field_work.set_status("one", WorkStatus.DONE)
    other = road.truck.field_work.add_photos("two", [road.truck.keeps_photo(b"a small one")])
    road.backend.fails("POST uploads", answering(problem(413, "The photo is too large.")))
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    statuses = [road.truck.status_of(change) for change in (refused, after_it, other)]
    assert statuses == [SendingStatus.REFUSED, SendingStatus.WAITING, SendingStatus.ACKNOWLEDGED]


async def test_of_several_photos_those_that_arrived_are_not_sent_again_after_a_cut(road: Road) -> None:
    road.has(an_order())
    first, second = (road.truck.keeps_photo(content) for content in (b"first", b"second"))
    done = road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[first, second])
    road.backend.keeps_failing(f"POST uploads/{second.sha256}", cut)
    assert await road.sync.run_once() == Round(photos_sent=1, photos_put_off=1)
    assert road.truck.status_of(done) is SendingStatus.WAITING
    road.backend.mends()
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert road.backend.requests.count(f"POST uploads/{first.sha256}") == 1


@pytest.mark.parametrize("others", [[], ["two"]], ids=["alone", "in a batch"])
async def test_an_act_undone_at_the_moment_of_leaving_is_not_sent(road: Road, others: list[str]) -> None:
    """The person's undo and the batch meet: the lamp says that it leaves, and the undo is a moment faster."""
    road.has(an_order(), an_order(id="two"))
    undone = road.truck.field_work.set_status(ID, WorkStatus.DONE)
    kept = [road.truck.field_work.add_note(order_id, "a note").id for order_id in others]
    pending: list[ChangeId] = [undone.id]

    def undo(event: SyncEvent) -> None:
        if isinstance(event, LinkState) and event.sending and pending:
            road.truck.field_work.undo(pending.pop())

    async with running(road.sync, undo) as lamp:
        *_, online = await lamp.until(rests)
    assert online.online
    assert road.backend.batches == ([kept] if kept else [])
    assert road.truck.status_of(undone) is SendingStatus.SET_ASIDE
    assert road.truck.field_work.order(ID).work_status is WorkStatus.ASSIGNED


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_picture_that_is_refused_leaves_the_link_up(road: Road, status: int) -> None:
    refused, good = PhotoHash("5" * 64), hashlib.sha256(b"good").hexdigest()
    road.backend.photos[good] = b"good"
    road.has(an_order(photos=(a_photo(refused), a_photo(good))))
    road.backend.fails(f"GET photos/{refused}", answering(problem(status, "Not for you.")))
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
    assert (link.online, link.problem) == (True, "")
    assert road.truck.store.photos.read(PhotoHash(good)) == b"good"


async def test_only_the_photos_that_are_missing_are_sent_again(road: Road) -> None:
    road.has(an_order())
    here, missing = (road.truck.keeps_photo(content) for content in (b"here", b"missing"))
    for photo in (here, missing):
        road.truck.store.photos.mark_sent(photo.sha256, road.truck.clock())
    road.backend.photos[here.sha256] = b"here"
    road.truck.field_work.add_photos(ID, [here, missing])
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert f"POST uploads/{here.sha256}" not in road.backend.requests


async def test_a_completion_whose_photo_is_refused_is_no_longer_shown_as_done_and_the_screen_hears_of_it(
    road: Road,
) -> None:
    road.has(an_order())
    road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[road.truck.keeps_photo()])
    road.backend.fails("POST uploads", answering(problem(413, "The photo is too large.")))
    heard: list[SyncEvent] = []
    async with running(road.sync, heard.append) as lamp:
        await lamp.until(rests)
    assert StoreChanged(frozenset({ID})) in heard
    assert road.truck.field_work.order(ID).work_status is WorkStatus.ASSIGNED
