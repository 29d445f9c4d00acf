"""The limited palettes of the drawn scenes: demo city, pure. One mood is one hour of one season."""

from typing import Final

from crew.backend.demo.scenes.canvas import Colour
from crew.domain.value import Value


class Mood(Value):
    """The colours of one hour.

    Attributes:
        sky: High and low.
        sun: The disc of the sun or moon.
        cloud: Clouds.
        far: What stands at the horizon.
        leaves: Dark, middle and light.
        facades: House fronts.
        trim: Window frames and cornices.
        glass: Window panes.
        roof: Roofs and chimneys.
        asphalt: The road.
        kerb: Kerb stones.
        pavement: Slabs.
        lit_part: Part of the windows with a light in them.
        stars: Whether stars are out.
    """

    sky: tuple[Colour, Colour]
    sun: Colour
    cloud: Colour
    far: Colour
    leaves: tuple[Colour, Colour, Colour]
    facades: tuple[Colour, ...]
    trim: Colour
    glass: Colour
    roof: Colour
    asphalt: Colour
    kerb: Colour
    pavement: Colour
    lit_part: float = 0.0
    stars: bool = False


_MORNING: Final = Mood(
    sky=((126, 190, 206), (253, 236, 206)),
    sun=(255, 247, 218),
    cloud=(255, 251, 240),
    far=(166, 198, 200),
    leaves=((44, 96, 82), (76, 134, 100), (138, 182, 118)),
    facades=((206, 106, 80), (238, 194, 132), (142, 172, 170), (246, 228, 198), (112, 136, 160)),
    trim=(252, 244, 228),
    glass=(66, 92, 114),
    roof=(86, 78, 90),
    asphalt=(104, 110, 120),
    kerb=(232, 226, 212),
    pavement=(214, 202, 184),
)

_NOON: Final = Mood(
    sky=((58, 148, 198), (196, 230, 232)),
    sun=(255, 250, 226),
    cloud=(255, 255, 252),
    far=(136, 182, 196),
    leaves=((30, 92, 70), (66, 138, 84), (142, 190, 98)),
    facades=((226, 128, 94), (250, 208, 120), (98, 156, 160), (250, 238, 214), (178, 84, 78)),
    trim=(255, 250, 238),
    glass=(44, 82, 112),
    roof=(72, 70, 88),
    asphalt=(96, 104, 118),
    kerb=(236, 232, 222),
    pavement=(218, 210, 196),
)

_AUTUMN: Final = Mood(
    sky=((118, 164, 172), (244, 226, 186)),
    sun=(255, 238, 196),
    cloud=(252, 242, 222),
    far=(170, 182, 166),
    leaves=((150, 62, 40), (208, 108, 48), (240, 170, 74)),
    facades=((152, 78, 66), (222, 178, 122), (104, 126, 122), (236, 216, 180), (78, 98, 116)),
    trim=(248, 236, 212),
    glass=(58, 76, 88),
    roof=(70, 62, 66),
    asphalt=(98, 98, 104),
    kerb=(226, 214, 194),
    pavement=(206, 192, 170),
)

_EVENING: Final = Mood(
    sky=((104, 112, 168), (252, 192, 138)),
    sun=(255, 226, 160),
    cloud=(250, 190, 168),
    far=(160, 126, 150),
    leaves=((44, 72, 80), (84, 112, 90), (178, 166, 92)),
    facades=((190, 90, 84), (232, 158, 108), (116, 110, 144), (240, 202, 162), (88, 84, 124)),
    trim=(252, 226, 190),
    glass=(62, 58, 96),
    roof=(66, 54, 82),
    asphalt=(96, 90, 112),
    kerb=(234, 206, 184),
    pavement=(210, 178, 164),
    lit_part=0.25,
)

DAY_MOODS: Final = (_MORNING, _NOON, _AUTUMN, _EVENING)

DUSK: Final = Mood(
    sky=((44, 58, 108), (238, 150, 124)),
    sun=(255, 204, 150),
    cloud=(196, 122, 136),
    far=(112, 88, 128),
    leaves=((34, 44, 66), (56, 68, 82), (98, 96, 92)),
    facades=((122, 66, 84), (158, 104, 98), (76, 78, 116), (172, 134, 128), (60, 60, 100)),
    trim=(206, 166, 150),
    glass=(44, 42, 78),
    roof=(44, 38, 66),
    asphalt=(70, 68, 94),
    kerb=(176, 148, 148),
    pavement=(140, 120, 134),
    lit_part=0.5,
)

NIGHT: Final = Mood(
    sky=((22, 32, 82), (104, 112, 178)),
    sun=(246, 240, 212),
    cloud=(70, 80, 138),
    far=(72, 78, 136),
    leaves=((14, 26, 44), (22, 40, 58), (34, 58, 70)),
    facades=((46, 42, 76), (56, 52, 84), (36, 44, 78), (64, 58, 88), (30, 36, 68)),
    trim=(82, 80, 116),
    glass=(22, 26, 52),
    roof=(20, 22, 46),
    asphalt=(38, 42, 66),
    kerb=(86, 88, 116),
    pavement=(58, 60, 90),
    lit_part=0.3,
    stars=True,
)
