"""What happened, and whom it is told to by which way, are two things; a mail address is looked up when it is used."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_NEVER = 253_370_764_800_000_000  # the year 9999, which stood for "given up"
_TOLD_BEFORE = "A backup was restored; this may have been mailed before that, and is not mailed again."


def upgrade() -> None:
    _make_events()
    _make_ways()
    op.rename_table("notices", "old_notices")
    op.drop_index("ix_notices_sent_at_next_try_at", "old_notices")
    if op.get_bind().dialect.name == "postgresql":  # where names of keys are the whole database's
        op.execute("ALTER TABLE old_notices RENAME CONSTRAINT pk_notices TO old_pk_notices")
    _make_notices()
    _take_over()
    op.drop_table("old_notices")
    op.add_column(
        "quiet_addresses", sa.Column("choice", sa.String(length=10), nullable=False, server_default="nothing")
    )


def _make_events() -> None:
    op.create_table(
        "notice_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_notice_events_order_id_work_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_events")),
    )
    op.create_index(op.f("ix_notice_events_order_id"), "notice_events", ["order_id"])


def _make_ways() -> None:
    op.create_table(
        "notice_ways",
        sa.Column("way", sa.String(length=80), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("last_sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=False),
        sa.Column("alarmed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_notice_ways")),
    )


def _make_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=80), nullable=False),
        sa.Column("destination", sa.String(length=80), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name=op.f("fk_notices_request_id_service_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_state_way_next_try_at", "notices", ["state", "way", "next_try_at"])
    op.create_index("ix_notices_destination_state", "notices", ["destination", "state"])
    op.create_index("ix_notices_event_id_way_destination", "notices", ["event_id", "way", "destination"], unique=True)


def _take_over() -> None:
    """Each notice of before keeps its id, and becomes an event of its own; its address is that of its request."""
    kind = (
        "CASE WHEN old.kind = 'received' THEN 'received' WHEN work_orders.work_status = 'cant_do' THEN 'cant_do' "
        "ELSE 'done' END"
    )
    joined = (
        "FROM old_notices AS old JOIN service_requests ON service_requests.id = old.request_id "
        "JOIN work_orders ON work_orders.id = service_requests.order_id"
    )
    op.execute(
        "INSERT INTO notice_events (id, order_id, kind, version, at, facts) "
        f"SELECT old.id, service_requests.order_id, {kind}, 0, old.created_at, '' {joined}"
    )
    state = (
        "CASE WHEN old.sent_at IS NOT NULL THEN 'sent' WHEN old.next_try_at < :never THEN 'waiting' "
        "WHEN old.last_problem = :told THEN 'untold' ELSE 'set_aside' END"
    )
    op.execute(
        sa.text(
            "INSERT INTO notices (id, event_id, request_id, kind, way, destination, letter_id, state, created_at, "
            "next_try_at, attempts, doubts, lease, sent_at, last_problem) "
            f"SELECT old.id, old.id, old.request_id, {kind}, 'mail', 'request ' || old.request_id, old.id, {state}, "
            f"old.created_at, old.next_try_at, old.attempts, 0, '', old.sent_at, old.last_problem {joined}"
        ).bindparams(never=_NEVER, told=_TOLD_BEFORE)
    )
