"""What every receiver is to the rest of Crew, and how one is followed over days. Edge; keeps and decides nothing."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final, Protocol, TypeAlias

from crew.domain.errors import TryLater
from crew.domain.position import Position
from crew.domain.value import Value

_FIRST_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 60.0


class NoPosition(TryLater):
    """A receiver cannot be reached, or not any more; the sentence says why and what would help."""


class Quiet(Value):
    """A receiver is there and knows no place; `words` are a sentence that says why."""

    words: str
    lost: bool = False
    """Whether it is not even there."""


Heard: TypeAlias = Position | Quiet


class Receiver(Protocol):
    """Something that knows where the device is."""

    @property
    def name(self) -> str:
        """What a person calls it, clean."""

    def listen(self) -> AsyncGenerator[Heard, None]:
        """Everything that it says from now on; the places are not yet doubted.

        Raises:
            NoPosition: It cannot be reached, or it went away.
        """


async def follow(
    receiver: Receiver,
    tell: Callable[[Heard], Awaitable[None]],
    first_pause_seconds: float = _FIRST_PAUSE_SECONDS,
) -> None:
    """Listen until cancelled; after a loss try again, at first soon, then once a minute.

    Args:
        receiver: Who to listen to.
        tell: Gets everything that is heard, one after the other; a loss as `Quiet`.
        first_pause_seconds: The pause after the first loss; it doubles with each that follows.
    """
    pause = first_pause_seconds
    while True:
        try:
            async with aclosing(receiver.listen()) as said:
                async for heard in said:
                    pause = first_pause_seconds
                    await tell(heard)
        except NoPosition as error:
            await tell(Quiet(error.sentence, lost=True))
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
