"""Chooses the words of a citizen's page from its order. Backend layer, pure; escapes nothing, the template does."""

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from crew.backend.public.public_sentences import public_sentence
from crew.backend.public.public_words import steps, without_contacts
from crew.backend.public.rendering import day_words, moment_words
from crew.domain.work_order import PhotoRole, PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from sqlalchemy import Row

    from crew.backend.city import City
    from crew.backend.public.public_photos import PublicPhoto

PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
"""On every page for citizens: nothing is loaded or sent elsewhere, and nothing is kept."""

_HEADLINES: Final = {
    WorkStatus.NEW: "We have your report.",
    WorkStatus.ASSIGNED: "A crew will come.",
    WorkStatus.ACCEPTED: "A crew will come.",
    WorkStatus.ON_THE_WAY: "A crew is taking care of it.",
    WorkStatus.WORKING: "A crew is taking care of it.",
    WorkStatus.WAITING: "The work has to wait.",
    WorkStatus.DONE: "The work is done.",
    WorkStatus.CANT_DO: "Your report is closed.",
    WorkStatus.SENT_BACK: "A crew will come again.",
}
_WAITING_WORDS: Final = {
    "parts": "We are waiting for parts.",
    "weather": "We are waiting for better weather.",
    "permit": "We are waiting for a permit.",
    "other_agency": "We are waiting for another agency.",
    "access": "We are waiting until we can get to the place.",
}
_TONES: Final = {WorkStatus.WAITING: "waiting", WorkStatus.DONE: "done", WorkStatus.CANT_DO: "closed"}


def page_filling(
    city: "City", token: str, request: "Row[Any]", order: WorkOrder, photos: "Iterable[PublicPhoto]"
) -> dict[str, object]:
    """The words of one page.

    Args:
        city: Gives its name, time zone and clock.
        token: What opens the page; photos lie below it.
        request: The row of the service request that the page belongs to.
        order: The order that answers it.
        photos: What the public may see of the order.
    """
    zone = ZoneInfo(city.settings.time_zone)
    sides = {role: [_shown(photo, token, order) for photo in photos if photo.role is role] for role in PhotoRole}
    return {
        "city_name": city.settings.city_name,
        "number": request.id,
        "headline": _HEADLINES[order.work_status],
        "tone": _TONES.get(order.work_status, "open"),
        "public_text": public_sentence(city, order) or _waiting_words(order),
        "promise": _promise(order, city.clock(), zone),
        "service": order.service_name,
        "place": _place(request, order),
        "received": moment_words(request.requested_at, zone),
        "description": without_contacts(request.description),
        "before": sides[PhotoRole.BEFORE],
        "after": sides[PhotoRole.AFTER],
        "steps": [
            {"title": step.title, "reached": step.reached, "when": moment_words(step.at, zone) if step.at else ""}
            for step in steps(order)
        ],
    }


def answer_filling(city: "City", token: str, order: WorkOrder, answered: str) -> dict[str, object]:
    """What the reporter may answer: the configured reactions once the order has ended, else nothing.

    Args:
        city: Gives the reactions.
        token: What opens the page; the forms lie below it.
        order: The order that answers the request.
        answered: The code of the reaction that was given; empty for none.
    """
    offered = city.settings.reactions if order.public_status is PublicStatus.CLOSED else {}
    return {
        "token": token,
        "reactions": [
            {"code": code, "words": words, "given": code == answered} for code, words in offered.items() if words
        ],
        "answered": offered.get(answered, ""),
    }


def _shown(photo: "PublicPhoto", token: str, order: WorkOrder) -> dict[str, object]:
    where = without_contacts(order.address) or "the place of the report"
    side = "before the work" if photo.role is PhotoRole.BEFORE else "after the work"
    return {
        "address": f"{token}/photos/{photo.sha256}.jpg",
        "width": photo.width,
        "height": photo.height,
        "alt": f"{order.service_name}, {where}, {side}",
    }


def _waiting_words(order: WorkOrder) -> str:
    return _WAITING_WORDS.get(order.waiting_reason, "") if order.work_status is WorkStatus.WAITING else ""


def _promise(order: WorkOrder, now: "datetime", zone: "tzinfo") -> str:
    """What the city said about time, also when it did not keep it; nothing while its clock stands."""
    if order.due_at is None or order.work_status.ended or order.paused_at is not None:
        return ""
    day = day_words(order.due_at, zone)
    if now <= order.due_at:
        return f"We aim to finish by {day}."
    return f"We wanted to finish by {day}. It is not forgotten."


def _place(request: "Row[Any]", order: WorkOrder) -> str:
    address = without_contacts(request.address or order.address)
    if address:
        return address
    if request.lat is None or request.long is None:
        return "No place was given"
    return f"{request.lat:.5f}, {request.long:.5f}"
