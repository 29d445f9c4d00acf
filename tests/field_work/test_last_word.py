"""What a person did last on an order stays the last word, however late an older act is decided about."""

import pytest

from crew.domain.change import SendingStatus
from crew.domain.errors import NotAllowed
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from tests.builders import a_person, an_order
from tests.trucks import Truck

ID = an_order().id


@pytest.fixture
def truck(truck: Truck) -> Truck:
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.gets(an_order(), an_order(id="other"))
    return truck


@pytest.mark.parametrize("later_status", [SendingStatus.WAITING, SendingStatus.NEEDS_DECISION])
@pytest.mark.parametrize("again", ["keep_mine", "send_again"])
def test_an_older_act_made_anew_never_overtakes_a_later_one(
    truck: Truck, again: str, later_status: SendingStatus
) -> None:
    older = truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    later = truck.field_work.set_status(ID, WorkStatus.DONE)
    truck.settles(older, SendingStatus.REFUSED)
    truck.settles(later, later_status)
    with pytest.raises(NotAllowed, match="Set this one aside, then the later one goes"):
        getattr(truck.field_work, again)(older.id)
    assert (truck.status_of(older), truck.status_of(later)) == (SendingStatus.REFUSED, later_status)
    assert len(truck.store.outbox.unsettled()) == 2, "nothing was made anew"


def test_the_later_act_leaves_once_the_older_is_set_aside(truck: Truck) -> None:
    older = truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    later = truck.field_work.set_status(ID, WorkStatus.WORKING)
    truck.settles(older, SendingStatus.NEEDS_DECISION)
    truck.field_work.set_aside(older.id)
    assert truck.ready() == [later.id]
    assert truck.field_work.order(ID).work_status is WorkStatus.WORKING


def test_only_what_says_otherwise_of_the_same_order_is_in_the_way(truck: Truck) -> None:
    """A later note, another field, another order, an older act and a settled one are not."""
    before = truck.field_work.set_status(ID, WorkStatus.ON_THE_WAY)
    refused = truck.field_work.set_status(ID, WorkStatus.WORKING)
    undone = truck.field_work.set_status(ID, WorkStatus.DONE, grace_seconds=5)
    truck.field_work.undo(undone.id)
    truck.field_work.add_note(ID, "the gate is open")
    truck.field_work.escalate(ID, "district", "third call")
    truck.field_work.set_status("other", WorkStatus.WORKING)
    truck.settles(refused, SendingStatus.REFUSED)
    anew = truck.field_work.send_again(refused.id)
    assert truck.ready()[0] == before.id
    assert truck.ready()[-1] == anew.id
    assert truck.field_work.order(ID).work_status is WorkStatus.WORKING
