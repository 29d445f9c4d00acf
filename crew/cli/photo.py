"""What a picture would be sent as. CLI layer; keeps nothing, needs no store and no sign-in."""

from pathlib import Path
from typing import TYPE_CHECKING

from crew.cli.output import print_json
from crew.wiring import local_zone

if TYPE_CHECKING:
    import argparse


def show(arguments: "argparse.Namespace") -> int:
    """Print size, hash, time and place of the photo that a file would become. Raises CorrectInput for what is none."""
    from crew.photos.intake import prepare_file

    path = Path(arguments.file)
    photo = prepare_file(path, zone=local_zone())
    original_bytes = path.stat().st_size
    if arguments.json:
        print_json(
            {
                "sha256": photo.sha256,
                "byte_count": len(photo.content),
                "width": photo.width,
                "height": photo.height,
                "taken_at": photo.taken_at,
                "lat": photo.lat,
                "long": photo.long,
                "near_hash": photo.near_hash,
                "original_byte_count": original_bytes,
            }
        )
        return 0
    place = "the camera does not say where" if photo.lat is None else f"taken at {photo.lat:.5f}, {photo.long:.5f}"
    taken = "the camera does not say when" if photo.taken_at is None else f"taken {photo.taken_at:%Y-%m-%d %H:%M} UTC"
    print(f"{photo.width} by {photo.height}, {len(photo.content):,} bytes of {original_bytes:,}; {taken}; {place}.")
    print("Nothing in it but its pixels: time and place travel beside it, to the city alone.")
    print(f"SHA-256 {photo.sha256}")
    return 0
