"""How much an order matters beside others."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("priority", sa.String(10), nullable=False, server_default="normal"))
