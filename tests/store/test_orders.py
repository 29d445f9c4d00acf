"""The backend's copy of the orders, with what this device did on top, in the order of doing."""

from datetime import timedelta
from functools import partial

from crew.domain.change import SendingStatus
from crew.domain.work_order import LinkedRequest, OrderId, PhotoRole, WorkStatus
from crew.store.order_line import HEADLINE_LIMIT
from tests.builders import NOON, a_photo, an_order
from tests.trucks import Truck

ID = an_order().id


def shown_status(truck: Truck) -> WorkStatus:
    order = truck.shown(ID)
    assert order is not None
    return order.work_status


def ids(truck: Truck, *, ended: bool = False) -> list[str]:
    return [stop.order_id for stop in truck.store.orders.stops(ended=ended)]


def test_an_order_is_shown_as_the_backend_told_it(truck: Truck) -> None:
    order = an_order(photos=(a_photo(),), requests=(LinkedRequest("1", "a hole", NOON), LinkedRequest("2", "x", NOON)))
    truck.gets(order)
    again = truck.reopened()
    assert again.shown(ID) == order
    [stop] = again.store.orders.stops(ended=False)
    assert (stop.order_id, stop.address, stop.due_at, stop.updated_at) == (ID, order.address, NOON, NOON)
    assert (stop.photo_count, stop.request_count, stop.unsent, stop.trouble) == (1, 2, 0, 0)


def test_waiting_changes_stay_on_top_of_what_the_backend_tells_anew(truck: Truck) -> None:
    truck.gets(an_order())
    truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.gets(an_order(version=7, description="The citizen wrote again."))
    order = truck.shown(ID)
    assert order is not None
    assert (order.version, order.description) == (7, "The citizen wrote again.")
    assert order.work_status is WorkStatus.WORKING
    [stop] = truck.store.orders.stops(ended=False)
    assert (stop.work_status, stop.unsent) == (WorkStatus.WORKING, 2)


def test_what_an_act_shows_at_once_is_what_all_waiting_changes_make_of_the_backends_copy(truck: Truck) -> None:
    truck.gets(an_order())
    truck.settles(truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY), SendingStatus.REFUSED)
    work, photo = truck.field_work, truck.keeps_photo()
    acts = [
        partial(work.set_status, ID, WorkStatus.WAITING, reason="parts"),
        partial(work.add_note, ID, "the valve box is loose"),
        partial(work.add_photos, ID, [photo]),
        partial(work.set_status, ID, WorkStatus.DONE, photos=[photo]),
    ]
    for act in acts:
        act()
        at_once = (truck.shown(ID), truck.store.orders.stops(ended=False), truck.store.orders.stops(ended=True))
        truck.store.orders.refresh(ID)
        anew = (truck.shown(ID), truck.store.orders.stops(ended=False), truck.store.orders.stops(ended=True))
        assert at_once == anew


def test_a_refused_change_is_no_longer_shown_as_if_it_counted(truck: Truck) -> None:
    truck.gets(an_order())
    truck.settles(truck.field_work.set_status(ID, WorkStatus.WORKING), SendingStatus.REFUSED)
    assert shown_status(truck) is WorkStatus.ASSIGNED
    [stop] = truck.store.orders.stops(ended=False)
    assert (stop.unsent, stop.trouble) == (1, 1)


def test_what_is_first_due_comes_first_and_no_deadline_last(truck: Truck) -> None:
    truck.gets(
        an_order(id="never", due_at=None),
        an_order(id="late", due_at=NOON - timedelta(days=1)),
        an_order(id="b", due_at=NOON),
        an_order(id="a", due_at=NOON),
    )
    assert ids(truck) == ["late", "a", "b", "never"]


def test_ended_orders_lie_apart_the_latest_first(truck: Truck) -> None:
    truck.gets(
        an_order(id="old", work_status=WorkStatus.DONE, updated_at=NOON - timedelta(days=2)),
        an_order(id="new", work_status=WorkStatus.CANT_DO),
        an_order(id="open"),
    )
    assert (ids(truck, ended=True), ids(truck)) == (["new", "old"], ["open"])
    assert truck.store.orders.count_ended(NOON - timedelta(days=1)) == 1


def test_an_order_that_is_gone_is_forgotten(truck: Truck) -> None:
    truck.gets(an_order(), an_order(id="other"))
    truck.store.orders.remove([ID])
    assert ids(truck) == ["other"]


def test_an_order_with_unsent_work_stays_until_that_is_settled_and_then_goes(truck: Truck) -> None:
    for status in (SendingStatus.ACKNOWLEDGED, SendingStatus.SET_ASIDE):
        truck.gets(an_order())
        change = truck.field_work.add_note(ID, "made while it was ours")
        truck.store.orders.remove([ID])
        assert ids(truck) == [ID]
        truck.settles(change, SendingStatus.REFUSED)
        assert ids(truck) == [ID], "what was refused is visible until a person decides"
        truck.settles(change, status)
        assert ids(truck) == []


def test_an_order_that_comes_back_stays(truck: Truck) -> None:
    truck.gets(an_order())
    change = truck.field_work.add_note(ID, "made while it was ours")
    truck.store.orders.remove([ID])
    truck.gets(an_order())
    truck.settles(change, SendingStatus.ACKNOWLEDGED)
    assert ids(truck) == [ID]


def test_a_full_copy_sweeps_what_it_did_not_bring_again_except_unsent_work(truck: Truck) -> None:
    truck.gets(an_order(id="stale"), an_order(id="kept"), an_order(id="unsent"))
    truck.field_work.add_note("unsent", "not sent yet")
    truck.store.device.begin_whole_copy()
    truck.gets(an_order(id="kept"), an_order(id="fresh"))
    truck.store.orders.remove_older_than(truck.store.device.generation)
    assert sorted(ids(truck)) == ["fresh", "kept", "unsent"]


def test_the_list_keeps_the_first_line_of_the_citizens_words(truck: Truck) -> None:
    truck.gets(an_order(description="Deep hole.\nI fell."), an_order(id="long", description="x" * 500))
    headlines = {stop.order_id: stop.headline for stop in truck.store.orders.stops(ended=False)}
    assert headlines == {ID: "Deep hole.", OrderId("long"): "x" * HEADLINE_LIMIT}


def test_pictures_of_open_orders_are_wanted_the_most_urgent_first(truck: Truck) -> None:
    truck.gets(
        an_order(id="later", due_at=NOON + timedelta(days=1), photos=(a_photo("1" * 64, PhotoRole.BEFORE),)),
        an_order(id="now", photos=(a_photo("2" * 64, PhotoRole.BEFORE),)),
        an_order(id="ended", work_status=WorkStatus.DONE, photos=(a_photo("3" * 64, PhotoRole.BEFORE),)),
    )
    assert truck.store.orders.wanted_photos() == ["2" * 64, "1" * 64]


def test_a_picture_of_two_orders_is_as_urgent_as_the_first_due(truck: Truck) -> None:
    shared, other = a_photo("1" * 64), a_photo("2" * 64)
    truck.gets(
        an_order(id="1", due_at=NOON + timedelta(days=9), photos=(shared,)),
        an_order(id="2", due_at=NOON + timedelta(days=2), photos=(other,)),
        an_order(id="3", due_at=NOON, photos=(shared,)),
    )
    assert truck.store.orders.wanted_photos() == [shared.sha256, other.sha256]
