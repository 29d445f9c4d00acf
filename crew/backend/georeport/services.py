"""Answers what can be reported: discovery, the list of services, and what each asks. Backend layer, reads only."""

from typing import TYPE_CHECKING, Final

from crew.backend.georeport.answers import base_address
from crew.backend.georeport.formats import Document, Tree
from crew.backend.georeport.refusals import AskForAnother

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.catalogue import Attribute, Service
    from crew.backend.city import City

_CHANGED_AT: Final = "2025-01-01T00:00:00Z"
"""When this description of the interface last changed its meaning."""


def discovery(city: "City", request: "Request") -> Document:
    """Where the interface is and what it speaks."""
    key = "A key is needed to send requests: ask the city." if city.settings.api_keys else "No key is needed."
    endpoint: Tree = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{base_address(city, request)}/open311/v2",
        "changeset": _CHANGED_AT,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    contact = f"{city.settings.city_name} 311"
    return Document(
        "discovery", {"changeset": _CHANGED_AT, "contact": contact, "key_service": key, "endpoints": [endpoint]}
    )


def service_list(city: "City", _request: "Request") -> Document:
    """Every service of the catalogue."""
    return Document("services", [_entry(service) for service in city.catalogue.services.values()])


def service_definition(city: "City", request: "Request") -> Document:
    """What one service asks of the citizen.

    Raises:
        AskForAnother: There is no such service.
    """
    service = city.catalogue.services.get(request.path_params["code"])
    if service is None:
        raise AskForAnother("There is no service with this code: choose one from the list of services.")
    attributes = [_question(attribute, order) for order, attribute in enumerate(service.attributes, start=1)]
    return Document("service_definition", {"service_code": service.code, "attributes": attributes})


def _entry(service: "Service") -> Tree:
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": service.description or None,
        "metadata": bool(service.attributes),
        "type": "realtime",
        "keywords": ", ".join(service.keywords) or None,
        "group": service.group or None,
    }


def _question(attribute: "Attribute", order: int) -> Tree:
    return {
        "variable": attribute.variable,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": attribute.datatype_description or None,
        "order": order,
        "description": attribute.description,
        "values": [{"key": key, "name": name} for key, name in attribute.values],
    }
