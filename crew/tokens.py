"""Where the tokens of sign-ins lie: in the system's keyring where one works, else each in a file of its owner's alone.

An edge, beside the store, which keeps a name for each token and never the token. The keyring is asked in a process of
its own and not for long: it may ask a person, and must never keep the terminal from ending. Decides nothing.
"""

import asyncio
import logging
import re
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from crew.domain.errors import TryLater
from crew.durable import make_folder, sync_folder, write_new_file

_log: Final = logging.getLogger(__name__)
_SERVICE: Final = "crew"
_NAME: Final = re.compile(r"(keyring|file):([0-9a-f]{32})")
_ASK_SECONDS: Final = 20.0
"""A keyring that has to be unlocked by a person is asked again with the next round."""


def keyring_program() -> tuple[str, ...]:
    """The program that speaks to the system's keyring; empty where the extra is not installed."""
    return (sys.executable, "-m", "keyring") if find_spec("keyring") else ()


class Tokens:
    """The tokens of one device, by name. `keyring` is a program that speaks as `keyring` does; empty for none."""

    def __init__(self, folder: Path, keyring: Sequence[str] = (), seconds: float = _ASK_SECONDS) -> None:
        self._folder: Final = folder
        self._keyring: Final = tuple(keyring)
        self._seconds: Final = seconds
        self._known: Final[dict[str, str]] = {}

    def holds(self, name: str) -> bool:
        """Whether this is a name, and not a token that an earlier version kept in its place."""
        return _NAME.fullmatch(name) is not None

    async def keep(self, token: str) -> str:
        """Keep a token, and return its name.

        Raises:
            OSError: The disk cannot be written.
        """
        number = secrets.token_hex(16)
        name = f"keyring:{number}"
        if not await self._kept_in_keyring(number, token):
            name = f"file:{number}"
            await asyncio.to_thread(self._write, number, token)
        self._known[name] = token
        return name

    async def reveal(self, name: str) -> str:
        """The token of a name; a token that stands in the place of a name is its own.

        Raises:
            TryLater: It does not come forth now; the sentence says what to do.
        """
        match = _NAME.fullmatch(name)
        if match is None or name in self._known:
            return self._known.get(name, name)
        token = await (self._ask("get", match[2]) if match[1] == "keyring" else asyncio.to_thread(self._read, match[2]))
        if not token:
            where = "The system's keyring" if match[1] == "keyring" else f"The folder {self._folder}"
            raise TryLater(f"{where} does not give this sign-in. Unlock it, or sign in again with a new code.")
        self._known[name] = token
        return token

    async def forget(self, name: str) -> None:
        """Let go of a token that nobody needs any more; one that cannot be reached opens nothing at the backend."""
        self._known.pop(name, None)
        match = _NAME.fullmatch(name)
        if match is not None and match[1] == "file":
            await asyncio.to_thread((self._folder / match[2]).unlink, missing_ok=True)
        elif match is not None:
            await self._ask("del", match[2])

    async def _kept_in_keyring(self, number: str, token: str) -> bool:
        """Whether the keyring took the token and gives it back: some take and forget."""
        if not self._keyring or await self._ask("set", number, token) is None:
            return False
        return await self._ask("get", number) == token

    async def _ask(self, act: str, number: str, given: str = "") -> str | None:
        """What the keyring's program answers; None where it refuses, or takes too long."""
        if not self._keyring:
            return None
        command = (*self._keyring, act, _SERVICE, number)
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        try:
            async with asyncio.timeout(self._seconds):
                answer, _ = await process.communicate(given.encode())
        except TimeoutError:
            _log.warning("the keyring took more than %s seconds to %s", self._seconds, act)
            return None
        finally:
            with suppress(ProcessLookupError):  # it has ended
                process.kill()
            await process.wait()
        return answer.decode(errors="replace").strip() if process.returncode == 0 else None

    def _write(self, number: str, token: str) -> None:
        make_folder(self._folder)
        self._folder.chmod(0o700)
        write_new_file(self._folder / number, [token.encode()])
        sync_folder(self._folder)

    def _read(self, number: str) -> str:
        with suppress(OSError):  # told as a token that does not come forth
            return (self._folder / number).read_text(encoding="utf-8")
        return ""
