"""The way of mails to people of the city, who are asked by an escalation. Backend layer.

Such a mail is for those who have no terminal before them: it names the order and the command, and links nowhere. No
word of whoever reported goes into it; mail addresses and telephone numbers are taken out of what staff have written.
"""

import json
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crew.backend.notice_kinds import StaffKind
from crew.backend.notices.letters import Letter
from crew.backend.notices.mail import Carrier
from crew.backend.notices.notice_mail import envelope
from crew.backend.notices.staff_queueing import ESCALATED
from crew.backend.notices.states import STAFF
from crew.backend.notices.way import Overtaken
from crew.backend.order_loading import load_order
from crew.backend.public.rendering import rendered
from crew.backend.schema import notice_events
from crew.domain.contacts import without_contacts
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from datetime import datetime

    from crew.backend.city import City
    from crew.domain.work_order import Raised, WorkOrder


class StaffWay:
    """Mails to those whom an escalation asks, at any hour: the ladder's time runs at night, too."""

    name: Final = STAFF

    def __init__(self, city: "City", carrier: Carrier) -> None:
        """Send with a carrier of its own, so that a citizen's mail holds up none of these."""
        self._city: Final = city
        self._carrier: Final = carrier

    @property
    def title(self) -> str:
        """As an administrator reads it."""
        return "mail to staff"

    def kinds_at(self, moment: "datetime") -> Iterable[StaffKind]:
        """Escalations, at any time."""
        return (ESCALATED,)

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Send one mail about one escalation; `Way.send` says what is raised."""
        self._carrier.send(letter.id, self._message(letter), hand_over)

    def give_up(self) -> None:
        """Let a mail that is under way fail at once."""
        self._carrier.give_up()

    def _message(self, letter: Letter) -> EmailMessage:
        city = self._city
        with city.database.reading() as connection:
            event = connection.execute(select(notice_events).where(notice_events.c.id == letter.first.event_id)).one()
            order = load_order(connection, city.catalogue, event.order_id)
        facts = json.loads(event.facts)
        if order is None:
            raise Overtaken(f"There is no order {event.order_id} any more.")
        raised = _still_asked(order, facts)
        message = envelope(city, letter.id, facts["to"], f"Work order {clean_line(order.id)} was escalated to you")
        message.set_content(rendered("escalation.txt", _filling(city, order, raised)))
        return message


def _still_asked(order: "WorkOrder", facts: dict[str, str]) -> "Raised":
    """The escalation, where it still waits for this answer. Raises Overtaken."""
    raised = order.raised
    if raised is None or (order.escalation, raised.at.isoformat()) != (facts["level"], facts["raised_at"]):
        raise Overtaken(f"The order {order.id} was escalated anew before this mail left.")
    if raised.acknowledged_by:
        raise Overtaken(f"{raised.acknowledged_by} knew of the escalation of {order.id} before this mail left.")
    if order.work_status.ended:
        raise Overtaken(f"The work on {order.id} ended before this mail left.")
    return raised


def _filling(city: "City", order: "WorkOrder", raised: "Raised") -> dict[str, object]:
    by = raised.by.astimezone(ZoneInfo(city.settings.time_zone)) if raised.by else None
    return {
        "city_name": city.settings.city_name,
        "number": clean_line(order.id),
        "service": clean_line(order.service_name),
        "place": without_contacts(order.address),
        "level": clean_line(order.escalation),
        "reason": without_contacts(clean_line(raised.reason)),
        "person": clean_line(raised.person),
        "by": f"{by:%A} {by.day} {by:%B %Y} at {by:%H:%M}" if by else "",
    }
