"""A photo of finished work can be approved for the city's posts and feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("order_photos", sa.Column("approved", sa.Boolean()))
