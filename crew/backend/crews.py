"""The city's crews: which there are, and how much work each has. Backend layer; only reads."""

import difflib
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from crew.backend.feed import EVERYBODY
from crew.backend.schema import devices, feed, people, work_orders
from crew.domain.errors import CorrectInput
from crew.domain.work_order import PublicStatus
from crew.wire import CrewLoad, ServiceOffer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.catalogue import Catalogue


def known_crews(connection: "Connection", catalogue: "Catalogue") -> frozenset[str]:
    """Every crew of the catalogue, and those that ever had orders or people."""
    with_orders = connection.scalars(select(feed.c.audience).where(feed.c.audience != EVERYBODY).distinct())
    return frozenset((*catalogue.crews, *with_orders, *crews_with_people(connection)))


def require_known_crew(connection: "Connection", catalogue: "Catalogue", crew: str) -> None:
    """Check that there is such a crew.

    Raises:
        CorrectInput: There is none; the sentence names those that are written much alike.
    """
    known = known_crews(connection, catalogue)
    if crew in known:
        return
    by_folded = {name.casefold(): name for name in sorted(known)}
    near = [by_folded[name] for name in difflib.get_close_matches(crew.casefold(), by_folded, n=3, cutoff=0.5)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "Look at the list of crews."
    raise CorrectInput(f'There is no crew "{crew}". {hint}')


def crew_named(connection: "Connection", catalogue: "Catalogue", words: str) -> str:
    """The crew of this name, or else the one of this title, as a person types it. Raises as `require_known_crew`."""
    known = known_crews(connection, catalogue)
    titled = [name for name in known if catalogue.crew_title(name).casefold() == words.casefold()]
    crew = titled[0] if words not in known and len(titled) == 1 else words
    require_known_crew(connection, catalogue, crew)
    return crew


def crew_loads(connection: "Connection", catalogue: "Catalogue", now: datetime) -> list[CrewLoad]:
    """Every known crew with its open orders and those of them that are overdue, by name."""
    late = (work_orders.c.due_at < now) & work_orders.c.paused_at.is_(None)
    overdue = func.sum(case((late, 1), else_=0))
    counts = {
        row.crew: (row.open, int(row.overdue))
        for row in connection.execute(
            select(work_orders.c.crew, func.count().label("open"), overdue.label("overdue"))
            .where(work_orders.c.public_status == PublicStatus.OPEN.value)
            .group_by(work_orders.c.crew)
        )
    }
    seen = {
        row.crew: (row.seen_at, int(row.unsent))
        for row in connection.execute(
            select(
                people.c.crew,
                func.max(devices.c.last_seen_at).label("seen_at"),
                func.sum(devices.c.unsent).label("unsent"),
            )
            .join_from(devices, people)
            .where(people.c.crew != "")
            .group_by(people.c.crew)
        )
    }
    return [
        CrewLoad(name, catalogue.crew_title(name), *counts.get(name, (0, 0)), *seen.get(name, (None, 0)))
        for name in sorted(known_crews(connection, catalogue))
    ]


def require_known_service(catalogue: "Catalogue", code: str) -> None:
    """Check that the city has such a type of request.

    Raises:
        CorrectInput: It has none.
    """
    if code not in catalogue.services:
        raise CorrectInput(f'There is no type of request "{code}". Choose one from the list.')


def service_offers(catalogue: "Catalogue") -> tuple[ServiceOffer, ...]:
    """The types of request that can be taken in, as a person looks for them."""
    return tuple(
        ServiceOffer(service.code, service.name, service.group, service.keywords, service.work_hours)
        for service in catalogue.services.values()
    )


def crews_with_people(connection: "Connection") -> frozenset[str]:
    """The crews that somebody belongs to."""
    return frozenset(connection.scalars(select(people.c.crew).where(people.c.crew != "").distinct()))
