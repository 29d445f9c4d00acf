"""Decodes pictures in this process: photo work, pure. For commands, which a picture can bring down without harm."""

from crew.photos.cells import cell_picture
from crew.photos.intake import black_out, prepare_file
from crew.photos.mosaic import mosaic

__all__ = ["black_out", "cell_picture", "mosaic", "prepare_file", "warm_up"]


def warm_up() -> None:
    """Nothing is left to do: whoever has this module has the decoders."""
