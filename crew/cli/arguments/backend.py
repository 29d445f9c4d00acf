"""What the commands of the backend take. CLI layer; imports none of them."""

from crew.cli.arguments.parsing import Commands, Parser, add, count


def add_backend_commands(commands: Commands) -> None:
    """Add the backend and everything that looks after it."""
    serve = add(commands, "serve", "crew.cli.backend", "serve", "run the 311 backend")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    serve.add_argument("--port", type=int, default=8311, help="port, 0 for a free one (default %(default)s)")
    backend = commands.add_parser(
        "backend", help="administer the backend's data", description="Administer the backend's data."
    )
    inner = backend.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser, required=True)
    importing = add(inner, "import", "crew.cli.backend", "import_file", "read a city's requests: CSV, GeoReport JSON")
    importing.add_argument("file", metavar="FILE", help="also .gz; what is there already is left as it is")
    add(inner, "crews", "crew.cli.backend", "crews", "the crews with their open and overdue orders")
    _add_care_commands(inner)
    _add_privacy_commands(inner)
    _add_notice_commands(inner)
    offering = add(inner, "map", "crew.cli.map", "offer", "give every device a map to fetch")
    offering.add_argument("file", metavar="FILE", help="PMTiles with vector tiles, such as `crew map build` makes")
    _add_people_commands(inner)
    person = add(
        inner,
        "add-person",
        "crew.cli.backend",
        "add_person",
        "make a one-time code for somebody",
        'crew backend add-person Ana --role crew --crew "Street Lights"',
    )
    person.add_argument("name", metavar="NAME", help="as colleagues and the history call them")
    person.add_argument(
        "--role", required=True, metavar="ROLE", help="crew, supervisor, or as `crew backend roles` lists"
    )
    person.add_argument(
        "--crew", default="", metavar="CREW", help="its name or title, as `crew backend crews` lists it"
    )
    person.add_argument("--district", default="", metavar="NAME", help="for whom answers for several crews")
    person.add_argument("--account", default="", metavar="ACCOUNT", help="the account that signs in without a code")


def _add_people_commands(commands: Commands) -> None:
    people = add(commands, "people", "crew.cli.people", "show", "everybody, and on how many devices they work")
    inner = people.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    code = add(inner, "code", "crew.cli.people", "make_code", "make a new one-time code for somebody who is known")
    code.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    revoke = add(inner, "revoke", "crew.cli.people", "revoke", "end somebody's sign-ins; their unsent work is kept")
    revoke.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    change = add(inner, "change", "crew.cli.people", "change", "give somebody another role, crew or district")
    change.add_argument("name", metavar="NAME", help="or the number, where several have the name")
    change.add_argument("--role", metavar="ROLE", help="as `crew backend roles` lists it")
    change.add_argument("--crew", metavar="CREW", help='its name or title; "" for none')
    change.add_argument("--district", metavar="NAME", help='as crews.toml names it; "" for none')
    change.add_argument("--account", metavar="ACCOUNT", help='at the identity provider; "" for none')
    add(commands, "roles", "crew.cli.people", "roles", "what each role may do here, and how far that reaches")
    devices = add(commands, "devices", "crew.cli.people", "devices", "every device, and who is signed in there")
    inner = devices.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    lost = add(inner, "revoke", "crew.cli.people", "revoke_device", "end every sign-in on a device that was lost")
    lost.add_argument("id", metavar="DEVICE", help="as `crew backend devices` lists it")


def _add_privacy_commands(commands: Commands) -> None:
    forget = add(commands, "forget", "crew.cli.privacy", "forget", "delete who reported: what is old, or who asks")
    forget.add_argument("--address", default="", metavar="MAIL", help="everybody who reported with it")
    forget.add_argument("--request", default="", metavar="ID", help="who sent this request")
    forget.add_argument("--text", action="store_true", help="with --request: what they wrote, too")
    forget.add_argument("--locked", action="store_true", help="those whose key is lost for ever")
    forget.add_argument("--dry-run", action="store_true", help="only count")
    photos = add(commands, "photos", "crew.cli.privacy", "photos", "the photos of an order, and what the public sees")
    photos.add_argument("--order", default="", metavar="ID", help="number of the order")
    inner = photos.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    withdraw = add(inner, "withdraw", "crew.cli.privacy", "withdraw", "hide photos from the public at once")
    withdraw.add_argument("hash", metavar="HASH", nargs="?", default="", help="of one photo, on every order")
    withdraw.add_argument("--order", default="", metavar="ID", help="every photo of this order")
    withdraw.add_argument("--again", action="store_true", help="show them again")
    keys = add(commands, "keys", "crew.cli.privacy", "keys", "which keys lock the contacts of those who reported")
    keys.add_argument("--new", action="store_true", help="print a new key, for CREW_CONTACTS_KEY")
    keys.add_argument("--renew", action="store_true", help="lock everything with the newest key")


def _add_care_commands(commands: Commands) -> None:
    backup = add(commands, "backup", "crew.cli.care", "backup", "write everything to one file, beside a running server")
    backup.add_argument("file", metavar="FILE", help="a file that is not there yet")
    restore = add(commands, "restore", "crew.cli.care", "restore", "put a backup into the folder; what it held is kept")
    restore.add_argument("file", metavar="FILE", help="what `crew backend backup` wrote")
    renew = add(commands, "renew", "crew.cli.care", "renew", "after a server's own restore: make it safe to go on")
    for command in (restore, renew):
        command.add_argument(
            "--mail-hours",
            type=int,
            default=1,
            metavar="N",
            help="mail citizens again about the last N hours, and about nothing older (default %(default)s)",
        )
    add(commands, "check", "crew.cli.care", "check", "whether every record and photo is as it should be")
    audit = add(commands, "audit", "crew.cli.history", "audit", "whether anybody changed the history")
    audit.add_argument("--against", default="", metavar="HEAD", help="a head that an earlier audit printed")
    export = add(commands, "history", "crew.cli.history", "export", "write the history for a records request")
    export.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")
    export.add_argument("--format", default="csv", choices=["csv", "jsonl"], help="default: %(default)s")
    export.add_argument("--order", default="", metavar="ID", help="of this order alone")
    export.add_argument("--since", default="", metavar="DAY", help="received from this day on, such as 2026-11-24")
    export.add_argument("--until", default="", metavar="DAY", help="received before this day")
    export.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_notice_commands(commands: Commands) -> None:
    notices = add(commands, "notices", "crew.cli.notices", "show", "what citizens are told: what waits, what failed")
    notices.add_argument(
        "--limit", type=count, default=50, metavar="N", help="list so many at most (default %(default)s)"
    )
    inner = notices.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    retry = add(inner, "retry", "crew.cli.notices", "retry", "try at once what waits or was set aside")
    retry.add_argument("id", metavar="ID", nargs="?", default="", help="as the list has it")
    retry.add_argument("--all", action="store_true", help="everything that has not left")
    aside = add(inner, "set-aside", "crew.cli.notices", "set_aside", "try a notice no more; it is kept")
    aside.add_argument("id", metavar="ID", help="as the list has it")
    aside.add_argument("--reason", required=True, metavar="TEXT", help="why, for whoever looks later")
