"""The worker's phone as a camera: a page on the local network, open for one order while one screen is open.

Stands beside the store: knows no store, no screen, no Pillow and no backend. Bytes come in, files in a folder go out.
It refuses everybody but the first phone that comes with the address of the screen, and everything but pictures.
"""

from crew.phone.addresses import Way, ways
from crew.phone.door import PhoneDoor, Surroundings
from crew.phone.inbox import ArrivedPhoto
from crew.phone.limits import Limits
from crew.phone.standing import Standing

__all__ = ["ArrivedPhoto", "Limits", "PhoneDoor", "Standing", "Surroundings", "Way", "ways"]
