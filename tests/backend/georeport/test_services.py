"""What can be reported, and where."""

from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest

from crew.backend.asgi import build_backend
from crew.backend.catalogue import Attribute, Service
from crew.backend.city import City
from crew.domain.value import replace
from tests.backend.citizens import with_settings

pytestmark = pytest.mark.anyio

STRANGE_CODE = "Transportation - Traffic:Enforcement & Abandoned/Vehicles:100% a.b?c#d é"


@pytest.fixture
def city(city: City) -> City:
    """The same city, with a service whose code needs every kind of escaping in an address."""
    question = Attribute(code="a&b", description="Which <one>?", required=True)
    strange = Service(code=STRANGE_CODE, name="Strange", due_hours=1, attributes=(question,))
    services = {**city.catalogue.services, STRANGE_CODE: strange}
    return replace(city, catalogue=replace(city.catalogue, services=services))


@pytest.mark.parametrize("path", ["/open311/discovery", "/open311/v2/discovery"])
async def test_discovery_says_where_the_interface_is_in_both_formats(client: httpx.AsyncClient, path: str) -> None:
    discovery = (await client.get(f"{path}.json")).json()
    assert set(discovery) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = discovery["endpoints"]
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
    assert endpoint["url"] == "https://311.example.gov/open311/v2"
    root = ET.fromstring((await client.get(f"{path}.xml")).content)
    assert root.tag == "discovery"
    assert root.findtext("endpoints/endpoint/url") == endpoint["url"]
    assert [part.text for part in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


async def test_discovery_without_a_public_address_names_the_one_that_was_called(city: City) -> None:
    here = with_settings(city, public_url="")
    transport = httpx.ASGITransport(build_backend(here))
    async with httpx.AsyncClient(transport=transport, base_url="http://yard.example:8311") as client:
        discovery = (await client.get("/open311/discovery.json")).json()
    assert discovery["endpoints"][0]["url"] == "http://yard.example:8311/open311/v2"


@pytest.mark.parametrize(
    ("suffix", "media_type"), [("json", "application/json; charset=utf-8"), ("xml", "text/xml; charset=utf-8")]
)
async def test_the_suffix_chooses_the_format(client: httpx.AsyncClient, suffix: str, media_type: str) -> None:
    answer = await client.get(f"/open311/v2/services.{suffix}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_suffix_that_nobody_knows_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/open311/v2/services.html")).status_code == 404


async def test_every_service_of_the_catalogue_is_listed(client: httpx.AsyncClient, city: City) -> None:
    services = (await client.get("/open311/v2/services.json")).json()
    assert [service["service_code"] for service in services] == list(city.catalogue.services)
    pothole = next(service for service in services if service["service_code"] == "pothole")
    assert pothole["service_name"] == "Pothole"
    assert pothole["metadata"] is True
    assert pothole["type"] == "realtime"
    assert "asphalt, tire" in pothole["keywords"]


async def test_a_definition_says_what_the_service_asks(client: httpx.AsyncClient) -> None:
    definition = (await client.get("/open311/v2/services/pothole.json")).json()
    assert definition["service_code"] == "pothole"
    size = definition["attributes"][0]
    assert (size["variable"], size["datatype"], size["required"], size["order"]) == (True, "singlevaluelist", False, 1)
    assert {"key": "car_wheel", "name": "Like a car wheel"} in size["values"]


@pytest.mark.parametrize("suffix", ["json", "xml"])
async def test_a_code_with_every_kind_of_sign_finds_its_definition(client: httpx.AsyncClient, suffix: str) -> None:
    answer = await client.get(f"/open311/v2/services/{quote(STRANGE_CODE, safe='')}.{suffix}")
    assert answer.status_code == 200
    if suffix == "json":
        assert answer.json()["service_code"] == STRANGE_CODE
    else:
        assert ET.fromstring(answer.content).findtext("attributes/attribute/description") == "Which <one>?"


async def test_a_service_that_is_not_there_is_a_404_in_the_asked_format(client: httpx.AsyncClient) -> None:
    answer = await client.get("/open311/v2/services/unicorn.json")
    assert answer.status_code == 404
    (error,) = answer.json()
    assert error["code"] == 404
    assert "no service with this code" in error["description"]
    root = ET.fromstring((await client.get("/open311/v2/services/unicorn.xml")).content)
    assert (root.tag, root[0].tag, root[0].findtext("code")) == ("errors", "error", "404")
