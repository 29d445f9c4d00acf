"""Builds the domain's values with everything that a test does not care about filled in."""

from datetime import UTC, datetime
from typing import Any

from crew.domain.change import Act, Change, ChangeId, Note
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, PublicStatus, WorkOrder, WorkStatus

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
"""Noon in Boston on the day that the tests live in."""


def an_order(**fields: Any) -> WorkOrder:
    """A pothole of the crew in Jamaica Plain, assigned."""
    order = WorkOrder(
        id=OrderId("311000000001"),
        version=1,
        service_code="pothole",
        service_name="Pothole",
        description="Deep hole in the right lane.",
        address="412 Centre St, Jamaica Plain",
        lat=42.3102,
        long=-71.1146,
        crew="D2",
        work_status=WorkStatus.ASSIGNED,
        public_status=PublicStatus.OPEN,
        requested_at=NOON,
        updated_at=NOON,
        due_at=NOON,
    )
    return replace(order, **fields)


def a_photo(sha256: str = "a" * 64, role: PhotoRole = PhotoRole.AFTER) -> Photo:
    """A photo by its hash; there are no bytes behind it."""
    return Photo(sha256=PhotoHash(sha256), role=role, byte_count=240_000, width=1600, height=1200)


def a_change(act: Act | None = None, **fields: Any) -> Change:
    """A note of Ana's on the order that `an_order` builds."""
    change = Change(
        id=ChangeId("0193599a-0000-7000-8000-000000000001"),
        device_id="0193599a-0000-7000-8000-00000000dead",
        sequence=1,
        order_id=OrderId("311000000001"),
        base_version=1,
        made_at=NOON,
        person="Ana",
        act=Note("gate code is 4411") if act is None else act,
    )
    return replace(change, **fields)


def a_person(role: Role = Role.CREW, crew: str = "D2") -> Person:
    """Ana, unless the role says otherwise."""
    names = {Role.CREW: "Ana", Role.SUPERVISOR: "Sam", Role.DISPATCHER: "Dee", Role.ADMINISTRATOR: "Ada"}
    return Person(names[role], role, crew if role is Role.CREW else "", "Public Works D2" if role is Role.CREW else "")
