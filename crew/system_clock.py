"""Reads the clock of this machine, for terminal and backend alike: the only module that does. Imports none of ours."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the place where the clock comes from
