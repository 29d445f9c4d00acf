"""Arguments, and what ends a command: one sentence on stderr and a documented exit code. CLI layer.

Commands are imported when they are called, so that `crew list` never pays for the terminal or the backend.
"""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, NoReturn, TypeAlias

from crew import __version__
from crew.domain.errors import CorrectUsage, CrewError, FreeSpace
from crew.domain.plain_text import clean_text

Command = Callable[[argparse.Namespace], int]

_STOPPED: Final = 130
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write to stdout says. The files of the store have their own sentences, where they are written."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code (docs/exit-codes.md)."""
    parser = _parser(commands=_names_a_command(arguments))
    try:
        parsed = parser.parse_args(arguments)
        command: Command = getattr(import_module(parsed.module), parsed.function)
        code = command(parsed)
        print(end="", flush=True)  # what cannot be written is found out here, where it can be told
    except CrewError as error:
        return _told(error)
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:
        _drop_output()  # the reader (head, less) has seen enough
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        _drop_output()
        return _told(FreeSpace(f"It is done, but its answer could not be written: {error.strerror}. Make room there."))
    return code


def _told(error: CrewError) -> int:
    print(f"crew: {clean_text(error.sentence)}", file=sys.stderr)
    return error.exit_code


def _drop_output() -> None:
    """Python would try once more while it closes stdout, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the same form as every other error."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise CorrectUsage(f"{clean_text(message)}. See: {self.prog} --help")


Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def _names_a_command(arguments: Sequence[str]) -> bool:
    """Whether more is asked than to start the terminal, which must not wait for the parsers of commands."""
    rest = arguments[2:] if arguments[:1] == ["--data"] else arguments
    return any(not argument.startswith("--data=") for argument in rest)


def _parser(*, commands: bool) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="crew",
        description="The field-crew terminal of a city's 311 service. Without a command it starts the terminal.",
    )
    parser.add_argument("--version", action="version", version=f"crew {__version__}")
    _data(parser)
    parser.set_defaults(module="crew.cli.terminal", function="start")
    if commands:
        inner = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
        _add_field_commands(inner)
        _add_backend_commands(inner)
    return parser


def _add_field_commands(commands: Commands) -> None:
    sign_in = _add(commands, "sign-in", "crew.cli.field", "sign_in", "enrol this device for somebody")
    sign_in.add_argument("url", metavar="URL", help="address of the backend, such as https://311.example.gov")
    sign_in.add_argument("code", metavar="CODE", nargs="?", help="the code that `crew backend add-person` printed")
    sign_in.add_argument("--with-account", action="store_true", help="sign in with your city's account instead")
    _add(commands, "sync", "crew.cli.field", "sync", "send what waits, pull what is new")
    listing = _add(commands, "list", "crew.cli.field", "list_orders", "the work orders on this device")
    listing.add_argument("--all", action="store_true", help="ended orders too")
    day = _add(commands, "day", "crew.cli.day", "show", "the day on paper: numbered, with room for a tick")
    day.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output, such as into lpr")
    day.add_argument("--pdf", default="", metavar="FILE", help="as a PDF instead; - for standard output")
    day.add_argument("--print", action="store_true", help="on this machine's printer, by lp")
    day.add_argument("--paper", default="a4", choices=["a4", "letter"], help="of the PDF (default %(default)s)")
    day.add_argument("--force", action="store_true", help="write over a file that is there")
    show = _add(commands, "show", "crew.cli.field", "show", "one work order, whole")
    show.add_argument("id", metavar="ID")
    status = _add(commands, "status", "crew.cli.field", "set_status", "set the work status of an order")
    status.add_argument("id", metavar="ID")
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
    note = _add(commands, "note", "crew.cli.field", "add_note", "write an internal note")
    note.add_argument("id", metavar="ID")
    note.add_argument("text", metavar="TEXT")
    _add_desk_commands(commands)
    _add_board_commands(commands)
    _add_closing_commands(commands)
    photo = _add(
        commands, "photo", "crew.cli.photo", "show", "what a picture would be sent as: size, time, place, hash"
    )
    photo.add_argument("file", metavar="FILE")
    _add_map_commands(commands)
    _add_outbox_commands(commands)
    _add_device_commands(commands)


def _add_device_commands(commands: Commands) -> None:
    _add(commands, "doctor", "crew.cli.doctor", "show", "what this device has and lacks: cameras, pictures, fonts")
    position = _add(
        commands, "position", "crew.cli.position", "show", "where this device is, how old that is, who says so"
    )
    position.add_argument(
        "--wait", type=float, default=5, metavar="SECONDS", help="for a receiver to speak (default %(default)s)"
    )
    _add(commands, "where", "crew.cli.terminal", "where", "where files and settings lie")
    demo = _add(commands, "demo", "crew.cli.demo", "start", "a city day on this machine: nothing to configure")
    demo.add_argument("--role", default="crew", choices=["crew", "supervisor", "dispatcher"], help="who you are")


def _add_desk_commands(commands: Commands) -> None:
    link = _add(commands, "link", "crew.cli.linking", "link", "let one repair answer the reporters of two orders")
    link.add_argument("id", metavar="ID", help="the order whose requests join the other")
    link.add_argument("into", metavar="INTO", help="the order that answers them from now on")
    intake = _add(commands, "intake", "crew.cli.intake", "take_in", "take in what somebody reports by telephone")
    intake.add_argument("--service", required=True, metavar="CODE", help="the type of request, by code or name")
    intake.add_argument("--address", default="", metavar="TEXT", help="where; a known address has its place")
    intake.add_argument("--lat", type=float, metavar="DEGREES", help="where the address is not known")
    intake.add_argument("--long", type=float, metavar="DEGREES")
    intake.add_argument("--description", default="", metavar="TEXT", help="what the caller says")
    for name in ("first-name", "last-name", "phone", "email"):
        intake.add_argument(f"--{name}", default="", metavar="TEXT", help="for the city's answer; no crew sees it")
    intake.add_argument("--join", default="", metavar="ID", help="the order that answers this caller too")
    intake.add_argument("--dry-run", action="store_true", help="take nothing in: list what may be the same")
    triage = _add(commands, "triage", "crew.cli.intake", "triage", "say what a new order is, how soon, and who does it")
    triage.add_argument("id", metavar="ID")
    triage.add_argument("--service", default="", metavar="CODE", help="the type of request, by code or name")
    triage.add_argument("--priority", default="", metavar="WORD", help="low, normal, high or urgent")
    triage.add_argument("--crew", default="", metavar="CREW", help="who does it")
    unlink = _add(commands, "unlink", "crew.cli.linking", "unlink", "make a request an order of its own again")
    unlink.add_argument("request", metavar="REQUEST", help="its number; `crew show` lists those of an order")


def _add_board_commands(commands: Commands) -> None:
    assign = _add(commands, "assign", "crew.cli.desk", "assign", "move orders to a crew, or to the pool")
    assign.add_argument("ids", metavar="ID", nargs="*")
    assign.add_argument("--to", required=True, metavar="CREW", help='its name or title; "pool" for nobody\'s work')
    assign.add_argument("--reason", default="", metavar="TEXT", help="why; both crews read it")
    assign.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
    assign.add_argument("--dry-run", action="store_true", help="say what would happen, and move nothing")
    _add_escalation_commands(commands)
    accept = _add(commands, "accept", "crew.cli.desk", "accept", "say that finished work was looked at and is good")
    accept.add_argument("ids", metavar="ID", nargs="+")
    withdraw = _add(commands, "withdraw", "crew.cli.desk", "withdraw", "hide a photo of an order from the public")
    withdraw.add_argument("id", metavar="ID")
    withdraw.add_argument("photo", metavar="HASH", help="its first letters are enough")
    withdraw.add_argument("--again", action="store_true", help="show it to the public again")
    _add(commands, "board", "crew.cli.desk", "board", "every crew's day: load, hours, what is late, when seen")
    _add(commands, "week", "crew.cli.week", "show", "what was done in seven days, and what citizens said of it")
    queue = _add(commands, "queue", "crew.cli.queue", "show", "the whole city's orders, found by words and filters")
    queue.add_argument(
        "words", metavar="WORD", nargs="*", help="such as centre status:new crew:none due:late is:escalated sort:age"
    )
    queue.add_argument("--view", default="", metavar="NAME", help="what a view of the city or this device looks for")
    queue.add_argument("--limit", type=int, default=100, metavar="N", help="default: %(default)s")
    export = _add(commands, "export", "crew.cli.desk", "export", "write the orders of this device for other programs")
    export.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")
    export.add_argument("--format", default="csv", choices=["csv", "jsonl"], help="default: %(default)s")
    export.add_argument("--crew", default=None, metavar="CREW", help="of this crew alone")
    export.add_argument("--status", default="", metavar="STATUS", help="in this work status alone")
    export.add_argument("--all", action="store_true", help="ended orders too")
    export.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_escalation_commands(commands: Commands) -> None:
    module = "crew.cli.escalating"
    escalate = _add(commands, "escalate", module, "escalate", "raise orders to somebody who must look at them")
    escalate.add_argument(
        "--level", required=True, metavar="LEVEL", help="a level of the city's ladder, or its beginning"
    )
    escalate.add_argument("--reason", required=True, metavar="TEXT", help="why; internal")
    escalate.add_argument(
        "--to", default="", metavar="WHO", help="a role, person or crew; as the ladder says without it"
    )
    escalate.add_argument(
        "--by", default="", metavar="TIME", help='16:00, "tomorrow 9:00", 4h; as the ladder says without'
    )
    knows = _add(commands, "acknowledge", module, "acknowledge", "say that you know of escalations and see to them")
    for command in (escalate, knows):
        command.add_argument("ids", metavar="ID", nargs="*")
        command.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
        command.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")


def _add_closing_commands(commands: Commands) -> None:
    reasons = _add(commands, "reasons", "crew.cli.closing", "reasons", "how orders can end, and what the citizen reads")
    reasons.add_argument("--service", default=None, metavar="CODE", help="offered for this type of request alone")
    close = _add(commands, "close", "crew.cli.closing", "close", "end many orders in one go, such as after a storm")
    close.add_argument("ids", metavar="ID", nargs="*")
    close.add_argument("--reason", required=True, metavar="CODE", help="as `crew reasons` lists it; done for no other")
    close.add_argument("--text", default="", metavar="TEXT", help="more for all the citizens to read, at the end")
    close.add_argument("--note", default="", metavar="TEXT", help="internal words, never shown to a citizen")
    close.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
    close.add_argument("--dry-run", action="store_true", help="say what would happen, and end nothing")


def _add_outbox_commands(commands: Commands) -> None:
    outbox = _add(commands, "outbox", "crew.cli.outbox", "show", "what waits to be sent, and what a person decides")
    outbox.add_argument("--all", action="store_true", help="also what was sent lately")
    inner = outbox.add_subparsers(title="decisions", metavar="DECISION", parser_class=_Parser)
    decisions = {
        "send-again": ("send_again", "send a refused change once more"),
        "mend": ("mend", "send a refused change once more, with what was missing"),
        "set-aside": ("set_aside", "stop sending a change: it stays readable"),
        "take-up": ("take_up", "do once more what was undone or set aside"),
        "keep-mine": ("keep_mine", "decide that this device's value holds"),
        "keep-theirs": ("keep_theirs", "decide that the other's value holds"),
    }
    for name, (function, help_text) in decisions.items():
        decision = _add(inner, name, "crew.cli.outbox", function, help_text)
        decision.add_argument("id", metavar="ID", help="as `crew outbox` lists it")
        if name == "mend":
            decision.add_argument("--note", default="", metavar="TEXT", help="the words, in place of those it had")
            decision.add_argument("--reason", default="", metavar="CODE", help="why it waits or cannot be done")
            decision.add_argument("--photo", action="append", default=[], metavar="FILE", help="one more photo")
    exporting = _add(inner, "export", "crew.cli.outbox", "export", "write it into a folder to be read without Crew")
    exporting.add_argument("folder", metavar="DIR", help="a new folder is made in it")
    exporting.add_argument("--all", action="store_true", help="also everything that was sent")
    _add(inner, "totals", "crew.cli.outbox", "totals", "how much waits, and how the link stands")
    _add(inner, "seen", "crew.cli.outbox", "seen", "stop saying what became of a damaged store")


def _add_map_commands(commands: Commands) -> None:
    _add(commands, "route", "crew.cli.driving", "route", "the day in driving order, with the way to each stop")
    nearby = _add(commands, "near", "crew.cli.driving", "near", "what else is around an order, and was done there")
    nearby.add_argument("id", metavar="ID")
    city_map = commands.add_parser("map", help="the map of the city on this device")
    inner = city_map.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser, required=True)
    _add(inner, "get", "crew.cli.map", "get", "fetch the city's map, going on where it was cut")
    adding = _add(inner, "add", "crew.cli.map", "add", "take a map from a file, such as on a stick")
    adding.add_argument("file", metavar="FILE")
    info = _add(inner, "info", "crew.cli.map", "show", "what is known about the map")
    info.add_argument("file", metavar="FILE", nargs="?", default="", help="another map than this device's")
    building = _add(inner, "build", "crew.cli.map", "build", "make a map of a city's GeoJSON files")
    building.add_argument("files", metavar="STREETS.geojson", nargs="+", help="street lines; areas of water and parks")
    building.add_argument("-o", "--output", required=True, metavar="FILE", help="the map, such as city.pmtiles")
    building.add_argument("--name", default="", metavar="TEXT", help="what the map is called")
    building.add_argument("--attribution", default="", metavar="TEXT", help="whose data it is; stands on the map")


def _add_backend_commands(commands: Commands) -> None:
    serve = _add(commands, "serve", "crew.cli.backend", "serve", "run the 311 backend")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    serve.add_argument("--port", type=int, default=8311, help="port, 0 for a free one (default %(default)s)")
    backend = commands.add_parser("backend", help="administer the backend's data")
    inner = backend.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser, required=True)
    importing = _add(inner, "import", "crew.cli.backend", "import_file", "read a city's requests: CSV, GeoReport JSON")
    importing.add_argument("file", metavar="FILE")
    _add(inner, "crews", "crew.cli.backend", "crews", "the crews with their open and overdue orders")
    _add_care_commands(inner)
    _add_privacy_commands(inner)
    _add_notice_commands(inner)
    offering = _add(inner, "map", "crew.cli.map", "offer", "give every device a map to fetch")
    offering.add_argument("file", metavar="FILE", help="PMTiles with vector tiles, such as `crew map build` makes")
    _add_people_commands(inner)
    person = _add(inner, "add-person", "crew.cli.backend", "add_person", "make a one-time code for somebody")
    person.add_argument("name", metavar="NAME")
    person.add_argument(
        "--role", required=True, metavar="ROLE", help="crew, supervisor, or as `crew backend roles` lists"
    )
    person.add_argument("--crew", default="", metavar="CREW", help="the crew's name, as `crew backend crews` lists it")
    person.add_argument("--district", default="", metavar="NAME", help="for whom answers for several crews")
    person.add_argument("--account", default="", metavar="ACCOUNT", help="the account that signs in without a code")


def _add_people_commands(commands: Commands) -> None:
    people = _add(commands, "people", "crew.cli.people", "show", "everybody, and on how many devices they work")
    inner = people.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    code = _add(inner, "code", "crew.cli.people", "make_code", "make a new one-time code for somebody who is known")
    code.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    revoke = _add(inner, "revoke", "crew.cli.people", "revoke", "end somebody's sign-ins; their unsent work is kept")
    revoke.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    change = _add(inner, "change", "crew.cli.people", "change", "give somebody another role, crew or district")
    change.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    change.add_argument("--role", metavar="ROLE", help="as `crew backend roles` lists it")
    change.add_argument("--crew", metavar="CREW", help='the crew\'s name; "" for none')
    change.add_argument("--district", metavar="NAME", help='as crews.toml names it; "" for none')
    change.add_argument("--account", metavar="ACCOUNT", help='at the identity provider; "" for none')
    _add(commands, "roles", "crew.cli.people", "roles", "what each role may do here, and how far that reaches")
    devices = _add(commands, "devices", "crew.cli.people", "devices", "every device, and who is signed in there")
    inner = devices.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    lost = _add(inner, "revoke", "crew.cli.people", "revoke_device", "end every sign-in on a device that was lost")
    lost.add_argument("id", metavar="DEVICE", help="as `crew backend devices` lists it")


def _add_privacy_commands(commands: Commands) -> None:
    forget = _add(commands, "forget", "crew.cli.privacy", "forget", "delete who reported: what is old, or who asks")
    forget.add_argument("--address", default="", metavar="MAIL", help="everybody who reported with it")
    forget.add_argument("--request", default="", metavar="ID", help="who sent this request")
    forget.add_argument("--text", action="store_true", help="with --request: what they wrote, too")
    forget.add_argument("--locked", action="store_true", help="those whose key is lost for ever")
    forget.add_argument("--dry-run", action="store_true", help="only count")
    photos = _add(commands, "photos", "crew.cli.privacy", "photos", "the photos of an order, and what the public sees")
    photos.add_argument("--order", default="", metavar="ID")
    inner = photos.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    withdraw = _add(inner, "withdraw", "crew.cli.privacy", "withdraw", "hide photos from the public at once")
    withdraw.add_argument("hash", metavar="HASH", nargs="?", default="", help="of one photo, on every order")
    withdraw.add_argument("--order", default="", metavar="ID", help="every photo of this order")
    withdraw.add_argument("--again", action="store_true", help="show them again")
    keys = _add(commands, "keys", "crew.cli.privacy", "keys", "which keys lock the contacts of those who reported")
    keys.add_argument("--new", action="store_true", help="print a new key, for CREW_CONTACTS_KEY")
    keys.add_argument("--renew", action="store_true", help="lock everything with the newest key")


def _add_care_commands(commands: Commands) -> None:
    backup = _add(
        commands, "backup", "crew.cli.care", "backup", "write everything to one file, beside a running server"
    )
    backup.add_argument("file", metavar="FILE", help="a file that is not there yet")
    restore = _add(
        commands, "restore", "crew.cli.care", "restore", "put a backup into the folder; what it held is kept"
    )
    restore.add_argument("file", metavar="FILE", help="what `crew backend backup` wrote")
    restore.add_argument(
        "--mail-hours",
        type=int,
        default=1,
        metavar="N",
        help="mail citizens again about the last N hours, and about nothing older (default %(default)s)",
    )
    _add(commands, "check", "crew.cli.care", "check", "whether every record and photo is as it should be")
    audit = _add(commands, "audit", "crew.cli.history", "audit", "whether anybody changed the history")
    audit.add_argument("--against", default="", metavar="HEAD", help="a head that an earlier audit printed")
    export = _add(commands, "history", "crew.cli.history", "export", "write the history for a records request")
    export.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")
    export.add_argument("--format", default="csv", choices=["csv", "jsonl"], help="default: %(default)s")
    export.add_argument("--order", default="", metavar="ID", help="of this order alone")
    export.add_argument("--since", default="", metavar="DAY", help="received from this day on, such as 2026-11-24")
    export.add_argument("--until", default="", metavar="DAY", help="received before this day")
    export.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_notice_commands(commands: Commands) -> None:
    notices = _add(commands, "notices", "crew.cli.notices", "show", "what citizens are told: what waits, what failed")
    notices.add_argument(
        "--limit", type=int, default=50, metavar="N", help="list so many at most (default %(default)s)"
    )
    inner = notices.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    retry = _add(inner, "retry", "crew.cli.notices", "retry", "try at once what waits or was set aside")
    retry.add_argument("id", metavar="ID", nargs="?", default="", help="as the list has it")
    retry.add_argument("--all", action="store_true", help="everything that has not left")
    aside = _add(inner, "set-aside", "crew.cli.notices", "set_aside", "try a notice no more; it is kept")
    aside.add_argument("id", metavar="ID", help="as the list has it")
    aside.add_argument("--reason", required=True, metavar="TEXT", help="why, for whoever looks later")


def _add(commands: Commands, name: str, module: str, function: str, help_text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text[:1].upper() + help_text[1:] + ".")
    _data(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")
    parser.set_defaults(module=module, function=function)
    return parser


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default=argparse.SUPPRESS, metavar="DIR", help="where the data lies")
