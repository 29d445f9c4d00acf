"""Writes GeoReport answers as JSON and as XML from one tree. Backend layer, pure; reads no XML, ever.

The JSON is the XML with its outermost element dropped, a list as an array and an empty element as null.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final
from xml.etree import ElementTree as ET

import msgspec

from crew.domain.value import Value

Tree = Mapping[str, "Content"]
"""An element with named children."""

Content = str | int | float | bool | None | Tree | Sequence["Content"]
"""What an element holds."""

_ELEMENT_OF_LIST: Final = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "photos": "photo",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}

# XML 1.0 section 2.2: a document that holds any other character cannot be parsed, and ElementTree does not look.
_NO_XML_CHARACTER: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    """The two formats of GeoReport v2, by the suffix of the address."""

    JSON = "json"
    XML = "xml"

    @property
    def media_type(self) -> str:
        """The value of Content-Type."""
        return "text/xml; charset=utf-8" if self is Format.XML else "application/json; charset=utf-8"


class Document(Value):
    """One answer: the name of its outermost element, and what that holds."""

    root: str
    content: Content


def written(document: Document, answer_format: Format) -> bytes:
    """Write an answer in the format that was asked for."""
    if answer_format is Format.JSON:
        return msgspec.json.encode(document.content)
    root = ET.Element(document.root)
    _fill(root, document.content)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _fill(element: ET.Element, value: Content) -> None:
    match value:
        case None:
            return
        case bool():
            element.text = "true" if value else "false"
        case str():
            element.text = _NO_XML_CHARACTER.sub("", value)
        case int() | float():
            element.text = repr(value)
        case Mapping():
            for name, part in value.items():
                _fill(ET.SubElement(element, name), part)
        case Sequence():
            for part in value:
                _fill(ET.SubElement(element, _ELEMENT_OF_LIST[element.tag]), part)
