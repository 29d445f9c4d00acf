"""What a value is: fields that never change, and equal where they are equal. Domain layer; pure.

Values are structs of msgspec, made in C. A frozen dataclass writes and compiles six functions while the program starts;
a hundred of them were a tenth of the start. A copy with another field takes a fifteenth of the time. The domain uses
nothing else of msgspec: reading and writing JSON belongs to `crew/wire.py`.
"""

from typing import TYPE_CHECKING, dataclass_transform

from msgspec import Struct, field

if TYPE_CHECKING:
    from dataclasses import replace  # under this name the checker knows the fields and their types
else:
    from msgspec.structs import replace

__all__ = ["Value", "field", "replace"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value(Struct, frozen=True):
    """The base of every value. Where one has a `__post_init__`, it is checked when made and when replaced."""
