"""What the crew API answers when it cannot do as asked: a status, a code and a sentence. Backend layer; pure."""

from http import HTTPStatus
from typing import Final

from crew import wire
from crew.domain.errors import (
    CorrectInput,
    CrewError,
    FreeSpace,
    LetOthersSend,
    NotAllowed,
    SignInAgain,
    TryLater,
    UpdateNeeded,
)
from crew.wire import Malformed


class Declined(CrewError):
    """A call that is not answered as asked.

    Attributes:
        status: The HTTP status; an `HTTPStatus`, or a number that tus has beyond them.
        code: One word for the program at the other end.
        after_seconds: How long to wait before the next call, where that helps.
    """

    def __init__(self, status: int, code: str, sentence: str, after_seconds: int | None = None) -> None:
        super().__init__(sentence)
        self.status: Final = status
        self.code: Final = code
        self.after_seconds: Final = after_seconds


_ANSWERS: Final[tuple[tuple[type[CrewError], HTTPStatus, str], ...]] = (
    (LetOthersSend, HTTPStatus.UNAUTHORIZED, wire.ENDED),
    (SignInAgain, HTTPStatus.UNAUTHORIZED, "sign_in"),
    (NotAllowed, HTTPStatus.FORBIDDEN, "not_allowed"),
    (Malformed, HTTPStatus.UNPROCESSABLE_ENTITY, "malformed"),
    (UpdateNeeded, HTTPStatus.UPGRADE_REQUIRED, "protocol"),
    (CorrectInput, HTTPStatus.UNPROCESSABLE_ENTITY, "input"),
    (TryLater, HTTPStatus.SERVICE_UNAVAILABLE, "try_later"),
    (FreeSpace, HTTPStatus.INSUFFICIENT_STORAGE, "space"),
)
"""The first type that fits decides, so a subtype stands before its base."""


def declined(error: CrewError) -> Declined:
    """Any of the project's errors as an answer; one that no client can mend is a fault of the backend."""
    if isinstance(error, Declined):
        return error
    status, code = next(
        ((status, code) for kind, status, code in _ANSWERS if isinstance(error, kind)),
        (HTTPStatus.INTERNAL_SERVER_ERROR, "fault"),
    )
    after = error.after_seconds if isinstance(error, TryLater) else None
    return Declined(status, code, error.sentence, None if after is None else round(after) or 1)
