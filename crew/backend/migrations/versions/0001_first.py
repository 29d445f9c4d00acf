"""The first shape of the backend's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_work_orders()
    _create_service_requests()
    _create_imported_services()
    _create_settings()
    _create_photos()
    _create_order_photos()
    _create_history()
    _create_applied_changes()
    _create_feed()
    _create_people()
    _create_codes()
    _create_devices()
    _create_notices()


def _create_work_orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("long", sa.Float(), nullable=True),
        sa.Column("crew", sa.String(length=200), nullable=False),
        sa.Column("work_status", sa.String(length=20), nullable=False),
        sa.Column("public_status", sa.String(length=10), nullable=False),
        sa.Column("waiting_reason", sa.String(length=40), nullable=False),
        sa.Column("closure_reason", sa.String(length=40), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("escalation", sa.String(length=40), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "needs_look", sa.Boolean(), nullable=False, comment="work was done on an order that had moved or ended"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_orders")),
    )
    op.create_index("ix_work_orders_crew_public_status", "work_orders", ["crew", "public_status"], unique=False)
    op.create_index("ix_work_orders_requested_at", "work_orders", ["requested_at"], unique=False)


def _create_service_requests() -> None:
    op.create_table(
        "service_requests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("service_code", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("address_id", sa.String(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("long", sa.Float(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("media_url", sa.Text(), nullable=False, comment="as the citizen gave it; never fetched"),
        sa.Column("attributes", sa.Text(), nullable=False, comment="JSON: attribute code to list of values"),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_requests")),
        comment="what citizens sent; contact columns never leave the backend except to the reporter",
    )
    op.create_index(op.f("ix_service_requests_order_id"), "service_requests", ["order_id"], unique=False)
    op.create_index("ix_service_requests_requested_at", "service_requests", ["requested_at"], unique=False)


def _create_imported_services() -> None:
    op.create_table(
        "imported_services",
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_imported_services")),
        comment="types of request that came with an import and stand in no catalogue file",
    )


def _create_settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
        comment="epoch (names this database's feed), page_secret (signs the citizens' links), next_request_number",
    )


def _create_photos() -> None:
    op.create_table(
        "photos",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photos")),
    )


def _create_order_photos() -> None:
    op.create_table(
        "order_photos",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["work_orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["photos.sha256"],
        ),
        sa.PrimaryKeyConstraint("order_id", "sha256", name=op.f("pk_order_photos")),
    )


def _create_history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="the clock of the device that made the change"),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column(
            "fields",
            sa.String(length=200),
            nullable=False,
            comment="fields set, comma-separated: what a conflict is measured by",
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        comment="append-only",
    )
    op.create_index(op.f("ix_history_order_id"), "history", ["order_id"], unique=False)


def _create_applied_changes() -> None:
    op.create_table(
        "applied_changes",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_applied_changes")),
        comment="written in the transaction of the effect: the unique id decides every race",
    )


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column(
            "audience",
            sa.String(length=200),
            nullable=False,
            comment="a crew's name, or * for those who see the whole city",
        ),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_feed")),
        sa.UniqueConstraint("order_id", "audience", name=op.f("uq_feed_order_id")),
        comment="one row an order and audience, moved to the end at each change; positions are never used twice",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_audience_position", "feed", ["audience", "position"], unique=False)


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("crew", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )


def _create_codes() -> None:
    op.create_table(
        "codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=False, comment="the device that used it"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_codes")),
    )


def _create_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_requests.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="messages to citizens, one row an event and destination, written with the event",
    )
    op.create_index("ix_notices_sent_at_next_try_at", "notices", ["sent_at", "next_try_at"], unique=False)
