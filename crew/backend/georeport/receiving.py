"""Takes in what a citizen reports: words are cleaned, photos made anew, then all is stored at once. Backend layer.

Believes nothing, fetches nothing, and stores nothing of a report that it refuses.
"""

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool

from crew.backend.endpoint import city_of
from crew.backend.georeport.attributes import checked_answers
from crew.backend.georeport.formats import Document
from crew.backend.georeport.forms import Form, read_form
from crew.backend.georeport.refusals import AskForAnother, CorrectParameters, UseApiKey
from crew.backend.languages import wanted_language
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.orders import NewRequest
from crew.backend.public.page_links import page_address
from crew.backend.reporting import write_photos, write_report
from crew.domain.value import replace
from crew.photos.intake import prepare
from crew.photos.prepared import PreparedPhoto

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.catalogue import Service
    from crew.backend.city import City
    from crew.backend.georeport.parameters import Parameters

_URL_LIMIT: Final = 2000


async def receive_request(request: "Request") -> Document:
    """Store one service request and answer with its id.

    Raises:
        Refusal: The report cannot be taken as it is; nothing was stored.
        CorrectInput: A photo or the mail address cannot be used; nothing was stored.
    """
    city = city_of(request)
    form = await read_form(request, city.settings.photo_limit_bytes)
    language = wanted_language(city.settings.public.languages, "", request.headers.get("Accept-Language", ""))
    return await run_in_threadpool(_receive, city, form, language)


def _receive(city: "City", form: Form, language: str) -> Document:
    parameters = form.parameters
    _check_key(city, parameters)
    service = _service(city, parameters)
    new = replace(_new_request(city, service, parameters, form.photos), language=language)
    write_photos(city, new)
    with city.database.writing() as connection:
        request_id = write_report(connection, city, new)
        page = page_address(connection, city.settings.public_url, request_id)
    answer = {
        "service_request_id": request_id,
        "service_notice": f"Follow your report here: {page}" if page else None,
        "account_id": new.account_id or None,
    }
    return Document("service_requests", [answer])


def _check_key(city: "City", parameters: "Parameters") -> None:
    keys = city.settings.api_keys
    given = parameters.line("api_key").encode()
    if keys and not any(hmac.compare_digest(key.encode(), given) for key in keys):
        raise UseApiKey("api_key is missing or not one that this city has given out.")


def _service(city: "City", parameters: "Parameters") -> "Service":
    code = parameters.line("service_code")
    if not code:
        raise CorrectParameters("service_code was not given.")
    service = city.catalogue.services.get(code)
    if service is None:
        raise AskForAnother("There is no service with this service_code: choose one from the list of services.")
    return service


def _new_request(city: "City", service: "Service", parameters: "Parameters", photos: tuple[bytes, ...]) -> NewRequest:
    """Everything that was sent, checked; the photos last, because they cost the most."""
    lat, long = _point(parameters)
    address = parameters.line("address_string")
    if lat is None and not address:
        raise CorrectParameters("The place was not given: send lat and long, or address_string.")
    email = parameters.line("email")
    return NewRequest(
        service_code=service.code,
        description=parameters.text("description"),
        address=address,
        address_id=parameters.line("address_id", 64),
        lat=lat,
        long=long,
        media_url=_media_url(parameters),
        attributes=checked_answers(service, parameters.attributes()),
        first_name=parameters.line("first_name", 200),
        last_name=parameters.line("last_name", 200),
        email=str(read_mail_address(email).addr_spec) if email else "",
        phone=parameters.line("phone", 40),
        device_id=parameters.line("device_id", 200),
        account_id=parameters.line("account_id", 200),
        photos=tuple(_prepared(city, number, raw) for number, raw in enumerate(photos, start=1)),
    )


def _point(parameters: "Parameters") -> tuple[float | None, float | None]:
    """Where it is, or nothing; the point (0, 0) is what a device without a fix sends."""
    lat, long = parameters.number("lat"), parameters.number("long")
    if lat is None and long is None:
        return None, None
    if lat is None or long is None:
        raise CorrectParameters("lat and long belong together: one of them was not given.")
    if abs(lat) > 90 or abs(long) > 180:
        raise CorrectParameters("lat lies between -90 and 90, long between -180 and 180.")
    return (None, None) if lat == 0 and long == 0 else (lat, long)


def _media_url(parameters: "Parameters") -> str:
    """The address of a photo elsewhere, as text that no reader's browser can take for a program."""
    url = parameters.line("media_url", _URL_LIMIT + 1)
    if not url:
        return ""
    try:
        known = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        known = False
    if not known or len(url) > _URL_LIMIT:
        raise CorrectParameters(f"media_url is not an address of http or https of at most {_URL_LIMIT} letters.")
    return url


def _prepared(city: "City", number: int, raw: bytes) -> PreparedPhoto:
    return prepare(raw, f"Photo {number}", size_limit_bytes=city.settings.photo_limit_bytes)
