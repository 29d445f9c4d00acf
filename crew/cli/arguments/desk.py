"""What the commands of supervisors and dispatchers take. CLI layer; imports none of them."""

from crew.cli.arguments.parsing import ORDER, Commands, add, count


def add_desk_commands(commands: Commands) -> None:
    """Add everything that the desks do."""
    _add_request_commands(commands)
    _add_board_commands(commands)
    _add_queue_commands(commands)
    _add_closing_commands(commands)
    _add_decision_commands(commands)


def _add_request_commands(commands: Commands) -> None:
    link = add(commands, "link", "crew.cli.linking", "link", "let one repair answer the reporters of two orders")
    link.add_argument("id", metavar="ID", help="the order whose requests join the other")
    link.add_argument("into", metavar="INTO", help="the order that answers them from now on")
    intake = add(
        commands,
        "intake",
        "crew.cli.intake",
        "take_in",
        "take in what somebody reports by telephone",
        'crew intake --service pothole --address "412 Centre St" --description "deep hole"',
    )
    intake.add_argument("--service", required=True, metavar="CODE", help="the type of request, by code or name")
    intake.add_argument("--address", default="", metavar="TEXT", help="where; a known address has its place")
    intake.add_argument("--lat", type=float, metavar="DEGREES", help="where the address is not known")
    intake.add_argument("--long", type=float, metavar="DEGREES", help="west is negative, such as -71.1139")
    intake.add_argument("--description", default="", metavar="TEXT", help="what the caller says")
    for name in ("first-name", "last-name", "phone", "email"):
        intake.add_argument(f"--{name}", default="", metavar="TEXT", help="for the city's answer; no crew sees it")
    intake.add_argument("--join", default="", metavar="ID", help="the order that answers this caller too")
    intake.add_argument("--dry-run", action="store_true", help="take nothing in: list what may be the same")
    triage = add(
        commands,
        "triage",
        "crew.cli.intake",
        "triage",
        "say what a new order is, how soon, and who does it",
        'crew triage 311000000017 --priority high --crew "Street Lights"',
    )
    triage.add_argument("id", metavar="ID", help=ORDER)
    triage.add_argument("--service", default="", metavar="CODE", help="the type of request, by code or name")
    triage.add_argument("--priority", default="", metavar="WORD", help="low, normal, high or urgent")
    triage.add_argument("--crew", default="", metavar="CREW", help="who does it: its name or title")
    unlink = add(commands, "unlink", "crew.cli.linking", "unlink", "make a request an order of its own again")
    unlink.add_argument("request", metavar="REQUEST", help="its number; `crew show` lists those of an order")


def _add_board_commands(commands: Commands) -> None:
    assign = add(
        commands,
        "assign",
        "crew.cli.desk",
        "assign",
        "move orders to a crew, or to the pool",
        'crew assign --file ids.txt --to "Street Lights" --dry-run',
    )
    assign.add_argument("ids", metavar="ID", nargs="*", help=ORDER)
    assign.add_argument("--to", required=True, metavar="CREW", help='its name or title; "pool" for nobody\'s work')
    assign.add_argument("--reason", default="", metavar="TEXT", help="why; both crews read it")
    assign.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
    assign.add_argument("--dry-run", action="store_true", help="say what would happen, and move nothing")
    _add_escalation_commands(commands)
    accept = add(commands, "accept", "crew.cli.desk", "accept", "say that finished work was looked at and is good")
    accept.add_argument("ids", metavar="ID", nargs="+", help=ORDER)
    withdraw = add(commands, "withdraw", "crew.cli.desk", "withdraw", "hide a photo of an order from the public")
    withdraw.add_argument("id", metavar="ID", help=ORDER)
    withdraw.add_argument("photo", metavar="HASH", help="its first letters are enough")
    withdraw.add_argument("--again", action="store_true", help="show it to the public again")
    approve = add(commands, "approve", "crew.cli.approving", "approve", "say which photos the city may post")
    approve.add_argument("id", metavar="ID", nargs="?", default="", help="without it: list what waits for a word")
    approve.add_argument("photo", metavar="HASH", nargs="?", default="", help="without it: say what would be posted")
    approve.add_argument(
        "--not", dest="declined", action="store_true", help="keep it out of the posts, or take it back"
    )
    add(commands, "board", "crew.cli.desk", "board", "every crew's day: load, hours, what is late, when seen")
    add(commands, "week", "crew.cli.week", "show", "what was done in seven days, and what citizens said of it")


def _add_queue_commands(commands: Commands) -> None:
    queue = add(
        commands,
        "queue",
        "crew.cli.queue",
        "show",
        "the whole city's orders, found by words and filters",
        "crew queue status:new crew:none sort:age",
    )
    queue.add_argument(
        "words", metavar="WORD", nargs="*", help="such as centre status:new crew:none due:late is:escalated sort:age"
    )
    queue.add_argument("--view", default="", metavar="NAME", help="what a view of the city or this device looks for")
    queue.add_argument("--limit", type=count, default=100, metavar="N", help="default: %(default)s")
    export = add(commands, "export", "crew.cli.desk", "export", "write the orders of this device for other programs")
    export.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")
    export.add_argument("--format", default="csv", choices=["csv", "jsonl"], help="default: %(default)s")
    export.add_argument("--crew", default=None, metavar="CREW", help="of this crew alone")
    export.add_argument("--status", default="", metavar="STATUS", help="in this work status alone, such as waiting")
    export.add_argument("--all", action="store_true", help="ended orders too")
    export.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_escalation_commands(commands: Commands) -> None:
    module = "crew.cli.escalating"
    escalate = add(
        commands,
        "escalate",
        module,
        "escalate",
        "raise orders to somebody who must look at them",
        'crew escalate 311000000017 --level supervisor --reason "third call today"',
    )
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
    knows = add(commands, "acknowledge", module, "acknowledge", "say that you know of escalations and see to them")
    for command in (escalate, knows):
        command.add_argument("ids", metavar="ID", nargs="*", help=ORDER)
        command.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
        command.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")


def _add_closing_commands(commands: Commands) -> None:
    reasons = add(commands, "reasons", "crew.cli.closing", "reasons", "how orders can end, and what the citizen reads")
    reasons.add_argument("--service", default=None, metavar="CODE", help="offered for this type of request alone")
    close = add(
        commands,
        "close",
        "crew.cli.closing",
        "close",
        "end many orders in one go, such as after a storm",
        "crew close --file ids.txt --reason after_storm --dry-run",
    )
    close.add_argument("ids", metavar="ID", nargs="*", help=ORDER)
    close.add_argument("--reason", required=True, metavar="CODE", help="as `crew reasons` lists it; done for no other")
    close.add_argument("--text", default="", metavar="TEXT", help="more for all the citizens to read, at the end")
    close.add_argument("--note", default="", metavar="TEXT", help="internal words, never shown to a citizen")
    close.add_argument("--file", default="", metavar="FILE", help="more ids, one a line; - for standard input")
    close.add_argument("--dry-run", action="store_true", help="say what would happen, and end nothing")


def _add_decision_commands(commands: Commands) -> None:
    module = "crew.cli.decisions"
    add(commands, "decisions", module, "show", "what waits for a person: refused, in conflict, kept, to look at")
    decide = add(
        commands,
        "decide",
        module,
        "decide",
        "settle one of what waits, as the screen does",
        "crew decide 311000000017 --accept --dry-run",
    )
    decide.add_argument("id", metavar="ID", help="as `crew decisions` lists it")
    which = decide.add_mutually_exclusive_group(required=True)
    which.add_argument("--accept", action="store_true", help="it holds; `crew decisions` says what that means")
    which.add_argument("--leave", action="store_true", help="it does not hold")
    decide.add_argument("--reason", default="", metavar="TEXT", help="why, where somebody reads it")
    decide.add_argument("--dry-run", action="store_true", help="say what would happen, and settle nothing")
