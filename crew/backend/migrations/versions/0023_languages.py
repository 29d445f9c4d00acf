"""Who is written to may choose the language; a link to sign in is mailed in that of the page that asked."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    for table in ("quiet_addresses", "sign_in_links"):
        op.add_column(table, sa.Column("language", sa.String(length=20), nullable=False, server_default=""))
