"""What a person can look at: the day, an order, the outbox. Above the store, below field work; changes nothing.

All of it blocks for a few milliseconds on the disk, so the terminal calls it off the event loop.
"""

from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from crew.day_told import ALL, UNDONE, Day, OutboxView, ToDecide, can_take_up
from crew.domain.change import ChangeId
from crew.domain.errors import CorrectInput
from crew.domain.place import middle_of, place_doubt, place_of
from crew.domain.wording import sentence
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from crew.store.orders import Stop
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Collection

    from crew.domain.addresses import AddressIndex
    from crew.domain.change import StatusChange
    from crew.domain.clock import Clock
    from crew.domain.crew_day import CrewDay
    from crew.domain.deadlines import Deadlines
    from crew.domain.nearby import Near, Nearby
    from crew.domain.place import Point
    from crew.domain.wording import Wording
    from crew.outbox_export import Exported
    from crew.store.device import Recovery, SignedInDevice
    from crew.store.store import Store
    from crew.wire import CrewLoad, MovedAway, ServiceOffer

_UNDONE_LISTED: Final = timedelta(days=1)
"""What was undone is listed for so long; what was set aside, until somebody takes it up."""
_MOST_TO_TRIAGE: Final = 500
_NEXT_FIRST: Final = (WorkStatus.WORKING, WorkStatus.ON_THE_WAY)


class DayBook:
    """What this device knows, as a person asks for it. Time comes from `clock`; `zone` is the person's own."""

    def __init__(self, store: "Store", clock: "Clock", zone: tzinfo) -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._zone: Final = zone
        self._middle: Point | None = None

    @property
    def now(self) -> datetime:
        """The current time in the person's own zone."""
        return self._clock().astimezone(self._zone)

    def signed_in(self) -> "SignedInDevice | None":
        """Who is signed in on this device."""
        return self._store.device.signed_in()

    def recovery(self) -> "Recovery | None":
        """What became of a store that was damaged, until somebody has seen it."""
        return self._store.device.recovery

    def moved_away(self) -> "tuple[MovedAway, ...]":
        """The orders that somebody moved to another crew, until somebody here has read so; the latest last."""
        return self._store.device.moved_away

    def to_decide(self) -> "ToDecide":
        """Everything that waits for a person."""
        device = self.signed_in()
        sees_all = device is not None and device.person.role.sees_whole_city
        return ToDecide(
            changes=tuple(self._store.outbox.troubled()),
            moved_away=self._store.device.moved_away,
            to_look_at=tuple(self._store.orders.to_look_at()) if sees_all else (),
            escalated=tuple(self._store.unanswered.of(device.person)) if device else (),
            recovery=self.recovery(),
        )

    @property
    def deadlines(self) -> "Deadlines":
        """The city's rules about time, as far as this device knows them."""
        return self._store.time_rules.deadlines()

    def crews(self) -> "tuple[CrewLoad, ...]":
        """The city's crews with their load, for those who move orders; empty before the first pull."""
        return self._store.device.crews()

    def services(self) -> "tuple[ServiceOffer, ...]":
        """The city's types of request, for those who take them in; empty before the first pull."""
        return self._store.device.services()

    def untriaged(self) -> tuple[Stop, ...]:
        """Orders without a crew, and those that nobody has touched; the latest first, and no more than 500."""
        return tuple(self._store.orders.untriaged(_MOST_TO_TRIAGE))

    def similar(self, service_name: str, lat: float, long: float) -> "tuple[Near, ...]":
        """Open orders near a place that may be what somebody is reporting, the likeliest first."""
        from crew.domain.nearby import Wanted, nearby

        stops = self._stops_around((lat, long))
        wanted = Wanted(service_name=service_name, lat=lat, long=long, updated_at=self.now)
        found = nearby("", wanted, ((stop.order_id, stop) for stop in stops), self.now)
        return (*found.same, *(near for near in found.open if near not in found.same))

    def addresses(self) -> "AddressIndex":
        """Every address that this device has orders at, to be completed while somebody types."""
        from crew.domain.addresses import AddressIndex

        return AddressIndex(self._store.places.of_addresses())

    def data_version(self) -> int:
        """A number that moves when another process, such as the command line, has written to the store."""
        return self._store.data_version()

    def day(self, most: int = ALL) -> Day:
        """The open orders in the order of doing, with counts; for those who see the whole city by deadline alone.

        Those see no more than `most`, which makes a city's day as quick as a crew's.
        """
        now, device = self.now, self.signed_in()
        crew = self._crew_alone(device)
        whole_city = device is not None and device.person.role.sees_whole_city
        found = self._store.orders.stops(ended=False, crew=crew, most=most if whole_city else ALL)
        more = self._store.orders.count_open() - len(found) if len(found) == most else 0
        self._middle = middle_of(found) or self._middle
        stops = [self._doubting(stop) for stop in found]
        first = () if whole_city else _NEXT_FIRST
        under_way = [stop for status in first for stop in stops if stop.work_status is status]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Day(
            stops=(*under_way, *(stop for stop in stops if stop.work_status not in first)),
            late=self._store.orders.count_open(crew, before=now),
            ended_today=self._store.orders.count_ended(midnight, crew),
            needs_person=self._store.outbox.count_troubled(),
            to_look_at=0 if first else self._store.orders.count_to_look_at(),
            to_acknowledge=len(self._store.unanswered.of(device.person)) if device else 0,
            moved_away=len(self._store.device.moved_away),
            more=more,
            recovered=recovery.sentence if (recovery := self.recovery()) else "",
            fetched=bool(stops) or self._store.device.last_success_at is not None,
        )

    def crew_days(self, most: int = ALL) -> "tuple[CrewDay[Stop], ...]":
        """Every crew's day, for those who see the whole city; with at most so many orders, and the counts of all."""
        from crew.domain.crew_day import crew_days, with_loads  # a crew never asks for it

        now, device = self.now, self._store.device
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        hours = {service.name: service.work_hours for service in device.services()}
        orders, done = self._store.orders, self._store.orders.count_ended_by_crew(midnight)
        stops = orders.stops(ended=False, most=most)
        if len(stops) != most:
            return crew_days(stops, device.crews(), done, hours, now)
        loads = self._store.queue.loads(now, midnight + timedelta(days=1))
        days = crew_days(stops, device.crews(), done, hours, now, (load.crew for load in loads))
        return with_loads(days, loads, hours)

    def ended(self, most: int = ALL) -> tuple[Stop, ...]:
        """The ended orders that the device still has, the latest first; of a whole city no more than `most`."""
        crew = self._crew_alone(self.signed_in())
        return tuple(self._doubting(stop) for stop in self._store.orders.stops(ended=True, crew=crew, most=most))

    def _crew_alone(self, device: "SignedInDevice | None") -> str:
        """The crew whose orders alone are listed, where people of others work on this device too; empty for all."""
        if device is None or device.person.role.sees_whole_city or not self._store.people.several:
            return ""
        return device.person.crew

    def place_doubt(self, order: WorkOrder) -> str:
        """Why the place of an order is not to be gone by, in words, as far as the day was read; empty where it is."""
        return place_doubt(order, self._middle)

    def _doubting(self, stop: Stop) -> Stop:
        """The stop without a place that cannot be, and why."""
        doubt = place_doubt(stop, self._middle)
        if not doubt:
            return stop
        return msgspec.structs.replace(stop, lat=None, long=None, place_doubt=doubt)

    def order(self, order_id: str) -> WorkOrder:
        """One order as the person sees it.

        Raises:
            CorrectInput: There is no such order on this device.
        """
        order = self._store.orders.get(OrderId(order_id)) or self._numbered_since(order_id)
        if order is None:
            raise CorrectInput(f"There is no work order {order_id} on this device. Look at the list, or sync first.")
        return order

    def orders(self, order_ids: "Collection[str]") -> dict[str, WorkOrder]:
        """Those of the orders that are on this device, each as `order`, asked for together."""
        known = self._store.orders.found([OrderId(order_id) for order_id in order_ids])
        found: dict[str, WorkOrder] = {order.id: order for order in known.values()}
        for order_id in order_ids:
            order = None if order_id in found else self._numbered_since(order_id)
            if order is not None:
                found[order_id] = order
        return found

    def _numbered_since(self, order_id: str) -> WorkOrder | None:
        """The order that was made here under the id of its change, and has got its number since."""
        entry = self._store.outbox.get(ChangeId(order_id))
        return self._store.orders.get(entry.change.order_id) if entry else None

    def unsent_of(self, order_id: str) -> tuple[OutboxEntry, ...]:
        """The unsettled changes of one order, oldest first."""
        return tuple(self._store.outbox.of_order(OrderId(order_id)))

    def outbox(self) -> OutboxView:
        """Everything that waits, with totals."""
        entries = tuple(self._store.outbox.unsettled())
        photos = {
            photo.sha256: photo.byte_count for entry in entries for photo in self._store.photos.unsent_of(entry.change)
        }
        return OutboxView(
            entries=entries,
            photo_count=len(photos),
            photo_bytes=sum(photos.values()),
            oldest_at=entries[0].change.made_at if entries else None,
            last_success_at=self._store.device.last_success_at,
            link_trouble=self._store.device.link_trouble,
            aside=tuple(filter(self._lies_aside, self._store.outbox.aside())),
        )

    def _lies_aside(self, entry: OutboxEntry) -> bool:
        undone_at = entry.settled_at if entry.reason == UNDONE else None
        return can_take_up(entry) and (undone_at is None or self._clock() - undone_at < _UNDONE_LISTED)

    def export(self, into: Path, *, everything: bool = False) -> "Exported":
        """Write what waits or lies aside into a new folder there, for a stick.

        Args:
            into: An existing folder or a new one.
            everything: Also what was sent, and what another change has replaced.

        Raises:
            FreeSpace: It cannot be written there.
        """
        from crew.outbox_export import export_outbox  # few days need it

        outbox = self.outbox()
        settled = self._store.outbox.settled(ALL) if everything else outbox.aside
        return export_outbox(self._store, (*settled, *outbox.entries), into, self.now)

    def nearby(self, order_id: str) -> "Nearby":
        """What else there is around an order, of what this device knows. Raises as `order`."""
        from crew.domain.nearby import nearby  # after the first paint

        order = self.order(order_id)
        place = place_of(order)
        stops = self._stops_around(place) if place else []
        return nearby(order_id, order, ((stop.order_id, stop) for stop in stops), self.now)

    def _stops_around(self, place: "Point") -> list[Stop]:
        """The stops within reach of a place; where thousands are, the nearest."""
        from crew.domain.nearby import box_degrees, nearest

        spots = nearest(place, self._store.places.around(place, box_degrees(place[0])))
        return self._store.orders.stops_of(self._store.places.order_ids(spots))

    def answering(self, request_id: str) -> OrderId:
        """The order that answers a service request, as the person sees it.

        Raises:
            CorrectInput: No order on this device answers such a request.
        """
        order_id = self._store.orders.answering(request_id)
        if order_id is None:
            raise CorrectInput(f"No work order on this device answers a request {request_id}.")
        return order_id

    def settled(self, limit: int = 50) -> tuple[OutboxEntry, ...]:
        """The latest changes that are acknowledged or set aside, oldest first."""
        return tuple(self._store.outbox.settled(limit))

    def wording(self) -> "Wording":
        """The city's closure reasons and texts, as this device knows them."""
        return self._store.device.wording

    def public_text(
        self, order: WorkOrder, act: "StatusChange", made_at: datetime | None = None, wording: "Wording | None" = None
    ) -> str:
        """What the citizen will read of an ending: now, or at its own time. Reads no disk where wording is given."""
        moment = (made_at or self.now).astimezone(self._zone)
        return sentence(wording or self.wording(), order, act, moment)

    def draft(self, order_id: str, kind: str) -> str:
        """The half-written text of an order, or an empty one."""
        return self._store.draft(order_id, kind)
