"""A crew's device with photos that can be found on a screen by their colours."""

from collections.abc import Sequence
from pathlib import Path

from crew.domain.value import replace
from crew.domain.work_order import Photo, PhotoRole
from tests.emulators.stains import Colour, a_slope
from tests.terminal.truck import Truck, a_days_work


def a_device(folder: Path, *of_orders: Sequence[Colour]) -> Path:
    """A day's orders; the first of them have photos of these colours."""
    device = Truck(folder)
    orders = a_days_work()
    for place, colours in enumerate(of_orders):
        written = [device.store.photos.write(a_slope(colour)) for colour in colours]
        photos = tuple(Photo(sha256, PhotoRole.BEFORE, 9_000, 800, 600) for sha256 in written)
        orders[place] = replace(orders[place], photos=photos)
    device.receive(orders)
    device.store.close()
    return folder
