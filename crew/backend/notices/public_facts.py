"""What everybody may know of an event, as webhooks get it. Backend layer; only reads.

No contact, no internal note, no crew, no page that is its reporter's own. It is written down with the event, so that
each try says the same.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING

from crew.backend.public.public_photos import public_photos
from crew.backend.public.public_sentences import public_sentence
from crew.domain.contacts import without_contacts
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.notice_kinds import Kind
    from crew.domain.work_order import WorkOrder


def facts_of(connection: "Connection", city: "City", order: "WorkOrder", kind: "Kind") -> str:
    """The facts of an event as JSON; names are those of GeoReport v2 where it has one."""
    closed = order.public_status is PublicStatus.CLOSED
    url = city.settings.public_url.rstrip("/")
    photos = public_photos(connection, [order.id]) if url else []
    return json.dumps(
        {
            "kind": kind,
            "service_request_id": order.id,
            "service_request_ids": [one.request_id for one in order.requests],
            "service_code": order.service_code,
            "service_name": order.service_name,
            "status": order.public_status.value,
            "status_notes": public_sentence(city, order) if closed else "",
            "closure_reason": order.closure_reason if closed else "",
            "responsible": responsible_for(city, order) if kind == "moved" else "",
            "address": without_contacts(order.address),
            "lat": order.lat,
            "long": order.long,
            "requested_datetime": _moment(order.requested_at),
            "updated_datetime": _moment(order.updated_at),
            "expected_datetime": _moment(order.due_at),
            "media": [f"{url}/photos/{photo.sha256}.jpg" for photo in photos],
        },
        ensure_ascii=False,
    )


def responsible_for(city: "City", order: "WorkOrder") -> str:
    """Who cares for what the city does not, as its settings say; empty where they do not."""
    return city.catalogue.service(order.service_code).elsewhere or city.settings.notices.elsewhere


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
