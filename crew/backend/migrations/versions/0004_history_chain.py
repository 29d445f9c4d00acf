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
    if connection.dialect.name == "postgresql":
        _protect_on_a_server()
    else:
        for table in ("history", "history_chain"):
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
                )


def _protect_on_a_server() -> None:
    op.execute(
        "CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the history is append-only'; END$$"
    )
    for table in ("history", "history_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()"
        )
