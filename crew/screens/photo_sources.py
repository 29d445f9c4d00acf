"""How photos come in: the commands of every sheet that takes some. Screen layer."""

from typing import Final

from crew.commands import Command

PHOTO: Final = Command(name="photo", key="p", label="Photo", help="Choose photos from a card or files.")
CAMERA: Final = Command(name="camera", key="c", label="Camera", help="Take a photo with this device's camera.")
PHONE: Final = Command(name="phone", key="f", label="Phone", help="Take photos with your phone: it scans a code.")
