"""One tree as JSON and as XML, whatever is in it."""

from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.georeport.formats import Document, Format, Tree, written

ANY_TEXT = st.text(st.characters(), max_size=40)
WITHOUT_SURROGATES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(ANY_TEXT)
def test_xml_can_be_parsed_whatever_the_text(text: str) -> None:
    root = ET.fromstring(written(Document("errors", [{"code": 400, "description": text}]), Format.XML))
    assert root[0][0].text == "400"


@given(WITHOUT_SURROGATES)
def test_json_brings_the_text_back_as_it_was(text: str) -> None:
    assert msgspec.json.decode(written(Document("errors", [{"description": text}]), Format.JSON)) == [
        {"description": text}
    ]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), min_size=1, max_size=40))
def test_xml_brings_printable_text_back_as_it_was(text: str) -> None:
    root = ET.fromstring(written(Document("errors", [{"description": text}]), Format.XML))
    assert root[0][0].text == text


REQUEST: Tree = {
    "service_request_id": "1",
    "address": None,
    "lat": 42.5,
    "metadata": True,
    "extended_attributes": {"photos": [{"media_url": "https://a.example/1.jpg"}]},
}


def test_json_drops_the_outermost_element_and_writes_null_for_nothing() -> None:
    assert msgspec.json.decode(written(Document("service_requests", [REQUEST]), Format.JSON)) == [REQUEST]


def test_xml_names_the_parts_of_a_list_and_leaves_nothing_empty() -> None:
    root = ET.fromstring(written(Document("service_requests", [REQUEST, REQUEST]), Format.XML))
    assert root.tag == "service_requests"
    assert [part.tag for part in root] == ["request", "request"]
    assert root[0].findtext("address") == ""
    assert root[0].findtext("lat") == "42.5"
    assert root[0].findtext("metadata") == "true"
    assert root[0].findtext("extended_attributes/photos/photo/media_url") == "https://a.example/1.jpg"


def test_xml_starts_with_a_declaration_and_has_no_namespace() -> None:
    raw = written(Document("services", []), Format.XML)
    assert raw.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert b"xmlns" not in raw


@pytest.mark.parametrize(("root", "content"), [("services", []), ("service_requests", [])])
def test_an_empty_list_is_an_empty_array_and_an_empty_element(root: str, content: list[Any]) -> None:
    assert written(Document(root, content), Format.JSON) == b"[]"
    assert len(ET.fromstring(written(Document(root, content), Format.XML))) == 0
