"""Has orders and ways searched in a process of its own, so that keys never wait for a search. The parent's half.

Python lets one thread at a time count. A search of a third of a second in a thread of the terminal made every key
wait as long as it takes, and one of the streets of a city made some wait for seconds. Where no process can be started,
it is searched here all the same.
"""

import weakref
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from crew import own_process
from crew.domain.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.domain.driving_order import Errand, Route
    from crew.domain.place import Point
    from crew.domain.ways import Ways
    from crew.reckoning import FindWays, Question, Reckoning, Row

_Answer = TypeVar("_Answer")
_FEW: Final = 15
"""So many stops are ordered sooner than they are told."""
_STOPPED: Final = "The search was stopped, as the program ends. Start it again to search."


class Reckoner:
    """One process that searches, started when it is first needed. Safe to use from several threads, one at a time."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._turn: Final = Lock()
        self._process: _Searching | None = None
        self._own: Reckoning | None = None
        self._stopped = False

    def order(self, errands: "Sequence[Errand]", start: "Point | None", ways: "Ways") -> "Route":
        """As `crew.domain.driving_order.route`. Raises TryLater where it is stopped meanwhile."""
        from crew.domain.driving_order import Route, route
        from crew.reckoning import FindOrder, FoundOrder

        if len(errands) <= _FEW:
            return route(errands, start, ways)
        placed = [place for place in (start, *(errand.place for errand in errands)) if place is not None]
        places = tuple(dict.fromkeys(placed))
        rows = tuple(tuple(ways.by_street.get((one, other)) for other in places) for one in places)
        told = tuple((errand.key, errand.place, errand.due_seconds) for errand in errands)
        asked = FindOrder(told, start, places, rows)
        with self._turn:
            answer = self._answer(asked, FoundOrder)
            if answer is None:
                return self._here().order(asked)
        return Route(answer.keys, answer.metres, answer.listed_metres)

    def ways(self, asked: "FindWays") -> "tuple[Row, ...]":
        """As `crew.reckoning.Reckoning.ways`. Takes seconds where the streets are new.

        Raises:
            TryLater: It was stopped meanwhile.
        """
        from crew.reckoning import FoundWays

        with self._turn:
            answer = self._answer(asked, FoundWays)
            return self._here().ways(asked) if answer is None else answer.rows

    def stop(self) -> None:
        """Search no more, and end what is being searched: who leaves the program must not wait for it."""
        self._stopped = True
        searching = self._process
        if searching is not None:
            searching.end()

    def _answer(self, asked: "Question", kind: "type[_Answer]") -> "_Answer | None":
        """What the process answers; None where there is none, or it ended by itself. Raises TryLater once stopped."""
        try:
            if self._process is None:
                self._process = _Searching()
            if not self._stopped:
                return msgspec.json.decode(self._process.ask(msgspec.json.encode(asked)), type=kind)
        except (OSError, EOFError, msgspec.DecodeError):
            if not self._stopped:
                self._let_go()
                return None
        self._let_go()
        raise TryLater(_STOPPED)

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _here(self) -> "Reckoning":
        from crew.reckoning import Reckoning

        if self._own is None:
            self._own = Reckoning()
        return self._own


class _Searching:
    """The running process."""

    def __init__(self) -> None:
        self._process: Final = own_process.start("crew.reckoning")
        self.end: Final = weakref.finalize(self, own_process.end, self._process)

    def ask(self, question: bytes) -> bytes:
        """Ask, and wait for the answer.

        Raises:
            EOFError: The process has ended.
            OSError: It ended while it was being asked.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise AssertionError("pipes were asked for")
        stdin.write(question + b"\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise EOFError
        return answer
