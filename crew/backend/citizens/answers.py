"""What a citizen answers on the page of a report: a reaction, or that it is not fixed. Backend layer.

Only a post writes, so a mail scanner that opens every link changes nothing. Words are for the city's staff alone and
never shown on the page. A report has one reaction, which may be changed, and an end to how much it can say.
"""

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from crew.backend.change_effects import begin_anew, hear_citizen
from crew.backend.citizens.page_frame import answer, reader_of
from crew.backend.citizens.refusing import said
from crew.backend.citizens.report_page import no_page, report_of
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.forms import Form, read_form
from crew.backend.georeport.refusals import Refusal
from crew.backend.order_writing import keep_photo
from crew.backend.schema import reactions
from crew.domain.citizen_answers import CITIZEN, NOT_FIXED, reaction_text
from crew.domain.errors import CorrectInput
from crew.domain.work_order import HistoryEntry, Photo, PhotoHash, PhotoRole, PublicStatus
from crew.photos.intake import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Row
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder
    from crew.photos.prepared import PreparedPhoto

MOST_ANSWERS: Final = 20
"""Of one report; what comes after is not written, so nobody can fill an order's history."""

_WORDS_LIMIT: Final = 500


async def receive_reaction(request: "Request") -> Response:
    """Keep a reaction to finished work, in place of the one before, and tell the crew."""
    return await _answered(request, _react, "wrong_choice")


async def receive_not_fixed(request: "Request") -> Response:
    """Send finished work back to its crew, with words and a photo of how it looks now."""
    return await _answered(request, _send_back, "wrong_photo")


ENDPOINTS: Final = (
    Endpoint(
        "POST",
        "/r/{token}/reaction",
        receive_reaction,
        Access.PUBLIC,
        "A citizen's answer to finished work",
        answers=HTML,
    ),
    Endpoint(
        "POST",
        "/r/{token}/not-fixed",
        receive_not_fixed,
        Access.PUBLIC,
        "Finished work that is not fixed",
        answers=HTML,
    ),
)


async def _answered(request: "Request", act: "Callable[[City, str, Form], bool]", wrong: str) -> Response:
    """The page again, with what was said; where it cannot be taken, a page that says why, and nothing is written.

    Args:
        request: The post.
        act: Writes it, and says whether there is such a report.
        wrong: The key of the sentence for what it does not take.
    """
    city, token = city_of(request), request.path_params["token"]
    reader = reader_of(request, city)
    try:
        form = await read_form(request, city.settings.photo_limit_bytes)
        found = await run_in_threadpool(act, city, token, form)
    except (CorrectInput, Refusal) as error:
        words = reader.language.words
        why = words["wrong_form" if isinstance(error, Refusal) else wrong].format(size=city.settings.photo_limit_mb)
        way_back = (f"../{reader.link(token)}", words["go_back"])
        content = said(city, reader, words["answer_refused"], why, root="../../", back=way_back)
        return answer(content, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not found:
        return no_page(city, reader)
    return RedirectResponse(reader.link(f"/r/{token}"), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


def _react(city: "City", token: str, form: Form) -> bool:
    """Whether the token opens a page; what is said of an order that is open again is not written."""
    code = form.parameters.line("reaction", 40)
    words = _words(form)
    offered = city.settings.reactions.get(code)
    if not offered:
        raise CorrectInput("This answer is not on offer. Go back to the page and choose one that is.")
    with city.database.writing() as connection:
        found = report_of(connection, city, token)
        if found is None:
            return False
        row, order = found
        before = _before(connection, row.id)
        if _may_answer(order, before) and (words or before is None or before.reaction != code):
            _remember(connection, row.id, code, before, city.clock())
            thankful = city.settings.thankful
            thanked = before is not None and before.reaction in thankful
            text = reaction_text(offered, thanks=code in thankful, thanked=thanked)
            entry = HistoryEntry(city.clock(), CITIZEN, text, words)
            hear_citizen(connection, city, order, entry)
    return True


def _send_back(city: "City", token: str, form: Form) -> bool:
    limit = city.settings.photo_limit_bytes
    prepared = [prepare(raw, "Your photo", size_limit_bytes=limit) for raw in form.photos[:1]]
    shown = [_photo_of(photo) for photo in prepared]
    with city.database.writing() as connection:
        found = report_of(connection, city, token)
        if found is None:
            return False
        row, order = found
        before = _before(connection, row.id)
        if _may_answer(order, before):
            for photo, content in zip(shown, prepared, strict=True):
                keep_photo(connection, city, photo, content.content)
            _remember(connection, row.id, "", before, city.clock())
            begin_anew(connection, city, order, HistoryEntry(city.clock(), CITIZEN, NOT_FIXED, _words(form)), shown)
    return True


def _photo_of(photo: "PreparedPhoto") -> Photo:
    return Photo(PhotoHash(photo.sha256), PhotoRole.BEFORE, len(photo.content), photo.width, photo.height)


def _words(form: Form) -> str:
    return form.parameters.text("words")[:_WORDS_LIMIT]


def _before(connection: "Connection", request_id: str) -> "Row[Any] | None":
    return connection.execute(select(reactions).where(reactions.c.request_id == request_id)).one_or_none()


def _may_answer(order: "WorkOrder", before: "Row[Any] | None") -> bool:
    return order.public_status is PublicStatus.CLOSED and (before is None or before.answers < MOST_ANSWERS)


def _remember(connection: "Connection", request_id: str, code: str, before: "Row[Any] | None", now: datetime) -> None:
    answers = 1 if before is None else before.answers + 1
    connection.execute(delete(reactions).where(reactions.c.request_id == request_id))
    connection.execute(insert(reactions), {"request_id": request_id, "reaction": code, "at": now, "answers": answers})
