"""Takes in what people did to work orders: each change has its effect exactly once. Backend layer.

The effect, its history, the feed, the notice and the row that remembers the change's id are one transaction. The
rules themselves are the domain's; here is only what needs the other side: what others did meanwhile.
"""

import hashlib
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.exc import DataError, IntegrityError

from crew import wire
from crew.backend import feed, sign_ins
from crew.backend.change_effects import absent_photos, apply_change, keep_beside, keep_for_a_look
from crew.backend.conflicts import conflict_of, ends_work
from crew.backend.crews import require_known_crew, require_known_service
from crew.backend.endpoint import audience_of
from crew.backend.links import conflict_of_link, move_requests
from crew.backend.orders import load_order
from crew.backend.phone_in import makes_an_order, numbered, take_in
from crew.backend.problems import Declined
from crew.backend.schema import applied_changes
from crew.domain.change import Assignment, Change, Intake, Triage
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.intake import order_of, without_contact
from crew.domain.person import require_permission
from crew.domain.rules import check
from crew.domain.value import replace
from crew.domain.work_order import OrderId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.endpoint import Caller
    from crew.domain.person import Person
    from crew.domain.work_order import WorkOrder

MOST_CHANGES: Final = 200
"""Changes in one batch."""

_ID_LIMIT: Final = 64
_VERSION_LIMIT: Final = 2**31
_TAKEN: Final = frozenset({"applied", "kept"})
_FINAL: Final = _TAKEN | {"refused", "needs_decision"}
_log = logging.getLogger(__name__)


def take_changes(city: "City", caller: "Caller", changes: "Sequence[Change]", cursor: str = "") -> wire.Answers:
    """Apply a batch and answer each change, in the order given.

    What is not applied holds back the later changes of the same order, and of no other. From a device with a cursor
    that this database never gave, nothing is taken: it was restored from a backup, and what the device has to send
    again is older than this batch.

    Raises:
        Declined: The batch cannot be looked at as a whole: too long, not this device's, or an id that stands for
            something else already. Nothing of it was applied.
    """
    if len(changes) > MOST_CHANGES:
        raise Declined(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many", f"Send at most {MOST_CHANGES} changes at once.")
    for change in changes:
        _check_envelope(change, caller)
    with city.database.writing() as connection:
        if cursor and not feed.knows(connection, caller.audience, cursor):
            return wire.Answers((), pull_first=True)
        return wire.Answers(_Batch(connection, city, caller).answers(changes))


def _check_envelope(change: Change, caller: "Caller") -> None:
    if change.device_id != caller.device_id:
        raise _declined(caller, change, "device", "A device can send only its own changes.")
    moments = (change.made_at, *(photo.taken_at for photo in change.photos if photo.taken_at is not None))
    if (
        not 0 < len(change.id) <= _ID_LIMIT
        or not 0 <= change.base_version < _VERSION_LIMIT
        or any(moment.tzinfo is None for moment in moments)
    ):
        raise _declined(caller, change, "malformed", "A change has an id, a version or a time that cannot be.")


def _declined(caller: "Caller", change: Change, code: str, sentence: str) -> Declined:
    """The refusal of a whole batch for one of its changes, written to the log with whose it is."""
    what = f"{change.kind} {change.id[:_ID_LIMIT]} of {change.order_id[:_ID_LIMIT]}"
    _log.warning("Refused to person %s on device %s: %s: %s", caller.person_id, caller.device_id, what, sentence)
    return Declined(HTTPStatus.UNPROCESSABLE_ENTITY, code, sentence)


class _Batch:
    """The changes of one call, taken one after the other inside one transaction."""

    def __init__(self, connection: "Connection", city: "City", caller: "Caller") -> None:
        self._connection: Final = connection
        self._city: Final = city
        self._caller: Final = caller
        self._stopped_orders: Final[set[str]] = set()

    def answers(self, changes: "Sequence[Change]") -> tuple[wire.Answer, ...]:
        """Take the changes; the last answer about an order brings it as it stands then, once for all of them."""
        answers = [self._answer(numbered(self._connection, change)) for change in changes]
        changes = [numbered(self._connection, change) for change in changes]  # what was taken in has its number now
        last = {change.order_id: place for place, change in enumerate(changes) if answers[place].outcome in _FINAL}
        for order_id, place in last.items():
            if feed.has_now(self._connection, self._caller.audience, order_id):
                order = load_order(self._connection, self._city.catalogue, order_id)
                answers[place] = msgspec.structs.replace(answers[place], order=order)
        for place, change in enumerate(changes):
            other = change.other_order
            taken = answers[place].outcome in _TAKEN
            if other and taken and feed.has_now(self._connection, self._caller.audience, other):
                also = load_order(self._connection, self._city.catalogue, other)
                answers[place] = msgspec.structs.replace(answers[place], also=also)
        return tuple(answers)

    def _answer(self, change: Change) -> wire.Answer:
        """Take one change, or say again what was said when it came first."""
        answer = self._remembered(change)
        if answer is None and self._stopped_orders.intersection(change.orders):
            return wire.Answer(change.id, "held", f"An earlier change of {change.order_id} has to be settled first.")
        if answer is None:
            answer = self._take(change)
        if answer.outcome not in _TAKEN:
            self._stopped_orders.update(change.orders)
        return answer

    def _remembered(self, change: Change) -> wire.Answer | None:
        row = self._connection.execute(
            select(applied_changes).where(applied_changes.c.change_id == change.id)
        ).one_or_none()
        if row is None:
            return None
        if (row.device_id, row.fingerprint) != (change.device_id, _fingerprint(change)):
            sentence = "The id of a change stands for another change already."
            raise _declined(self._caller, change, "id_reused", sentence)
        return wire.decode(row.answer, wire.Answer)

    def _take(self, change: Change) -> wire.Answer:
        own = change.person in ("", self._caller.person.name)
        try:
            with self._connection.begin_nested():
                answer = self._effect(replace(change, person=self._caller.person.name)) if own else self._kept(change)
        except (NotAllowed, CorrectInput) as error:
            who, what = self._caller, f"{change.kind} {change.id} of {change.order_id}"
            _log.warning("Refused to person %s on device %s: %s: %s", who.person_id, who.device_id, what, error)
            answer = wire.Answer(change.id, "refused", error.sentence)
        except (IntegrityError, DataError):
            _log.exception("The change %s does not fit into the database", change.id)
            return wire.Answer(change.id, "refused", "The backend could not keep this. Tell its administrator.")
        if answer.outcome in _FINAL:
            self._remember(change, answer)
        return answer

    def _effect(self, change: Change) -> wire.Answer:
        """Decide about a change and write what follows; what is raised undoes what was written.

        Raises:
            NotAllowed: The rules forbid it, or the order is not the caller's.
            CorrectInput: There is no such crew or type of request.
        """
        connection, city, person = self._connection, self._city, self._caller.person
        if isinstance(change.act, Intake):
            return self._taken_in(change, change.act, person)
        order = self._known_order(change.order_id, person)
        _check_names(connection, city, change)
        other = conflict_of(connection, order, change, person) or conflict_of_link(
            connection, city, self._caller, order, change
        )
        if other is not None and not ends_work(change.act):
            require_permission(person, change.act, order)  # who may not do it has nothing to decide
            return wire.Answer(change.id, "needs_decision", _decide_sentence(other), other=other)
        keep = other is not None and order.work_status.ended
        if keep:
            require_permission(person, change.act, order)
        else:
            check(order, change, person, city.catalogue.wording)
        if missing := absent_photos(connection, change):
            return wire.Answer(change.id, "photos_missing", "Its photos have to come first.", missing=missing)
        if keep:
            keep_beside(connection, city, order, change, person)
            return wire.Answer(change.id, "kept", f"{order.id} had ended meanwhile; your work is kept beside it.")
        seen = person.role.sees_whole_city  # whoever acts on it from the office has looked
        look = other is not None or (order.needs_look and not seen)
        move_requests(connection, city, order, change)
        apply_change(connection, city, order, change, needs_look=look, person=person)
        return wire.Answer(change.id, "applied")

    def _kept(self, change: Change) -> wire.Answer:
        """Keep what somebody else did on this device, whose own sign-in cannot send it any more, for a decision.

        Raises:
            NotAllowed: Nobody of that name ever worked on the device, or the order was never theirs.
        """
        connection, city, sender = self._connection, self._city, self._caller.person
        author = sign_ins.who_worked_on(connection, city.catalogue, change.device_id, change.person)
        if author is None:
            raise NotAllowed(f"{change.person} has never signed in on this device: nobody can say whose work this is.")
        if missing := absent_photos(connection, change):
            return wire.Answer(change.id, "photos_missing", "Its photos have to come first.", missing=missing)
        answer = wire.Answer(
            change.id, "kept", f"The sign-in of {author.name} had ended: it is kept beside the order for a supervisor."
        )
        if isinstance(change.act, Intake):  # a citizen waits for it, whoever took the call
            number = self._taken_in(change, change.act, author).number
            answer = msgspec.structs.replace(answer, number=number)
            change = replace(change, order_id=OrderId(number or change.order_id))
        keep_for_a_look(connection, city, self._known_order(change.order_id, author), change, sender)
        return answer

    def _taken_in(self, change: Change, act: Intake, person: "Person") -> wire.Answer:
        """Take in a telephone call. The order that it was to join may have ended: then it gets one of its own."""
        connection, city = self._connection, self._city
        joined = self._known_order(change.order_id, person) if act.joins else None
        if joined is not None and joined.work_status.ended:
            joined, act = None, replace(act, joins="")
        check(joined or order_of(act, change.id, change.made_at), replace(change, act=act), person)
        number = take_in(connection, city, change, act, joined)
        order = self._known_order(number, person)
        apply_change(connection, city, order, replace(change, order_id=number, act=act), needs_look=order.needs_look)
        return wire.Answer(change.id, "applied", number="" if joined else number)

    def _known_order(self, order_id: str, person: "Person") -> "WorkOrder":
        """An order that the person has or had; which others there are is nobody's business."""
        order = None
        if feed.ever_had(self._connection, audience_of(person), order_id):
            order = load_order(self._connection, self._city.catalogue, order_id)
        if order is None:
            raise NotAllowed(f"There is no work order with the number {order_id} among yours.")
        return order

    def _remember(self, change: Change, answer: wire.Answer) -> None:
        """Write the answer without the order, which is added as it stands whenever the answer is given."""
        self._connection.execute(
            insert(applied_changes),
            {
                "change_id": change.id,
                "device_id": change.device_id,
                "fingerprint": _fingerprint(change),
                "answer": wire.encode(answer),
                "received_at": self._city.clock(),
            },
        )


def _check_names(connection: "Connection", city: "City", change: Change) -> None:
    """Check that crew and type of request are the city's own. Raises CorrectInput."""
    act = change.act
    if isinstance(act, Assignment | Triage) and act.crew:
        require_known_crew(connection, city.catalogue, act.crew)
    if isinstance(act, Triage) and act.service_code:
        require_known_service(city.catalogue, act.service_code)


def _fingerprint(change: Change) -> str:
    """What tells whether it is the same change; a device forgets the caller, and learns the number of the order."""
    change = without_contact(change)
    if makes_an_order(change):
        change = replace(change, order_id=OrderId(change.id))
    return hashlib.sha256(msgspec.json.encode(wire.change_to_wire(change), order="sorted")).hexdigest()


def _decide_sentence(other: wire.OtherValue) -> str:
    return f"{other.person} changed the same meanwhile: {other.theirs}. Decide which one holds."
