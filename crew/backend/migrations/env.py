"""Runs the migrations on the connection that database.py hands in. Backend layer; opens nothing by itself."""

from alembic import context

from crew.backend.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
