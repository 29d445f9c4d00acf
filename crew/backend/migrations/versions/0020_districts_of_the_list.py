"""Everybody may see what was reported in a district: the newest of each of its crews."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index(
        "ix_work_orders_crew_requested", "work_orders", ["crew", "public_status", "requested_at", "service_code"]
    )
    op.create_index(
        "ix_work_orders_crew_updated", "work_orders", ["crew", "public_status", "updated_at", "service_code"]
    )
    op.drop_index("ix_work_orders_crew_public_status", "work_orders")
