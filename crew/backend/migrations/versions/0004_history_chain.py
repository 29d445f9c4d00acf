"""A hash for each line of history, and triggers that let nobody change or delete one by accident."""

import sqlalchemy as sa
from alembic import op

from crew.backend.history_chain import seal

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "history_chain",
        sa.Column("history_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False, comment="SHA-256 over the line and the hash before it"),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_history_chain")),
        comment="one row a line of history, in the transaction that writes it; append-only",
    )
    connection = op.get_bind()
    seal(connection)
    if connection.dialect.name == "sqlite":
        for table in ("history", "history_chain"):
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
                )
