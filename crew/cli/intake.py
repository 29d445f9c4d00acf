"""`crew intake` and `crew triage`: a call taken in, and what is new placed, on this device. CLI layer."""

from typing import TYPE_CHECKING

from crew.cli.desk import crew_named
from crew.cli.field import print_saved, signed_in_device
from crew.cli.output import print_json
from crew.domain.change import Contact, Intake, Triage
from crew.domain.errors import CorrectInput
from crew.domain.work_order import Priority

if TYPE_CHECKING:
    import argparse

    from crew.field_work import FieldWork
    from crew.wire import ServiceOffer


def take_in(arguments: "argparse.Namespace") -> int:
    """Take a request in, or say what may be the same; `crew sync` sends it."""
    with signed_in_device(arguments) as device:
        work = device.field_work
        service, place = _service(work, arguments.service), work.addresses().exactly(arguments.address)
        lat, long = (place.lat, place.long) if place else (arguments.lat, arguments.long)
        if arguments.dry_run:
            same = work.similar(service.name, lat, long) if lat is not None and long is not None else ()
            ids = [near.order_id for near in same]
            print_json(ids) if arguments.json else print("\n".join(ids) or "Nothing open is near there.")
            return 0
        contact = Contact(arguments.first_name, arguments.last_name, arguments.phone, arguments.email)
        act = Intake(
            service_code=service.code,
            service_name=service.name,
            description=arguments.description,
            address=place.address if place else arguments.address,
            lat=lat,
            long=long,
            joins=arguments.join,
            contact=contact,
        )
        print_saved(device, work.take_in(act), json=arguments.json)
    return 0


def triage(arguments: "argparse.Namespace") -> int:
    """Place a new order, on this device; what is not given stays as it is."""
    with signed_in_device(arguments) as device:
        service = _service(device.field_work, arguments.service) if arguments.service else None
        act = Triage(
            service_code=service.code if service else "",
            service_name=service.name if service else "",
            priority=_priority(arguments.priority),
            crew=crew_named(device.field_work, arguments.crew) if arguments.crew else "",
        )
        print_saved(device, device.field_work.triage(arguments.id, act), json=arguments.json)
    return 0


def _priority(word: str) -> Priority | None:
    try:
        return Priority(word) if word else None
    except ValueError as error:
        raise CorrectInput(f'"{word}" is no priority. Use one of: {", ".join(Priority)}.') from error


def _service(work: "FieldWork", word: str) -> "ServiceOffer":
    """The type of request by its code or its whole name.

    Raises:
        CorrectInput: There is none; the sentence names those that have the word.
    """
    offers, wanted = work.services(), word.casefold()
    if not offers:
        raise CorrectInput("The types of request are not on this device yet. They come with: crew sync")
    found = next((offer for offer in offers if wanted in (offer.code.casefold(), offer.name.casefold())), None)
    if found is None:
        near = [offer.code for offer in offers if wanted in " ".join((offer.name, *offer.keywords)).casefold()]
        raise CorrectInput(
            f'There is no type of request "{word}". Use one of: {", ".join(near or [offer.code for offer in offers])}.'
        )
    return found
