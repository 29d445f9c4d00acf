"""Hostile words in every field, through every answer that leaves the backend."""

import re
import unicodedata
from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backend.citizens import FORM, HOSTILE, Hands

pytestmark = pytest.mark.anyio

FIELDS = ("description", "address_string", "first_name", "last_name", "phone", "device_id", "account_id")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


async def report(client: httpx.AsyncClient, text: str) -> tuple[str, str]:
    """Report something with the text in every field; returns the id and the address of the page."""
    form = {**FORM, **dict.fromkeys(FIELDS, text), "attribute[size]": "", f"attribute[{text}]": text, text: text}
    answer = await client.post("/open311/v2/requests.json", data=form)
    assert answer.status_code == 200, answer.text
    (request,) = answer.json()
    return request["service_request_id"], request["service_notice"].partition(": ")[2]


def in_xml(text: str | None) -> str:
    """What XML can say of a text: it has no way to write these two."""
    return (text or "").replace("\ufffe", "").replace("\uffff", "")


def assert_harmless(text: str) -> None:
    assert not CONTROLS.search(text)
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_every_answer_parses_and_holds_nothing_that_acts(client: httpx.AsyncClient, text: str) -> None:
    request_id, page_address = await report(client, text)
    raw = await client.get(f"/open311/v2/requests/{request_id}.json?extensions=true")
    assert_harmless(raw.json()[0]["description"])
    assert_harmless(raw.text)
    answer = await client.get(f"/open311/v2/requests/{request_id}.xml?extensions=true")
    root = ET.fromstring(answer.content)
    assert root.findtext("request/description") == in_xml(raw.json()[0]["description"])
    page = (await client.get(page_address)).text
    assert_harmless(page)
    assert not re.search(r"<script|<img src=x|onerror=alert\(1\)>|<!ENTITY|\b49\b", page)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("suffix", ["json", "xml"])
async def test_no_filter_or_address_breaks_an_answer(client: httpx.AsyncClient, text: str, suffix: str) -> None:
    for name in ("service_request_id", "service_code", "status", "start_date", "page", "extensions", text):
        answer = await client.get(f"/open311/v2/requests.{suffix}", params={name: text})
        assert answer.status_code in (200, 400)
        if suffix == "xml":
            ET.fromstring(answer.content)
        else:
            answer.json()
    for path in ("requests", "services"):
        answer = await client.get(f"/open311/v2/{path}/{quote(text, safe='')}.{suffix}")
        assert answer.status_code == 404


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
async def test_whatever_a_citizen_writes_the_xml_parses_and_says_what_the_json_says(
    client: httpx.AsyncClient, clock: Hands, text: str
) -> None:
    clock.turn(minutes=1)
    form = {**FORM, "description": text, "address_string": text}
    (request,) = (await client.post("/open311/v2/requests.json", data=form)).json()
    path = f"/open311/v2/requests/{request['service_request_id']}"
    (told,) = (await client.get(f"{path}.json")).json()
    root = ET.fromstring((await client.get(f"{path}.xml")).content)
    assert root.findtext("request/description") == in_xml(told["description"])
    assert root.findtext("request/address") == in_xml(told["address"])
    assert_harmless(told["description"] or "")
