"""Who uses a store's folder: several programs together, or one alone to mend it. Store layer; guards, touches no row.

The terminal and the command line hold the folder together. A damaged store is replaced by one program alone, so that
nobody goes on writing into the one that was set aside. The lock is SQLite's own, on a file without content: it works
wherever the store does, and it ends with its program, however that ends.
"""

from pathlib import Path
from typing import Final

import apsw

from crew.domain.errors import CallForHelp
from crew.store.sentences import make_private, sentences

FILE_NAME: Final = "store.lock"
_MENDING_SECONDS: Final = 60


class Hold:
    """One program's hold on a folder: none at first."""

    def __init__(self, folder: Path) -> None:
        """Raises FreeSpace where the folder cannot be written."""
        self._path: Final = folder / FILE_NAME
        make_private(self._path)
        with sentences(self._path):
            self._connection = apsw.Connection(str(self._path))

    def take_together(self) -> None:
        """Use the folder together with others; waits while somebody mends it.

        Raises:
            CallForHelp: That takes too long.
        """
        if not self._takes("BEGIN; SELECT 1 FROM sqlite_schema", _MENDING_SECONDS):
            raise CallForHelp(f"Another Crew program mends {self._path.parent} for too long. End it, then try again.")

    def takes_alone(self, patience_seconds: float = 0) -> bool:
        """Try to be the only program that uses the folder; False where others use it all that time."""
        return self._takes("BEGIN EXCLUSIVE", patience_seconds)

    def _takes(self, statements: str, patience_seconds: float) -> bool:
        with sentences(self._path):
            self._connection.set_busy_timeout(round(patience_seconds * 1000))
            try:
                self._connection.execute(statements)
            except apsw.BusyError:
                self.let_go()
                return False
            return True

    def let_go(self) -> None:
        """Hold nothing; harmless when that is so."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go for good."""
        self._connection.close()
