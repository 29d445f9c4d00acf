"""Sends what waits in the outbox, photos before the changes that need them. Sync layer.

Order holds per work order, never over all: small changes go ahead of photos, and whatever is refused, or a photo that
does not get through while the link stands, holds back only its own order. Nothing is lost by an answer that does not
come: the change keeps its id and waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final

from crew.domain.change import Change, ChangeId, Intake, SendingStatus
from crew.domain.errors import AwaitLink, Refused, TryLater
from crew.domain.work_order import OrderId
from crew.sync.events import LinkState, Round, StoreChanged, SyncEvent
from crew.sync.link_rate import LinkRate
from crew.sync.photo_sending import PhotoSending
from crew.sync.sender import Sender
from crew.wire import Answer

if TYPE_CHECKING:
    from crew.domain.clock import Clock
    from crew.store.store import Store

_BATCH: Final = 50
_SETTLED: Final = {
    "applied": SendingStatus.ACKNOWLEDGED,
    "kept": SendingStatus.ACKNOWLEDGED,
    "refused": SendingStatus.REFUSED,
    "needs_decision": SendingStatus.NEEDS_DECISION,
}
_COUNTED: Final = {
    SendingStatus.ACKNOWLEDGED: Round(sent=1),
    SendingStatus.REFUSED: Round(refused=1),
    SendingStatus.NEEDS_DECISION: Round(undecided=1),
}
_HELD: Final = "The backend does not take it yet. It will be sent again."
_PHOTO_GONE: Final = "Its photo file is gone from this device. Add the photo again, then set this change aside."


class Push:
    """One round of sending. `tell` hears of every order whose changes moved."""

    def __init__(
        self, store: "Store", sender: Sender, clock: "Clock", rate: LinkRate, tell: Callable[[SyncEvent], None]
    ) -> None:
        self._store: Final = store
        self._sender: Final = sender
        self._api: Final = sender.api
        self._clock: Final = clock
        self._tell: Final = tell
        self._rate: Final = rate
        self._stuck: Final[set[ChangeId]] = set()
        self._photos_asked: Final[set[ChangeId]] = set()

    async def changes(self) -> Round:
        """Send every change that waits for no photo.

        Raises:
            PullFirst: The backend was restored, and took nothing.
            TryLater: The backend cannot be reached; what was not acknowledged waits on.
            SignInAgain: The device is not known any more.
        """
        done = Round()
        while True:
            ready = await asyncio.to_thread(self._ready)
            batch = await asyncio.to_thread(self._without_photos_to_send, ready)
            if not batch:
                return done
            self._tell_sending(done, len(ready))
            done += await self._send(tuple(batch[:_BATCH]))

    async def photos(
        self, link_stands: Callable[[], Awaitable[object]], between: Callable[[], Awaitable[object]]
    ) -> Round:
        """Send what waits for photos, order by order, each with what follows on it.

        Args:
            link_stands: Asks the backend something small, after a photo did not get through: where that fails the link
                is down; otherwise it is the photo's own trouble, and the other orders go on.
            between: Gets its turn after every piece of a photo: what is small leaves before the next one.

        Raises:
            TryLater: The link is down.
            SignInAgain: The device is not known any more.
        """
        done = Round()
        sending = PhotoSending(self._api, self._rate, between)
        while ready := await asyncio.to_thread(self._ready):
            done += await self._send_photos(ready[0], sending, link_stands)
            done += await self.changes()
        return done

    def _tell_sending(self, done: Round, count: int) -> None:
        """What is leaving; that the link stands is known only once something was answered."""
        self._tell(LinkState(online=done != Round(), to_send=count, sending=(done.sent + 1, done.sent + count)))

    def _ready(self) -> list[Change]:
        """What may leave with this sign-in and was not found stuck in this round; any other change holds its order."""
        held: set[OrderId] = set()
        ready: list[Change] = []
        changes, left_to_others = self._sender.ready(self._store, self._clock())
        for change in changes:
            stays = change.id in self._stuck or change.person in left_to_others
            if stays or not held.isdisjoint(change.orders):
                held.update(change.orders)
            else:
                ready.append(change)
        return ready

    def _without_photos_to_send(self, ready: Iterable[Change]) -> list[Change]:
        held: set[OrderId] = set()
        batch: list[Change] = []
        for change in ready:
            if not held.isdisjoint(change.orders) or self._store.photos.unsent_of(change):
                held.update(change.orders)
            else:
                batch.append(change)
        return batch

    async def _send(self, batch: tuple[Change, ...]) -> Round:
        leaving = await asyncio.to_thread(self._store.outbox.mark_sending, [change.id for change in batch])
        batch = tuple(change for change in batch if change.id in leaving)
        if not batch:
            return Round()
        cursor = await asyncio.to_thread(self._cursor)
        try:
            answers = (await self._api.push(batch, cursor, self._rate.seconds_for)).answers
        except AwaitLink:
            await asyncio.to_thread(self._store.outbox.mark_not_sent, leaving)
            raise
        except Refused as error:
            if len(batch) > 1:
                return await self._send_one_by_one(batch)
            answers = (Answer(id=batch[0].id, outcome="refused", sentence=error.sentence),)
        done = await asyncio.to_thread(self._take, batch, answers)
        self._tell(StoreChanged(frozenset(order_id for change in batch for order_id in change.orders)))
        return done

    def _cursor(self) -> str:
        """How far this device has pulled, as far as the sender's feed is the one that is pulled."""
        return "" if self._sender.alone else self._store.device.cursor

    async def _send_one_by_one(self, batch: tuple[Change, ...]) -> Round:
        """The backend would not look at the batch: find the culprit, which holds back what follows on its order."""
        done = Round()
        for change in batch:
            if change in await asyncio.to_thread(self._ready):
                done += await self._send((change,))
        return done

    def _take(self, batch: tuple[Change, ...], answers: tuple[Answer, ...]) -> Round:
        """Write what became of a batch, all in one transaction."""
        done = Round()
        with self._store.transaction():
            for change, answer in zip(batch, answers, strict=True):
                status = _SETTLED.get(answer.outcome)
                if status is None:
                    self._hold(change, answer)
                    continue
                self._store.outbox.settle(change.id, status, self._clock(), reason=answer.sentence, other=answer.other)
                if status is SendingStatus.ACKNOWLEDGED and isinstance(change.act, Intake):
                    self._taken_in(change, change.act, answer.number)
                told = [order for order in (answer.order, answer.also) if order is not None]
                self._store.orders.put_server_copies(told, self._store.device.generation)
                for order_id in change.orders:
                    self._store.orders.refresh(order_id)
                done += _COUNTED[status]
        return done

    def _taken_in(self, change: Change, act: Intake, number: str) -> None:
        """The backend has the caller: nothing of him stays here, and his order goes by its number from now on."""
        self._store.outbox.forget_contact(change.id)
        if number and not act.joins:
            self._store.outbox.rename(change.order_id, OrderId(number))
            self._store.orders.refresh(change.order_id)
            self._store.orders.refresh(OrderId(number))

    def _hold(self, change: Change, answer: Answer) -> None:
        """The backend wants photos first, or an earlier change: once more in this round at most."""
        if change.id in self._photos_asked or not answer.missing:
            self._stuck.add(change.id)
            self._store.outbox.note_hindrance(change.id, answer.sentence or _HELD)
        self._photos_asked.add(change.id)
        for photo in change.photos:
            if photo.sha256 in answer.missing:
                self._store.photos.mark_unsent(photo.sha256)

    async def _send_photos(
        self, change: Change, sending: PhotoSending, link_stands: Callable[[], Awaitable[object]]
    ) -> Round:
        done = Round()
        for photo in await asyncio.to_thread(self._store.photos.unsent_of, change):
            try:
                content = await asyncio.to_thread(self._store.photos.read, photo.sha256)
                if content is None:
                    raise Refused(_PHOTO_GONE)
                await sending.send(photo.sha256, content)
            except OSError as error:
                self._stuck.add(change.id)
                await asyncio.to_thread(
                    self._store.outbox.note_hindrance, change.id, f"Its photo cannot be read: {error.strerror}."
                )
                break
            except Refused as error:
                await asyncio.to_thread(self._refuse, change, error.sentence)
                break
            except TryLater as error:
                if error.after_seconds is not None:
                    raise  # the backend wants a pause from all of us, not from this photo
                await link_stands()
                self._stuck.add(change.id)
                await asyncio.to_thread(self._store.outbox.note_hindrance, change.id, error.sentence)
                done += Round(photos_put_off=1)
                break
            await asyncio.to_thread(self._store.photos.mark_sent, photo.sha256, self._clock())
            done += Round(photos_sent=1)
        self._tell(StoreChanged(frozenset({change.order_id})))
        return done

    def _refuse(self, change: Change, sentence: str) -> None:
        with self._store.transaction():
            self._store.outbox.settle(change.id, SendingStatus.REFUSED, self._clock(), reason=sentence)
            for order_id in change.orders:
                self._store.orders.refresh(order_id)
