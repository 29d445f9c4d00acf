"""Where a photo was taken, as its camera says: for the city, never for the public."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("order_photos", sa.Column("lat", sa.Float(), nullable=True))
    op.add_column("order_photos", sa.Column("long", sa.Float(), nullable=True))
