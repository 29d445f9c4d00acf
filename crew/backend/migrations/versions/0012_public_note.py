"""What a crew adds for the citizen in its own words stands apart, as the rest is worded in several languages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("public_note", sa.Text(), nullable=False, server_default=""))
