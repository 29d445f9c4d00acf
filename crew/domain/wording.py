"""Closure reasons, and the sentence that a citizen reads at the end, in several languages. Domain layer; pure.

A reason is a code with a template for each language, so that endings can be counted and nobody's name is in them. What
a crew adds is never taken for a template, and no placeholder is filled in twice.
"""

import re
from datetime import datetime
from typing import Final

from crew.domain.change import StatusChange
from crew.domain.reasons import CANT_DO_REASONS, DEFAULT_DONE_TEXT, WAITING_REASONS, waiting_words
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder, WorkStatus

Texts = dict[str, str]
"""A text by the code of its language, such as "en"."""

PLACEHOLDERS: Final = frozenset({"address", "service", "when", "agency", "words"})
"""What a template may have in braces; `words` is what the crew adds, which stands at the end where it is missing."""

PUBLIC_NOTE_LIMIT: Final = 500
"""Most letters that a crew adds to a sentence."""

_PLACEHOLDER: Final = re.compile(r"\{(\w{1,40})\}")
_ENGLISH_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Language(Value):
    """One language that citizens read, and the words that templates need in it."""

    code: str = "en"
    name: str = "English"
    when: str = "on {day} {month} at {time}"
    months: tuple[str, ...] = _ENGLISH_MONTHS
    somewhere: str = "the place you reported"
    agency: str = "another agency"


class ClosureReason(Value):
    """Why an order ends: how the work turned out, or why it cannot be done."""

    code: str
    status: WorkStatus
    """Done, or can't do."""
    words: str
    """For the crew."""
    text: Texts
    """What the citizen reads, as a template."""
    services: tuple[str, ...] = ()
    """The services that it is offered for; empty for all."""
    photo: str = ""
    """Why a photo is asked for; empty where none is."""
    note: str = ""
    """Why an internal note is asked for; empty where none is."""
    agency: str = ""
    """Who is responsible instead."""
    retired: bool = False
    """Known, as orders have ended with it, and offered no more."""

    @property
    def asks_for_words(self) -> bool:
        """Whether the citizen would read nothing without words of the crew's own."""
        return any("{words}" in text for text in self.text.values())


class WaitingReason(Value):
    """Why work waits."""

    code: str
    words: str
    """For the crew, after "waiting for"."""
    text: Texts | None = None
    """What the citizen reads meanwhile; None where nobody is told."""
    retired: bool = False
    """Known, as orders wait for it, and offered no more."""


_EVERY_CITYS_REASONS: Final = tuple(
    ClosureReason(code, WorkStatus.CANT_DO, code.replace("_", " ").capitalize(), {"en": text})
    for code, text in CANT_DO_REASONS.items()
)

_EVERY_CITYS_WAITING: Final = tuple(WaitingReason(code, words) for code, words in WAITING_REASONS.items())


class Wording(Value):
    """How a city says that an order has ended, or waits. A device knows the first language alone."""

    languages: tuple[Language, ...] = (Language(),)
    """The first one is what staff write and preview."""
    reasons: tuple[ClosureReason, ...] = _EVERY_CITYS_REASONS
    done: Texts | None = None
    """The sentence for finished work whose service has none; None for the English one."""
    done_of: dict[str, Texts] | None = None
    """The sentences for finished work in the other languages, by service."""
    swearing: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()
    waiting: tuple[WaitingReason, ...] = _EVERY_CITYS_WAITING

    @property
    def waiting_codes(self) -> dict[str, bool]:
        """What work can wait for, and whether it is still offered."""
        return {one.code: not one.retired for one in self.waiting}

    def waiting_words(self, code: str) -> str:
        """What work waits for, as the city calls it; the code as words where nobody knows it any more."""
        return next((one.words for one in self.waiting if one.code == code), "") or waiting_words(code)

    def waiting_text(self, code: str, language: str) -> str:
        """What the citizen reads while work waits: in a language, or in the city's first; empty where there is none."""
        text = next((one.text for one in self.waiting if one.code == code), None) or {}
        return text.get(language) or text.get(self.languages[0].code, "")

    def reason(self, status: WorkStatus, code: str) -> ClosureReason | None:
        """The reason of this code for such an ending; None where there is none."""
        return next((one for one in self.reasons if one.code == code and one.status is status), None)

    def with_code(self, code: str) -> ClosureReason | None:
        """The reason of this code; a code belongs to one status."""
        return next((one for one in self.reasons if one.code == code), None)

    def offered(self, status: WorkStatus, service_code: str | None = None) -> tuple[ClosureReason, ...]:
        """The reasons that a person can choose from, for one service or for all of them together."""
        return tuple(
            one
            for one in self.reasons
            if one.status is status
            and not one.retired
            and (service_code is None or not one.services or service_code in one.services)
        )

    def language(self, asked: str) -> Language:
        """The language that somebody asked for, such as "pt-BR"; the city's first one where there is no such."""
        wanted = asked.casefold().replace("_", "-")
        for code in (wanted, wanted.partition("-")[0]):
            for language in self.languages:
                if language.code.casefold() == code:
                    return language
        return self.languages[0]

    def for_devices(self) -> "Wording":
        """What a device needs: the first language, which its people write and preview."""
        first = self.languages[0].code
        return Wording(
            languages=self.languages[:1],
            reasons=tuple(
                ClosureReason(
                    one.code, one.status, one.words, {first: one.text[first]},
                    one.services, one.photo, one.note, one.agency, one.retired,
                )
                for one in self.reasons
            ),
            done={first: self._done_text(first)},
            swearing=self.swearing,
            first_names=self.first_names,
            waiting=tuple(WaitingReason(one.code, one.words, retired=one.retired) for one in self.waiting),
        )  # fmt: skip

    def template(self, order: WorkOrder, act: StatusChange, language: str) -> str:
        """The template of an ending in a language; empty where there is none in it."""
        if act.status is WorkStatus.DONE and not act.reason:
            if language == self.languages[0].code:
                return order.done_text or self._done_text(language)
            return (self.done_of or {}).get(order.service_code, {}).get(language, "") or self._done_text(language)
        reason = self.reason(act.status, act.reason)
        return reason.text.get(language, "") if reason else ""

    def _done_text(self, language: str) -> str:
        return ({"en": DEFAULT_DONE_TEXT} if self.done is None else self.done).get(language, "")


STANDARD_WORDING: Final = Wording()
"""What holds where a backend has told nothing else: the reasons that every city has, in English."""


def sentence(wording: Wording, order: WorkOrder, act: StatusChange, moment: datetime, language: str = "") -> str:
    """What the citizen reads of an ending; empty for a status that ends nothing, and for a reason that nobody knows.

    Args:
        wording: The city's.
        order: The order that ends.
        act: How it ends, with the words that the crew adds.
        moment: When, in the zone of the reader.
        language: As somebody asks for it; where there is no text in it, the city's first language.
    """
    if not act.status.ended:
        return ""
    for spoken in (wording.language(language), wording.languages[0]):
        template = wording.template(order, act, spoken.code)
        if template:
            return _filled(template, wording, spoken, order, act, moment)
    return act.public_note


def _filled(
    template: str, wording: Wording, language: Language, order: WorkOrder, act: StatusChange, moment: datetime
) -> str:
    reason = wording.reason(act.status, act.reason)
    words = {
        "address": order.address or language.somewhere,
        "service": order.service_name,
        "when": when_words(language, moment),
        "agency": (reason.agency if reason else "") or language.agency,
        "words": act.public_note,
    }
    added = "" if "{words}" in template or not act.public_note else f" {act.public_note}"
    # One pass: a word that looks like a placeholder, in an address say, is not filled in again.
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), template).strip() + added


def when_words(language: Language, moment: datetime) -> str:
    """A moment as a citizen reads it: "on 5 May at 14:32". Names the day, as it is read later than it is written."""
    words = {"day": str(moment.day), "month": language.months[moment.month - 1], "time": f"{moment:%H:%M}"}
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), language.when)


def placeholders(template: str) -> frozenset[str]:
    """What stands in braces in a template."""
    return frozenset(_PLACEHOLDER.findall(template))


def readable(template: str) -> str:
    """A template as a person reads it: what is filled in stands in parentheses."""
    return _PLACEHOLDER.sub(r"(\1)", template)
