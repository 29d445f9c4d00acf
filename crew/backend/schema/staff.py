"""Who works: people, their codes and sign-ins, and what waits for a decision about them. Backend layer; pure."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from crew.backend.schema.base import Moment, metadata

people: Final = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("crew", String(200), nullable=False, default=""),
    Column("revoked_at", Moment, comment="when an administrator ended every sign-in; empty again with a new code"),
    Column("district", String(200), nullable=False, default="", server_default=""),
    Column("account", String(254), nullable=False, default="", server_default="", comment="at the identity provider"),
    Column("subject", String(64), nullable=False, default="", server_default="", comment="hash of issuer and subject"),
)

kept_work: Final = Table(
    "kept_work",
    metadata,
    Column("change_id", String(64), primary_key=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("person", String(200), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(300), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("public_text", Text, nullable=False, default=""),
    Column("public_note", Text, nullable=False, default=""),
    Column("decided_by", String(64), nullable=False, default="", comment="the change that decided; empty until then"),
    comment="what somebody did whose sign-in had ended: without effect until a supervisor decides",
)

codes: Final = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("device_id", String(64), nullable=False, default="", comment="the device that used it"),
)

devices: Final = Table(
    "devices",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False, default=""),
    Column("enrolled_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("unsent", Integer, nullable=False, default=0, comment="changes that waited on the device then"),
    Column("revoked_at", Moment, comment="when an administrator ended this sign-in"),
    comment="one row a sign-in: a device, and a person who works on it; rows stay, to say who ever did",
)
