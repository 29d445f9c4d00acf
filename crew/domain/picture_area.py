"""A rectangle on a picture, in parts of its width and height: it fits the picture at any size. Domain layer; pure."""

from typing import Self

from crew.domain.value import Value, replace

_SMALLEST = 0.01


class Area(Value):
    """From the upper left corner of a picture (0, 0) to its lower right one (1, 1).

    Raises:
        ValueError: It does not lie on the picture.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError("an area lies on its picture")

    @classmethod
    def between(cls, one: tuple[float, float], other: tuple[float, float]) -> Self:
        """The area between two corners, at least a hundredth wide and high; what lies beside the picture is cut off."""
        left, right = _span(one[0], other[0])
        top, bottom = _span(one[1], other[1])
        return cls(left, top, right, bottom)

    def moved(self, across: float, down: float) -> Self:
        """The same size elsewhere; it stops at the edges."""
        across = min(max(across, -self.left), 1 - self.right)
        down = min(max(down, -self.top), 1 - self.bottom)
        left, top = max(0.0, self.left + across), max(0.0, self.top + down)
        return replace(
            self, left=left, top=top, right=min(1.0, self.right + across), bottom=min(1.0, self.bottom + down)
        )

    def grown(self, across: float, down: float) -> Self:
        """Wider and higher, or less; the upper left corner stays."""
        return self.between((self.left, self.top), (self.right + across, self.bottom + down))


def _span(one: float, other: float) -> tuple[float, float]:
    low, high = (min(1.0, max(0.0, value)) for value in sorted((one, other)))
    if high - low < _SMALLEST:
        low = min(low, 1 - _SMALLEST)
        high = low + _SMALLEST
    return low, high
