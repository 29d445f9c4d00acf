"""Whatever is sent to any route: no fault, no status that is not documented, and every XML answer can be read."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from starlette.applications import Starlette

from crew import wire
from crew.backend import people
from crew.backend.admin import add_person
from crew.backend.asgi import ENDPOINTS, build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City, open_city
from crew.backend.endpoint import Endpoint
from crew.backend.openapi import described
from crew.backend.public.page_links import PAGE, QUIET, page_secret, page_token
from crew.domain.person import Role
from tests.backend.citizens import HOSTILE, NOON, close_order
from tests.backend.crews import report

if TYPE_CHECKING:
    from pathlib import Path

CASES: Final = 12
ENDLESS: Final = "/crew/v1/events"
"""Its answer never ends; tests/backend/test_events.py listens to it."""

FORMS: Final[dict[str, tuple[str, ...]]] = {
    "/open311/v2/requests.{format}": ("service_code", "lat", "long", "address_string", "description", "email"),
    "/r/{token}/reaction": ("reaction", "words"),
    "/r/{token}/not-fixed": ("words",),
    "/u/{token}": ("List-Unsubscribe", "choice"),
    "/report": ("service_code", "description", "address", "lat", "long", "email", "stamp", "website"),
    "/requests/{number}/me-too": ("email", "words", "stamp", "website"),
    "/me/start": ("email",),
    "/l/{token}": (),
    "/me/shown": ("nickname", "shown"),
    "/me/leave": (),
    "/me/delete": (),
}
"""The fields of each form that a browser posts."""

CHECKS: Final = [not_a_server_error, status_code_conformance, response_schema_conformance]


@schemathesis.serializer(wire.PIECE_MEDIA_TYPE, "image/jpeg")
def as_bytes(_context: object, value: object) -> bytes:
    """What a body of bytes is generated as."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


class Running:
    """A clock that goes on by ten seconds at each look, so that nobody is asked to wait."""

    def __init__(self) -> None:
        self._seconds = itertools.count(step=10)

    def __call__(self) -> datetime:
        return NOON + timedelta(seconds=next(self._seconds))


@dataclass
class Backend:
    """A city in which something has happened, the application, and what its routes may be asked for."""

    app: Starlette
    token: str
    document: dict[str, Any]
    real: dict[str, list[str]]
    """What leads somewhere, by the name of the path's parameter."""


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder: Path = tmp_path_factory.mktemp("any") / "city"
    reactions = {"thanks": "Thank you"}
    settings = BackendSettings(photo_limit_mb=1, public_url="http://testserver", reactions=reactions)
    city = open_city(folder, settings, Running())
    order_id = report(city)
    close_order(city, report(city))
    yield Backend(build_backend(city), _token(city), _document(), _real(city, order_id))
    city.database.close()


def _token(city: City) -> str:
    code = add_person(city, "Sam", Role.SUPERVISOR)
    with city.database.writing() as connection:
        return people.sign_in(connection, city.catalogue, wire.SignIn(code, "device", "tablet"), city.clock()).token


def _document() -> dict[str, Any]:
    """Every route, with the forms that browsers post."""
    document = described(ENDPOINTS)
    for path, fields in FORMS.items():
        document["paths"][path]["post"]["requestBody"] = {"content": _form(fields)}
    document["paths"] = {path.replace(":path}", "}"): operations for path, operations in document["paths"].items()}
    return document


def _real(city: City, order_id: str) -> dict[str, list[str]]:
    with city.database.reading() as connection:
        secret = page_secret(connection)
    tokens = [page_token(secret, order_id, purpose) for purpose in (PAGE, QUIET)]
    return {
        "token": tokens,
        "format": ["json", "xml"],
        "request_id": [order_id],
        "number": [order_id],
        "code": ["pothole"],
    }


def _form(fields: tuple[str, ...]) -> dict[str, Any]:
    words = {"anyOf": [{"type": "string"}, {"enum": list(HOSTILE)}]}
    schema = {"type": "object", "properties": dict.fromkeys(fields, words)}
    return {"application/x-www-form-urlencoded": {"schema": schema}, "multipart/form-data": {"schema": schema}}


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def test_every_post_says_what_it_reads() -> None:
    silent = {endpoint.path for endpoint in ENDPOINTS if endpoint.method == "POST" and endpoint.reads is None}
    assert silent <= set(FORMS)


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if one.path != ENDLESS], ids=_name)
def test_no_request_finds_a_fault(backend: Backend, endpoint: Endpoint) -> None:
    schema = schemathesis.openapi.from_dict(backend.document)
    schema.app = backend.app
    operation = schema[endpoint.path.replace(":path}", "}")][endpoint.method]

    @settings(max_examples=CASES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), chance=st.data())
    def ask(case: "schemathesis.Case[Any]", chance: st.DataObject) -> None:
        for name, values in backend.real.items():
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = chance.draw(st.sampled_from([case.path_parameters[name], *values]))
        answer = case.call(headers={"Authorization": f"Bearer {backend.token}"}, allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)
        if "xml" in answer.headers.get("content-type", [""])[0]:
            ElementTree.fromstring(answer.content)

    ask()
