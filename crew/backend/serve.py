"""Runs a city's backend on a socket: in the foreground, or in a thread beside a terminal. Backend layer.

Ends within seconds when it is told to; delivers notices and keeps the city's clock while it runs, and daily forgets old
contacts and uploads.
"""

import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

import msgspec
import uvicorn

from crew.backend.asgi import build_backend
from crew.backend.backend_settings import read_backend_settings
from crew.backend.city import City, open_city
from crew.backend.clock import ticking
from crew.backend.contacts import keys_away
from crew.backend.folder_lock import serving
from crew.backend.forgetting import forget_forever
from crew.backend.notices import delivery
from crew.backend.recognition.sign_in_links import mail_forever
from crew.domain.errors import CallForHelp, CorrectUsage
from crew.domain.value import replace
from crew.system_clock import now

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from crew.backend.uploads import Uploads
    from crew.domain.clock import Clock

_log: Final = logging.getLogger(__name__)
_SWEEP_SECONDS: Final = 86_400.0
_GRACE_SECONDS: Final = 3
_STOP_SECONDS: Final = 10.0
_START_SECONDS: Final = 20.0
_KEEP_ALIVE_SECONDS: Final = 60  # a new connection costs a truck on a bad link more than an idle one costs us
_LOOPBACK: Final = "127.0.0.1"
_LAST_PORT: Final = 65_535


def serve(data_dir: Path, host: str, port: int, ready: Callable[[str], None], clock: "Clock" = now) -> None:
    """Run the backend until SIGTERM or SIGINT.

    Args:
        data_dir: The folder of the database and the photos; made where it is missing.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        ready: Called with the backend's address as soon as it answers.
        clock: Tells the current time.

    Raises:
        CorrectUsage: The address cannot be listened on, or another program listens there or serves the folder.
        CrewError: As `open_city` and `read_backend_settings`.
    """
    with _listening(host, port) as listener:
        city = _linked(open_city(data_dir, read_backend_settings(), clock), _url(listener))
        try:
            with serving(data_dir):
                _tell_keys_away(city)
                app = build_backend(city)
                with _caring(city, app.state.uploads):
                    _server(app, lambda: ready(_url(listener))).run([listener])
        finally:
            city.database.close()


def _tell_keys_away(city: City) -> None:
    """Work goes on without a key, so the one chance to hear of it is the start."""
    with city.database.reading() as connection:
        away = keys_away(connection, city.contact_keys)
    for named, count in away.items():
        words = "%s contacts are locked with the key %s, which is not here: crew backend check says where it goes."
        _log.warning(words, count, named)


class EmbeddedBackend:
    """A city's backend in a thread of this process, on a free port that only this machine reaches."""

    def __init__(self, city: City) -> None:
        """Prepare to serve a city, which stays the caller's to close."""
        self._listener: Final = _listening(_LOOPBACK, 0)
        self._city: Final = _linked(city, _url(self._listener))
        self._ready: Final = threading.Event()
        self._app: Final = build_backend(self._city)
        self._server: Final = _server(self._app, self._ready.set)
        self._thread: Final = threading.Thread(target=self._run, name="backend", daemon=True)

    def __enter__(self) -> str:
        """Start, and return the backend's address."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> str:
        """Serve, and return the backend's address once it answers.

        Raises:
            CallForHelp: It does not answer in time.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            self.stop()
            raise CallForHelp("The backend inside this program did not start. Start it alone: crew serve.")
        return _url(self._listener)

    def stop(self) -> None:
        """End within seconds; what was accepted is answered first."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._listener.close()

    def _run(self) -> None:
        with _caring(self._city, self._app.state.uploads):
            self._server.run([self._listener])


class _Server(uvicorn.Server):
    """Uvicorn that tells when it answers, and ends a signal's work by returning."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], on_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready: Final = on_ready
        self._on_end: Final = on_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as the wish to end; uvicorn's own way raises them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _server(app: "Starlette", on_ready: Callable[[], None]) -> _Server:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    return _Server(config, on_ready, app.state.events.end)


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise CorrectUsage(f"{port} is no port: choose one from 0 to {_LAST_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CorrectUsage(
                f"Another program listens on {host}:{port} already. Stop it, or choose another --port."
            ) from error
        raise CorrectUsage(f"Cannot listen on {host}:{port} ({error.strerror}). Choose another.") from error
    # Each connection takes this over: else the body of an answer waits up to 40 ms for a word that its head has come.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _linked(city: City, url: str) -> City:
    """The city with links that lead somewhere: to the listening address, until a public one is set."""
    if city.settings.public_url:
        return city
    return replace(city, settings=msgspec.structs.replace(city.settings, public_url=url))


@contextmanager
def _caring(city: City, uploads: "Uploads") -> Iterator[None]:
    """Deliver notices, keep the clock, forget contacts and sweep uploads, each in a thread, while the block runs."""
    stop = threading.Event()
    workers = [
        threading.Thread(target=delivery.deliver_forever, args=(city, stop), name="notices", daemon=True),
        threading.Thread(target=mail_forever, args=(city, stop), name="sign-in links", daemon=True),
        threading.Thread(target=forget_forever, args=(city, stop), name="forgetting", daemon=True),
        threading.Thread(target=ticking.keep_time_forever, args=(city, stop), name="clock", daemon=True),
        threading.Thread(target=_sweep_forever, args=(uploads, stop), name="uploads", daemon=True),
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            worker.join(_STOP_SECONDS)


def _sweep_forever(uploads: "Uploads", stop: threading.Event) -> None:
    """Sweep once a day; the first time was when the backend was built."""
    while not stop.wait(_SWEEP_SECONDS):
        try:
            uploads.sweep()
        except OSError:
            _log.exception("The uploads could not be swept; it is tried again tomorrow")
