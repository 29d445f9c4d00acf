"""A photo can be hidden from the public."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("photos", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
