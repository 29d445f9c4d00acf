"""What all tables share: the moment as it is stored, and the names of keys. Backend layer; opens nothing.

Portable between SQLite and PostgreSQL: no dialect's own types. Changing a table means a new Alembic migration.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: sorts, compares and loads the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into microseconds."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware UTC datetime."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, as `Moment` columns hold it."""
    return (moment - _EPOCH) // _MICROSECOND


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

settings: Final = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (names this database's feed), page_secret (signs the citizens' links), next_request_number, "
    "contacts_lookup (the secret of the mail hashes, locked), scrub (old contacts may still lie in free pages)",
)
