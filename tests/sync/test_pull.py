"""The feed is followed to its end, and what it brings never costs a person's unsent work."""

import httpx
import pytest

from crew import wire
from crew.backend.catalogue import load_catalogue
from crew.domain.change import SendingStatus
from crew.domain.errors import SignInAgain, TryLater, UpdateNeeded
from crew.domain.person import Role
from crew.domain.wording import STANDARD_WORDING
from crew.domain.work_order import OrderId, WorkStatus
from crew.store.store import open_store
from crew.sync import Round, Sync
from crew.wire import FeedPage, MovedAway
from tests.builders import NOON, a_person, an_order
from tests.sync.backend import HEADERS, Proper, answering, cut, ours
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio


def here(road: Road) -> list[str]:
    return sorted(stop.order_id for stop in road.truck.store.orders.stops(ended=False))


async def test_pages_are_followed_to_the_end_and_asked_for_from_where_the_last_one_ended(road: Road) -> None:
    road.backend.pages += [
        FeedPage("1", more=True, orders=(an_order(id="one"),), reset=True),
        FeedPage("2", more=True, orders=(an_order(id="two"), an_order(id="three"))),
        FeedPage("3", more=False, gone=(OrderId("one"),)),
    ]
    assert await road.sync.run_once() == Round(pulled=4)
    assert here(road) == ["three", "two"]
    assert road.truck.reopened().store.device.cursor == "3"


async def test_a_feed_that_does_not_move_on_is_not_followed_without_end(road: Road) -> None:
    road.has()
    road.backend.pages += [FeedPage("9", more=True)] * 5
    with pytest.raises(TryLater, match="does not move on"):
        await road.sync.run_once()
    assert road.backend.requests == ["GET feed"] * 2


async def test_a_cut_between_pages_loses_neither_orders_nor_place(road: Road) -> None:
    road.backend.pages += [
        FeedPage("1", more=True, orders=(an_order(id="one"),), reset=True),
        FeedPage("2", more=False, orders=(an_order(id="two"),)),
    ]
    road.backend.fails("GET feed", lambda request, proper: proper(request), cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    assert (here(road), road.truck.store.device.cursor) == (["one"], "1")
    await road.sync.run_once()
    assert here(road) == ["one", "two"]


async def test_a_page_that_cannot_be_read_changes_nothing(road: Road) -> None:
    road.has(an_order())
    page = wire.encode(FeedPage("9", more=False, orders=(an_order(id="two"),)))
    road.backend.fails(
        "GET feed", answering(ours({"cursor": 9})), answering(httpx.Response(200, headers=HEADERS, content=page[:-20]))
    )
    for _ in range(2):
        with pytest.raises(UpdateNeeded, match="cannot read"):
            await road.sync.run_once()
    assert (here(road), road.truck.store.device.cursor) == ([an_order().id], "start")


async def test_a_full_copy_drops_what_it_does_not_bring_but_not_unsent_work(road: Road) -> None:
    road.has(an_order(id="stale"), an_order(id="refused"), an_order(id="kept"))
    change = road.truck.field_work.set_status("refused", WorkStatus.WORKING)
    road.truck.settles(change, SendingStatus.REFUSED)
    road.backend.pages += [
        FeedPage("1", more=True, orders=(an_order(id="kept"),), reset=True),
        FeedPage("2", more=False, orders=(an_order(id="fresh"),)),
    ]
    await road.sync.run_once()
    assert here(road) == ["fresh", "kept", "refused"]
    assert road.truck.status_of(change) is SendingStatus.REFUSED


async def test_a_full_copy_that_is_cut_drops_nothing_before_its_end(road: Road) -> None:
    road.has(an_order(id="old"))
    road.backend.pages += [
        FeedPage("1", more=True, orders=(an_order(id="new"),), reset=True),
        FeedPage("2", more=False),
    ]
    road.backend.fails("GET feed", lambda request, proper: proper(request), cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    assert here(road) == ["new", "old"]
    await road.new_sync().run_once()
    assert here(road) == ["new"]


async def test_an_ordinary_page_drops_nothing(road: Road) -> None:
    road.has(an_order(id="old"))
    road.backend.pages.append(FeedPage("1", more=False, orders=(an_order(id="new"),)))
    await road.sync.run_once()
    assert here(road) == ["new", "old"]


async def test_what_is_pulled_lies_under_what_waits_here(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.set_status(an_order().id, WorkStatus.WORKING, grace_seconds=60)
    road.backend.pages.append(FeedPage("1", more=False, orders=(an_order(version=8, escalation="district"),)))
    await road.sync.run_once()
    order = road.truck.field_work.order(an_order().id)
    assert (order.version, order.escalation, order.work_status) == (8, "district", WorkStatus.WORKING)


async def test_work_done_while_a_page_is_on_its_way_is_not_lost_under_it(road: Road) -> None:
    road.has(an_order())

    def act_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        road.truck.field_work.set_status(an_order().id, WorkStatus.WORKING)
        return proper(request)

    road.backend.pages.append(FeedPage("1", more=False, orders=(an_order(version=8),)))
    road.backend.fails("GET feed", act_meanwhile)
    assert await road.sync.run_once() == Round(sent=1, pulled=1)
    assert road.truck.field_work.order(an_order().id).work_status is WorkStatus.WORKING


async def test_only_who_sees_the_whole_city_asks_for_its_crews(road: Road) -> None:
    await road.sync.run_once()
    assert road.truck.field_work.crews() == ()
    road.truck.sign_in(a_person(Role.SUPERVISOR))
    await road.sync.run_once()
    assert [crew.name for crew in road.truck.field_work.crews()] == ["D2"]


async def test_nothing_is_asked_before_somebody_signs_in(road: Road) -> None:
    fresh = open_store(road.truck.folder / "fresh", NOON)
    with pytest.raises(SignInAgain, match="Nobody is signed in"):
        await Sync(fresh, road.world).run_once()
    fresh.close()
    assert road.backend.requests == []


async def test_a_crew_is_told_of_what_was_moved_away_until_somebody_has_read_it(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    move = MovedAway(OrderId("one"), "Pothole", "412 Centre St", "moved to D5: closer", "Sam", NOON)
    never_here = MovedAway(OrderId("nine"), "Pothole", "", "moved to D5", "Sam", NOON)
    road.backend.pages += [
        FeedPage("9", more=False, gone=(OrderId("one"), OrderId("nine")), moved_away=(move, never_here))
    ]
    await road.sync.run_once()
    truck = road.truck.reopened()
    assert truck.field_work.moved_away() == (move,)
    assert truck.field_work.day().moved_away == 1
    truck.field_work.forget_moved_away(["one"])
    assert truck.field_work.day().moved_away == 0


async def test_of_an_order_that_is_back_nothing_is_told(road: Road) -> None:
    road.has(an_order(id="one"))
    move = MovedAway(OrderId("one"), "Pothole", "", "moved to D5", "Sam", NOON)
    road.backend.pages += [
        FeedPage("9", more=True, gone=(OrderId("one"),), moved_away=(move,)),
        FeedPage("10", more=False, orders=(an_order(id="one"),)),
    ]
    await road.sync.run_once()
    assert road.truck.field_work.moved_away() == ()


async def test_the_citys_closure_reasons_are_kept_and_named_in_the_next_question(road: Road) -> None:
    wording = load_catalogue({}).wording_for_devices
    road.has(an_order())
    road.backend.pages.append(FeedPage("9", more=False, wording=wording))
    asked: list[str] = []

    def listening(request: httpx.Request, proper: Proper) -> httpx.Response:
        asked.append(request.url.params["wording"])
        return proper(request)

    road.backend.keeps_failing("GET feed", listening)
    await road.sync.run_once()
    await road.sync.run_once()
    assert asked == [wire.mark_of(STANDARD_WORDING), wire.mark_of(wording)]
    assert road.truck.reopened().store.device.wording == wording
