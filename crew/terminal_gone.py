"""Notices that the terminal is gone, which Textual 8.2 does not: it would spin on a dead line for ever.

Beside the app; POSIX. A hang-up also sends SIGHUP, but not to every process, and not where a wrapper swallows it.
"""

import os
import select
from typing import Final

_NO_WAIT: Final = 0


def terminal_is_gone(descriptor: int) -> bool:
    """Whether nobody can be behind this terminal any more.

    Args:
        descriptor: The file descriptor that keys are read from.
    """
    try:
        os.tcgetpgrp(descriptor)
    except OSError:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLHUP | select.POLLERR)
    return any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in poll.poll(_NO_WAIT))
