"""How an open door stands, for whoever shows it. The worker's phone; pure."""

from typing import TYPE_CHECKING

from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.phone.inbox import ArrivedPhoto


class Standing(Value):
    """What can be told of a door at one moment.

    Attributes:
        phone_here: A phone has opened the page; no other one is let in any more.
        arrived: Photos that are whole and on disk, in the order in which they came.
        percent: How much of the photo under way is here; None where none is.
        trouble: Why the last photo was not taken; empty where all is well.
    """

    phone_here: bool = False
    arrived: "tuple[ArrivedPhoto, ...]" = ()
    percent: int | None = None
    trouble: str = ""
