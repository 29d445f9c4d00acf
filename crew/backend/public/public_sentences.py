"""What a citizen reads about the end of an order, in their language. Backend layer; reads what it is given.

The code travels, and the sentence is made here for each reader. In the city's first language it stays what it was when
the order ended: nobody's words are changed afterwards by another template.
"""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crew.domain.change import StatusChange
from crew.domain.contacts import without_contacts
from crew.domain.wording import sentence

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder


def public_sentence(city: "City", order: "WorkOrder", language: str = "") -> str:
    """The public text of an order, without mail addresses and phone numbers; empty where nothing was said.

    Args:
        city: Gives the wording and the zone.
        order: The order.
        language: As the reader asks for it, such as "es" or "pt-BR"; the city's first where it is empty or unknown.
    """
    wording = city.catalogue.wording
    spoken = wording.language(language)
    if spoken == wording.languages[0] or not order.public_text or not _was_worded_here(order):
        return without_contacts(order.public_text)
    act = StatusChange(order.work_status, reason=order.closure_reason, public_note=order.public_note)
    if not wording.template(order, act, spoken.code):
        return without_contacts(order.public_text)
    moment = order.ended_at.astimezone(ZoneInfo(city.settings.time_zone))
    return without_contacts(sentence(wording, order, act, moment, spoken.code))


def _was_worded_here(order: "WorkOrder") -> bool:
    """Whether a crew ended it; what came with an import has its own words, in its own language."""
    return order.work_status.ended and any(entry.change_id for entry in order.history)
