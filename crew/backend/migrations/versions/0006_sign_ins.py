"""A device has a sign-in for each person who works on it, and a sign-in can be ended."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("people", sa.Column("revoked_at", sa.BigInteger()))
    if op.get_bind().dialect.name == "postgresql":  # where names of keys are the whole database's
        for name in ("pk_devices", "uq_devices_token_hash"):
            op.execute(f"ALTER TABLE devices RENAME CONSTRAINT {name} TO old_{name}")
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id_people")),
        sa.PrimaryKeyConstraint("id", "person_id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.execute(
        "INSERT INTO sign_ins (id, person_id, token_hash, name, enrolled_at, last_seen_at, unsent) "
        "SELECT id, person_id, token_hash, name, enrolled_at, last_seen_at, unsent FROM devices"
    )
    op.drop_table("devices")
    op.rename_table("sign_ins", "devices")
