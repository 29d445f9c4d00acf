"""A notice as the table has it, and the letter that it leaves in. Backend layer; pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from crew.backend.notice_kinds import AnyKind, Kind
from crew.domain.value import Value


class Notice(Value):
    """One notice in a worker's hands; the fields are those of the table."""

    id: str
    event_id: str
    request_id: str
    kind: AnyKind
    way: str
    destination: str
    letter_id: str
    created_at: datetime
    attempts: int
    doubts: int

    @property
    def news(self) -> Kind:
        """What happened, as those outside of the city are told of it.

        Raises:
            ValueError: It is for staff or posts alone, and no other way has such a notice in hand.
        """
        if self.kind == "escalated" or self.kind == "photo_withdrawn":
            raise ValueError(self.kind)
        return self.kind


class Letter(Value):
    """What leaves in one piece.

    Attributes:
        id: The same at every try.
        lease: Shows that it is in this worker's hands.
        notices: What it tells, the oldest first; several make a digest.
    """

    id: str
    lease: str
    notices: tuple[Notice, ...]

    @property
    def first(self) -> Notice:
        """The oldest of its notices."""
        return self.notices[0]


def letter_id_of(notices: Sequence[Notice]) -> str:
    """Names the letter of some notices: one alone gives it its own name."""
    if len(notices) == 1:
        return notices[0].id
    return hashlib.sha256("\0".join(sorted(one.id for one in notices)).encode()).hexdigest()[:32]
