"""The commands of one screen alone: outbox, map, board, queue. Below the commands of every screen; pure.

Each is declared once, as in commands.py, which shows them on the help screen beside its own.
"""

from typing import Final

from crew.command_rules import OFFICE, Command, needs_open_order
from crew.domain.permissions import Verb

SEND_AGAIN: Final = Command(name="again", key="s", label="Send again", help="Try the refused change once more.")
MEND: Final = Command(name="mend", key="e", label="Mend", help="Add what was missing to it, then it is sent.")
SET_ASIDE: Final = Command(name="aside", key="a", label="Set aside", help="Stop sending it; it stays readable here.")
KEEP_MINE: Final = Command(name="mine", key="m", label="Keep mine", help="Of two values, yours holds.")
KEEP_THEIRS: Final = Command(name="theirs", key="t", label="Keep theirs", help="Of two values, the other one holds.")
TAKE_UP: Final = Command(name="take_up", key="u", label="Take up", help="Do once more what was set aside or undone.")
EXPORT: Final = Command(name="export", key="x", label="Export", help="Write it into a folder, such as that of a stick.")
SEEN: Final = Command(name="seen", key="n", label="Seen", help="I have read what became of the damaged store.")
KEPT_HOLDS: Final = Command(
    name="kept_holds", key="3", label="Accept", help="It holds, as of when it was done, though the sign-in had ended."
)
LEAVE_ASIDE: Final = Command(name="leave_aside", key="n", label="Leave aside", help="It does not hold; say why.")
LOOK_THROUGH: Final = Command(
    name="look_through", key="enter", label="Look through", help="Say of each photo whether the city may post it."
)
OUTBOX_COMMANDS: Final = (SEND_AGAIN, MEND, SET_ASIDE, KEEP_MINE, KEEP_THEIRS, TAKE_UP, EXPORT, SEEN)
"""What is done about the chosen change, on the screen of the outbox alone."""

NEXT_PIN: Final = Command(name="next_pin", key="tab", label="Next", help="Choose the next stop on the map.")
PIN_BEFORE: Final = Command(
    name="pin_before", key="shift+tab", label="Before", help="Choose the stop before on the map."
)
CENTRE: Final = Command(name="centre", key="0", label="Centre", help="Show the chosen stop in the middle of the map.")
ALL: Final = Command(name="all", key="l", label="All", help="Show all stops on the map.")
YOU: Final = Command(name="you", key="h", label="Here", help="Show where you are in the middle of the map.")
SET_HERE: Final = Command(
    name="set_here", key="at", label="Here I am", help="Say that you are where the middle of the map is."
)
MAP_COMMANDS: Final = (NEXT_PIN, PIN_BEFORE, CENTRE, ALL, YOU, SET_HERE)
"""What can be done on the map alone."""

MARK: Final = Command(
    name="mark",
    key="space",
    label="Mark",
    help="Mark the chosen order, or let it go; with shift and an arrow, all from there on.",
    roles=OFFICE,
)
MARK_ALL: Final = Command(
    name="mark_all",
    key="asterisk",
    label="All",
    help="Mark everything that is shown of this crew, or of all crews where you looked for words.",
    roles=OFFICE,
)
CLOSE_MARKED: Final = Command(
    name="close_marked",
    key="8",
    label="Close",
    help="End the marked orders in one go, such as after a storm, with one reason; told beforehand.",
    verb=Verb.WAIVE,
    reason_against=needs_open_order,
    roles=OFFICE,
)
NEXT_CREW: Final = Command(
    name="next_crew",
    key="tab",
    label="Next crew",
    help="Go to the next crew; behind the last comes the first.",
    roles=OFFICE,
)
BOARD_COMMANDS: Final = (MARK, MARK_ALL, CLOSE_MARKED, NEXT_CREW)
"""What can be done on the board alone."""

MARK_FOUND: Final = Command(
    name="mark_found",
    key="asterisk",
    label="All",
    help="Mark everything that is found, up to a thousand orders.",
    roles=OFFICE,
)
NEXT_VIEW: Final = Command(
    name="next_view",
    key="tab",
    label="Next view",
    help="Show the next view, such as what is late or has no crew.",
    roles=OFFICE,
)
VIEW_BEFORE: Final = Command(
    name="view_before",
    key="shift+tab",
    label="View before",
    help="Show the view before.",
    roles=OFFICE,
)
SORT: Final = Command(
    name="sort",
    key="f4",
    label="Sort",
    help="Sort by due time, age, service or street; a tap on the head does it too.",
    roles=OFFICE,
)
KEEP_VIEW: Final = Command(
    name="keep_view",
    key="f5",
    label="Keep view",
    help="Keep what you look for under a name, or drop such a view.",
    roles=OFFICE,
)
QUEUE_COMMANDS: Final = (MARK, MARK_FOUND, CLOSE_MARKED, NEXT_VIEW, VIEW_BEFORE, SORT, KEEP_VIEW)
"""What can be done in the queue alone."""
