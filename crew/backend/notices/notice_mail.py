"""Makes the mail message of a notice, or of several. Backend layer; reads the city, sends nothing.

No word of a citizen's description goes into a message: who may make the city write to any address must not choose
what it writes. The subject is made from a template and the number alone.
"""

import hashlib
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from crew.backend.notice_kinds import ENDINGS
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.notices.notice_words import Told, language_to, notice_words
from crew.backend.public.page_links import page_address, quiet_address
from crew.backend.public.rendering import rendered
from crew.domain.errors import CorrectInput, CorrectSettings
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.domain.work_order import Photo, PhotoRole, WorkOrder

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.languages import Language

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


class _Links(Value):
    """Where a mail leads: the page of a report, the choice of how much mail, and the post that ends it by itself.

    All are empty where the city has no address.
    """

    page: str
    way_out: str
    one_click: str


def message_of(city: "City", letter_id: str, told: Sequence[Told]) -> EmailMessage:
    """Make the message that tells a reporter of one event.

    Raises:
        CorrectInput: The recipient is no mail address.
        CorrectSettings: The sender's address is none.
    """
    (event,) = told
    order, language = event.order, language_to(city, event.to)
    words = notice_words(city, language, event)
    links = _links(city, language, event)
    message = envelope(city, letter_id, event.to.address, words.subject)
    message["References"] = f"<report.{_digest(event.request_id)}@{_domain(city)}>"
    _add_way_out(message, links)
    photo = _shown_photo(city, order) if event.kind in ENDINGS else None
    content_id = f"photo.{letter_id}@{_domain(city)}" if photo else ""
    filling: dict[str, object] = {
        **_every_mail(city, language, words.subject, links),
        "greeting": words.greeting,
        "message": words.message,
        "number": ", ".join(clean_line(number) for number in event.numbers),
        "service": language.service(order.service_code, order.service_name),
        "place": event.place,
        "page_address": links.page,
        "see": language.words["mail_see_photos" if photo else "mail_see"],
        "photo_cid": content_id,
        "photo_width": min(photo[0].width, _PHOTO_WIDTH_PIXELS) if photo else 0,
    }
    _add_bodies(message, "notice", language, filling)
    if photo:
        _add_photo(message, photo[1], content_id)
    return message


def digest_of(city: "City", letter_id: str, told: Sequence[Told]) -> EmailMessage:
    """Make the one message that tells a reporter of several events; `message_of` says what is raised.

    Where they reported in several languages, it is written in that of the newest event.
    """
    language = language_to(city, told[-1].to)
    subject = language.counted("mail_news", len({event.order.id for event in told}))
    links = _links(city, language, told[0])
    message = envelope(city, letter_id, told[0].to.address, subject)
    _add_way_out(message, links)
    entries = [
        {
            "subject": words.subject,
            "message": words.message,
            "service": language.service(event.order.service_code, event.order.service_name),
            "place": event.place,
            "page_address": _links(city, language, event).page,
        }
        for event in told
        for words in [notice_words(city, language, event)]
    ]
    filling = {**_every_mail(city, language, subject, links), "entries": entries}
    _add_bodies(message, "notice_digest", language, filling)
    return message


def _add_bodies(message: EmailMessage, template: str, language: "Language", filling: dict[str, object]) -> None:
    message.set_content(rendered(f"{template}.txt", filling))
    message.add_alternative(rendered(f"{template}.html", filling), subtype="html")
    message["Content-Language"] = language.code  # last: a body takes the headers of the one before with it


def _every_mail(city: "City", language: "Language", subject: str, links: _Links) -> dict[str, object]:
    """What both kinds of mail have."""
    return {
        "city_name": city.settings.city_name,
        "language": language,
        "t": language.words,
        "subject": subject,
        "way_out": links.way_out,
    }


def _links(city: "City", language: "Language", event: Told) -> _Links:
    """The links of a request, to pages in the language of the mail where its reader has asked for that."""
    with city.database.reading() as connection:
        url = city.settings.public_url
        page = page_address(connection, url, event.request_id)
        bare = quiet_address(connection, url, event.request_id)
    query = f"?lang={language.code}" if url and event.to.language == language.code else ""
    return _Links(f"{page}{query}", f"{bare}{query}", bare)


def _add_way_out(message: EmailMessage, links: _Links) -> None:
    if links.one_click:
        message["List-Unsubscribe"] = f"<{links.one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


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
