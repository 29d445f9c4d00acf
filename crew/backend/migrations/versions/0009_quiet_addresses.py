"""Somebody may want no more mail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "quiet_addresses",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_quiet_addresses")),
    )
