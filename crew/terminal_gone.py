"""Notices that the terminal is gone, which Textual 8.2 does not: it would spin on a dead line for ever.

Beside the app; POSIX. Watches from a thread of its own, since Textual's event loop may block for ever on writing to a
terminal that nobody reads. Whatever a person did is on disk by then, so the end may be abrupt.
"""

import os
import select
import termios
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 2.0
_NO_WAIT: Final = 0
_GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL


def terminal_is_gone(descriptor: int) -> bool:
    """Whether nobody can be behind this terminal any more.

    Args:
        descriptor: The file descriptor that keys are read from.
    """
    try:
        termios.tcgetattr(descriptor)
    except termios.error:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLHUP | select.POLLERR)
    return any(events & _GONE for _, events in poll.poll(_NO_WAIT))


class TerminalWatch(threading.Thread):
    """Asks the program to end when its terminal is gone, and ends the process where it does not."""

    def __init__(self, descriptor: int, ask_to_end: "Callable[[], None]") -> None:
        """Watch a terminal.

        Args:
            descriptor: The file descriptor that keys are read from.
            ask_to_end: Called from the watching thread.
        """
        super().__init__(name="terminal-watch", daemon=True)
        self._descriptor: Final = descriptor
        self._ask_to_end: Final = ask_to_end

    def run(self) -> None:
        """Look once a second, as long as the process lives."""
        pause = threading.Event().wait
        while not terminal_is_gone(self._descriptor):
            pause(_LOOK_SECONDS)
        self._ask_to_end()
        pause(_PATIENCE_SECONDS)
        os._exit(0)
