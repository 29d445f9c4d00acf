"""A thousand terminals come back at once after a day without a link: how long each waits until all it did is known.

The terminals are light, without a store, and run in this process; what sends is the product's own client, pieces and
back-off, in the order of its rounds. Only certificates, which each device would load for itself, are left out. The
backend is `crew serve` in a process of its own. Afterwards its books must balance: an effect for each change, the bytes
of each photo, and no finding of the check.
"""

import asyncio
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import httpx
from sqlalchemy import func, select

from benchmarks.city import PHOTO_SIZE, enrol, found_city, noise_photo, now, report_orders
from benchmarks.comparison import Bench, Comparison
from crew.api_client import CrewApi
from crew.backend import schema
from crew.backend.care.checking import check
from crew.backend.city import City
from crew.domain.change import Act, Change, ChangeId, Note, StatusChange
from crew.domain.errors import TryLater
from crew.domain.work_order import OrderId, Photo, PhotoHash, PhotoRole, WorkStatus
from crew.sync.back_off import BackOff
from crew.sync.link_rate import LinkRate
from crew.sync.photo_sending import PhotoSending
from crew.sync.pull import PAGE
from tests.running import served

_CHANGES, _PHOTOS, _ORDERS = 20, 2, 4
_TERMINALS_A_CREW = 10
_ALONE = 5
_TWENTIETHS = 20
_LONGEST_SECONDS = 900.0


@dataclass
class _Terminal:
    """What a device has to send, and what it knows to have arrived.

    Attributes:
        name: Names the device.
        token: Its own.
        small: Changes that wait for no photo.
        finished: Completions, each with a photo, and what was done on the order after it.
        acknowledged: What the backend has answered.
        sent_away: Rounds that the backend ended with a wish to come later.
        timed_out: Rounds that ended otherwise.
    """

    name: str
    token: str
    small: list[Change]
    finished: list[list[Change]]
    acknowledged: set[ChangeId] = field(default_factory=set)
    sent_away: int = 0
    timed_out: int = 0
    cursor: str = ""
    rate: LinkRate = field(default_factory=LinkRate)

    async def come_back(self, url: str) -> float:
        """Send everything; returns the seconds until the last change was acknowledged."""
        started = time.perf_counter()
        back_off = BackOff(random.random)
        while len(self.acknowledged) < _CHANGES:
            try:
                async with CrewApi(url, self.token, httpx.AsyncHTTPTransport(verify=False)) as api:
                    await self._round(api)
            except TryLater as error:
                if error.after_seconds is None:
                    self.timed_out += 1
                else:
                    self.sent_away += 1
                await asyncio.sleep(back_off.after(error).seconds)
        return time.perf_counter() - started

    async def _round(self, api: CrewApi) -> None:
        await self._push(api, self.small)
        self.cursor = (await api.pull(self.cursor, PAGE)).cursor
        sending = PhotoSending(api, self.rate, _nothing_small)
        for changes in self.finished:
            for photo in changes[0].photos:
                await sending.send(photo.sha256, _photo_bytes(changes[0].order_id))
            await self._push(api, changes)

    async def _push(self, api: CrewApi, changes: Sequence[Change]) -> None:
        waiting = tuple(change for change in changes if change.id not in self.acknowledged)
        if not waiting:
            return
        for answer in (await api.push(waiting, "", self.rate.seconds_for)).answers:
            if answer.outcome != "applied":
                raise AssertionError(f"{answer.id} was not applied: {answer.outcome} {answer.sentence}")
            self.acknowledged.add(ChangeId(answer.id))


def tell_herd(bench: Bench) -> Iterator[Comparison]:
    """Let some terminals come back one after the other, and then the herd; tells, compares nothing."""
    folder = bench.folder / "city"
    city = found_city(folder)
    bench.say(f"{bench.herd} terminals work without a link")
    terminals = _terminals(city, bench.herd + _ALONE)
    city.database.close()
    bench.say(f"{bench.herd} terminals come back at once")
    with served(folder, bench.folder) as url:
        alone = [asyncio.run(terminal.come_back(url)) for terminal in terminals[:_ALONE]]
        waits = asyncio.run(_all_at_once(terminals[_ALONE:], url))
    bench.say("the backend's books are checked")
    city = found_city(folder)
    _require_balance(city, terminals)
    city.database.close()
    sent_away = sum(terminal.sent_away for terminal in terminals)
    timed_out = sum(terminal.timed_out for terminal in terminals)
    bench.remark(
        f"{bench.herd:,} terminals came back at once, each with {_CHANGES} changes and {_PHOTOS} photos of 250 KB: all "
        f"was acknowledged after {median(waits):.1f} s (p50), {quantiles(waits, n=_TWENTIETHS)[-1]:.1f} s (p95), "
        f"{max(waits):.1f} s (the last); one alone takes {median(alone):.2f} s. {sent_away:,} rounds were sent away "
        f"for some seconds and {timed_out:,} timed out; all were tried again. Each of "
        f"{len(terminals) * _CHANGES:,} changes has one effect, each of {len(terminals) * _PHOTOS:,} photos its "
        "bytes; the check finds nothing."
    )
    yield from ()


async def _all_at_once(terminals: Sequence[_Terminal], url: str) -> list[float]:
    async with asyncio.timeout(_LONGEST_SECONDS):
        return await asyncio.gather(*(terminal.come_back(url) for terminal in terminals))


def _terminals(city: City, count: int) -> list[_Terminal]:
    return [_terminal(city, f"terminal-{number}", f"crew {number // _TERMINALS_A_CREW}") for number in range(count)]


def _terminal(city: City, name: str, crew: str) -> _Terminal:
    """A device whose person has worked on some orders, and finished some of them."""
    order_ids = report_orders(city, _ORDERS, crew)
    token = enrol(city, name, crew).token
    work = (StatusChange(WorkStatus.ACCEPTED), Note("gate code"), StatusChange(WorkStatus.WORKING), Note("cold patch"))
    made = iter(range(1, _CHANGES + 1))
    small = [_change(name, next(made), order_id, act) for order_id in order_ids for act in work]
    finished = [
        [
            _change(name, next(made), order_id, StatusChange(WorkStatus.DONE, photos=(_photo(order_id),))),
            _change(name, next(made), order_id, Note("swept")),
        ]
        for order_id in order_ids[:_PHOTOS]
    ]
    return _Terminal(name, token, small, finished)


def _change(name: str, sequence: int, order_id: OrderId, act: Act) -> Change:
    return Change(
        id=ChangeId(f"{name}-{sequence}"),
        device_id=name,
        sequence=sequence,
        order_id=order_id,
        base_version=1,
        made_at=now(),
        person="Ana",
        act=act,
    )


def _photo(order_id: OrderId) -> Photo:
    content = _photo_bytes(order_id)
    return Photo(PhotoHash(hashlib.sha256(content).hexdigest()), PhotoRole.AFTER, len(content), *PHOTO_SIZE)


def _photo_bytes(order_id: OrderId) -> bytes:
    """One picture for all, and no two files alike: what follows a picture's end is not looked at."""
    return _picture() + order_id.encode()


@cache
def _picture() -> bytes:
    return noise_photo("herd")


async def _nothing_small() -> None:
    return None


def _require_balance(city: City, terminals: Sequence[_Terminal]) -> None:
    """Check that nothing was lost or doubled.

    Raises:
        AssertionError: Something was.
    """
    effects = select(schema.history.c.change_id, func.count()).group_by(schema.history.c.change_id)
    with city.database.reading() as connection:
        counted = {change_id: count for change_id, count in connection.execute(effects).all() if change_id}
    if counted != {f"{terminal.name}-{n}": 1 for terminal in terminals for n in range(1, _CHANGES + 1)}:
        raise AssertionError("changes were lost or doubled")
    checked = check(city, lambda done, total: None)
    if checked.findings or checked.counts["photo"] != len(terminals) * _PHOTOS:
        raise AssertionError(f"the check finds {checked}")
    if left := list(Path(city.data_dir / "uploads").glob("*.part")):
        raise AssertionError(f"{len(left)} uploads never became whole")
