"""What a notice can tell. Lowest of the backend's layers; settings and catalogue choose among these words."""

from typing import Final, Literal, get_args

ToldKind = Literal["received", "scheduled", "done", "cant_do", "moved", "reopened"]
"""It reached the city; a crew has it; it is done; it cannot be done; another agency has it; it is open again."""

Kind = ToldKind | Literal["photo_withdrawn"]
"""Beside what people and programs are told, posts alone hear that a photo of theirs must not be seen any more."""

PHOTO_WITHDRAWN: Final = "photo_withdrawn"

KINDS: Final[tuple[Kind, ...]] = (*get_args(ToldKind), PHOTO_WITHDRAWN)

StaffKind = Literal["escalated"]
"""Somebody of the city is asked to look at an order; citizens, programs and channels hear nothing of it."""

AnyKind = Kind | StaffKind

ENDINGS: Final[frozenset[Kind]] = frozenset({"done", "cant_do", "moved"})
"""What ends a report in its reporter's eyes."""
