"""`crew map` and `crew backend map`: the city's map, from a file of streets to the devices. CLI layer."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crew.cli.backend import backend_dir, require_backend
from crew.cli.field import opened_device
from crew.cli.output import tell
from crew.cli.progress import bar
from crew.domain.errors import CorrectInput
from crew.maps.city_map import CityMap
from crew.wiring import make_sync

if TYPE_CHECKING:
    import argparse

    from crew.maps.city_map import MapFacts

_NONE = "There is no map on this device. Fetch the city's: crew map get. Or take one from a stick: crew map add FILE"


def get(arguments: "argparse.Namespace") -> int:
    """Fetch the map that the city offers, going on where it was cut."""
    with opened_device(arguments) as device:
        with bar("Fetching the map", quiet=arguments.json) as on_progress:
            came = asyncio.run(make_sync(device).fetch_map(on_progress))
        path = device.store.map_file.path
        facts = _facts_of(path)
        words = "The map has come" if came else "The map was here already"
        tell(arguments, {"came": came, **_values(path, facts)}, f"{words}: {_words(facts)}.")
    return 0


def add(arguments: "argparse.Namespace") -> int:
    """Take a map from a file."""
    file = Path(arguments.file).expanduser()
    facts = _facts_of(file)
    with opened_device(arguments) as device:
        device.store.map_file.put(file)
        tell(arguments, _values(device.store.map_file.path, facts), f"The map is here: {_words(facts)}.")
    return 0


def show(arguments: "argparse.Namespace") -> int:
    """Say what is known about the map of this device, or of a file."""
    if arguments.file:
        path = Path(arguments.file).expanduser()
    else:
        with opened_device(arguments) as device:
            path = device.store.map_file.path
        if not path.exists():
            raise CorrectInput(_NONE)
    facts = _facts_of(path)
    tell(arguments, _values(path, facts), f"{path}: {_words(facts)}.")
    return 0


def build(arguments: "argparse.Namespace") -> int:
    """Make a map of a city's own GeoJSON files: streets, and areas of water and parks."""
    from crew.maps.building import build_map  # few devices ever make one

    sources, goal = [Path(name).expanduser() for name in arguments.files], Path(arguments.output).expanduser()
    with bar("Making the map", quiet=arguments.json) as on_progress:
        build_map(sources, goal, name=arguments.name, attribution=arguments.attribution, on_progress=on_progress)
    facts = _facts_of(goal)
    tell(arguments, _values(goal, facts), f"{goal}: {_words(facts)}. Give it to the devices: crew backend map {goal}")
    return 0


def offer(arguments: "argparse.Namespace") -> int:
    """Give every device a map to fetch, beside a running server too."""
    require_backend()
    from crew.backend.map_offer import put_map

    file = Path(arguments.file).expanduser()
    facts = _facts_of(file)
    with bar("Copying the map", quiet=arguments.json) as on_progress:
        offered = put_map(backend_dir(arguments), file, on_progress)
    values = {"sha256": offered.sha256, "byte_count": offered.byte_count}
    tell(arguments, values, f"Every device can fetch it now (crew map get): {_words(facts)}.")
    return 0


def _facts_of(path: Path) -> "MapFacts":
    """What a map file says about itself. Raises CorrectInput where it is none."""
    with CityMap(path) as city_map:
        return city_map.facts()


def _values(path: Path, facts: "MapFacts") -> dict[str, Any]:
    return {"file": str(path), "name": facts.name, "byte_count": facts.byte_count, "attribution": facts.attribution}


def _words(facts: "MapFacts") -> str:
    source = f", {facts.attribution}" if facts.attribution else ""
    return f"{facts.name or 'a map without a name'}, {facts.byte_count / 1e6:.1f} MB{source}"
