"""Makes the mail message of a notice, or of several. Backend layer; reads the city, sends nothing.

No word of a citizen's description goes into a message: who may make the city write to any address must not choose
what it writes. The subject is made from a template and the number alone.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from crew.backend.notice_kinds import ENDINGS, Kind
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.notices.public_facts import responsible_for
from crew.backend.notices.recipients import Recipient
from crew.backend.public.page_links import page_address, quiet_address
from crew.backend.public.public_sentences import public_sentence
from crew.backend.public.rendering import day_words, rendered
from crew.domain.contacts import without_contacts
from crew.domain.errors import CorrectInput, CorrectSettings
from crew.domain.plain_text import clean_line
from crew.domain.public_places import block_of, without_house_numbers
from crew.domain.value import Value
from crew.domain.work_order import Photo, PhotoRole, WorkOrder

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
    return SMTP.clone(header_factory=headers, cte_type="7bit")  # not every server takes letters of eight bits


_POLICY: Final = _policy()


class Told(Value):
    """One event as a mail tells it.

    Attributes:
        kind: What happened.
        request_id: The request that the mail is about; its page is the one that is linked.
        numbers: Every request of the reader's that the order answers.
        order: The order as it stands.
        to: Who reads it.
    """

    kind: Kind
    request_id: str
    numbers: tuple[str, ...]
    order: WorkOrder
    to: Recipient

    @property
    def joined(self) -> bool:
        """Whether somebody else reported it first, whose place is told by the block."""
        return self.request_id != self.order.id

    @property
    def place(self) -> str:
        """Where it is, as exactly as the reader may know it."""
        address = self.order.address
        return block_of(address) if self.joined else without_contacts(address)


class _Words(Value):
    subject: str
    greeting: str
    message: str


def message_of(city: "City", letter_id: str, told: Sequence[Told]) -> EmailMessage:
    """Make the message that tells a reporter of one event.

    Raises:
        CorrectInput: The recipient is no mail address.
        CorrectSettings: The sender's address is none.
    """
    (event,) = told
    order, words = event.order, _words(city, event)
    link, way_out = _links(city, event.request_id)
    message = envelope(city, letter_id, event.to.address, words.subject)
    message["References"] = f"<report.{_digest(event.request_id)}@{_domain(city)}>"
    _add_way_out(message, way_out)
    photo = _shown_photo(city, order) if event.kind in ENDINGS else None
    content_id = f"photo.{letter_id}@{_domain(city)}" if photo else ""
    filling: dict[str, object] = {
        "city_name": city.settings.city_name,
        "subject": words.subject,
        "greeting": words.greeting,
        "message": words.message,
        "number": ", ".join(clean_line(number) for number in event.numbers),
        "service": order.service_name,
        "place": event.place,
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


def digest_of(city: "City", letter_id: str, told: Sequence[Told]) -> EmailMessage:
    """Make the one message that tells a reporter of several events; `message_of` says what is raised."""
    subject = f"News of {len({event.order.id for event in told})} of your reports"
    _, way_out = _links(city, told[0].request_id)
    message = envelope(city, letter_id, told[0].to.address, subject)
    _add_way_out(message, way_out)
    entries = [
        {
            "subject": words.subject,
            "message": words.message,
            "service": event.order.service_name,
            "place": event.place,
            "page_address": _links(city, event.request_id)[0],
        }
        for event in told
        for words in [_words(city, event)]
    ]
    filling: dict[str, object] = {
        "city_name": city.settings.city_name,
        "subject": subject,
        "entries": entries,
        "way_out": way_out,
    }
    message.set_content(rendered("notice_digest.txt", filling))
    message.add_alternative(rendered("notice_digest.html", filling), subtype="html")
    return message


def _links(city: "City", request_id: str) -> tuple[str, str]:
    """The address of a request's page, and the one where mails end; both empty where the city has no address."""
    with city.database.reading() as connection:
        url = city.settings.public_url
        return page_address(connection, url, request_id), quiet_address(connection, url, request_id)


def _add_way_out(message: EmailMessage, way_out: str) -> None:
    if way_out:
        message["List-Unsubscribe"] = f"<{way_out}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _words(city: "City", event: Told) -> _Words:
    order, number = event.order, clean_line(event.request_id)
    by_when = f"We aim to finish by {_day(city, order.due_at)}." if order.due_at else ""
    said = public_sentence(city, order, event.to.language)
    if event.joined:
        said = without_house_numbers(said, order.address)
    match event.kind:
        case "received" if event.joined:
            thanks = "Thank you: this was reported before, and you follow it from now on."
            message = f"{by_when or 'We will look into it.'} We will tell you what becomes of it."
            return _Words(f"You follow a report: {number}", thanks, message)
        case "received":
            thanks = "Thank you: your report has reached us."
            return _Words(f"We have your report {number}", thanks, by_when or "We will look into it.")
        case "scheduled":
            message = f"A crew has it on its list. {by_when}".strip()
            return _Words(f"Your report {number} is planned", "Your report goes on:", message)
        case "reopened":
            message = "It was not right yet, so a crew looks at it again."
            return _Words(f"Your report {number} is open again", "We are at your report once more:", message)
        case "done":
            return _Words(f"Your report {number} is done", "Your report led to this:", said or "The work is done.")
        case "moved":
            who = responsible_for(city, order)
            message = f"{said or 'Another agency cares for this.'}{f' Responsible: {who}.' if who else ''}"
            return _Words(f"Your report {number} went to another agency", "We looked into your report:", message)
        case "cant_do":
            message = said or "Your report was closed."
            return _Words(f"Your report {number} is closed", "We looked into your report:", message)


def _day(city: "City", moment: datetime) -> str:
    return day_words(moment, ZoneInfo(city.settings.time_zone))


def envelope(city: "City", letter_id: str, to: str, subject: str) -> EmailMessage:
    """A mail without its text.

    Raises:
        CorrectInput: The recipient is no mail address.
        CorrectSettings: The sender's address is none.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender_of(city)
    message["To"] = read_mail_address(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(city.clock())
    message["Message-ID"] = f"<notice.{letter_id}@{_domain(city)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def sender_of(city: "City") -> Address:
    """The sender of every mail. Raises CorrectSettings where the settings name none."""
    name, raw = clean_line(city.settings.city_name), city.settings.mail.from_address
    try:
        return Address(name, addr_spec=raw)
    except (ValueError, MessageError) as error:
        raise CorrectSettings(f'In [mail]: from_address = "{clean_line(raw)}" is no mail address.') from error


def _digest(text: str) -> str:
    """What stands for a number of any system in a header: letters and digits alone."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


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
