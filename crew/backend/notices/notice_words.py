"""What a mail about an event says, in the language of who reads it. Backend layer, pure; makes no message.

The sentences stand with those of the pages, a file a language; here they are chosen.
"""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crew.backend.languages import Language, chosen_language
from crew.backend.notice_kinds import Kind
from crew.backend.notices.public_facts import responsible_for
from crew.backend.notices.recipients import Recipient
from crew.backend.public.public_sentences import public_sentence
from crew.domain.contacts import without_contacts
from crew.domain.plain_text import clean_line
from crew.domain.public_places import block_of, without_house_numbers
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder

if TYPE_CHECKING:
    from crew.backend.city import City


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


class NoticeWords(Value):
    """What a mail says of one event.

    Attributes:
        subject: A template and the number alone.
        greeting: What goes before.
        message: What happened.
    """

    subject: str
    greeting: str
    message: str


def language_to(city: "City", to: Recipient) -> Language:
    """In which language somebody is written to; the city's first, where theirs is not known or not offered."""
    return chosen_language(city.settings.public.languages, to.language, "")


def notice_words(city: "City", language: Language, event: Told) -> NoticeWords:
    """The words about an event."""
    follows = event.kind == "received" and event.joined
    words, key = language.words, f"mail_{'joined' if follows else event.kind}"
    subject = words[f"{key}_subject"].format(number=clean_line(event.request_id))
    return NoticeWords(subject, words[f"{key}_greeting"], _message(city, language, event))


def _message(city: "City", language: Language, event: Told) -> str:
    own = language.words[f"mail_{event.kind}_message"]
    match event.kind:
        case "received" if event.joined:
            promise = _by_when(city, language, event.order) or own
            return f"{promise} {language.words['mail_joined_message']}"
        case "received":
            return _by_when(city, language, event.order) or own
        case "scheduled":
            return f"{own} {_by_when(city, language, event.order)}".strip()
        case "reopened":
            return own
        case "moved":
            said, who = _said(city, language, event), responsible_for(city, event.order)
            responsible = language.words["mail_responsible"].format(who=who) if who else ""
            return f"{said or own} {responsible}".strip()
        case "done" | "cant_do":
            return _said(city, language, event) or own


def _said(city: "City", language: Language, event: Told) -> str:
    sentence = public_sentence(city, event.order, language.code)
    return without_house_numbers(sentence, event.order.address) if event.joined else sentence


def _by_when(city: "City", language: Language, order: WorkOrder) -> str:
    if order.due_at is None:
        return ""
    return language.words["promise_ahead"].format(day=language.day(order.due_at, ZoneInfo(city.settings.time_zone)))
