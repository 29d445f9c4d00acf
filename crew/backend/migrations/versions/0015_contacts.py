"""Contacts get a table of their own and are locked; notices and quiet addresses hold no address any more."""

import msgspec
import sqlalchemy as sa
from alembic import context, op

from crew.backend.contacts import Reporter, hashed, lookup_secret, rehashed

revision = "0015"
down_revision = "0014"

_COLUMNS = ("first_name", "last_name", "email", "phone", "device_id", "account_id")
_AT_ONCE = 1000


def upgrade() -> None:
    contacts = op.create_table(
        "contacts",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("has_mail", sa.Boolean(), nullable=False),
        sa.Column("mail_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name=op.f("fk_contacts_request_id_service_requests")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_mail_hash"), "contacts", ["mail_hash"])
    connection = op.get_bind()
    words = ", ".join(_COLUMNS)
    told = " OR ".join(f"{column} <> ''" for column in _COLUMNS)
    question = f"SELECT id, requested_at, {words} FROM service_requests WHERE {told}"  # noqa: S608 - our own names
    there = connection.execute(sa.text(question)).all()
    quiet = connection.execute(sa.text("SELECT address_hash FROM quiet_addresses")).scalars().all()
    if there or quiet:
        keys = context.config.attributes["contact_keys"]()
        secret = lookup_secret(connection, keys)
        for start in range(0, len(there), _AT_ONCE):
            rows = []
            for request_id, requested_at, *texts in there[start : start + _AT_ONCE]:
                reporter = Reporter(*texts)
                locked = keys.lock(msgspec.json.encode(reporter), about=request_id)
                row = {"request_id": request_id, "key_id": locked.key_id, "content": locked.content}
                row |= {"has_mail": bool(reporter.email), "created_at": requested_at}
                rows.append(row | {"mail_hash": hashed(secret, reporter.email) if reporter.email else ""})
            op.bulk_insert(contacts, rows)
        for sha256 in quiet:
            change = sa.text("UPDATE quiet_addresses SET address_hash = :new WHERE address_hash = :old")
            connection.execute(change, {"new": rehashed(secret, sha256), "old": sha256})
        connection.execute(sa.text("INSERT INTO settings (name, value) VALUES ('scrub', 'contacts were moved')"))
    for column in _COLUMNS:
        op.drop_column("service_requests", column)
