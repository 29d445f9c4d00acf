"""Thumbnails between backend and device: small pictures by the names of their photos, many in one answer. Pure."""

from typing import Final

import msgspec

from crew.wire import Malformed

MEDIA_TYPE: Final = "application/vnd.crew.thumbnails+msgpack"
"""Thumbnails by the SHA-256 of their photos: a map of strings to JPEG bytes, in MessagePack."""

AT_ONCE: Final = 10
"""A dozen seconds on the thinnest link that work is done over."""


def encode_thumbnails(found: dict[str, bytes]) -> bytes:
    """Thumbnails by the names of their photos, as bytes."""
    return msgspec.msgpack.encode(found)


def decode_thumbnails(raw: bytes) -> dict[str, bytes]:
    """The opposite of `encode_thumbnails`; the pictures may be anything.

    Raises:
        Malformed: The bytes are no such map.
    """
    try:
        return msgspec.msgpack.decode(raw, type=dict[str, bytes])
    except msgspec.DecodeError as error:
        raise Malformed(f"The other side sent thumbnails that this version cannot read ({error}).") from error
