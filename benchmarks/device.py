"""Stores with any number of orders, signed in to a backend that is nowhere: what a truck without a link has."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crew.domain.person import Person, Role
from crew.domain.work_order import OrderId, PublicStatus, WorkOrder, WorkStatus
from crew.store.device import SignedInDevice
from crew.store.store import open_store

_NOWHERE = "http://127.0.0.1:9"
_SERVICES = ("Pothole", "Street light out", "Graffiti", "Missed trash", "Broken sign", "Fallen branch")
_STREETS = ("Centre St", "Tremont St", "Blue Hill Ave", "Dorchester Ave", "Washington St", "Adams St", "Beacon St")
_STATUSES = (WorkStatus.ASSIGNED, WorkStatus.ACCEPTED, WorkStatus.ASSIGNED, WorkStatus.WAITING)
_WORDS = "Deep hole in the right lane, just before the crossing; cars swerve around it and it is getting larger."
_HOUR = timedelta(hours=1)


def address(number: int) -> str:
    """The address of the order at this place of the list; no two are alike."""
    return f"{1000 + number} {_STREETS[number % len(_STREETS)]}"


def make_device(folder: Path, order_count: int, late_count: int = 24) -> Path:
    """Make a store with open orders, the first of them late by as many hours; returns its folder."""
    now = datetime.now(UTC)
    store = open_store(folder, now)
    person = Person("Ana", Role.CREW, "PWDx_District 02: Jamaica Plain", "Public Works D2 · Jamaica Plain")
    store.device.sign_in(SignedInDevice(_NOWHERE, "a token", person, "Boston"))
    store.device.last_success_at = now
    store.orders.put_server_copies(
        (an_order(number, now, late_count) for number in range(order_count)), store.device.generation
    )
    store.close()
    return folder


def open_terminal(folder: Path) -> tuple[str, ...]:
    """The command that opens the terminal on a store."""
    return (sys.executable, "-m", "crew", "--data", str(folder))


def an_order(number: int, now: datetime, late_count: int = 24) -> WorkOrder:
    """The order at this place of the list."""
    status = _STATUSES[number % len(_STATUSES)]
    return WorkOrder(
        id=OrderId(str(101_000_000_000 + number)),
        version=1 + number % 3,
        service_code="pothole",
        service_name=_SERVICES[number % len(_SERVICES)],
        description=_WORDS,
        address=address(number),
        lat=42.25 + number % 97 / 1000,
        long=-71.15 + number % 89 / 1000,
        crew="PWDx_District 02: Jamaica Plain",
        work_status=status,
        public_status=PublicStatus.OPEN,
        waiting_reason="parts" if status is WorkStatus.WAITING else "",
        requested_at=now - 48 * _HOUR,
        updated_at=now - _HOUR,
        due_at=now + (number - late_count) * _HOUR,
        photo_required=True,
    )
