"""The form on which citizens report: what it is, where it is, photos; without script and account. Backend layer.

What is sent becomes a request by the same road as with Open311. Before that, open reports nearby are shown, and "me
too" joins one of them. Whatever has to be asked again comes back with everything that was typed.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from crew.backend.citizens.form_guard import FormGuard, guard_of
from crew.backend.citizens.form_reading import (
    Problems,
    Typed,
    new_request,
    place_of_photos,
    problems_of,
    read_photos,
    read_typed,
)
from crew.backend.citizens.form_words import carried, choose_filling, form_filling, kept_filling, same_filling
from crew.backend.citizens.page_frame import Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.refusing import turned_off, unreadable
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.answers import take_share
from crew.backend.georeport.forms import read_form
from crew.backend.georeport.refusals import Refusal
from crew.backend.public.likely_same import Alike, likely_same
from crew.backend.public.page_links import page_secret, page_token
from crew.backend.public.public_photos import public_photos
from crew.backend.reporting import join_report, write_photos, write_report
from crew.domain.plain_text import clean_line
from crew.domain.work_order import PhotoRole

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.requests import Request

    from crew.backend.catalogue import Service
    from crew.backend.city import City
    from crew.backend.georeport.forms import Form
    from crew.photos.prepared import PreparedPhoto

_NONE_OF_THEM: Final = "none"
_FIND_LIMIT: Final = 60


async def show_form(request: "Request") -> Response:
    """The form of a type, or, where none was chosen yet, all types."""
    city = city_of(request)
    reader = reader_of(request, city)
    if not city.settings.public.report_form:
        return turned_off(city, reader)
    code = request.query_params.get("service", "")
    service = city.catalogue.services.get(code)
    if service is None:
        find = clean_line(request.query_params.get("find", ""), _FIND_LIMIT)
        filling = choose_filling(reader, city.catalogue, find)
        return answer(page(city, reader, "report_choose.html", filling, languages=in_each_language(city, find=find)))
    filling = form_filling(city, reader.language, service, Typed(), Problems(), guard_of(request).new_stamp())
    shown = {**filling, **kept_filling(reader.language, ())}
    return answer(page(city, reader, "report_form.html", shown, languages=in_each_language(city, service=code)))


async def receive_form(request: "Request") -> Response:
    """Take a report, or show the form again with what is wrong, or what is already known nearby."""
    city = city_of(request)
    if not city.settings.public.report_form:
        return turned_off(city, reader_of(request, city))
    try:
        take_share(request)
        form = await read_form(request, city.settings.photo_limit_bytes)
    except Refusal as error:
        return unreadable(city, reader_of(request, city), error)
    service = city.catalogue.services.get(form.parameters.line("service_code"))
    reader = reader_of(request, city, said=form.parameters.line("lang", 20))
    if service is None:
        return RedirectResponse(reader.link("/report"), HTTPStatus.SEE_OTHER)
    return await run_in_threadpool(_Sending(city, guard_of(request), reader, service, request).answer, form)


ENDPOINTS: Final = (
    Endpoint("GET", "/report", show_form, Access.PUBLIC, "The form on which citizens report", answers=HTML),
    Endpoint("POST", "/report", receive_form, Access.PUBLIC, "A citizen's report by form", answers=HTML),
)


class _Sending:
    """One form that was sent, on its way to a request."""

    def __init__(self, city: "City", guard: FormGuard, reader: Reader, service: "Service", request: "Request") -> None:
        self._city = city
        self._guard = guard
        self._reader = reader
        self._service = service
        self._request = request

    def answer(self, form: "Form") -> Response:
        """Take it, or ask once more."""
        typed, problems = read_typed(form)
        photos, wrong_photos = read_photos(self._city, self._guard.shelf, form)
        problems |= wrong_photos | problems_of(self._service, typed, photos)
        if wrong := self._guard.problem_of(typed):
            problems = {"form": wrong} | problems
        if problems:
            return self._form_again(typed, photos, problems)
        if not typed.joins and (alike := self._alike(typed, photos)):
            return self._ask_whether_same(typed, photos, alike)
        return self._take(typed, photos)

    def _form_again(
        self,
        typed: Typed,
        photos: "list[PreparedPhoto]",
        problems: Problems,
        status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> Response:
        stamp, language = self._guard.stamp_again(typed.stamp), self._reader.language
        filling = form_filling(self._city, language, self._service, typed, problems, stamp)
        shown = {**filling, **kept_filling(language, photos)}
        return answer(page(self._city, self._reader, "report_form.html", shown), status=status)

    def _ask_whether_same(self, typed: Typed, photos: "list[PreparedPhoto]", alike: list[Alike]) -> Response:
        language = self._reader.language
        filling = same_filling(self._city, language, self._service, alike, self._photos_of(alike))
        shown = {**filling, "stamp": typed.stamp, "carried": carried(self._service.code, typed, photos)}
        return answer(page(self._city, self._reader, "report_same.html", shown))

    def _alike(self, typed: Typed, photos: "list[PreparedPhoto]") -> list[Alike]:
        place = place_of_photos(typed, photos)
        with self._city.database.reading() as connection:
            return likely_same(connection, self._service.code, place, typed.address)

    def _photos_of(self, alike: list[Alike]) -> dict[str, dict[str, object]]:
        """The first photo of each order that may be the same."""
        if not self._city.settings.public.photos:
            return {}
        with self._city.database.reading() as connection:
            photos = public_photos(connection, [one.number for one in alike])
        first = {photo.order_id: photo for photo in reversed(photos) if photo.role is PhotoRole.BEFORE}
        alt = self._reader.language.words["before"]
        return {
            number: {"address": f"photos/{one.sha256}.jpg", "width": one.width, "height": one.height, "alt": alt}
            for number, one in first.items()
        }

    def _take(self, typed: Typed, photos: "list[PreparedPhoto]") -> Response:
        with self._guard.taking:  # so that the same form, pressed twice, finds what it has made
            if sent := self._guard.sent.find(typed.stamp):
                return self._thank(*sent)
            if minutes := self._guard.minutes_to_wait(self._request):
                words = self._reader.language.counted("wrong_share", minutes)
                return self._form_again(typed, photos, {"form": words}, HTTPStatus.TOO_MANY_REQUESTS)
            number, joined = self._write(typed, photos)
            thanks = "joined" if joined else "new"
            self._guard.sent.remember(typed.stamp, number, thanks)
        return self._thank(number, thanks)

    def _write(self, typed: Typed, photos: "list[PreparedPhoto]") -> tuple[str, bool]:
        """The number of the request, and whether it joined another; that one may have ended meanwhile."""
        new = new_request(self._service, typed, photos, self._reader.language.code)
        write_photos(self._city, new)
        with self._city.database.writing() as connection:
            joins = typed.joins if typed.joins != _NONE_OF_THEM else ""
            joined = join_report(connection, self._city, new, joins) if joins else None
            return joined or write_report(connection, self._city, new), joined is not None

    def _thank(self, number: str, thanks: str) -> Response:
        with self._city.database.reading() as connection:
            return thanks_of(connection, self._reader, number, thanks)


def thanks_of(connection: "Connection", reader: Reader, number: str, thanks: str) -> Response:
    """The way to the page of a report that was just sent."""
    token = page_token(page_secret(connection), number)
    address = reader.link(f"/r/{token}", thanks=thanks)
    headers: dict[str, Any] = {"Cache-Control": "no-store"}
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers)
