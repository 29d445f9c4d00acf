"""Answers what was reported: one service request, some by their ids, or those that fit filters. Backend layer.

Selects no column that holds a person's name, mail or phone, and takes such words out of descriptions. Places are as
coarse as on the citizens' pages, unless the city says otherwise.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend import schema
from crew.backend.georeport.answers import base_address
from crew.backend.georeport.formats import Document, Tree
from crew.backend.georeport.moments import read_end, read_start, write_moment
from crew.backend.georeport.parameters import Parameters
from crew.backend.georeport.refusals import AskForAnother, CorrectParameters
from crew.backend.public.public_photos import PublicPhoto, public_photos
from crew.backend.public.public_words import step_words
from crew.domain.contacts import without_contacts
from crew.domain.public_places import block_of, coarse, without_house_numbers
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select
    from starlette.requests import Request

    from crew.backend.city import City

_LIMIT: Final = 1000
_SPAN: Final = timedelta(days=90)


def request_list(city: "City", request: "Request") -> Document:
    """The service requests that fit the filters, newest first; ids, where given, override every other filter.

    Raises:
        CorrectParameters: A filter cannot be read.
    """
    parameters = Parameters(request.query_params.multi_items())
    ids = parameters.lines("service_request_id")
    if len(ids) > _LIMIT:
        raise CorrectParameters(f"service_request_id names {len(ids)} requests; the most is {_LIMIT}.")
    question = _of_ids(ids) if ids else _page(_filtered(city, parameters), parameters)
    return _answer(city, request, parameters, question)


def one_request(city: "City", request: "Request") -> Document:
    """One service request.

    Raises:
        AskForAnother: There is none with this id.
    """
    parameters = Parameters(request.query_params.multi_items())
    document = _answer(city, request, parameters, _of_ids((request.path_params["request_id"],)))
    if not document.content:
        raise AskForAnother("There is no service request with this id.")
    return document


def _answer(city: "City", request: "Request", parameters: Parameters, question: "Select[Any]") -> Document:
    with city.database.reading() as connection:
        rows = connection.execute(question).all()
        photos = _photos(connection, rows)
    more = parameters.line("extensions").lower() == "true"
    writer = _Writer(city, base_address(city, request), more=more)
    return Document("service_requests", [writer.tree(row, photos.get(row.order_id, [])) for row in rows])


def _photos(connection: "Connection", rows: "Sequence[Row[Any]]") -> dict[str, list[PublicPhoto]]:
    by_order: dict[str, list[PublicPhoto]] = {}
    for photo in public_photos(connection, {row.order_id for row in rows}):
        by_order.setdefault(photo.order_id, []).append(photo)
    return by_order


def _selected() -> "Select[Any]":
    requests, orders = schema.service_requests, schema.work_orders
    of_request = ("id", "order_id", "service_code", "description", "address", "address_id", "lat", "long", "media_url")
    of_order = ("public_status", "public_text", "work_status", "closure_reason", "updated_at", "due_at")
    return select(
        *(requests.c[name] for name in (*of_request, "requested_at")),
        *(orders.c[name] for name in of_order),
        orders.c.address.label("order_address"),
    ).join_from(requests, orders, orders.c.id == requests.c.order_id)


def _newest_first(question: "Select[Any]") -> "Select[Any]":
    requests = schema.service_requests
    return question.order_by(requests.c.requested_at.desc(), requests.c.id.desc())


def _of_ids(ids: tuple[str, ...]) -> "Select[Any]":
    return _newest_first(_selected().where(schema.service_requests.c.id.in_(ids)))


def _page(question: "Select[Any]", parameters: Parameters) -> "Select[Any]":
    """One page, counted from 1; a page past the end is empty."""
    size = min(parameters.whole_number("page_size", _LIMIT), _LIMIT)
    page = parameters.whole_number("page", 1)
    return _newest_first(question).limit(size).offset((page - 1) * size)


def _filtered(city: "City", parameters: Parameters) -> "Select[Any]":
    requests, orders = schema.service_requests, schema.work_orders
    question = _within_dates(city, parameters, _selected())
    codes = parameters.lines("service_code")
    if codes:
        whole = parameters.line("service_code")
        question = question.where(requests.c.service_code.in_({*codes, whole}))
    statuses = {status.lower() for status in parameters.lines("status")}
    if statuses - set(PublicStatus):
        raise CorrectParameters("status is open, closed, or both with a comma between.")
    if statuses:
        question = question.where(orders.c.public_status.in_(statuses))
    return question


def _within_dates(city: "City", parameters: Parameters, question: "Select[Any]") -> "Select[Any]":
    """Keep what was reported and changed in the asked time; without any word about time, the last 90 days."""
    requested, updated = schema.service_requests.c.requested_at, schema.work_orders.c.updated_at
    zone = ZoneInfo(city.settings.time_zone)
    words = {name: parameters.line(name) for name in ("start_date", "end_date", "updated_after", "updated_before")}
    start = read_start("start_date", words["start_date"], zone) if words["start_date"] else None
    end = read_end("end_date", words["end_date"], zone) if words["end_date"] else None
    if start and end is None:
        end = start + _SPAN
    elif end and start is None:
        start = end - _SPAN
    elif not any(words.values()):
        start = city.clock() - _SPAN
    if start:
        question = question.where(requested >= start)
    if end:
        question = question.where(requested < end)
    if words["updated_after"]:
        question = question.where(updated >= read_start("updated_after", words["updated_after"], zone))
    if words["updated_before"]:
        question = question.where(updated < read_end("updated_before", words["updated_before"], zone))
    return question


class _Writer:
    """Writes rows as request elements, in the order of the specification."""

    def __init__(self, city: "City", base: str, *, more: bool) -> None:
        self._city = city
        self._base = base
        self._more = more
        self._zone = ZoneInfo(city.settings.time_zone)
        self._by_block = city.settings.georeport.precision == "block"

    def tree(self, row: "Row[Any]", photos: "Sequence[PublicPhoto]") -> Tree:
        before = [photo for photo in photos if photo.role is PhotoRole.BEFORE]
        core: dict[str, Any] = {
            "service_request_id": row.id,
            "status": row.public_status,
            "status_notes": self._words(row.public_text, row.order_address),
            "service_name": self._city.catalogue.service(row.service_code).name,
            "service_code": row.service_code,
            "description": self._words(row.description, row.address),
            "agency_responsible": self._city.settings.city_name,
            "service_notice": None,
            "requested_datetime": write_moment(row.requested_at, self._zone),
            "updated_datetime": write_moment(row.updated_at, self._zone),
            "expected_datetime": write_moment(row.due_at, self._zone) if row.due_at else None,
            **self._place(row),
            "media_url": self._address(before[0]) if before else row.media_url or None,
        }
        return core | {"extended_attributes": self._extended(row, photos)} if self._more else core

    def _words(self, text: str, address: str) -> str | None:
        """What somebody wrote, as everybody may read it."""
        plain = without_contacts(text)
        return (without_house_numbers(plain, address) if self._by_block else plain) or None

    def _place(self, row: "Row[Any]") -> dict[str, Any]:
        """The elements of where it is; by the block an address has no id, which would name the house."""
        lat, long = row.lat, row.long
        if not self._by_block:
            address, address_id = without_contacts(row.address), row.address_id
        else:
            address, address_id = block_of(row.address), ""
            lat, long = (None if degrees is None else coarse(degrees) for degrees in (lat, long))
        named = {"address": address or None, "address_id": address_id or None, "zipcode": None}
        return {**named, "lat": lat, "long": long}

    def _extended(self, row: "Row[Any]", photos: "Sequence[PublicPhoto]") -> Tree:
        return {
            "work_status": step_words(WorkStatus(row.work_status)),
            "closure_reason": row.closure_reason or None,
            "parent_service_request_id": row.order_id if row.order_id != row.id else None,
            "photos": [{"media_url": self._address(photo), "role": photo.role.value} for photo in photos],
        }

    def _address(self, photo: PublicPhoto) -> str:
        return f"{self._base}/photos/{photo.sha256}.jpg"
