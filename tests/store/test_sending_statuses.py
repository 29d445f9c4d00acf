"""What each sending status means for the order it belongs to, in one table."""

from dataclasses import dataclass

import pytest

from crew.domain.change import SendingStatus
from crew.domain.work_order import WorkStatus
from tests.builders import an_order
from tests.trucks import Truck

ID = an_order().id


@dataclass(frozen=True)
class Meaning:
    """Facts about a change and its order."""

    shown: bool
    """The person sees the order with the change."""
    leaves: bool
    holds_back: bool
    """Later changes of the order wait for it."""
    keeps_order: bool
    """The order stays though the backend says that it is gone."""
    unsent: int
    trouble: int


LEAVING = Meaning(shown=True, leaves=True, holds_back=False, keeps_order=True, unsent=1, trouble=0)
TROUBLE = Meaning(shown=False, leaves=False, holds_back=True, keeps_order=True, unsent=1, trouble=1)
SETTLED = Meaning(shown=False, leaves=False, holds_back=False, keeps_order=False, unsent=0, trouble=0)

MEANINGS = {
    SendingStatus.WAITING: LEAVING,
    SendingStatus.SENDING: LEAVING,
    SendingStatus.REFUSED: TROUBLE,
    SendingStatus.NEEDS_DECISION: TROUBLE,
    SendingStatus.ACKNOWLEDGED: SETTLED,
    SendingStatus.SET_ASIDE: SETTLED,
}


def test_every_status_has_its_meaning() -> None:
    assert set(MEANINGS) == set(SendingStatus)


@pytest.mark.parametrize(("status", "meaning"), MEANINGS.items())
def test_a_sending_status_means_the_same_everywhere(truck: Truck, status: SendingStatus, meaning: Meaning) -> None:
    truck.gets(an_order())
    change = truck.field_work.set_status(ID, WorkStatus.WORKING)
    if status is SendingStatus.SENDING:
        truck.store.outbox.mark_sending([change.id])
    else:
        truck.settles(change, status)
    truck.gets(an_order(version=8))
    [stop] = truck.store.orders.stops(ended=False)
    order = truck.field_work.order(ID)
    assert (stop.unsent, stop.trouble) == (meaning.unsent, meaning.trouble)
    assert stop.work_status is order.work_status
    assert (order.work_status is WorkStatus.WORKING) == meaning.shown
    assert bool(truck.field_work.unsent_of(ID)) == status.unsent == bool(meaning.unsent)
    assert (change.id in truck.ready()) == meaning.leaves
    later = truck.field_work.add_note(ID, "made after it")
    assert (later.id not in truck.ready()) == meaning.holds_back
    truck.settles(later, SendingStatus.ACKNOWLEDGED)
    truck.store.orders.remove([ID])
    assert (truck.shown(ID) is not None) == meaning.keeps_order
