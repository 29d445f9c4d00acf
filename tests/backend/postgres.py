"""A PostgreSQL server of the tests' own: in a folder, on a Unix socket, gone with them; nobody else's is touched."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
import pytest

from crew.backend.database import Database

_MISSING: Final = "PostgreSQL is not installed: apt-get install postgresql (Debian, Ubuntu), or put initdb on the PATH"
_FOLDERS: Final = "/usr/lib/postgresql"
_SETTINGS: Final = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=60"
_PATIENCE_SECONDS: Final = 120
MODEL: Final = "model"
_numbers: Final = count(1)


@dataclass(frozen=True)
class Cluster:
    """A server that was started.

    Attributes:
        folder: Where it keeps its files, and its socket.
        programs: The folder of PostgreSQL's programs.
        user: Whom the server runs as; None for who runs the tests.
    """

    folder: Path
    programs: Path
    user: str | None

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        command = [str(self.programs / program), *words]
        log = self.folder / f"{program}.log"
        with log.open("ab") as output:
            subprocess.run(
                command,
                check=True,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                timeout=_PATIENCE_SECONDS,
                user=self.user,
                extra_groups=None if self.user is None else [],
            )

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-o", f"-k {self.folder} {_SETTINGS}", "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def address(self, name: str) -> str:
        """The address of a database, as the settings name it."""
        return f"postgresql://crew@/{name}?host={self.folder}"

    def create(self, name: str, words: str = "") -> str:
        """Make a database, such as of "TEMPLATE template0"; its address."""
        self._order(f'CREATE DATABASE "{name}" {words}')
        return self.address(name)

    @contextmanager
    def founded(self) -> Iterator[str]:
        """The address of a database with all tables, as long as the block runs."""
        name = f"city{next(_numbers)}"
        yield self.create(name, f'TEMPLATE "{MODEL}"')
        self._order(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _order(self, words: str) -> None:
        with psycopg.connect(host=str(self.folder), user="crew", dbname="postgres", autocommit=True) as connection:
            connection.execute(words.encode())


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server, with one database that has the tables and nothing in it; skip where there is no PostgreSQL."""
    programs = _programs()
    user = _other_user() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="crew-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        made = Cluster(folder, programs, user)
        made.run("initdb", "-D", str(folder / "data"), "-U", "crew", "-A", "trust", "--locale=C", "-E", "UTF8", "-N")
        made.start()
        try:
            made.create(MODEL)
            with tempfile.TemporaryDirectory() as city:
                Database.open(Path(city), server=made.address(MODEL)).close()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = sorted(Path(_FOLDERS).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not folders:
        pytest.skip(_MISSING)
    return folders[-1].parent


def _other_user() -> str:
    """Whom root runs the server as, since the server refuses to be root."""
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
