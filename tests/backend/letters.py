"""Notices of a city and the messages that they become, as tests look at them."""

import email
from email.message import EmailMessage
from email.policy import SMTP
from types import SimpleNamespace
from typing import Any, Final

import msgspec
from sqlalchemy import select

from crew.backend import schema
from crew.backend.city import City
from crew.backend.contacts import contact_of
from crew.backend.orders import NewRequest, insert_request
from tests.backend.citizens import SECRET_MAIL, with_settings

EVE: Final = "eve@example.org"


def mailing(city: City) -> City:
    """The city with an address and a sender."""
    mail = msgspec.structs.replace(city.settings.mail, from_address="311@example.gov")
    return with_settings(city, public_url="https://311.example.gov", city_name="Example City", mail=mail)


def report(city: City, **words: Any) -> str:
    asked = {"service_code": "pothole", "description": "Deep hole", "address": "52 G St", "email": SECRET_MAIL, **words}
    with city.database.writing() as connection:
        return insert_request(connection, city, NewRequest(**asked))


def rows(city: City) -> list[Any]:
    """Every notice, with the address that it goes to, in the order of these."""
    with city.database.reading() as connection:
        found = [
            SimpleNamespace(**row._mapping, recipient=contact_of(connection, city, row.request_id).email)
            for row in connection.execute(select(schema.notices).order_by(schema.notices.c.created_at))
        ]
    return sorted(found, key=lambda notice: str(notice.recipient))


def messages(city: City) -> list[EmailMessage]:
    return [parsed(path.read_bytes()) for path in sorted((city.data_dir / "mail").glob("[!.]*"))]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())
