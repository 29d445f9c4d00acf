"""The page that everybody may read about a report, and "me too", which joins it. Backend layer.

By the block, without a reporter, and with public photos alone. Opening it changes nothing; a form does.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from crew.backend.citizens.form_guard import FormGuard, guard_of
from crew.backend.citizens.form_reading import Typed, mail_address, read_typed
from crew.backend.citizens.page_frame import PRIVATE, Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.page_words import photo_filling, public_filling
from crew.backend.citizens.refusing import said, turned_off, unreadable
from crew.backend.citizens.report_form import thanks_of
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.answers import take_share
from crew.backend.georeport.forms import read_form
from crew.backend.georeport.refusals import Refusal
from crew.backend.orders import NewRequest, load_order
from crew.backend.public.public_photos import public_photos
from crew.backend.reporting import join_report
from crew.backend.schema import service_requests
from crew.domain.errors import CorrectInput
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

_ROOT: Final = "../"
_WORDS_LIMIT: Final = 500


async def show_request(request: "Request") -> Response:
    """One report, as everybody may read it; that of a duplicate is that of the order which answers it."""
    city, number = city_of(request), request.path_params["number"]
    reader = reader_of(request, city)
    if not city.settings.public.list:
        return turned_off(city, reader, _ROOT)
    answered_by = await run_in_threadpool(_answered_by, city, number)
    if answered_by is not None and answered_by != number:
        return RedirectResponse(reader.link(f"/requests/{answered_by}"), HTTPStatus.SEE_OTHER)
    content = await run_in_threadpool(_page, city, guard_of(request), reader, number, Typed(), "")
    return _answer(city, reader, content)


async def receive_me_too(request: "Request") -> Response:
    """Join a report: a request of one's own, which the same work answers."""
    city, number = city_of(request), request.path_params["number"]
    if not city.settings.public.list:
        return turned_off(city, reader_of(request, city), "../../")
    try:
        take_share(request)
        form = await read_form(request, 0)
    except Refusal as error:
        return unreadable(city, reader_of(request, city), error, "../../")
    reader = reader_of(request, city, said=form.parameters.line("lang", 20))
    typed, _ = read_typed(form)
    return await run_in_threadpool(_join, city, guard_of(request), reader, number, typed, request)


ENDPOINTS: Final = (
    Endpoint("GET", "/requests/{number}", show_request, Access.PUBLIC, "One report, for everybody", answers=HTML),
    Endpoint("POST", "/requests/{number}/me-too", receive_me_too, Access.PUBLIC, "Join a report: me too", answers=HTML),
)


def _answer(city: "City", reader: Reader, content: bytes | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if content is not None:
        return answer(content, status=status, keep=PRIVATE)  # the form in it has a stamp of its own
    words = reader.language.words
    way_back = (reader.link("../requests"), words["go_list"])
    return answer(said(city, reader, words["gone_public"], "", root=_ROOT, back=way_back), status=HTTPStatus.NOT_FOUND)


def _answered_by(city: "City", number: str) -> str | None:
    with city.database.reading() as connection:
        return connection.scalar(select(service_requests.c.order_id).where(service_requests.c.id == number))


def _page(city: "City", guard: FormGuard, reader: Reader, number: str, typed: Typed, problem: str) -> bytes | None:
    with city.database.reading() as connection:
        order = load_order(connection, city.catalogue, number)
        if order is None or order.linked_to or not order.requests:
            return None
        photos = public_photos(connection, [number]) if city.settings.public.photos else []
    filling = public_filling(city, reader.language, order, len(order.requests), _own_words(order))
    words = {
        **filling,
        **photo_filling(reader.language, order, str(filling["place"]), photos, "../photos/{sha256}.jpg"),
        "may_join": order.public_status is PublicStatus.OPEN,
        "stamp": guard.stamp_again(typed.stamp),
        "typed": typed,
        "problem": reader.language.words.get(problem, problem),
    }
    return page(city, reader, "public_request.html", words, root=_ROOT, languages=in_each_language(city))


def _own_words(order: "WorkOrder") -> str:
    """What the first reporter wrote; what others added is for the city's staff alone."""
    return next((one.description for one in order.requests if one.request_id == order.id), "")


def _join(city: "City", guard: FormGuard, reader: Reader, number: str, typed: Typed, request: "Request") -> Response:
    with guard.taking:
        if sent := guard.sent.find(typed.stamp):
            return _thank(city, reader, sent[0])
        problem = guard.problem_of(typed) or _wrong_mail(typed)
        if not problem and (minutes := guard.minutes_to_wait(request)):
            problem = reader.language.counted("wrong_share", minutes)
        own = "" if problem else _write(city, number, typed, reader.language.code)
        if own:
            guard.sent.remember(typed.stamp, own, "joined")
            return _thank(city, reader, own)
    content = _page(city, guard, reader, number, typed, problem or "too_closed")
    return _answer(city, reader, content, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.CONFLICT)


def _wrong_mail(typed: Typed) -> str:
    try:
        mail_address(typed)
    except CorrectInput:
        return "wrong_mail"
    return ""


def _write(city: "City", number: str, typed: Typed, language: str) -> str:
    """The number of the new request; empty where the order has ended."""
    with city.database.writing() as connection:
        order = load_order(connection, city.catalogue, number)
        if order is None:
            return ""
        return join_report(connection, city, _new_request(order, typed, language), number) or ""


def _new_request(order: "WorkOrder", typed: Typed, language: str) -> NewRequest:
    words, email = typed.description[:_WORDS_LIMIT], mail_address(typed)
    return NewRequest(service_code=order.service_code, description=words, email=email, language=language)


def _thank(city: "City", reader: Reader, number: str) -> Response:
    with city.database.reading() as connection:
        return thanks_of(connection, reader, number, "joined")
