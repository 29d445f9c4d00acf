"""A photo of finished work can be approved for the city's posts and feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("order_photos", sa.Column("approved", sa.Boolean()))
