"""Which photos a post shows, so that it is corrected where one is withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "posted_photos",
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_posted_photos_notice_id_notices")),
        sa.ForeignKeyConstraint(["sha256"], ["photos.sha256"], name=op.f("fk_posted_photos_sha256_photos")),
        sa.PrimaryKeyConstraint("notice_id", "sha256", name=op.f("pk_posted_photos")),
    )
