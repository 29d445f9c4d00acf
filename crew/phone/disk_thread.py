"""One thread for what touches the disk, in the order in which it was asked for. The worker's phone.

What it has begun is ended before anything else begins, whoever was cut off meanwhile: two connections never write to
one file at the same time.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_Result = TypeVar("_Result")


class DiskThread:
    """Runs one thing after the other, off the event loop."""

    def __init__(self) -> None:
        self._thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="phone")

    async def run(self, do: Callable[[], _Result]) -> _Result:
        """Run it after everything that was asked for before. It is done even where nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)

    def finish(self, do: Callable[[], None]) -> "asyncio.Future[None]":
        """Run something as the last."""
        last = self._thread.submit(do)
        self._thread.shutdown(wait=False)
        return asyncio.wrap_future(last)
