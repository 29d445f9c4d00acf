"""Answers that repeat, worked out once. Backend layer; pure."""

from collections.abc import Callable
from typing import Final, TypeVar

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")

LIMIT: Final = 20_000
"""Most answers that are remembered; with the next one all are forgotten, so that no file can fill the memory."""

LONGEST: Final = 500
"""Questions of more characters are worked out each time: they hardly ever repeat."""


class Remembered(dict[_Question, _Answer]):
    """A function whose answers are looked up: `remembered[question]`, at the speed of a dictionary.

    Of tens of thousands of records most have the type, the status and the closing words of an earlier one.
    """

    def __init__(self, work_out: Callable[[_Question], _Answer]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, question: _Question) -> _Answer:
        """Work out and remember what is asked for the first time."""
        if len(str(question)) > LONGEST:
            return self._work_out(question)
        if len(self) >= LIMIT:
            self.clear()
        answer = self[question] = self._work_out(question)
        return answer
