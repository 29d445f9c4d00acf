"""The routes of GeoReport v2; the format is the suffix of the address. Backend layer."""

from typing import TYPE_CHECKING, Final

from crew.backend.endpoint import Access, Endpoint
from crew.backend.georeport.answers import answered, read_answered
from crew.backend.georeport.listing import one_request, request_list
from crew.backend.georeport.receiving import receive_request
from crew.backend.georeport.services import discovery, service_definition, service_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_BASE: Final = "/open311/v2"
_FORMATS: Final = ("application/json", "text/xml")


async def get_discovery(request: "Request") -> "Response":
    """Where the interface is and what it speaks."""
    return await read_answered(request, discovery)


async def get_services(request: "Request") -> "Response":
    """What can be reported."""
    return await read_answered(request, service_list)


async def get_service(request: "Request") -> "Response":
    """What one service asks of the citizen."""
    return await read_answered(request, service_definition)


async def get_requests(request: "Request") -> "Response":
    """What was reported."""
    return await read_answered(request, request_list)


async def get_request(request: "Request") -> "Response":
    """One report."""
    return await read_answered(request, one_request)


async def post_request(request: "Request") -> "Response":
    """Report something."""
    return await answered(request, lambda: receive_request(request))


ENDPOINTS: Final = (
    Endpoint(
        "GET", "/open311/discovery.{format}", get_discovery, Access.PUBLIC, "GeoReport: discovery", answers=_FORMATS
    ),
    Endpoint(
        "GET", f"{_BASE}/discovery.{{format}}", get_discovery, Access.PUBLIC, "GeoReport: discovery", answers=_FORMATS
    ),
    Endpoint(
        "GET",
        f"{_BASE}/services.{{format}}",
        get_services,
        Access.PUBLIC,
        "GeoReport: what can be reported",
        answers=_FORMATS,
    ),
    Endpoint(
        "GET",
        f"{_BASE}/services/{{code:path}}.{{format}}",
        get_service,
        Access.PUBLIC,
        "GeoReport: what a service asks of the citizen",
        answers=_FORMATS,
    ),
    Endpoint(
        "POST",
        f"{_BASE}/requests.{{format}}",
        post_request,
        Access.PUBLIC,
        "GeoReport: report something",
        answers=_FORMATS,
        headers=(("Accept-Language", "In which language its reporter is written to, where the city offers it"),),
    ),
    Endpoint(
        "GET",
        f"{_BASE}/requests.{{format}}",
        get_requests,
        Access.PUBLIC,
        "GeoReport: what was reported",
        answers=_FORMATS,
    ),
    Endpoint(
        "GET",
        f"{_BASE}/requests/{{request_id}}.{{format}}",
        get_request,
        Access.PUBLIC,
        "GeoReport: one report",
        answers=_FORMATS,
    ),
)
