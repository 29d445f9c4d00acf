"""What paper says of a stop, whatever the paper is made by. CLI layer; pure."""

from typing import TYPE_CHECKING

from crew.cli.field import status_words
from crew.domain.due import due_words
from crew.domain.place import NO_PLACE, place_of
from crew.domain.plus_code import plus_code
from crew.domain.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from crew.domain.wording import Wording
    from crew.field_work import Stop


class StopLines(Value):
    """A stop in lines: what to do; where; number, deadline and status; the citizen's words, which may be none."""

    service: str
    where: str
    facts: str
    words: str


def stop_lines(stop: "Stop", now: "datetime", wording: "Wording") -> StopLines:
    """A stop as it stands on paper, with what it waits for as the city calls it."""
    due = due_words(stop.due_at, now, stop.work_status, stop.left).words
    place = place_of(stop)
    where = [stop.address or "no address", plus_code(*place) if place else stop.place_doubt or NO_PLACE]
    facts = [f"No. {stop.order_id}", due, status_words(stop, wording)]
    return StopLines(stop.service_name, "   ".join(where), "   ".join(facts), stop.headline)
