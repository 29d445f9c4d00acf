"""Makes the mail message of a notice. Backend layer; reads the city, sends nothing.

No word of a citizen's description goes into a message: who may make the city write to any address must not choose
what it writes. The subject is made from a template and the number alone.
"""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend import schema
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.orders import load_order
from crew.backend.public.page_links import page_address, quiet_address
from crew.backend.public.public_sentences import public_sentence
from crew.backend.public.public_words import without_contacts
from crew.backend.public.rendering import day_words, rendered
from crew.domain.errors import CorrectInput, CorrectSettings, CrewError
from crew.domain.plain_text import clean_line
from crew.domain.work_order import Photo, PhotoRole, PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from crew.backend.city import City

_PHOTO_WIDTH_PIXELS: Final = 480


class _WholeHeader(UnstructuredHeader, BaseHeader):
    """A header in one line: folding would turn a long address into encoded words, which nobody reads there."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it travels."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _WholeHeader)
    return SMTP.clone(header_factory=headers)


_POLICY: Final = _policy()


class Overtaken(CrewError):
    """What the notice was to tell is no longer so."""


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    greeting: str
    message: str


def message_of(city: "City", notice_id: str, request_id: str, kind: str, recipient: str) -> EmailMessage:
    """Make the message that tells a reporter what happened to a service request.

    Raises:
        Overtaken: The order was opened again since.
        CorrectInput: The recipient is no mail address, or the request is gone.
        CorrectSettings: The sender's address is none.
    """
    address = read_mail_address(recipient)
    order, link, way_out = _order_and_links(city, request_id)
    if kind == "closed" and order.public_status is PublicStatus.OPEN:
        raise Overtaken(f"The order {order.id} was opened again before this notice left.")
    words = _words(city, order, clean_line(request_id), kind)
    message = _envelope(city, notice_id, address, words.subject)
    if way_out:
        message["List-Unsubscribe"] = f"<{way_out}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    photo = _shown_photo(city, order) if kind == "closed" else None
    content_id = f"photo.{notice_id}@{_domain(city)}" if photo else ""
    filling: dict[str, object] = {
        "city_name": city.settings.city_name,
        "subject": words.subject,
        "greeting": words.greeting,
        "message": words.message,
        "number": clean_line(request_id),
        "service": order.service_name,
        "place": without_contacts(order.address),
        "page_address": link,
        "way_out": way_out,
        "with_photo": photo is not None,
        "photo_cid": content_id,
        "photo_width": min(photo[0].width, _PHOTO_WIDTH_PIXELS) if photo else 0,
        "photo_alt": "Photo of the finished work",
    }
    message.set_content(rendered("notice.txt", filling))
    message.add_alternative(rendered("notice.html", filling), subtype="html")
    if photo:
        _add_photo(message, photo[1], content_id)
    return message


def _order_and_links(city: "City", request_id: str) -> tuple[WorkOrder, str, str]:
    """The order that answers a request, the address of its page, and the one that ends mails.

    Both are empty where the city has no address.
    """
    requests = schema.service_requests
    with city.database.reading() as connection:
        order_id = connection.scalar(select(requests.c.order_id).where(requests.c.id == request_id))
        order = load_order(connection, city.catalogue, order_id) if order_id else None
        if order is None:
            raise CorrectInput(f"There is no service request {request_id} any more.")
        url = city.settings.public_url
        return order, page_address(connection, url, request_id), quiet_address(connection, url, request_id)


def _words(city: "City", order: WorkOrder, number: str, kind: str) -> _Words:
    if kind == "received":
        zone = ZoneInfo(city.settings.time_zone)
        said = f"We aim to finish by {day_words(order.due_at, zone)}." if order.due_at else "We will look into it."
        return _Words(f"We have your report {number}", "Thank you: your report has reached us.", said)
    if order.work_status is WorkStatus.DONE:
        said = public_sentence(city, order) or "The work is done."
        return _Words(f"Your report {number} is done", "Your report led to this:", said)
    said = public_sentence(city, order) or "Your report was closed."
    return _Words(f"Your report {number} is closed", "We looked into your report:", said)


def _envelope(city: "City", notice_id: str, recipient: Address, subject: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = _sender(city)
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(city.clock())
    message["Message-ID"] = f"<notice.{notice_id}@{_domain(city)}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _sender(city: "City") -> Address:
    name, raw = clean_line(city.settings.city_name), city.settings.mail.from_address
    try:
        return Address(name, addr_spec=raw)
    except (ValueError, MessageError) as error:
        raise CorrectSettings(f'In [mail]: from_address = "{clean_line(raw)}" is no mail address.') from error


def _domain(city: "City") -> str:
    return city.settings.mail.from_address.rpartition("@")[2] or "localhost"


def _shown_photo(city: "City", order: WorkOrder) -> tuple[Photo, bytes] | None:
    """The last photo of the finished work; a photo whose file is gone must not silence the message."""
    after = [photo for photo in order.photos_of(PhotoRole.AFTER) if photo.sha256 not in order.withdrawn]
    if not after:
        return None
    try:
        return after[-1], city.photo_files.read(after[-1].sha256)
    except CorrectInput:
        return None


def _add_photo(message: EmailMessage, content: bytes, content_id: str) -> None:
    """Put the photo beside the HTML part, where its content id finds it."""
    for part in message.iter_parts():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            part.add_related(
                content, "image", "jpeg", cid=f"<{content_id}>", filename="finished-work.jpg", disposition="inline"
            )
