"""Chooses the words of a report's pages from its order. Backend layer, pure; escapes nothing, the template does."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from crew.backend.public.public_sentences import public_sentence
from crew.backend.public.public_steps import STEP_OF, StepKind, steps
from crew.domain.contacts import without_contacts
from crew.domain.public_places import coarse_place, without_house_numbers
from crew.domain.value import Value
from crew.domain.work_order import PhotoRole, PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from crew.backend.city import City
    from crew.backend.languages import Language
    from crew.backend.public.public_photos import PublicPhoto
    from crew.backend.public.told_reports import Report


class ShownStep(Value):
    """A step of the way, in words.

    Attributes:
        title: What it is.
        reached: Whether it lies behind the order or is where it stands.
        at: When it was reached, for programs; empty where that is not known.
        when: The same for people.
        who: Who did it; empty where nobody is named.
    """

    title: str
    reached: bool
    at: str
    when: str
    who: str


_TONES: Final = {StepKind.WAITING: "waiting", StepKind.DONE: "done", StepKind.CLOSED: "closed"}
_HEADLINES: Final = {StepKind.RECEIVED: "new"}


def page_filling(
    city: "City", language: "Language", token: str, request: "Report", order: WorkOrder
) -> dict[str, object]:
    """The words of the page of one reporter, without its photos.

    Args:
        city: Gives time zone, clock and crews.
        language: In which they are.
        token: What opens the page.
        request: What the page belongs to.
        order: The order that answers it.
    """
    zone = ZoneInfo(city.settings.time_zone)
    said = public_sentence(city, order, language.code)
    if request.id != order.id:  # it names the place of another reporter
        said = without_house_numbers(said, order.address)
    return {
        **_of_order(city, language, order),
        "token": token,
        "title": language.words["report_number"].format(number=request.id),
        "headline": language.words[f"headline_{_headline(order)}"],
        "public_text": said or _waiting_words(city, language, order),
        "place": place_words(language, request, order),
        "received": language.moment(request.requested_at, zone),
        "description": without_contacts(request.description),
    }


def public_filling(
    city: "City", language: "Language", order: WorkOrder, reporters: int, description: str
) -> dict[str, object]:
    """The words of the page that everybody may read of an order: by the block, and without a reporter.

    Args:
        city: Gives time zone, clock and crews, and says whether a reporter's words are shown.
        language: In which they are.
        order: The order.
        reporters: How many reported it.
        description: What the first reporter wrote.
    """
    zone, words = ZoneInfo(city.settings.time_zone), language.words
    shows_words = city.settings.public.words
    said = without_house_numbers(public_sentence(city, order, language.code), order.address)
    headline = words["public_closed"] if STEP_OF[order.work_status] is StepKind.CLOSED else ""
    return {
        **_of_order(city, language, order),
        "number": order.id,
        "headline": headline or words["public_new" if _headline(order) == "new" else f"headline_{_headline(order)}"],
        "public_text": said or _waiting_words(city, language, order),
        "place": public_place(language, order.address, order.lat, order.long),
        "received": language.moment(order.requested_at, zone),
        "description": without_house_numbers(without_contacts(description), order.address) if shows_words else "",
        "reporters": language.counted("reporters", reporters),
    }


def answer_filling(city: "City", language: "Language", order: WorkOrder, answered: str) -> dict[str, object]:
    """What the reporter may answer: the configured reactions once the order has ended, else nothing.

    Args:
        city: Gives the reactions.
        language: In which they are, where the city has not worded them itself.
        order: The order that answers the request.
        answered: The code of the reaction that was given; empty for none.
    """
    offered = city.settings.reactions if order.public_status is PublicStatus.CLOSED else {}
    return {
        "reactions": [
            {"code": code, "words": language.phrase(words), "given": code == answered}
            for code, words in offered.items()
            if words
        ],
        "answered": language.phrase(offered.get(answered, "")),
    }


def photo_filling(
    language: "Language", order: WorkOrder, place: str, photos: "Iterable[PublicPhoto]", address: str
) -> dict[str, object]:
    """The photos of both sides of a repair, with words for those who cannot see them.

    Args:
        language: In which the words are.
        order: What they are of.
        place: Where it is, as the page says it.
        photos: What the reader may see.
        address: Of a photo, with `{sha256}`.
    """
    service = language.service(order.service_code, order.service_name)
    sides: dict[PhotoRole, list[dict[str, object]]] = {role: [] for role in PhotoRole}
    for photo in photos:
        key = "photo_before" if photo.role is PhotoRole.BEFORE else "photo_after"
        alt = language.words[key].format(service=service, place=place)
        shown = {"address": address.format(sha256=photo.sha256), "alt": alt}
        sides[photo.role].append({**shown, "width": photo.width, "height": photo.height})
    return {"before": sides[PhotoRole.BEFORE], "after": sides[PhotoRole.AFTER]}


def place_words(language: "Language", request: "Report", order: WorkOrder) -> str:
    """Where it is: exact where this reporter said so, else the block of who reported it first."""
    if request.address:
        return without_contacts(request.address)
    if request.lat is not None and request.long is not None:
        return f"{request.lat:.5f}, {request.long:.5f}"
    return public_place(language, order.address, order.lat, order.long)


def public_place(language: "Language", address: str, lat: float | None, long: float | None) -> str:
    """Where it is, as everybody may read it."""
    return coarse_place(address, lat, long) or language.words["no_place"]


def _of_order(city: "City", language: "Language", order: WorkOrder) -> dict[str, object]:
    zone = ZoneInfo(city.settings.time_zone)
    return {
        "tone": _TONES.get(STEP_OF[order.work_status], "open"),
        "promise": _promise(language, order, city.clock(), zone),
        "service": language.service(order.service_code, order.service_name),
        "who": order.crew_title,
        "steps": [
            ShownStep(
                title=language.words[f"step_{step.kind}"],
                reached=step.reached,
                at=step.at.isoformat() if step.at else "",
                when=language.moment(step.at, zone) if step.at else "",
                who=order.crew_title if step.kind is StepKind.DONE else "",
            )
            for step in steps(order)
        ],
    }


def _headline(order: WorkOrder) -> str:
    kind = STEP_OF[order.work_status]
    return _HEADLINES.get(kind, kind.value)


def _waiting_words(city: "City", language: "Language", order: WorkOrder) -> str:
    if order.work_status is not WorkStatus.WAITING:
        return ""
    return city.catalogue.wording.waiting_text(order.waiting_reason, language.code)


def _promise(language: "Language", order: WorkOrder, now: "datetime", zone: "tzinfo") -> str:
    """What the city said about time, also when it did not keep it; nothing while its clock stands."""
    if order.due_at is None or order.work_status.ended or order.paused_at is not None:
        return ""
    key = "promise_ahead" if now <= order.due_at else "promise_missed"
    return language.words[key].format(day=language.day(order.due_at, zone))
