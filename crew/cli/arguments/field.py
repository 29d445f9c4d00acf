"""What the commands of a device take. CLI layer; imports none of them."""

from crew.cli.arguments.desk import add_desk_commands
from crew.cli.arguments.parsing import ORDER, Commands, Parser, add


def add_field_commands(commands: Commands) -> None:
    """Add everything that is done on a device."""
    sign_in = add(commands, "sign-in", "crew.cli.field", "sign_in", "enrol this device for somebody")
    sign_in.add_argument("url", metavar="URL", help="address of the backend, such as https://311.example.gov")
    sign_in.add_argument("code", metavar="CODE", nargs="?", help="the code that `crew backend add-person` printed")
    sign_in.add_argument("--with-account", action="store_true", help="sign in with your city's account instead")
    add(commands, "sync", "crew.cli.field", "sync", "send what waits, pull what is new")
    listing = add(commands, "list", "crew.cli.field", "list_orders", "the work orders on this device")
    listing.add_argument("--all", action="store_true", help="ended orders too")
    _add_day_command(commands)
    _add_order_commands(commands)
    add_desk_commands(commands)
    photo = add(commands, "photo", "crew.cli.photo", "show", "what a picture would be sent as: size, time, place, hash")
    photo.add_argument("file", metavar="FILE", help="JPEG, PNG, WebP, AVIF, or HEIC with its extra")
    _add_map_commands(commands)
    _add_outbox_commands(commands)
    _add_device_commands(commands)


def _add_order_commands(commands: Commands) -> None:
    show = add(commands, "show", "crew.cli.field", "show", "one work order, whole")
    show.add_argument("id", metavar="ID", help=ORDER)
    status = add(
        commands,
        "status",
        "crew.cli.field",
        "set_status",
        "set the work status of an order",
        'crew status 311000000017 done --photo after.jpg --note "two bags"',
    )
    status.add_argument("id", metavar="ID", help=ORDER)
    status.add_argument(
        "status", metavar="STATUS", help="accepted, on_the_way, working, waiting, done, cant_do, sent_back"
    )
    status.add_argument(
        "--reason",
        default="",
        metavar="CODE",
        help="why it waits or cannot be done, or how it ended: crew reasons",
    )
    status.add_argument("--text", default="", metavar="TEXT", help="more for the citizen to read, at the end")
    status.add_argument("--note", default="", metavar="TEXT", help="internal words, never shown to the citizen")
    status.add_argument(
        "--photo", action="append", default=[], metavar="FILE", help="a photo of the work; repeat for more"
    )
    note = add(commands, "note", "crew.cli.field", "add_note", "write an internal note")
    note.add_argument("id", metavar="ID", help=ORDER)
    note.add_argument("text", metavar="TEXT", help="stays inside the city")


def _add_day_command(commands: Commands) -> None:
    day = add(commands, "day", "crew.cli.day", "show", "the day on paper: numbered, with room for a tick")
    day.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output, such as into lpr")
    day.add_argument("--pdf", default="", metavar="FILE", help="as a PDF instead; - for standard output")
    day.add_argument("--print", action="store_true", help="on this machine's printer, by lp")
    day.add_argument("--paper", default="a4", choices=["a4", "letter"], help="of the PDF (default %(default)s)")
    day.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_device_commands(commands: Commands) -> None:
    add(commands, "doctor", "crew.cli.doctor", "show", "what this device has and lacks: cameras, pictures, fonts")
    position = add(
        commands, "position", "crew.cli.position", "show", "where this device is, how old that is, who says so"
    )
    position.add_argument(
        "--wait", type=float, default=5, metavar="SECONDS", help="for a receiver to speak (default %(default)s)"
    )
    add(commands, "where", "crew.cli.terminal", "where", "where files and settings lie")
    demo = add(commands, "demo", "crew.cli.demo", "start", "a city day on this machine: nothing to configure")
    demo.add_argument("--role", default="crew", choices=["crew", "supervisor", "dispatcher"], help="who you are")


def _add_outbox_commands(commands: Commands) -> None:
    outbox = add(commands, "outbox", "crew.cli.outbox", "show", "what waits to be sent, and what a person decides")
    outbox.add_argument("--all", action="store_true", help="also what was sent lately")
    inner = outbox.add_subparsers(title="decisions", metavar="DECISION", parser_class=Parser)
    decisions = {
        "send-again": ("send_again", "send a refused change once more"),
        "mend": ("mend", "send a refused change once more, with what was missing"),
        "set-aside": ("set_aside", "stop sending a change: it stays readable"),
        "take-up": ("take_up", "do once more what was undone or set aside"),
        "keep-mine": ("keep_mine", "decide that this device's value holds"),
        "keep-theirs": ("keep_theirs", "decide that the other's value holds"),
    }
    for name, (function, help_text) in decisions.items():
        decision = add(inner, name, "crew.cli.outbox", function, help_text)
        decision.add_argument("id", metavar="ID", help="as `crew outbox` lists it")
        if name == "mend":
            decision.add_argument("--note", default="", metavar="TEXT", help="the words, in place of those it had")
            decision.add_argument("--reason", default="", metavar="CODE", help="why it waits or cannot be done")
            decision.add_argument("--photo", action="append", default=[], metavar="FILE", help="one more photo")
    exporting = add(inner, "export", "crew.cli.outbox", "export", "write it into a folder to be read without Crew")
    exporting.add_argument("folder", metavar="DIR", help="a new folder is made in it")
    exporting.add_argument("--all", action="store_true", help="also everything that was sent")
    add(inner, "totals", "crew.cli.outbox", "totals", "how much waits, and how the link stands")
    add(inner, "seen", "crew.cli.outbox", "seen", "stop saying what became of a damaged store")


def _add_map_commands(commands: Commands) -> None:
    add(commands, "route", "crew.cli.driving", "route", "the day in driving order, with the way to each stop")
    nearby = add(commands, "near", "crew.cli.driving", "near", "what else is around an order, and was done there")
    nearby.add_argument("id", metavar="ID", help=ORDER)
    city_map = commands.add_parser(
        "map", help="the map of the city on this device", description="The map of the city on this device."
    )
    inner = city_map.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser, required=True)
    add(inner, "get", "crew.cli.map", "get", "fetch the city's map, going on where it was cut")
    adding = add(inner, "add", "crew.cli.map", "add", "take a map from a file, such as on a stick")
    adding.add_argument("file", metavar="FILE", help="PMTiles with vector tiles")
    info = add(inner, "info", "crew.cli.map", "show", "what is known about the map")
    info.add_argument("file", metavar="FILE", nargs="?", default="", help="another map than this device's")
    building = add(inner, "build", "crew.cli.map", "build", "make a map of a city's GeoJSON files")
    building.add_argument("files", metavar="STREETS.geojson", nargs="+", help="street lines; areas of water and parks")
    building.add_argument("-o", "--output", required=True, metavar="FILE", help="the map, such as city.pmtiles")
    building.add_argument("--name", default="", metavar="TEXT", help="what the map is called")
    building.add_argument("--attribution", default="", metavar="TEXT", help="whose data it is; stands on the map")
