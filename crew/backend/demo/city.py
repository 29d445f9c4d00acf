"""Fills an empty city with a believable day, the same for the same seed. Backend layer; for the demo and for tests.

What people did is written by the functions that write real changes, so nothing is here that could not happen there.
"""

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend.change_effects import apply_change
from crew.backend.demo.album import Album
from crew.backend.demo.day import Day, Deed, Report, plan_day
from crew.backend.demo.people import Reporters
from crew.backend.demo.stops import Stop
from crew.backend.order_writing import keep_photo
from crew.backend.orders import NewRequest, insert_request, link_request, load_order
from crew.backend.schema import service_requests
from crew.domain.change import Change, ChangeId, StatusChange
from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_text
from crew.domain.value import replace
from crew.domain.wording import sentence
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

DEMO_CREW: Final = "PWDx_District 02: Jamaica Plain"
"""The crew whose day the demo shows."""

_DEVICE: Final = "demo"


def fill(city: "City", now: datetime, seed: int = 311) -> None:
    """Fill the city with a day's requests and work; one that has requests already stays as it is.

    Args:
        city: The city; its catalogue and photo folder are used.
        now: When the day is looked at, aware; deadlines lie around it.
        seed: Chooses people, places and states.

    Raises:
        FreeSpace: The disk is full; the city has no requests, as before.
    """
    with city.database.reading() as connection:
        if connection.execute(select(service_requests.c.id).limit(1)).first():
            return
    dice = Random(seed)  # noqa: S311 - a day's luck, not a secret
    day = plan_day(city.catalogue, now, dice)
    album = Album()
    album.draw(day)
    with city.database.writing() as connection:
        _Filling(connection, city, day, album, Reporters(dice)).write()


class _Filling:
    """Writes a day, report by report and deed by deed, each at its own moment."""

    def __init__(self, connection: "Connection", city: "City", day: Day, album: Album, reporters: Reporters) -> None:
        self._connection = connection
        self._city = city
        self._day = day
        self._album = album
        self._reporters = reporters
        self._order_ids: dict[int, str] = {}

    def write(self) -> None:
        """Write everything."""
        for report in self._day.reports:
            self._write_report(report)
        for sequence, deed in enumerate(self._day.deeds, 1):
            self._write_deed(deed, sequence)

    def _write_report(self, report: Report) -> None:
        stop = self._day.stops[report.stop]
        city = self._city_at(report.at)
        request = self._request(stop, report)
        if report.first:
            self._order_ids[report.stop] = insert_request(self._connection, city, request)
        else:
            link_request(self._connection, city, request, self._order_ids[report.stop])

    def _request(self, stop: Stop, report: Report) -> NewRequest:
        # Ended orders have nobody to write to: the demo begins with an empty mail folder.
        untouched = stop.status not in (WorkStatus.DONE, WorkStatus.CANT_DO, WorkStatus.SENT_BACK)
        reporter = self._reporters.next(mail=untouched)
        return NewRequest(
            service_code=stop.service,
            description=clean_text(report.words),
            address=stop.place.address,
            lat=stop.place.lat,
            long=stop.place.long,
            requested_at=report.at,
            crew=DEMO_CREW if stop.crew is None else stop.crew,
            first_name=reporter.first_name,
            last_name=reporter.last_name,
            email=reporter.email,
            phone=reporter.phone,
            photos=[self._album.photo(stop.picture, "before")] if stop.picture and report.first else [],
        )

    def _write_deed(self, deed: Deed, sequence: int) -> None:
        order = load_order(self._connection, self._city.catalogue, self._order_ids[deed.stop])
        if order is None:
            raise CorrectInput(f"The demo city lost the order of its stop {deed.stop}.")
        city = self._city_at(deed.at)
        act = deed.act
        if isinstance(act, StatusChange) and act.status.ended:
            act = replace(
                act, photos=self._after_photos(city, deed), public_text=self._public_text(order, act, deed.at)
            )
        change = Change(
            id=ChangeId(f"{_DEVICE}-{sequence}"),
            device_id=_DEVICE,
            sequence=sequence,
            order_id=OrderId(order.id),
            base_version=order.version,
            made_at=deed.at,
            person=deed.person,
            act=act,
        )
        apply_change(self._connection, city, order, change, needs_look=False)

    def _after_photos(self, city: "City", deed: Deed) -> tuple[Photo, ...]:
        picture = self._day.stops[deed.stop].picture
        if not picture or not isinstance(deed.act, StatusChange) or deed.act.status is not WorkStatus.DONE:
            return ()
        prepared = self._album.photo(picture, "after")
        photo = Photo(
            PhotoHash(prepared.sha256),
            PhotoRole.AFTER,
            len(prepared.content),
            prepared.width,
            prepared.height,
            deed.at,
        )
        keep_photo(self._connection, city, photo, prepared.content, _DEVICE)
        return (photo,)

    def _public_text(self, order: WorkOrder, act: StatusChange, at: datetime) -> str:
        local = at.astimezone(ZoneInfo(self._city.settings.time_zone))
        return sentence(self._city.catalogue.wording, order, act, local)

    def _city_at(self, moment: datetime) -> "City":
        return replace(self._city, clock=lambda: moment)
