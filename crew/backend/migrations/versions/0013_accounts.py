"""A person may have an account at the city's identity provider."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("people", sa.Column("account", sa.String(length=254), nullable=False, server_default=""))
    op.add_column("people", sa.Column("subject", sa.String(length=64), nullable=False, server_default=""))
