"""Spares the terminal of the tests what Textual does for eyes: a fifteenth of all time went into lines nobody sees.

Every widget is still drawn whenever Textual would draw it, so whatever breaks while it is drawn breaks a test. What is
left out is Textual's own work with the lines: to cut them where widgets overlap, for a driver that writes them nowhere.
Tests that read the screen have it put together when they ask (`tests/terminal/frames.py`), and that what is written
can be read is proven in real terminals (`test_real_terminal.py`, `tests/emulators`).
"""

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from textual._compositor import Compositor
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from rich.segment import Segment

_CACHES: Final = {
    "_divide_cache": 4,
    "_crop_cache": 16,
    "_style_cache": 16,
    "_filter_cache": 4,
    "_line_length_cache": 4,
    "_crop_extend_cache": 4,
    "_offsets_cache": 4,
}
"""What a line remembers of its own, and how much of each; most lines are asked for nothing of it."""


def spare(patch: "pytest.MonkeyPatch") -> None:
    """Leave it out until the patch is undone."""
    patch.setattr(Compositor, "render_full_update", _draw_all)
    patch.setattr(Compositor, "render_partial_update", _draw_what_changed)
    patch.setattr(Strip, "__init__", _begin)
    patch.setattr(Strip, "__getattr__", _begin_to_remember, raising=False)


def _draw_all(compositor: Compositor, simplify: bool = False) -> None:
    """As Textual's own, without the cutting."""
    assert not simplify, "only a picture of the screen is simplified, and no test takes one"
    compositor._dirty_regions.clear()
    _draw(compositor, compositor.size.region)


def _draw_what_changed(compositor: Compositor) -> None:
    """As Textual's own, without the cutting."""
    changed = compositor._dirty_regions.copy()
    compositor._dirty_regions.clear()
    if changed:
        _draw(compositor, Region.from_union(changed).intersection(compositor.size.region))


def _draw(compositor: Compositor, where: Region) -> None:
    deque(compositor._get_renders(where), maxlen=0)


def _begin(strip: Strip, segments: "Iterable[Segment]", cell_length: int | None = None) -> None:
    """As Textual's own, which makes seven memories for each line at once."""
    strip._segments = list(segments)
    strip._cell_length = cell_length
    strip._render_cache = strip._link_ids = strip._cell_count = None


def _begin_to_remember(strip: Strip, name: str) -> FIFOCache[Any, Any]:
    """Make one of a line's memories when it is asked for first."""
    if name not in _CACHES:
        raise AttributeError(name)
    made: FIFOCache[Any, Any] = FIFOCache(_CACHES[name])
    setattr(strip, name, made)
    return made
