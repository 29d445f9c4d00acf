"""Time as a thing that is handed in. Domain layer: nothing below the wiring reads the clock by itself."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the current time, aware UTC."""
