"""The backend's tables, as SQLAlchemy Core. Backend layer; holds no logic and opens nothing.

Portable between SQLite and PostgreSQL: no dialect's own types. Changing a table means a new Alembic migration.
"""

from crew.backend.schema.base import Moment, metadata, settings, to_microseconds
from crew.backend.schema.citizens import (
    account_reports,
    account_sessions,
    accounts,
    contacts,
    notice_events,
    notice_ways,
    notices,
    posted_photos,
    quiet_addresses,
    reactions,
    sign_in_links,
)
from crew.backend.schema.staff import codes, devices, kept_work, people
from crew.backend.schema.work import (
    applied_changes,
    clock_strikes,
    escalations,
    feed,
    history,
    history_chain,
    imported_services,
    order_photos,
    photos,
    service_requests,
    work_orders,
)

__all__ = [
    "Moment",
    "account_reports",
    "account_sessions",
    "accounts",
    "applied_changes",
    "clock_strikes",
    "codes",
    "contacts",
    "devices",
    "escalations",
    "feed",
    "history",
    "history_chain",
    "imported_services",
    "kept_work",
    "metadata",
    "notice_events",
    "notice_ways",
    "notices",
    "order_photos",
    "people",
    "photos",
    "posted_photos",
    "quiet_addresses",
    "reactions",
    "service_requests",
    "settings",
    "sign_in_links",
    "to_microseconds",
    "work_orders",
]
