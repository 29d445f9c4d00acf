"""The streets under the public map: pictures of the map that the city offers, each drawn once. Backend layer.

A map that cannot be read is said in the log, once, and the public map then has no streets. Pictures are kept up to a
size in memory; no request makes two of them at a time.
"""

import gzip
import logging
import math
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from anyio import CapacityLimiter, to_thread
from starlette.responses import PlainTextResponse, Response

from crew.backend.citizens.map_area import fitted, read_area, written_area
from crew.backend.citizens.page_frame import SAFE_HEADERS
from crew.backend.citizens.street_drawing import STYLE_HASH, drawn_streets, view_of
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.georeport.answers import take_share
from crew.backend.georeport.refusals import AskSlower
from crew.backend.map_offer import offered_map, path_of_map
from crew.domain.errors import CorrectInput
from crew.domain.value import Value
from crew.maps.city_map import CityMap
from crew.maps.recent import Recent

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.public.public_requests import Area
    from crew.wire import MapOffer

_MOST_BYTES: Final = 4_000_000
_MEDIA_TYPE: Final = "image/svg+xml"
_KEPT: Final = "public, max-age=86400, immutable"
"""The address of a picture names the map and the part of it, so it never has to be asked for again."""

_POLICY: Final = f"default-src 'none'; style-src {STYLE_HASH}; frame-ancestors 'none'"
_NONE: Final = "There are no streets to be drawn here."

_log: Final = logging.getLogger(__name__)


class Ground(Value):
    """A map that lies under the dots.

    Attributes:
        name: Tells it from every other map.
        attribution: Whose data it is; has to stand with the map.
    """

    name: str
    attribution: str


class CityStreets:
    """The offered map, opened when it is first asked for, and pictures of parts of it. For several threads."""

    def __init__(self, data_dir: Path, most_bytes: int = _MOST_BYTES) -> None:
        """Open nothing yet; keep so many bytes of pictures."""
        self.one_at_a_time: Final = CapacityLimiter(1)
        self._data_dir: Final = data_dir
        self._turn: Final = Lock()
        self._offer: MapOffer | None = None
        self._map: CityMap | None = None
        self._pictures: Final = Recent[tuple[str, str], bytes](most_bytes, len)

    def ground(self) -> Ground | None:
        """What lies under the dots now; None where the city offers no map, or none that can be read."""
        offer, city_map = self._opened()
        if offer is None or city_map is None:
            return None
        return Ground(offer.sha256[:12], city_map.facts().attribution)

    def picture(self, area: "Area") -> bytes | None:
        """The streets of a part of the city, as SVG in gzip; None where there is nothing to draw them of."""
        offer, city_map = self._opened()
        area = fitted(area)
        view = view_of(area)
        if offer is None or city_map is None or view is None:
            return None

        def draw() -> bytes:
            return gzip.compress(drawn_streets(view, city_map.pieces(view)).encode(), mtime=0)

        return self._pictures.get((offer.sha256, written_area(area)), draw)

    def _opened(self) -> tuple["MapOffer | None", CityMap | None]:
        """The offered map; one that was looked at before is not looked at again, whether it could be read or not."""
        offer = offered_map(self._data_dir)
        with self._turn:
            if offer != self._offer:
                self._offer, self._map = offer, None if offer is None else self._open(offer)
            return self._offer, self._map

    def _open(self, offer: "MapOffer") -> CityMap | None:
        try:
            return CityMap(path_of_map(self._data_dir, offer.sha256))
        except CorrectInput as error:
            _log.warning("The public map has no streets. %s Put a whole one here: crew backend map FILE", error)
            return None


def streets_of(request: "Request") -> CityStreets:
    """The streets of the city that a request is about."""
    streets: CityStreets = request.app.state.city_streets
    return streets


async def show_streets(request: "Request") -> Response:
    """The picture of the streets of a part of the city."""
    if not city_of(request).settings.public.list:
        return PlainTextResponse(_NONE, HTTPStatus.NOT_FOUND)
    try:
        take_share(request)
    except AskSlower as error:
        headers = {"Retry-After": str(math.ceil(error.after_seconds))}
        return PlainTextResponse(error.sentence, error.status, headers)
    area, streets = read_area(request.query_params.get("area", "")), streets_of(request)
    packed = await to_thread.run_sync(streets.picture, area, limiter=streets.one_at_a_time) if area else None
    if packed is None:
        return PlainTextResponse(_NONE, HTTPStatus.NOT_FOUND)
    headers = {**SAFE_HEADERS, "Content-Security-Policy": _POLICY, "Cache-Control": _KEPT, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=_MEDIA_TYPE)
    return Response(gzip.decompress(packed), headers=headers, media_type=_MEDIA_TYPE)


ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "/requests/streets.svg",
        show_streets,
        Access.PUBLIC,
        "The streets of a part of the city, as a picture",
        answers=_MEDIA_TYPE,
        query=(("area", "South, west, north and east, in degrees"), ("map", "Names the map, for whoever keeps it")),
    ),
)
