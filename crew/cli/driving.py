"""`crew route` and `crew near`: the day in driving order, and what is around an order. CLI layer; changes nothing."""

from typing import TYPE_CHECKING, Any

from crew.cli.field import signed_in_device
from crew.cli.output import print_json, print_table
from crew.domain.place import distance_words, place_of
from crew.domain.ways import along_words

if TYPE_CHECKING:
    import argparse

    from crew.domain.nearby import Near
    from crew.domain.ways import Ways
    from crew.field_work import Stop


def route(arguments: "argparse.Namespace") -> int:
    """Print the day in driving order with the way to each stop; what the terminal lists stays as it is."""
    with signed_in_device(arguments) as device:
        day, units = device.field_work.route(), device.settings.look.units
        driven = day.driven
        assert driven is not None  # noqa: S101 - a route says how far it leads
        ways = _ways(day.stops, device.field_work.driving.ways(day))
        if arguments.json:
            stops = [
                {"id": stop.order_id, "address": stop.address, "lat": stop.lat, "long": stop.long, "way_metres": way}
                for stop, way in zip(day.stops, ways, strict=True)
            ]
            totals = {"metres": round(driven.metres), "saved_metres": round(driven.saved_metres), "along": driven.along}
            print_json({**totals, "stops": stops})
            return 0
        rows = [
            (stop.order_id, "" if way is None else distance_words(way, units), stop.service_name, stop.address)
            for stop, way in zip(day.stops, ways, strict=True)
        ]
        print_table(rows, ("ID", "WAY", "SERVICE", "ADDRESS"))
        print(f"{distance_words(driven.metres, units)} {along_words(driven.along)}")
    return 0


def _ways(stops: "tuple[Stop, ...]", known: "Ways") -> list[int | None]:
    """The metres to each stop from the one before that has a place."""
    ways: list[int | None] = []
    here = None
    for stop in stops:
        place = place_of(stop)
        ways.append(None if place is None or here is None else round(known.metres(here, place)))
        here = place or here
    return ways


def near(arguments: "argparse.Namespace") -> int:
    """Print what is around an order: open ones within reach, what may be the same, what was done here before."""
    with signed_in_device(arguments) as device:
        found, units = device.field_work.nearby(arguments.id), device.settings.look.units
        if arguments.json:
            print_json({name: [_values(one) for one in getattr(found, name)] for name in ("open", "same", "done")})
            return 0
        same = {one.order_id for one in found.same}
        rows = [
            (
                one.order_id,
                distance_words(one.metres, units),
                "done" if one in found.done else "the same?" if one.order_id in same else "",
                one.order.service_name,
                one.order.address,
            )
            for one in (*found.open, *found.done)
        ]
        if rows:
            print_table(rows, ("ID", "WAY", "", "SERVICE", "ADDRESS"))
        else:
            print("Nothing else is near, and nothing was done here before.")
    return 0


def _values(one: "Near") -> dict[str, Any]:
    return {
        "id": one.order_id,
        "metres": round(one.metres),
        "service_name": one.order.service_name,
        "address": one.order.address,
        "work_status": one.order.work_status,
        "updated_at": one.order.updated_at,
    }
