"""Every act of a desk and a crew can be taken back within its grace time, and nothing of it ever leaves. Afterwards its
opposite is made where there is one, and the history shows both on either side; else a sentence says what to do instead.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import pytest
from sqlalchemy import select

from crew.backend.admin import add_person
from crew.backend.feed import announce
from crew.backend.kept import keep
from crew.backend.order_loading import load_order
from crew.backend.schema import applied_changes, photos, work_orders
from crew.domain.change import KINDS, Change, ChangeId, Intake, StatusChange, Triage
from crew.domain.errors import NotAllowed
from crew.domain.work_order import OrderId, Photo, Priority, WorkOrder, WorkStatus
from crew.field_work import FieldWork
from crew.moving import Moved
from tests.backend.citizens import Hands
from tests.backend.crews import LIGHTS, PHOTO_SERVICE, PLAIN_SERVICE, ROADS, report
from tests.model.backend_side import Backend
from tests.model.device_side import URL, Device

GRACE: Final = 5.0
AFTER_STORM: Final = StatusChange(WorkStatus.DONE, "after_storm")
Acted = Change | Moved


@dataclass
class Office:
    """A supervisor's device, the backend, and a road without faults between them."""

    device: Device
    backend: Backend
    time: Hands
    runner: asyncio.Runner

    @property
    def work(self) -> FieldWork:
        return self.device.field_work

    def gets(self, service: str = PLAIN_SERVICE) -> OrderId:
        return OrderId(report(self.backend.city, ROADS, service))

    def syncs(self, after_seconds: float = 0) -> None:
        self.time.turn(seconds=after_seconds)
        self.device.syncs(self.runner)

    def there(self, order_id: str) -> WorkOrder:
        """The order as the backend has it."""
        with self.backend.city.database.reading() as connection:
            order = load_order(connection, self.backend.city.catalogue, order_id)
        assert order is not None
        return order

    def has_heard(self, changes: Sequence[Change]) -> set[str]:
        """Which of these the backend has ever heard of."""
        with self.backend.city.database.reading() as connection:
            ids = set(connection.scalars(select(applied_changes.c.change_id)))
        return ids & {change.id for change in changes}

    def has_photo(self, photo: Photo) -> bool:
        with self.backend.city.database.reading() as connection:
            return (
                connection.execute(select(photos.c.sha256).where(photos.c.sha256 == photo.sha256)).first() is not None
            )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder, time = tmp_path_factory.mktemp("taking-back"), Hands()
    backend = Backend(folder / "city", time)
    device = Device("office", folder / "office", backend, time, Random(7))
    with asyncio.Runner() as runner:
        runner.run(device.sync.sign_in(URL, add_person(backend.city, "Sam", "supervisor")))
        report(backend.city, LIGHTS)  # so that there is such a crew
        yield Office(device, backend, time, runner)
    device.close()
    backend.close()


# What is done


@dataclass(frozen=True)
class Deed:
    """Something that somebody does, and what is left of it when it has left.

    Attributes:
        do: Does it to an order, with a companion for what needs two, and a grace time.
        before: What is done first.
        opposite: The words of the opposite in the history; empty where there is none.
        why_not: Words of the sentence that says why there is none.
        service: What the orders are about.
    """

    do: "Callable[[Office, OrderId, OrderId], Acted]"
    before: "Callable[[Office, OrderId, OrderId], object]" = lambda _office, _order, _companion: None
    opposite: str = ""
    why_not: str = ""
    service: str = PLAIN_SERVICE


def on_the_way(office: Office, order: OrderId, _companion: OrderId) -> None:
    office.work.set_status(order, WorkStatus.ON_THE_WAY)


def done(office: Office, order: OrderId, _companion: OrderId) -> None:
    office.work.set_status(order, WorkStatus.DONE)


def raised(office: Office, order: OrderId, _companion: OrderId) -> None:
    office.work.escalate(order, "supervisor", "third call")


def photographed(office: Office, order: OrderId, _companion: OrderId) -> None:
    office.work.add_photos(order, [office.device.photographs(int(order[-6:]))])


def done_with_a_photo(office: Office, order: OrderId, companion: OrderId) -> None:
    photographed(office, order, companion)
    done(office, order, companion)


def kept(office: Office, order: OrderId, _companion: OrderId) -> None:
    """Work of somebody whose sign-in had ended waits for a decision."""
    city, act = office.backend.city, StatusChange(WorkStatus.DONE)
    change = Change(
        id=ChangeId(f"kept {order}"), device_id="truck", sequence=1, order_id=order, base_version=1,
        made_at=office.time(), person="Ana", act=act,
    )  # fmt: skip
    with city.database.writing() as connection:
        keep(connection, order, change, act)
        connection.execute(work_orders.update().where(work_orders.c.id == order).values(needs_look=True))
        announce(connection, order, ROADS)


DEEDS: Final[dict[str, Deed]] = {
    "status": Deed(
        lambda o, order, _: o.work.set_status(order, WorkStatus.WORKING, grace_seconds=GRACE), on_the_way, "on the way"
    ),
    "waiting": Deed(
        lambda o, order, _: o.work.set_status(order, WorkStatus.WAITING, reason="parts", grace_seconds=GRACE),
        on_the_way,
        "on the way",
    ),
    "done": Deed(
        lambda o, order, _: o.work.set_status(order, WorkStatus.DONE, grace_seconds=GRACE),
        why_not="A supervisor can send it back",
    ),
    "send back": Deed(
        lambda o, order, _: o.work.set_status(order, WorkStatus.SENT_BACK, note="edges", grace_seconds=GRACE),
        done,
        why_not="Finish it anew",
    ),
    "move": Deed(lambda o, order, _: o.work.move([order], LIGHTS, "nearer", GRACE), opposite=f"moved to {ROADS}"),
    "to the pool": Deed(
        lambda o, order, _: o.work.move([order], "", "too many", GRACE), opposite=f"moved to {ROADS}"
    ),
    "triage": Deed(
        lambda o, order, _: o.work.triage(order, Triage(priority=Priority.HIGH), GRACE), opposite="normal"
    ),
    "first escalation": Deed(
        lambda o, order, _: o.work.escalate(order, "supervisor", "third call", grace_seconds=GRACE),
        why_not="write a note that it is not needed",
    ),
    "next escalation": Deed(
        lambda o, order, _: o.work.escalate(order, "department", "fourth call", grace_seconds=GRACE),
        raised,
        "escalated to supervisor: taken back",
    ),
    "acknowledge": Deed(lambda o, order, _: o.work.acknowledge(order, GRACE), raised, why_not="escalate it anew"),
    "note": Deed(lambda o, order, _: o.work.add_note(order, "a slip", GRACE), why_not="write a note that corrects it"),
    "photo": Deed(
        lambda o, order, _: o.work.add_photos(order, [o.device.photographs(int(order[-6:]))], GRACE),
        why_not="write a note that corrects it",
    ),
    "hide a photo": Deed(
        lambda o, order, _: o.work.withdraw(order, o.work.order(order).photos[0].sha256, grace_seconds=GRACE),
        photographed,
        "a photo is shown to the public again",
    ),
    "approve a photo": Deed(
        lambda o, order, _: o.work.approve(order, o.work.order(order).photos[0].sha256, grace_seconds=GRACE),
        done_with_a_photo,
        "a photo is kept out of the city's posts",
    ),
    "accept": Deed(
        lambda o, order, _: o.work.accept(order, GRACE), done, why_not="send it back if something is missing"
    ),
    "decide about kept work": Deed(
        lambda o, order, _: o.work.decide_kept(order, f"kept {order}", "", GRACE, accepted=True),
        kept,
        why_not="send it back if something is missing",
    ),
    "leave kept work aside": Deed(
        lambda o, order, _: o.work.decide_kept(order, f"kept {order}", "no", GRACE, accepted=False),
        kept,
        why_not="do by hand what should hold",
    ),
    "link": Deed(lambda o, order, companion: o.work.link(order, companion, GRACE), why_not="unlink"),
    "unlink": Deed(
        lambda o, _, companion: o.work.unlink(companion, GRACE),
        lambda o, order, companion: o.work.link(companion, order),
        why_not="both are one again",
    ),
    "take in a call": Deed(
        lambda o, _order, _companion: o.work.take_in(Intake(PLAIN_SERVICE, "Lamp", "dark", "1 Elm St"), GRACE),
        why_not="its number may be told already",
    ),
    "close many": Deed(
        lambda o, order, companion: o.work.close([order, companion], AFTER_STORM, GRACE),
        why_not="A supervisor can send it back",
    ),
    "close without the photo": Deed(
        lambda o, order, _: o.work.close([order], AFTER_STORM, GRACE),
        why_not="A supervisor can send it back",
        service=PHOTO_SERVICE,
    ),
}  # fmt: skip


def changes_of(acted: Acted) -> tuple[Change, ...]:
    return acted.changes if isinstance(acted, Moved) else (acted,)


def prepared(office: Office) -> dict[str, tuple[OrderId, OrderId]]:
    """Two orders for each deed, with what is done before, known on both sides."""
    pairs = {name: (office.gets(deed.service), office.gets(deed.service)) for name, deed in DEEDS.items()}
    office.syncs()
    for name, deed in DEEDS.items():
        deed.before(office, *pairs[name])
    office.syncs()
    office.syncs()  # what the backend made of it
    assert office.device.store.outbox.unsettled() == []
    return pairs


def test_within_its_grace_time_an_act_is_taken_back_and_nothing_of_it_ever_leaves(office: Office) -> None:
    pairs = prepared(office)
    ids = [order_id for pair in pairs.values() for order_id in pair]
    there = {order_id: office.there(order_id) for order_id in ids}
    here = {order_id: office.work.order(order_id) for order_id in ids if office.device.store.orders.get(order_id)}
    acts = {name: changes_of(deed.do(office, *pairs[name])) for name, deed in DEEDS.items()}
    every = [change for changes in acts.values() for change in changes]
    assert {type(change.act) for change in every} == set(KINDS.values()), "a new act has to be listed here"
    office.syncs(after_seconds=GRACE - 1)
    assert {entry.change.id for entry in office.device.store.outbox.unsettled()} == {change.id for change in every}

    for name, changes in acts.items():
        taken = office.work.take_back_all([change.id for change in changes])
        assert (taken.undone, taken.opposites, taken.refused) == (len(changes), (), ()), name
    for _ in range(3):
        office.syncs(after_seconds=60)

    assert office.has_heard(every) == set()
    assert not any(office.has_photo(photo) for change in every for photo in change.photos)
    assert {order_id: office.there(order_id) for order_id in ids} == there
    assert {order_id: office.work.order(order_id) for order_id in here} == here
    aside = {entry.change.id: entry.reason for entry in office.work.settled()}
    assert {aside[change.id] for change in every} == {"undone"}, "this device still shows what was done and undone"


@pytest.mark.parametrize("name", DEEDS)
def test_once_it_has_left_there_is_its_opposite_or_a_sentence_and_both_sides_show_what_happened(
    office: Office, name: str, pairs: dict[str, tuple[OrderId, OrderId]]
) -> None:
    deed, (order_id, companion) = DEEDS[name], pairs[name]
    changes = changes_of(deed.do(office, order_id, companion))
    office.syncs(after_seconds=GRACE + 1)
    assert office.has_heard(changes) == {change.id for change in changes}

    if deed.why_not:
        with pytest.raises(NotAllowed, match=deed.why_not):
            office.work.take_back_all([change.id for change in changes])
        lines = 1
    else:
        taken = office.work.take_back_all([change.id for change in changes], GRACE)
        assert len(taken.opposites) == len(changes)
        lines = 2
    office.syncs(after_seconds=GRACE + 1)

    assert office.device.store.outbox.unsettled() == []
    if name == "take in a call":
        return  # its order has a number of its own, and nothing before it
    there, here = office.there(changes[0].order_id).history, office.work.order(changes[0].order_id).history
    assert [line.text for line in there] == [line.text for line in here]
    assert there[-lines].change_id == changes[0].id
    assert deed.opposite in there[-1].text
    if deed.opposite:
        assert plain(office.there(order_id)) == plain(BEFORE[order_id])


BEFORE: Final[dict[OrderId, WorkOrder]] = {}


@pytest.fixture(scope="module")
def pairs(office: Office) -> dict[str, tuple[OrderId, OrderId]]:
    made = prepared(office)
    BEFORE.update({order_id: office.there(order_id) for pair in made.values() for order_id in pair})
    return made


def plain(order: WorkOrder) -> tuple[object, ...]:
    """What acts set, without what tells when and how often."""
    return (order.crew, order.work_status, order.waiting_reason, order.priority, order.escalation, order.withdrawn)
