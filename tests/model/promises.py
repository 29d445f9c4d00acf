"""What must hold in the model: at every moment, and when the faults have stopped and everybody has met the backend."""

import hashlib
from collections.abc import Iterable

from crew.backend.clock.ticking import CITY_CLOCK
from crew.domain.change import Change, ChangeId, SendingStatus, StatusChange
from crew.domain.work_order import OrderId
from tests.backend.crews import stored
from tests.model.backend_side import Backend
from tests.model.device_side import Device

Made = dict[ChangeId, Change]
TROUBLED = (SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION)


def hold_always(backend: Backend, devices: Iterable[Device]) -> None:
    """What was said to be saved is there as it was said, and no photo is known without its bytes."""
    backend.lives_on()
    for device in devices:
        entries = device.entries()
        for change in device.ledger.values():
            assert change.id in entries, f"{device.name} has lost {change}"
            assert entries[change.id].change == change, f"{device.name} has another {change}"
            for photo in change.photos:
                assert device.store.photos.read(photo.sha256) is not None, f"{device.name} has lost a photo"
    for sha256 in backend.photos():
        path = backend.city.photo_files.path(sha256)
        assert path.exists(), "the backend says to have a photo whose file is not there"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def hold_at_rest(backend: Backend, devices: Iterable[Device], orders: Iterable[OrderId]) -> None:
    """Every change has had its effect once, or waits for a person; the copies are equal; nobody was overruled."""
    made = {change.id: change for device in devices for change in device.ledger.values()}
    effects = backend.effects()
    assert effects.keys() <= made.keys(), "something happened that nobody has done"
    for device in devices:
        _each_once_or_with_a_person(device, effects)
        _copies_are_equal(backend, device, orders)
    _every_request_belongs_to_one_order(backend, orders)
    _the_clock_acted_once_for_each_cause(backend, orders)
    for order_id in orders:
        _in_the_order_they_were_made(backend, order_id, made)
        _nobody_was_overruled_unawares(backend, order_id, made)


def _each_once_or_with_a_person(device: Device, effects: dict[ChangeId, int]) -> None:
    waits_for_person: set[OrderId] = set()
    for entry in device.entries().values():
        change, status = entry.change, entry.sending_status
        happened = effects.get(change.id, 0)
        if status is SendingStatus.ACKNOWLEDGED:
            assert happened == 1, f"{change} of {device.name} is called sent and happened {happened} times"
            continue
        assert happened == 0, f"{change} of {device.name} is {status.words} and happened {happened} times"
        if status in TROUBLED:
            waits_for_person.update(change.orders)
        elif status is not SendingStatus.SET_ASIDE:
            assert not waits_for_person.isdisjoint(change.orders), f"{change} of {device.name} never leaves"
            waits_for_person.update(change.orders)


def _copies_are_equal(backend: Backend, device: Device, orders: Iterable[OrderId]) -> None:
    signed_in = device.field_work.signed_in()
    assert signed_in is not None
    for order_id in orders:
        theirs = stored(backend.city, order_id)
        if not signed_in.person.role.sees_whole_city and theirs.crew != signed_in.person.crew:
            continue
        if not device.store.outbox.waiting_of(order_id):
            assert device.store.orders.get(order_id) == theirs, f"{device.name} has another copy of {order_id}"


def _the_clock_acted_once_for_each_cause(backend: Backend, orders: Iterable[OrderId]) -> None:
    """Every line of the city's clock has a cause of its own, and what was acknowledged in time has gone no further."""
    for order_id in orders:
        order = stored(backend.city, order_id)
        lines = sum(entry.person == CITY_CLOCK for entry in order.history)
        assert lines == backend.strikes(order_id), f"the clock acted {lines} times upon {order_id}"
        if order.raised is not None and order.raised.acknowledged_by:
            assert any("knows of the escalation" in entry.text for entry in order.history)


def _every_request_belongs_to_one_order(backend: Backend, orders: Iterable[OrderId]) -> None:
    """An order answers its own reporter, or says who does; nobody's report is lost between the two."""
    copies = {order_id: stored(backend.city, order_id) for order_id in orders}
    answered = [request.request_id for order in copies.values() for request in order.requests]
    assert sorted(answered) == sorted(copies)
    for order_id, order in copies.items():
        holder = copies[OrderId(order.linked_to or order_id)]
        assert not holder.linked_to, f"{order_id} is linked to one that is linked itself"
        assert order_id in {request.request_id for request in holder.requests}


def _in_the_order_they_were_made(backend: Backend, order_id: OrderId, made: Made) -> None:
    last: dict[str, int] = {}
    for change_id, device_id, _, _ in backend.history(order_id):
        if change_id:
            sequence = made[change_id].sequence
            assert sequence > last.get(device_id, 0), f"{made[change_id]} came after a later one"
            last[device_id] = sequence


def _nobody_was_overruled_unawares(backend: Backend, order_id: OrderId, made: Made) -> None:
    """Whoever sets what another has set meanwhile is asked; only work that is over is taken in any case."""
    entries = backend.history(order_id)
    for place, (change_id, device_id, _, _) in enumerate(entries):
        change = made.get(change_id)
        if (
            change is None
            or change.order_id != order_id
            or (isinstance(change.act, StatusChange) and change.act.status.ended)
        ):
            continue
        for _, other_device, version, fields in entries[:place]:
            unknown = other_device != device_id and version > change.base_version
            assert not (unknown and fields & change.fields), f"{change} overrules what its maker did not know"
