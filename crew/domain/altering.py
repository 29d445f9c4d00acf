"""A work order with some fields different, in a third of the time of `dataclasses.replace`. Domain layer; pure.

Every change that is applied alters an order twice, and a move applies hundreds while a person waits.
"""

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from crew.domain.work_order import WorkOrder

__all__ = ["altered"]

_NAMES: Final = tuple(field.name for field in fields(WorkOrder))
_read: Final = attrgetter(*_NAMES)
_WRITERS: Final = {name: getattr(WorkOrder, name).__set__ for name in _NAMES}


def _altered(order: WorkOrder, **changes: object) -> WorkOrder:
    """The order with other values in some fields; it checks itself as any new one does."""
    anew = object.__new__(WorkOrder)
    for write, kept in zip(_WRITERS.values(), _read(order), strict=True):
        write(anew, kept)
    for name, given in changes.items():
        _WRITERS[name](anew, given)
    anew.__post_init__()
    return anew


if TYPE_CHECKING:
    from dataclasses import replace as altered  # under this name the checker knows the fields and their types
else:
    altered = _altered
