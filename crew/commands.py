"""Each command of the terminal, declared once. Below the widgets; pure: knows no Textual, no store.

Buttons, keys, the palette, the help screen and the README's key table all come from here. A command that cannot act
now answers with the reason instead of staying silent.
"""

from typing import Final

from crew.command_rules import (
    DRIVERS,
    FIELD,
    OFFICE,
    needs_driving,
    needs_ended_order,
    needs_open_order,
    needs_order,
    needs_photos,
    needs_unanswered,
    not_yet,
)
from crew.command_rules import (
    KEY_WORDS as KEY_WORDS,
)
from crew.command_rules import (
    Command as Command,
)
from crew.command_rules import (
    Situation as Situation,
)
from crew.domain.permissions import Verb
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from crew.place_commands import BOARD_COMMANDS, MAP_COMMANDS, OUTBOX_COMMANDS, QUEUE_COMMANDS

GO: Final = Command(
    name="go",
    key="g",
    label="Go",
    help="Say that you are on the way to the chosen stop.",
    verb=Verb.WORK,
    roles=FIELD,
    reason_against=not_yet(WorkStatus.ON_THE_WAY, WorkStatus.WORKING),
)
WORK: Final = Command(
    name="work",
    key="w",
    label="Start work",
    help="Say that you have started to work on the chosen stop.",
    verb=Verb.WORK,
    roles=FIELD,
    reason_against=not_yet(WorkStatus.WORKING),
)
DONE: Final = Command(
    name="done",
    key="d",
    label="Done",
    help="Finish the chosen stop, with its photo.",
    verb=Verb.FINISH,
    roles=FIELD,
    reason_against=needs_open_order,
)
PHOTO: Final = Command(
    name="photo",
    key="p",
    label="Photo",
    help="Add a photo to the chosen stop.",
    verb=Verb.PHOTOGRAPH,
    reason_against=needs_order,
)
CANT: Final = Command(
    name="cant",
    key="c",
    label="Can't",
    help="End the chosen stop without the work, with the reason.",
    verb=Verb.DECLINE,
    reason_against=needs_open_order,
)
NOTE: Final = Command(
    name="note",
    key="n",
    label="Note",
    help="Write a note on the chosen stop; it stays inside the city.",
    verb=Verb.NOTE,
    reason_against=needs_order,
)
STATUS: Final = Command(
    name="status",
    key="s",
    label="Status",
    help="Set any other status: accepted, waiting for parts, weather or a permit.",
    verb=Verb.WORK,
    reason_against=needs_open_order,
)
ASSIGN: Final = Command(
    name="assign",
    key="a",
    label="Assign",
    help="Move the chosen order to another crew.",
    verb=Verb.MOVE,
    roles=OFFICE,
    reason_against=needs_open_order,
)
SEND_BACK: Final = Command(
    name="send_back",
    key="b",
    label="Send back",
    help="Open finished work again, saying what is missing.",
    verb=Verb.SEND_BACK,
    roles=OFFICE,
    reason_against=needs_ended_order,
)
ESCALATE: Final = Command(
    name="escalate",
    key="e",
    label="Escalate",
    help="Raise the chosen order to somebody who must look at it.",
    verb=Verb.ESCALATE,
    roles=OFFICE,
    reason_against=needs_order,
)
ACKNOWLEDGE: Final = Command(
    name="acknowledge",
    key="k",
    label="Acknowledge",
    help="Say that you know of the chosen order's escalation and see to it; nobody above you is asked then.",
    verb=Verb.ACKNOWLEDGE,
    roles=OFFICE,
    reason_against=needs_unanswered,
)
LINK: Final = Command(
    name="link",
    key="ampersand",
    label="Link",
    help="Join the chosen order to one that is the same: one repair then answers every reporter. Or part them again.",
    verb=Verb.LINK,
    roles=OFFICE,
    reason_against=needs_order,
)
INTAKE: Final = Command(
    name="intake",
    key="f2",
    label="New request",
    help="Take in what somebody reports by telephone, or add the caller to an order that is there.",
    verb=Verb.TAKE_IN,
    roles=OFFICE,
)
TRIAGE: Final = Command(
    name="triage",
    key="f3",
    label="Triage",
    help="Place what is new, a line each: what it is, how soon, who does it.",
    verb=Verb.TRIAGE,
    roles=OFFICE,
)
ACCEPT: Final = Command(
    name="accept",
    key="3",
    label="Accept",
    help="Say that finished work was looked at and is good.",
    verb=Verb.ACCEPT,
    roles=OFFICE,
    reason_against=needs_ended_order,
)
DECIDE: Final = Command(
    name="decide",
    key="4",
    label="Decide",
    help="Show everything that waits for you: refused work, work to look at, orders that went to another crew.",
)
UNDO: Final = Command(
    name="undo",
    key="u",
    label="Undo",
    help="Take back what you did last; what has left already, by its opposite.",
)
ZOOM: Final = Command(
    name="zoom",
    key="z",
    label="Zoom",
    help="Show the photos of the chosen stop as large as the terminal allows.",
    reason_against=needs_photos,
)
NAVIGATE: Final = Command(
    name="navigate",
    key="v",
    label="Navigate",
    help="Open the chosen stop in a map program, hand it to your phone, or copy its address.",
    reason_against=needs_order,
)
MAP: Final = Command(
    name="map",
    key="m",
    label="Map",
    help="Show the stops on a map, or go back to the list.",
)
OPEN: Final = Command(
    name="open",
    key="enter",
    label="Open",
    help="Show everything about the chosen order.",
    reason_against=needs_order,
)
FIND: Final = Command(
    name="find",
    key="slash",
    label="Find",
    help="Show only the stops with these words: a service, a street, a status, a crew; on the map, find an address.",
)
FINISHED: Final = Command(
    name="finished",
    key="f",
    label="Finished",
    help="Show finished work, or go back to what is open.",
)
DRIVE: Final = Command(
    name="drive",
    key="r",
    label="Driving order",
    help="List the stops as they are best driven, or by due time again.",
    roles=DRIVERS,
)
EARLIER: Final = Command(
    name="earlier",
    key="left_square_bracket",
    label="Earlier",
    help="Move the chosen stop one place up; the order that you make stays.",
    roles=DRIVERS,
    reason_against=needs_driving,
)
LATER_TODAY: Final = Command(
    name="later",
    key="right_square_bracket",
    label="Later",
    help="Move the chosen stop one place down.",
    roles=DRIVERS,
    reason_against=needs_driving,
)
DO_NEXT: Final = Command(
    name="do_next",
    key="x",
    label="Do next",
    help="Put the chosen stop right behind what is under way.",
    roles=DRIVERS,
    reason_against=needs_driving,
)
BOARD: Final = Command(
    name="board",
    key="2",
    label="Board",
    help="Show every crew with its load, and move work between them.",
    roles=OFFICE,
)
QUEUE: Final = Command(
    name="queue",
    key="7",
    label="Queue",
    help="Show every order of the city, narrowed by words and filters, sorted as you like.",
    roles=OFFICE,
)
WEEK: Final = Command(
    name="week",
    key="9",
    label="The week",
    help="Show what was done in seven days, and what citizens said of it.",
)
OUTBOX: Final = Command(
    name="outbox", key="o", label="Outbox", help="Show what waits to be sent, and what was refused."
)
SYNC: Final = Command(name="sync", key="y", label="Sync now", help="Try to send and fetch now instead of waiting.")
SIGN_IN: Final = Command(
    name="sign_in", key="i", label="Sign in", help="Sign this device in with a one-time code from your supervisor."
)
PEOPLE: Final = Command(
    name="people", key="5", label="People", help="Let a colleague work here, choose your PIN, or sign somebody in."
)
LOCK: Final = Command(
    name="lock", key="6", label="Lock", help="Ask for a PIN from now on. What you began is kept, and sending goes on."
)
THEME: Final = Command(
    name="theme", key="t", label="Theme", help="Change the colours: night, day, sun, or the terminal's own."
)
MORE: Final = Command(name="more", key="full_stop", label="More", help="Show everything that can be done here.")
HELP: Final = Command(
    name="help", key="question_mark", label="Help", help="Show every key with a sentence.", more_keys=("f1",)
)
QUIT: Final = Command(name="quit", key="q", label="Quit", help="Leave Crew. Drafts and everything unsent are kept.")
BACK: Final = Command(name="back", key="escape", label="Back", help="Go back to the list, or out of a filter.")

_EVERY_DAY: Final = {
    "The chosen stop": (GO, WORK, DONE, CANT, STATUS, PHOTO, NOTE, ZOOM, NAVIGATE, OPEN, UNDO),
    "For supervisors and dispatchers": (ASSIGN, ACCEPT, SEND_BACK, ESCALATE, ACKNOWLEDGE, LINK, INTAKE, TRIAGE),
    "The list": (FIND, FINISHED, MAP, DRIVE, EARLIER, LATER_TODAY, DO_NEXT, BOARD, QUEUE),
    "Everywhere": (DECIDE, OUTBOX, WEEK, SYNC, SIGN_IN, PEOPLE, LOCK, THEME, MORE, HELP, BACK, QUIT),
}
COMMANDS: Final = tuple(command for section in _EVERY_DAY.values() for command in section)
"""Every command of the main screens, in the order of the help screen."""

SECTIONS: Final = _EVERY_DAY | {
    "On the map": MAP_COMMANDS,
    "On the board": BOARD_COMMANDS,
    "In the queue": QUEUE_COMMANDS,
    "In the outbox": OUTBOX_COMMANDS,
}
"""Every command there is, as the help screen shows them."""

PRIMARY_KEY: Final = "space"
"""Runs whatever command is the primary one."""

_NEXT: Final = {
    WorkStatus.NEW: GO,
    WorkStatus.ASSIGNED: GO,
    WorkStatus.ACCEPTED: GO,
    WorkStatus.SENT_BACK: GO,
    WorkStatus.ON_THE_WAY: WORK,
    WorkStatus.WAITING: WORK,
    WorkStatus.WORKING: DONE,
    WorkStatus.DONE: NOTE,
    WorkStatus.CANT_DO: NOTE,
}


def primary(situation: Situation) -> Command:
    """What most likely comes next: the big button, and the space bar."""
    if situation.status is None:
        return SYNC
    if situation.role is Role.DISPATCHER:
        return ESCALATE
    if situation.role is not Role.CREW and situation.status.ended:
        return SEND_BACK
    return _NEXT[situation.status]


def buttons(situation: Situation) -> tuple[Command, ...]:
    """The buttons of the list and of an order: the primary one first, five at most."""
    first = primary(situation)
    if situation.status is None:
        return (first, FINISHED, OUTBOX, MORE)
    rest: tuple[Command, ...] = {
        Role.CREW: (PHOTO, CANT, NOTE, OUTBOX),
        Role.SUPERVISOR: (ASSIGN, LINK if situation.has_twins else CANT, NOTE, OUTBOX),
        Role.DISPATCHER: (ASSIGN, LINK if situation.has_twins else CANT, NOTE, OUTBOX),
        Role.ADMINISTRATOR: (ASSIGN, LINK if situation.has_twins else CANT, NOTE, OUTBOX),
    }[situation.role]
    if situation.unanswered and situation.who.grant(Verb.ACKNOWLEDGE):
        rest = (ACKNOWLEDGE, *rest)
    return (first, *[command for command in rest if command is not first][:3], MORE)
