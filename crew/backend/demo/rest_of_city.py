"""What everybody else has to do in the demo city: drawn from words and places by a seed. Pure."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from random import Random
from typing import Final

from crew.backend.catalogue import Catalogue
from crew.backend.demo.places import PLACES_OF_CREW, Place
from crew.backend.demo.reports import CANT_DO_NOTES, REPEATS, REPORTS, WAITING_NOTES
from crew.backend.demo.scenes import SceneKind
from crew.backend.demo.stops import Stop
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus

_BY_DISTRICT: Final = frozenset(
    {"pothole", "sidewalk", "litter-basket", "street-cleaning", "illegal-dumping", "dead-animal"}
)
"""Services that the district's own crew looks after; the others have a crew for the whole city."""

_AT_CORNERS: Final = frozenset({"traffic-signal", "catch-basin"})
_TRIAGE: Final = "other"
"""Reports of this service belong to nobody yet: the dispatcher places them."""

_SCENES: Final = {
    "street-light": (SceneKind.STREET_LIGHT, 6),
    "traffic-signal": (SceneKind.DEAD_SIGNAL, 4),
    "graffiti": (SceneKind.GRAFFITI, 5),
    "sign-repair": (SceneKind.SIGN, 3),
    "tree-emergency": (SceneKind.TREE, 3),
    "missed-trash": (SceneKind.TRASH, 2),
    "pothole": (SceneKind.POTHOLE, 3),
    "litter-basket": (SceneKind.LITTER_BASKET, 1),
}
"""What the photo of a service shows, and how many of its reports come with one: the first ones."""

_SEED_OF_SCENES: Final = 1

_STATUSES: Final = (
    (WorkStatus.ASSIGNED, 60),
    (WorkStatus.ACCEPTED, 12),
    (WorkStatus.ON_THE_WAY, 4),
    (WorkStatus.WORKING, 6),
    (WorkStatus.WAITING, 9),
    (WorkStatus.DONE, 6),
    (WorkStatus.CANT_DO, 3),
)
_DUE_HOURS: Final = (
    (-70.0, -24.0, 12),
    (-9.0, -0.5, 14),
    (0.4, 9.0, 34),
    (12.0, 32.0, 26),
    (40.0, 160.0, 14),
)
"""From, to, and how many of a hundred."""

_REPEATED_EVERY: Final = 16
_TWIN_EVERY: Final = 12
_STEPS_AWAY: Final = 0.0001
"""Degrees of latitude: eleven metres."""


def stops_elsewhere(catalogue: Catalogue, dice: Random) -> Iterator[Stop]:
    """One stop for every report that the demo city's words have, each at a place and with a crew that fit."""
    places = {crew: dice.sample(of_crew, len(of_crew)) for crew, of_crew in PLACES_OF_CREW.items()}
    districts = cycle(dice.sample(list(places), len(places)))
    reports = [(service, number, words) for service, texts in REPORTS.items() for number, words in enumerate(texts)]
    for count, (service, number, words) in enumerate(reports):
        district = next(districts)
        picture = _picture(service, number)
        status, reason = _status(
            service, dice, can_end=picture is not None or not catalogue.service(service).photo_required
        )
        yield Stop(
            service,
            _next_place(places[district], corner=service in _AT_CORNERS),
            words,
            _due_in_hours(catalogue.service(service).due_hours, dice),
            status=status,
            reason=reason,
            again=(REPEATS[count // _REPEATED_EVERY % len(REPEATS)],) if count % _REPEATED_EVERY == 0 else (),
            picture=picture,
            crew="" if service == _TRIAGE else district if service in _BY_DISTRICT else catalogue.crew_for("", service),
            note=WAITING_NOTES.get(reason) or CANT_DO_NOTES.get(reason, ""),
        )


def reported_twice(stops: Iterable[Stop]) -> Iterator[Stop]:
    """Some of the open stops once more, a few steps away and in other words: nobody has noticed yet."""
    waiting = [stop for stop in stops if stop.status is WorkStatus.ASSIGNED and not stop.again]
    for stop, words in zip(waiting[::_TWIN_EVERY], cycle(REPEATS), strict=False):
        place = replace(stop.place, lat=stop.place.lat + _STEPS_AWAY)
        yield replace(stop, place=place, words=words, due_in_hours=stop.due_in_hours + 0.2, picture=None)


def _next_place(places: list[Place], *, corner: bool) -> Place:
    """The place that was longest not used, a corner where one is asked for."""
    place = next((place for place in places if place.is_corner), places[0]) if corner else places[0]
    places.remove(place)
    places.append(place)
    return place


def _picture(service: str, number: int) -> tuple[SceneKind, int] | None:
    scene = _SCENES.get(service)
    return (scene[0], _SEED_OF_SCENES) if scene and number < scene[1] else None


def _status(service: str, dice: Random, *, can_end: bool) -> tuple[WorkStatus, str]:
    if service == _TRIAGE:
        return WorkStatus.NEW, ""
    [status] = dice.choices([status for status, _ in _STATUSES], [weight for _, weight in _STATUSES])
    if status is WorkStatus.DONE and not can_end:
        return WorkStatus.WORKING, ""
    if status is WorkStatus.WAITING:
        return status, dice.choice(list(WAITING_NOTES))
    if status is WorkStatus.CANT_DO:
        return status, dice.choice(list(CANT_DO_NOTES))
    return status, ""


def _due_in_hours(due_hours: int, dice: Random) -> float:
    """When it is due; never so late that it would have been reported in the future."""
    [(first, last)] = dice.choices(
        [(first, last) for first, last, _ in _DUE_HOURS], [weight for *_, weight in _DUE_HOURS]
    )
    return min(dice.uniform(first, last), due_hours - dice.uniform(0.3, 2.0))
