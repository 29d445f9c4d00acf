"""An escalation is asked of somebody until a time, and a deadline can stand still."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("paused_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_work_orders_due_at", "work_orders", ["due_at"])
    op.create_table(
        "escalations",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"]),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_escalations")),
    )
    op.create_index("ix_escalations_answer_by", "escalations", ["answer_by"])
