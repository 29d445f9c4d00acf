"""Delivers the notices that are due, each way for itself. Backend layer; what is due was written by queueing.py.

At least once: a notice is marked as sent after it was taken, and its id never changes, so that a second copy is
recognised. Where nobody can say whether a mail was taken there is one more copy at most. Several workers may run at
once, also in several processes (claiming.py). Holds no message texts (notice_mail.py) and opens no socket (mail.py).
"""

import hashlib
import logging
import threading
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from crew.backend.notices.alarms import raise_alarms
from crew.backend.notices.claiming import LetGo, begin_to_hand_over, claim, put_off, settle
from crew.backend.notices.letters import Letter
from crew.backend.notices.queueing import NOTICES
from crew.backend.notices.standing import note_failure, note_success
from crew.backend.notices.states import MAIL, State
from crew.backend.notices.way import Gone, Overtaken, RecipientRefused, Unsure, Way, WayDown
from crew.backend.notices.ways import ways_of
from crew.domain.errors import CorrectInput, CorrectSettings, CrewError, TryLater

if TYPE_CHECKING:
    from crew.backend.city import City

POLL_SECONDS: Final = 2.0
_LONGEST_REST_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 8.0
_TURNS_AN_ALARM: Final = 30
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_WAIT_AFTER_REFUSAL: Final = timedelta(hours=24)
_GIVE_UP_REFUSED_AFTER: Final = timedelta(days=5)

_log = logging.getLogger(__name__)


def deliver_due(city: "City", stop: threading.Event | None = None) -> int:
    """Try every notice that is due, one way after the other, and return how many letters were delivered."""
    return sum(deliver_on(city, way, stop)[0] for way in ways_of(city))


def deliver_on(city: "City", way: Way, stop: threading.Event | None = None) -> tuple[int, bool]:
    """Try every notice that is due on one way, each for itself.

    Ends early when it is told to stop, and when nothing can leave on this way at all.

    Returns:
        How many letters were delivered, and whether the way works.
    """
    delivered = 0
    while stop is None or not stop.is_set():
        letter = claim(city, way.name, way.kinds_at(city.clock()))
        if letter is None:
            break
        try:
            way.send(letter, partial(begin_to_hand_over, city, letter))
        except CrewError as problem:
            _did_not_leave(city, way, letter, problem)
            if isinstance(problem, WayDown | CorrectSettings):
                return delivered, False
        else:
            settle(city, letter, State.SENT)
            note_success(city, way.name)
            delivered += 1
    return delivered, True


def deliver_forever(city: "City", stop: threading.Event, poll_seconds: float = POLL_SECONDS) -> None:
    """Deliver what is due, again and again, until `stop` is set; meant for a thread of its own.

    Each way has a thread of its own, so that a dead one holds up nothing else. They are woken by each event that is
    committed in this process, and look every `poll_seconds` for what came otherwise.
    """
    with ExitStack() as held:
        lanes = [_Lane(city, way, poll_seconds) for way in ways_of(city)]
        for lane in lanes:
            held.enter_context(city.database.bell.listening(NOTICES, lane.wake))
            lane.begin()
        for turn in count():
            if stop.wait(poll_seconds):
                break
            for lane in lanes:
                lane.begin()
            if turn % _TURNS_AN_ALARM == 0:
                _look_after_alarms(city, [lane.way for lane in lanes])
    for lane in lanes:
        lane.end()


def _look_after_alarms(city: "City", ways: list[Way]) -> None:
    try:
        raise_alarms(city, ways)
    except CrewError as problem:
        _log.warning("The alarms cannot be looked after now: %s", problem.sentence)


class _Lane:
    """One way and the thread that serves it."""

    def __init__(self, city: "City", way: Way, poll_seconds: float) -> None:
        self.way: Final = way
        self._city: Final = city
        self._poll_seconds: Final = poll_seconds
        self._stop: Final = threading.Event()
        self._woken: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Serve, where nobody does: also after a fault that ended the thread and was logged with its traceback."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._serve, name=f"notices {self.way.name}", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    def end(self) -> None:
        """Stop within seconds, whatever the other side does."""
        self._stop.set()
        self._woken.set()
        self.way.give_up()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _serve(self) -> None:
        rest = self._poll_seconds
        while not self._stop.is_set():
            self._woken.clear()
            works = False
            try:
                _, works = deliver_on(self._city, self.way, self._stop)
            except CrewError as problem:
                _log.warning("Nothing leaves on the way %s now. %s", self.way.name, problem.sentence)
            if works:
                rest = self._poll_seconds
                self._woken.wait(rest)
            else:
                rest = min(2 * rest, _LONGEST_REST_SECONDS)
                self._stop.wait(rest)


def _did_not_leave(city: "City", way: Way, letter: Letter, problem: CrewError) -> None:
    """Write down why a letter did not leave, and when it is tried again, where it is."""
    now, words = city.clock(), problem.sentence
    if isinstance(problem, LetGo):
        return
    if isinstance(problem, TryLater | CorrectSettings | Gone):
        note_failure(city, way.name, words)
    elif isinstance(problem, RecipientRefused):
        note_success(city, way.name)
    if isinstance(problem, Overtaken):
        settle(city, letter, State.UNTOLD, words)
    elif isinstance(problem, CorrectInput | Gone) or now - letter.first.created_at >= _patience(city, problem):
        settle(city, letter, State.SET_ASIDE, words)
    else:
        put_off(city, letter, _next_try(letter, problem, now), words, in_doubt=isinstance(problem, Unsure))


def _patience(city: "City", problem: CrewError) -> timedelta:
    """For how long something is tried before it waits for a person."""
    if isinstance(problem, RecipientRefused):
        return _GIVE_UP_REFUSED_AFTER
    return timedelta(days=city.settings.notices.oldest_days)


def _next_try(letter: Letter, problem: CrewError, now: datetime) -> datetime:
    """Doubling waits up to an hour, longer where it was asked for; what was refused for good is tried daily."""
    if isinstance(problem, RecipientRefused):
        return now + _WAIT_AFTER_REFUSAL
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(letter.first.attempts, 10)))
    if letter.first.way != MAIL:
        wait *= 0.5 + _chance(letter)
    asked = problem.after_seconds if isinstance(problem, TryLater) else None
    return now + max(wait, timedelta(seconds=asked or 0))


def _chance(letter: Letter) -> float:
    """A number from 0 to 0.5 that differs from letter to letter and try to try: what failed together comes apart."""
    drawn = hashlib.sha256(f"{letter.id} {letter.first.attempts}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") / 2**33
