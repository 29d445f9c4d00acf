"""A person may answer for a district."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("people", sa.Column("district", sa.String(length=200), nullable=False, server_default=""))
