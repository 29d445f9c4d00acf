"""A city with a few reports, served over a real socket, for a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from crew.backend.backend_settings import BackendSettings
from crew.backend.catalogue import CREWS_FILE
from crew.backend.city import City
from crew.backend.demo.scenery import ATTRIBUTION, NAME, SCENERY
from crew.backend.demo.scenes import SceneKind, draw_scene
from crew.backend.map_offer import put_map
from crew.backend.orders import NewRequest, insert_request, link_request
from crew.backend.public.page_links import page_address
from crew.backend.serve import EmbeddedBackend
from crew.domain.work_order import PhotoRole
from crew.maps.building import write_map
from crew.maps.geojson import shapes_of_lines
from crew.photos.intake import prepare
from crew.photos.prepared import PreparedPhoto
from crew.settings import shipped_path
from tests.backend.citizens import Hands, add_photo, set_order, with_settings
from tests.founding import found_city
from tests.maps.town import silent

CREW: Final = "PWDx_District 02: Jamaica Plain"
DISTRICTS: Final = f"""
"Jamaica Plain" = ["{CREW}"]
"Roxbury" = ["PWDx_District 10A: Roxbury", "PWDx_District 10B: Roxbury"]
"""
REACTIONS: Final = {"thanks": "👍 Thank you", "great": "🎉 Great work", "unhappy": "😕 Not what I hoped for"}
_PLACES: Final = (
    ("pothole", "88 Green St, Jamaica Plain", 42.3103, -71.1071, "working"),
    ("street-light", "8 Moss Hill Rd, Jamaica Plain", 42.3120, -71.1270, "assigned"),
    ("graffiti", "Green St at Lamartine St", 42.3105, -71.1065, "assigned"),
    ("missed-trash", "55 Paul Gore St, Jamaica Plain", 42.3182, -71.1075, "new"),
    ("illegal-dumping", "120 Brookley Rd, Jamaica Plain", 42.3055, -71.1052, "waiting"),
    ("pothole", "410 Centre St, Jamaica Plain", 42.3161, -71.1121, "assigned"),
    ("tree-care", "30 Eliot St, Jamaica Plain", 42.3098, -71.1182, "on_the_way"),
    ("sidewalk", "701 Centre St, Jamaica Plain", 42.3111, -71.1147, "assigned"),
)


@dataclass(frozen=True)
class Site:
    """A served city.

    Attributes:
        url: Where it is.
        city: What is behind it.
        clock: The hands of its clock.
        finished: The number of a report whose work is done, with both photos.
        opened: The number of one that is open, a pothole at 88 Green St.
    """

    url: str
    city: City
    clock: Hands
    finished: str
    opened: str

    def page_of(self, number: str) -> str:
        """The secret address of a report's page."""
        with self.city.database.reading() as connection:
            return page_address(connection, self.url, number)


@contextmanager
def site(folder: Path, *, with_map: bool = False) -> Iterator[Site]:
    """Found a city and serve it; with a map of its streets, it has districts too."""
    clock = Hands()
    if with_map:
        _give_map(folder)
    city = found_city(folder, BackendSettings(city_name="Example City", reactions=REACTIONS), clock)
    finished = _finished(city, clock)
    opened, *_ = [_reported(city, clock, *place) for place in _PLACES]
    with EmbeddedBackend(city) as url:
        yield Site(url, with_settings(city, public_url=url), clock, finished, opened)


def _give_map(folder: Path) -> None:
    folder.mkdir(parents=True)
    file = folder / "sketch.pmtiles"
    write_map(shapes_of_lines(SCENERY), file, name=NAME, attribution=ATTRIBUTION, on_progress=silent)
    put_map(folder, file, silent)
    crews = shipped_path(CREWS_FILE).read_text(encoding="utf-8")
    (folder / CREWS_FILE).write_text(f"{crews}{DISTRICTS}", encoding="utf-8")


def scene(side: Literal["before", "after"]) -> PreparedPhoto:
    """A drawn photo of a pothole, before or after its repair."""
    return prepare(draw_scene(SceneKind.POTHOLE, side, 3), f"{side}.jpg")


def _finished(city: City, clock: Hands) -> str:
    words = "Deep hole in the right lane, two cars have hit it since yesterday."
    new = NewRequest(
        service_code="pothole",
        description=words,
        address="412 Centre St, Jamaica Plain",
        lat=42.3163,
        long=-71.1123,
        crew=CREW,
        photos=[scene("before")],
    )
    with city.database.writing() as connection:
        number = insert_request(connection, city, new)
        link_request(connection, city, NewRequest(service_code="pothole", description="Me too"), number)
    clock.turn(hours=2, minutes=10)
    set_order(city, number, "on the way", work_status="on_the_way")
    clock.turn(minutes=25)
    set_order(city, number, "working", work_status="working")
    clock.turn(minutes=50)
    add_photo(city, number, PhotoRole.AFTER, scene("after"), device_id="truck-1")
    said = "The pothole at 412 Centre St, Jamaica Plain is filled. Our road crew finished it this afternoon."
    set_order(city, number, "done, 1 photo", work_status="done", public_status="closed", public_text=said)
    return number


def _reported(city: City, clock: Hands, service: str, address: str, lat: float, long: float, status: str) -> str:
    clock.turn(minutes=7)
    new = NewRequest(service_code=service, description="", address=address, lat=lat, long=long, crew=CREW)
    with city.database.writing() as connection:
        number = insert_request(connection, city, new)
    if status != "assigned":
        words = "waiting for parts" if status == "waiting" else status.replace("_", " ")
        set_order(city, number, words, work_status=status, waiting_reason="parts" if status == "waiting" else "")
    return number
