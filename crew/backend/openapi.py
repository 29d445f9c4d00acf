"""Describes the crew API as an OpenAPI 3.1 document, made from its routes and shapes. Backend layer; pure."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

import msgspec

from crew import __version__, wire
from crew.backend.endpoint import HTML, Access, Endpoint
from crew.domain.change import (
    Acceptance,
    Acknowledgement,
    Approval,
    Assignment,
    Escalation,
    Intake,
    KeptDecision,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
    Withdrawal,
)

_PARAMETER: Final = re.compile(r"{(\w+)}")
_REFERENCES: Final = "#/components/schemas/{name}"


class SentChange(msgspec.Struct, kw_only=True):
    """One change as it travels; `payload` is the act that `kind` names. `person` is set anew by the backend."""

    id: str
    device_id: str
    sequence: int
    order_id: str
    base_version: int
    made_at: str
    person: str
    kind: Literal[
        "status", "note", "photos", "assignment", "escalation", "acknowledgement", "acceptance",
        "link", "unlink", "intake", "triage", "kept_decision", "withdrawal", "approval",
    ]  # fmt: skip
    payload: dict[str, Any]


class SentChanges(msgspec.Struct):
    """A batch of changes, in the order in which they were made."""

    changes: list[SentChange]
    cursor: str = ""


_SHAPES: Final = (
    wire.Problem,
    *(StatusChange, Note, PhotosAdded, Assignment, Escalation, Acknowledgement),
    *(Acceptance, Link, Unlink, Intake, Triage, KeptDecision, Withdrawal, Approval),
)


def described(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI document of some routes."""
    shapes = [shape for endpoint in endpoints for shape in (endpoint.reads, endpoint.answers) if _is_shape(shape)]
    wanted = list(dict.fromkeys((*_SHAPES, *shapes)))
    schemas, components = msgspec.json.schema_components(wanted, ref_template=_REFERENCES)
    schema_of = dict(zip(wanted, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Crew API", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }


def _is_shape(kind: Any) -> bool:  # noqa: ANN401 - any type, or None
    return kind not in (None, bytes, dict) and not isinstance(kind, str | tuple)


def _operation(endpoint: Endpoint, schema_of: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    public = isinstance(endpoint.who, Access)
    roles = [] if isinstance(endpoint.who, Access) else sorted(role.value for role in endpoint.who)
    answer: dict[str, Any] = {"description": "As asked"}
    if endpoint.answers is not None:
        answer["content"] = _content(endpoint.answers, schema_of)
    refused = _refused(endpoint, schema_of)
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "security": [] if public else [{"device": []}],
        "x-roles": roles,
        "parameters": _parameters(endpoint),
        "responses": {
            _status(endpoint): answer,
            "4XX": {"description": "Not as asked", "content": refused},
            "503": {"description": "The backend is busy or its disk is full: later", "content": refused},
        },
    }
    if endpoint.answers == HTML:
        operation["responses"]["3XX"] = {"description": "Another page follows, or it is the one that the reader has"}
    if endpoint.reads is not None:
        operation["requestBody"] = {"required": True, "content": _content(endpoint.reads, schema_of)}
    return operation


def _refused(endpoint: Endpoint, schema_of: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    """The crew API says why in a shape of its own, other routes in words for whoever reads them."""
    if endpoint.path.startswith("/crew/"):
        return _content(wire.Problem, schema_of)
    return {"text/plain": {}, "text/html": {}, "application/json": {}, "text/xml": {}}


def _status(endpoint: Endpoint) -> str:
    usual = HTTPStatus.NO_CONTENT if endpoint.answers is None else HTTPStatus.OK
    return str(int(endpoint.status or usual))


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(endpoint.path)
    ]
    in_query = [
        {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in endpoint.query
    ]
    in_headers = [
        {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in endpoint.headers
    ]
    return in_path + in_query + in_headers


def _content(kind: Any, schema_of: dict[Any, dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401 - any type
    if kind is bytes:
        return {"image/jpeg": {}}
    if isinstance(kind, str):
        return {kind: {}}
    if isinstance(kind, tuple):
        return {media_type: {} for media_type in kind}
    return {wire.MEDIA_TYPE: {"schema": schema_of.get(kind, {"type": "object"})}}
