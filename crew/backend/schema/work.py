"""What the city works on: orders, requests, photos, their history, and the feed of changes. Backend layer; pure."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from crew.backend.schema.base import Moment, metadata

work_orders: Final = Table(
    "work_orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("service_code", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("address", String(300), nullable=False),
    Column("lat", Float),
    Column("long", Float),
    Column("crew", String(200), nullable=False),
    Column("work_status", String(20), nullable=False),
    Column("public_status", String(10), nullable=False),
    Column("waiting_reason", String(40), nullable=False, default=""),
    Column("closure_reason", String(40), nullable=False, default=""),
    Column("public_text", Text, nullable=False, default=""),
    Column(
        "public_note",
        Text,
        nullable=False,
        default="",
        server_default="",
        comment="the part of public_text in the crew's own words, the same in every language",
    ),
    Column("escalation", String(40), nullable=False, default=""),
    Column("priority", String(10), nullable=False, default="normal"),
    Column("requested_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column(
        "needs_look",
        Boolean,
        nullable=False,
        default=False,
        comment="work was done on an order that had moved or ended",
    ),
    Column("paused_at", Moment, comment="since when its clock stands, and due_at with it"),
    Index("ix_work_orders_crew_requested", "crew", "public_status", "requested_at", "service_code"),
    Index("ix_work_orders_crew_updated", "crew", "public_status", "updated_at", "service_code"),
    Index("ix_work_orders_requested_at", "requested_at"),
    Index("ix_work_orders_public_status_requested_at", "public_status", "requested_at"),
    Index("ix_work_orders_service_code_public_status_requested_at", "service_code", "public_status", "requested_at"),
    Index("ix_work_orders_public_status_updated_at", "public_status", "updated_at"),
    Index("ix_work_orders_service_code_public_status_updated_at", "service_code", "public_status", "updated_at"),
    Index("ix_work_orders_due_at", "due_at"),
)

service_requests: Final = Table(
    "service_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("service_code", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("address", String(300), nullable=False, default=""),
    Column("address_id", String(64), nullable=False, default=""),
    Column("lat", Float),
    Column("long", Float),
    Column("requested_at", Moment, nullable=False),
    Column("media_url", Text, nullable=False, default="", comment="as the citizen gave it; never fetched"),
    Column("attributes", Text, nullable=False, default="{}", comment="JSON: attribute code to list of values"),
    Index("ix_service_requests_requested_at", "requested_at"),
    comment="what citizens sent, and not who they are: that is in contacts",
)

imported_services: Final = Table(
    "imported_services",
    metadata,
    Column("code", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    comment="types of request that came with an import and stand in no catalogue file",
)

photos: Final = Table(
    "photos",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("byte_count", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("device_id", String(64), nullable=False, default=""),
    Column(
        "withdrawn",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="hidden from the public, on every order that shows it",
    ),
)

order_photos: Final = Table(
    "order_photos",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("sha256", ForeignKey("photos.sha256"), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("taken_at", Moment),
    Column("position", Integer, nullable=False),
    Column("lat", Float, comment="where the camera was: for the city, never for the public"),
    Column("long", Float),
    Column("approved", Boolean, comment="for the city's posts and feeds, or not; empty where nobody has said a word"),
)

history: Final = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False, comment="the clock of the device that made the change"),
    Column("received_at", Moment, nullable=False),
    Column("person", String(200), nullable=False),
    Column("device_id", String(64), nullable=False, default=""),
    Column("change_id", String(64), nullable=False, default=""),
    Column(
        "fields",
        String(200),
        nullable=False,
        default="",
        comment="fields set, comma-separated: what a conflict is measured by",
    ),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    comment="append-only",
)

history_chain: Final = Table(
    "history_chain",
    metadata,
    Column("history_id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, comment="SHA-256 over the line and the hash before it"),
    comment="one row a line of history, in the transaction that writes it; append-only",
)

applied_changes: Final = Table(
    "applied_changes",
    metadata,
    Column("change_id", String(64), primary_key=True),
    Column("device_id", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    comment="written in the transaction of the effect: the unique id decides every race",
)

feed: Final = Table(
    "feed",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False),
    Column("audience", String(200), nullable=False, comment="a crew's name, or * for those who see the whole city"),
    Column("gone", Boolean, nullable=False, default=False),
    UniqueConstraint("order_id", "audience"),
    Index("ix_feed_audience_position", "audience", "position"),
    sqlite_autoincrement=True,
    comment="one row an order and audience, moved to the end at each change; positions are never used twice",
)

escalations: Final = Table(
    "escalations",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("at", Moment, nullable=False, comment="tells one escalation of an order from the next"),
    Column("person", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked", String(200), nullable=False, comment="a role, a person or a crew; empty for whoever may answer"),
    Column("answer_by", Moment, comment="when the next level is asked; empty where nobody waits for an answer"),
    Column("acknowledged_by", String(200), nullable=False, default=""),
    Column("acknowledged_at", Moment),
    Index("ix_escalations_answer_by", "answer_by"),
    comment="the latest escalation of each order; the history has those before it",
)

clock_strikes: Final = Table(
    "clock_strikes",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("rule", String(60), primary_key=True, comment="the rule's name, or empty for the ladder"),
    Column("occurrence", String(40), primary_key=True, comment="what happened, so that it counts once"),
    Column("at", Moment, nullable=False),
    comment="what the city's clock has acted upon, written with the effect: two clocks at once have one effect",
)
