"""What sync needs of the world outside, handed in: the client, the clock, chance, and a knock at the backend's door."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class World:
    """What sync needs of the world outside, handed in."""

    connect: "Callable[[str, str], CrewApi]"
    """Makes a client for an address and a token."""
    address: Callable[[str], str]
    """Makes an address out of what a person typed."""
    clock: "Clock"
    jitter: Callable[[], float]
    """Returns a number from 0 to 1 for the back-off."""
    fresh_id: Callable[[], str]
    """Makes the device's id at its first sign-in."""
    reaches: Callable[[str], Awaitable[bool]]
    """Whether a connection to an address comes about, found out with a few bytes."""
    device_name: str = ""
    photos_only_asked: bool = False
    """Whether photos are fetched only when somebody looks at them; thumbnails always come."""
