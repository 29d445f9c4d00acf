"""The feed of finished requests begins with what was finished last."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_index("ix_work_orders_public_status_updated_at", "work_orders", ["public_status", "updated_at"])
    op.create_index(
        "ix_work_orders_service_code_public_status_updated_at",
        "work_orders",
        ["service_code", "public_status", "updated_at"],
    )
