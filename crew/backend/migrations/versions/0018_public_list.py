"""Everybody may see what was reported, newest first."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_work_orders_public_status_requested_at", "work_orders", ["public_status", "requested_at"])
    op.create_index(
        "ix_work_orders_service_code_public_status_requested_at",
        "work_orders",
        ["service_code", "public_status", "requested_at"],
    )
