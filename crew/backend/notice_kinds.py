"""What a notice can tell. Lowest of the backend's layers; settings and catalogue choose among these words."""

from typing import Final, Literal, get_args

Kind = Literal["received", "scheduled", "done", "cant_do", "moved", "reopened"]
"""It reached the city; a crew has it; it is done; it cannot be done; another agency has it; it is open again."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

StaffKind = Literal["escalated"]
"""Somebody of the city is asked to look at an order; citizens, programs and channels hear nothing of it."""

PostKind = Literal["photo_withdrawn"]
"""A photo that was posted must not be seen any more; posts alone hear of it."""

PHOTO_WITHDRAWN: Final[PostKind] = "photo_withdrawn"

AnyKind = Kind | StaffKind | PostKind

EVERY_KIND: Final[tuple[AnyKind, ...]] = (*KINDS, *get_args(StaffKind), PHOTO_WITHDRAWN)

ENDINGS: Final[frozenset[Kind]] = frozenset({"done", "cant_do", "moved"})
"""What ends a report in its reporter's eyes."""
