"""Time as a thing that is handed in. Domain layer: nothing below the wiring reads the clock by itself."""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, datetime

Clock = Callable[[], datetime]
"""Returns the current time, aware UTC."""


def require_moment(moment: datetime | None) -> None:
    """Check that a moment, where there is one, means the same everywhere.

    Raises:
        ValueError: It has no time zone, or lies so far off that another zone cannot tell it.
    """
    if moment is None:
        return
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError(f"{moment} is no moment of this age")
