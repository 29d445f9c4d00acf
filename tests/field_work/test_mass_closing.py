"""Many orders ended in one go, as after a storm: told beforehand, waived by who may, taken back whole."""

from time import perf_counter

import pytest

from crew.backend.catalogue import load_catalogue
from crew.domain.change import Demand, StatusChange, Waiver
from crew.domain.errors import NotAllowed
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, PublicStatus, WorkOrder, WorkStatus
from tests.builders import a_person, a_photo, an_order
from tests.trucks import Truck

STORM = StatusChange(WorkStatus.DONE, "after_storm", public_note="Thank you\nfor waiting.")


def branches(count: int, **fields: object) -> list[WorkOrder]:
    """Fallen branches and potholes by turns; a pothole asks for a photo."""
    return [
        replace(
            an_order(service_code=code, service_name=name, photo_required=code == "pothole", **fields),
            id=OrderId(f"3110000{number:03}"),
        )
        for number in range(count)
        for code, name in [(("tree-emergency", "Tree emergency"), ("pothole", "Pothole"))[number % 2]]
    ]


def ids(count: int) -> list[str]:
    return [f"3110000{number:03}" for number in range(count)]


@pytest.fixture
def office(truck: Truck) -> Truck:
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.store.device.keep_wording(load_catalogue({}).wording_for_devices)
    return truck


def test_two_hundred_orders_end_in_one_act_and_are_open_again_in_one(office: Truck) -> None:
    before = branches(200)
    office.gets(*before)
    preview = office.field_work.preview_close(ids(200), STORM)
    assert office.store.outbox.unsettled() == [], "a preview writes nothing"
    assert [(one.name, one.count) for one in preview.services] == [("Tree emergency", 100), ("Pothole", 100)]
    assert (preview.count, preview.without, preview.refused) == (200, ((Demand.PHOTO, 100),), ())

    began = perf_counter()
    done = office.field_work.close(ids(200), STORM, grace_seconds=60)
    assert perf_counter() - began < 20, "a storm's work is one act, not an afternoon"
    assert (len(done.changes), done.refused) == (200, ())
    tree, hole = (office.field_work.order(order_id) for order_id in ids(2))
    assert tree.history[-1].text == "done: after storm"
    assert hole.history[-1].text == "done: after storm, without the photo that Pothole asks for, by a supervisor"
    assert {hole.public_status, tree.public_status} == {PublicStatus.CLOSED}
    assert hole.public_text == preview.services[1].sentence, "the preview is what the citizen reads"
    assert hole.public_text.endswith("If something was left, tell us. Thank you for waiting.")

    taken = office.field_work.take_back_all([change.id for change in done.changes])
    assert (taken.undone, taken.refused) == (200, ())
    assert [office.field_work.order(order.id) for order in before] == before


def test_what_cannot_be_ended_is_named_and_hinders_nothing(office: Truck) -> None:
    ended, *open_ones = branches(4)
    office.gets(replace(ended, work_status=WorkStatus.DONE), *open_ones)
    preview = office.field_work.preview_close([*ids(4), "none"], STORM)
    done = office.field_work.close([*ids(4), "none"], STORM)
    assert [one.order_id for one in done.refused] == [ended.id, "none"]
    assert done.refused == preview.refused
    assert preview.count == len(done.changes) == 3


def test_nothing_is_waived_that_is_there_or_that_nobody_asked_for(office: Truck) -> None:
    tree, hole = branches(2)
    office.gets(tree, replace(hole, photos=(a_photo(),)))
    acts = [change.act for change in office.field_work.close(ids(2), STORM).changes]
    assert [act.waiver for act in acts if isinstance(act, StatusChange)] == [None, None]


def test_an_internal_note_is_waived_and_words_for_the_citizen_never_are(office: Truck) -> None:
    office.gets(*branches(4))
    [first, _] = office.field_work.close(ids(2), StatusChange(WorkStatus.CANT_DO, "private")).changes
    assert isinstance(first.act, StatusChange)
    assert first.act.waiver == Waiver((Demand.NOTE,), "supervisor")
    with pytest.raises(NotAllowed, match="the citizen reads your own words"):
        office.field_work.close(["3110000003"], StatusChange(WorkStatus.DONE, "done_otherwise"))


def test_who_may_not_waive_closes_what_asks_for_nothing(office: Truck) -> None:
    office.sign_in(a_person(Role.CREW))
    office.gets(*branches(2))
    done = office.field_work.close(ids(2), STORM)
    assert [change.order_id for change in done.changes] == ["3110000000"]
    assert "asks for a photo of the finished work" in done.refused[0].sentence
