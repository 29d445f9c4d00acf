"""Turns documents and refusals into HTTP answers, and keeps each address to its share. Backend layer.

Every sentence that leaves here was written by this program; what the client sent is never echoed.
"""

import logging
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from crew.backend.georeport.address_limits import AddressLimits
from crew.backend.georeport.formats import Content, Document, Format, written
from crew.backend.georeport.refusals import AskSlower, Refusal
from crew.backend.problems import declined
from crew.domain.errors import CorrectInput, CrewError, TryLater

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City

_log = logging.getLogger(__name__)

_BURST: Final = 120
_CALLS_PER_SECOND: Final = 4.0
_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


async def answered(request: "Request", make: Callable[[], Awaitable[Document]]) -> Response:
    """Answer one call in the format of its suffix, with an errors document where `make` refuses."""
    suffix = request.path_params["format"]
    if suffix not in set(Format):
        return PlainTextResponse("Crew answers in .json and in .xml.", status_code=HTTPStatus.NOT_FOUND)
    answer_format = Format(suffix)
    try:
        take_share(request)
        return _response(await make(), answer_format)
    except CrewError as error:
        return _refused(error, answer_format)


async def read_answered(request: "Request", make: Callable[["City", "Request"], Document]) -> Response:
    """Answer a question: `make` reads the database in a thread."""
    return await answered(request, lambda: run_in_threadpool(make, request.app.state.city, request))


def base_address(city: "City", request: "Request") -> str:
    """The address under which the public reaches this backend, without a slash at its end."""
    return (city.settings.public_url or str(request.base_url)).rstrip("/")


def take_share(request: "Request") -> None:
    """Count one call of an address to the public interface.

    Raises:
        AskSlower: It asks more than its share.
    """
    state = request.app.state
    if not hasattr(state, "address_limits"):
        state.address_limits = AddressLimits(state.city.clock, _BURST, _CALLS_PER_SECOND)
    seconds = state.address_limits.seconds_to_wait(request.client.host if request.client else "")
    if seconds:
        raise AskSlower("Too many calls came from this address: wait a little, then go on.", seconds)


def _refused(error: CrewError, answer_format: Format) -> Response:
    """An errors document. What only an administrator can mend is written to the log, not told to the world."""
    problem = declined(error)
    status: int = problem.status
    sentences: Sequence[str] = (problem.sentence,)
    if isinstance(error, Refusal):
        status, sentences = error.status, error.sentences
    elif isinstance(error, CorrectInput):
        status = HTTPStatus.BAD_REQUEST
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("A call to the public interface failed: %s", error.sentence)
        sentences = ("The city cannot answer this now: try again later.",)
    after_seconds = error.after_seconds if isinstance(error, AskSlower | TryLater) else None
    headers = {"Retry-After": str(math.ceil(after_seconds))} if after_seconds else {}
    errors: list[Content] = [{"code": int(status), "description": sentence} for sentence in sentences]
    return _response(Document("errors", errors), answer_format, status, headers)


def _response(
    document: Document, answer_format: Format, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        written(document, answer_format),
        status_code=status,
        headers={**_HEADERS, "Content-Type": answer_format.media_type, **(headers or {})},
    )
