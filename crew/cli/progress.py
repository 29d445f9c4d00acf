"""A bar for commands that take long. CLI layer; on stderr, and only where a person looks at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

OnProgress: TypeAlias = Callable[[int, int | None], None]
"""Called with what is done, and with all of it where that is known."""


@contextmanager
def bar(words: str, *, quiet: bool) -> Iterator[OnProgress]:
    """Show how far the block has got, as far as it says so.

    Args:
        words: What is being done.
        quiet: Show nothing, as for scripts.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task(words, total=None)
        yield lambda done, total: progress.update(line, completed=done, total=total)
