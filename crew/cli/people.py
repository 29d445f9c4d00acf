"""The commands about a city's people and the devices they are signed in on. CLI layer; needs the `backend` extra."""

import sys
from typing import TYPE_CHECKING

import msgspec

from crew.cli.backend import existing_city
from crew.cli.output import print_json, print_table, tell
from crew.domain.errors import CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from crew.domain.permissions import Grant


def show(arguments: "argparse.Namespace") -> int:
    """Print everybody, and how they are signed in."""
    city = existing_city(arguments)
    from crew.backend.admin import list_people

    people = list_people(city)
    if arguments.json:
        print_json(msgspec.to_builtins(people))
    else:
        rows = [
            (
                f"{one.number:>3}",
                one.name,
                one.role,
                one.crew or one.district or "-",
                "revoked" if one.revoked_at else str(one.devices),
                _day(one.last_seen_at),
            )
            for one in people
        ]
        print_table(rows, ("NO.", "NAME", "ROLE", "CREW OR DISTRICT", "DEVICES", "LAST SEEN"))
    return 0


def make_code(arguments: "argparse.Namespace") -> int:
    """Print a new one-time code for somebody who is known."""
    city = existing_city(arguments)
    from crew.backend.admin import code_for

    code = code_for(city, arguments.name)
    if arguments.json:
        print_json({"name": clean_line(arguments.name), "code": code})
    else:
        print(f"code {code}")
        print("Good for one device within seven days: crew sign-in URL CODE", file=sys.stderr)
    return 0


def change(arguments: "argparse.Namespace") -> int:
    """Give somebody another role, crew or district; their devices hear of it with the next pull."""
    new = (arguments.role, arguments.crew, arguments.district, arguments.account)
    if all(value is None for value in new):
        raise CorrectUsage("Say what is new: --role, --crew, --district or --account.")
    city = existing_city(arguments)
    from crew.backend.admin import change_person

    place = change_person(city, arguments.name, *new)
    name = clean_line(arguments.name)
    where = ", ".join(word for word in (place.role, place.crew, place.district) if word)
    tell(arguments, {"name": name, **msgspec.to_builtins(place)}, f"{name} is now: {where}")
    return 0


def roles(arguments: "argparse.Namespace") -> int:
    """Print the table of permissions as it is in force: a line a verb, a column a role."""
    city = existing_city(arguments)
    from crew.domain.permissions import Verb

    known = city.catalogue.roles.values()
    if arguments.json:
        print_json([{**msgspec.to_builtins(role), "may": msgspec.to_builtins(role.grants)} for role in known])
        return 0
    table = [{grant.verb: grant for grant in role.grants} for role in known]
    rows = [("desk", *(str(role.desk) for role in known))]
    rows += [(verb.value, *(_reach(grants.get(verb)) for grants in table)) for verb in Verb]
    print_table(rows, ("VERB", *(role.name.upper() for role in known)))
    return 0


def _reach(grant: "Grant | None") -> str:
    if grant is None:
        return "-"
    return f"{grant.scope} ({', '.join(grant.states)})" if grant.states else str(grant.scope)


def revoke(arguments: "argparse.Namespace") -> int:
    """End every sign-in of a person; what they did offline is kept for a supervisor."""
    city = existing_city(arguments)
    from crew.backend.admin import revoke_person

    return _say_ended(arguments, clean_line(arguments.name), revoke_person(city, arguments.name))


def devices(arguments: "argparse.Namespace") -> int:
    """Print every device with the people who are signed in there."""
    city = existing_city(arguments)
    from crew.backend.admin import list_sign_ins

    found = list_sign_ins(city)
    if arguments.json:
        print_json(msgspec.to_builtins(found))
    else:
        rows = [
            (
                one.device_id,
                one.device_name or "-",
                one.person,
                "revoked" if one.revoked_at else _day(one.last_seen_at),
                f"{one.unsent:>6}",
            )
            for one in found
        ]
        print_table(rows, ("DEVICE", "NAME", "PERSON", "LAST SEEN", "UNSENT"))
    return 0


def revoke_device(arguments: "argparse.Namespace") -> int:
    """End every sign-in on a device, such as one that was lost."""
    city = existing_city(arguments)
    from crew.backend.admin import revoke_device as end_all

    return _say_ended(arguments, clean_line(arguments.id), end_all(city, arguments.id))


def _say_ended(arguments: "argparse.Namespace", whose: str, count: int) -> int:
    if arguments.json:
        print_json({"revoked": whose, "sign_ins": count})
    else:
        print(f"ended {count} sign-in{'' if count == 1 else 's'} of {whose}")
    return 0


def _day(moment: "datetime | None") -> str:
    return "never" if moment is None else f"{moment.astimezone():%Y-%m-%d}"
