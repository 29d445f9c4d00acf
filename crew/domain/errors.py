"""Errors a person can act on: each type is named by the next move. Lowest layer; imports nothing.

A message is one or two sentences: what happened, and what to do. The command line ends with
`exit_code`; the terminal shows the sentence. docs/exit-codes.md lists the codes.
"""


class CrewError(Exception):
    """Something that a person can do something about."""

    exit_code = 1

    @property
    def sentence(self) -> str:
        """What happened and what to do, in words for a person."""
        return str(self)


class CorrectUsage(CrewError):
    """The command was called in a way that cannot work: call it differently."""

    exit_code = 2


class SignInAgain(CrewError):
    """The backend does not know this device or code: sign in with a new one-time code."""

    exit_code = 3


class LetOthersSend(SignInAgain):
    """Somebody's sign-in was ended by an administrator: what they did here leaves with the next person's."""


class TryLater(CrewError):
    """No answer from the backend now: nothing to mend, it will be tried again.

    Attributes:
        after_seconds: How long the backend asked to wait, where it said so.
    """

    exit_code = 4

    def __init__(self, sentence: str, after_seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.after_seconds = after_seconds


class AwaitLink(TryLater):
    """Not even a connection came about: wait for a link."""


class SendAgain(TryLater):
    """What arrived is not what was sent: send it again from its beginning."""


class PullFirst(TryLater):
    """The backend was restored from a backup: pull, so that what it forgot is sent before what is new."""


class NotAllowed(CrewError):
    """The rules of a work order, or the person's role, forbid this: the sentence says why."""

    exit_code = 5


class CorrectInput(CrewError):
    """A file, an id or a word cannot be used as given: choose another."""

    exit_code = 6


class UpdateNeeded(CrewError):
    """Two versions do not fit together: update one side."""

    exit_code = 7


class FreeSpace(CrewError):
    """The disk is full or cannot be written: make room, then try again."""

    exit_code = 8


def not_writable(what: str, error: OSError) -> FreeSpace:
    """Say of a place that cannot be written whether it wants room or the right account, and offer another folder."""
    mend = "Run it as the account that it belongs to" if isinstance(error, PermissionError) else "Make room"
    return FreeSpace(f"{what} cannot be written: {error.strerror}. {mend}, or choose --data DIR.")


class CorrectSettings(CrewError):
    """A settings file or variable is wrong: the sentence names file and key."""

    exit_code = 9


class CallForHelp(CrewError):
    """Something is broken that this program must not mend by itself: ask an administrator."""

    exit_code = 10


class Refused(CallForHelp):
    """The backend will not take what was sent, now or later. A batch is then sent one by one, so the culprit shows."""


class PersonNeeded(CrewError):
    """All was sent that could be, but something was refused or needs a decision."""

    exit_code = 11
