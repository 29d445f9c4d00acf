"""How many changes wait on each device, for the supervisor's board."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("devices", sa.Column("unsent", sa.Integer(), nullable=False, server_default="0"))
