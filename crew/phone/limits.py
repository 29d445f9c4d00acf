"""How much of anything a phone may take from this device. The worker's phone; pure."""

from crew.domain.value import Value


class Limits(Value, kw_only=True):
    """Bounds of one open door; each is there so that a slow or hostile neighbour costs nothing.

    Attributes:
        photo_bytes: Largest photo.
        photos: Most photos through one door.
        unfinished: Most photos begun and not whole; one more drops the oldest.
        head_bytes: Longest head of a request.
        head_seconds: How long a request may take to be asked, and a connection may say nothing.
        piece_seconds: How long a phone may be silent in the middle of a piece.
        wait_seconds: How long a page that asks whether the door is still open is kept waiting for the answer.
        farewell_seconds: How long pages have to hear that the door has closed.
        connections: Most connections at the same time.
        connections_of_one: Most of them from one address. Browsers open six.
    """

    photo_bytes: int
    photos: int = 20
    unfinished: int = 4
    head_bytes: int = 8 * 1024
    head_seconds: float = 10
    piece_seconds: float = 15
    wait_seconds: float = 20
    farewell_seconds: float = 1
    connections: int = 32
    connections_of_one: int = 10
