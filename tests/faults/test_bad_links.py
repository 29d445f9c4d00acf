"""Whatever a link does to the bytes, the work arrives once and whole, and the person is told what is the matter."""

import asyncio
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from crew.domain.change import Change, SendingStatus
from crew.domain.errors import TryLater
from crew.domain.work_order import WorkStatus
from crew.http_exchange import Bounds
from crew.store.photo_files import PhotoFiles
from tests.faults.conftest import BadLink
from tests.faults.proxy import Fault, page
from tests.sync.lamp import rests, running
from tests.waits import eventually

pytestmark = pytest.mark.anyio

LOGIN = "<html><body>Welcome to Harbor Coffee. Accept our terms.</body></html>"


async def a_day(link: BadLink) -> list[Change]:
    """A completion with its photo, what follows on it, and a note on another order."""
    one, two = link.reported(), link.reported()
    await link.sync.run_once()
    work = link.truck.field_work
    done = work.set_status(one, WorkStatus.DONE, photos=[link.keeps_photo("after", (64, 48))])
    return [done, work.add_note(one, "after it"), work.add_note(two, "small")]


@contextmanager
def impatient() -> Iterator[None]:
    """Time-outs of a second while a link is bad, so that a test need not wait for minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crew.sync.link_rate._LEAST_PATIENCE_SECONDS", 0.3)
        patch.setattr("crew.sync.link_rate._PATIENCE", 0.5)
        patch.setattr("crew.api_client._WORDS", Bounds(seconds=1.0, silence_seconds=0.4))
        yield


async def try_once(link: BadLink) -> None:
    with suppress(TryLater):
        await link.sync.run_once()


@pytest.mark.parametrize(
    ("side", "quietly"),
    [("sent", False), ("answered", False), ("answered", True)],
    ids=["no more is sent", "no more is answered", "the answer ends early"],
)
async def test_a_connection_may_break_after_any_number_of_bytes_and_nothing_is_lost_or_doubled(
    link: BadLink, side: str, quietly: bool
) -> None:
    changes: list[Change] = []
    for count in range(0, 9_000, 1_000):
        changes += await a_day(link)
        fault = Fault(sent=count) if side == "sent" else Fault(answered=count, quietly=quietly)
        link.proxy.breaks(*[fault] * 2)
        await try_once(link)
        await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_an_answer_that_is_lost_each_time_never_does_a_thing_twice(link: BadLink) -> None:
    changes = await a_day(link)
    link.proxy.usual = Fault(answered=0)
    for _ in range(3):
        with pytest.raises(TryLater):
            await link.sync.run_once()
    await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(*changes)


@pytest.mark.parametrize("count", [0, 300])
async def test_a_dead_zone_in_the_middle_of_an_exchange_ends_in_a_time_out_and_loses_nothing(
    link: BadLink, count: int
) -> None:
    changes = await a_day(link)
    link.proxy.usual = Fault(sent=count, swallows=True)
    with impatient(), pytest.raises(TryLater, match="did not answer in time"):
        await link.sync.run_once()
    await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_a_server_that_drips_its_answer_for_ever_is_left_in_time(link: BadLink) -> None:
    changes = await a_day(link)
    link.proxy.usual = Fault(drips=True)
    async with asyncio.timeout(10):
        with impatient(), pytest.raises(TryLater, match="did not answer in time"):
            await link.sync.run_once()
    await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(*changes)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page("200 OK", LOGIN, Content_Type="text/html"), "A web page answers at .* on a hotspot, log in there first"),
        (page("302 Found", Location="http://login.harbor.example/in"), "leads to login.harbor.example: log in there"),
        (page("511 Network Authentication Required", LOGIN, Content_Type="text/html"), "on a hotspot, log in"),
        (page("502 Bad Gateway", "<h1>Bad</h1>", Content_Type="text/html"), "server in front of .* answers 502"),
        (page("503 Service Unavailable", Retry_After="7"), "server in front of .* answers 503"),
        (page("429 Too Many Requests", "slow down", Content_Type="text/plain"), "no Crew backend"),
        (page("200 OK", '{"answers":[]}', Content_Type="application/json"), "no Crew backend"),
    ],
    ids=["200", "302", "511", "502", "503", "429", "another program"],
)
async def test_who_answers_instead_of_the_backend_is_told_by_its_own_sentence_and_never_believed(
    link: BadLink, answer: bytes, words: str
) -> None:
    changes = await a_day(link)
    link.proxy.usual = Fault(instead=answer)
    with pytest.raises(TryLater, match=words):
        await link.sync.run_once()
    assert [link.truck.status_of(change) for change in changes] == [SendingStatus.WAITING] * 3
    await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(*changes)


@pytest.mark.parametrize("as_a_date", [False, True], ids=["seconds", "date"])
async def test_a_pause_that_is_asked_for_is_kept_even_against_a_wish_to_send_now(
    link: BadLink, as_a_date: bool
) -> None:
    changes = await a_day(link)
    now = "Mon, 23 Nov 2026 17:00:00 GMT"
    wish = "Mon, 23 Nov 2026 17:00:02 GMT" if as_a_date else "2"
    link.proxy.breaks(Fault(instead=page("503 Service Unavailable", Retry_After=wish, Date=now)))
    loop = asyncio.get_running_loop()
    async with running(link.sync) as lamp:
        *_, offline = await lamp.until(rests)
        asked_at = loop.time()
        assert offline.next_try_at == link.truck.clock() + timedelta(seconds=2)
        assert "asked for a pause" in offline.problem
        link.sync.wake()
        await lamp.until(lambda state: state.online and not state.to_send)
        assert loop.time() - asked_at > 1.9
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_what_fails_for_a_while_is_tried_again_by_itself(link: BadLink) -> None:
    changes = await a_day(link)
    link.proxy.breaks(*[Fault(instead=page("502 Bad Gateway"))] * 2)
    async with running(link.sync) as lamp:
        await lamp.until(lambda state: state.online and not state.to_send)
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_the_link_is_used_within_five_seconds_of_its_return_however_long_the_back_off_is(link: BadLink) -> None:
    changes = await a_day(link)
    link.jitter = 1.0
    await link.proxy.goes_away()
    async with running(link.sync) as lamp:
        longest = link.truck.clock() + timedelta(seconds=60)
        while (await lamp.until(rests))[-1].next_try_at != longest:
            link.sync.wake()
        await link.proxy.returns()
        async with asyncio.timeout(5):
            await lamp.until(lambda state: state.online and not state.to_send)
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_a_hundred_cuts_of_one_photo_cost_less_than_a_third_of_it(link: BadLink) -> None:
    order_id = link.reported()
    await link.sync.run_once()
    photo = link.keeps_photo("large", (420, 400))
    done = link.truck.field_work.set_status(order_id, WorkStatus.DONE, photos=[photo])
    link.proxy.usual = Fault(sent=photo.byte_count // 130 + 1_000)
    before, heads = link.proxy.connections, link.proxy.heads
    start = link.proxy.passed
    while not link.city.photo_files.path(photo.sha256).exists():
        await try_once(link)
    assert link.proxy.connections - before > 100
    assert link.proxy.passed - start - (link.proxy.heads - heads) < 1.3 * photo.byte_count
    await link.comes_to_rest()
    link.assert_nothing_is_lost_or_doubled(done)


async def test_a_change_made_while_a_photo_crawls_leaves_before_its_next_piece(
    link: BadLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crew.sync.link_rate._PIECE_SECONDS", 1.0)
    one, two = link.reported(), link.reported()
    await link.sync.run_once()
    done = link.truck.field_work.set_status(one, WorkStatus.DONE, photos=[link.keeps_photo("large", (420, 400))])
    link.proxy.bytes_per_second = 30_000
    before = link.proxy.sent
    round_ = asyncio.create_task(link.sync.run_once())
    await asyncio.to_thread(eventually, lambda: link.proxy.sent > before + 10_000)
    note = link.truck.field_work.add_note(two, "made while the photo crawls")
    await asyncio.to_thread(eventually, lambda: link.truck.status_of(note) is SendingStatus.ACKNOWLEDGED)
    assert not round_.done()
    assert link.truck.status_of(done) is SendingStatus.WAITING
    await round_
    link.assert_nothing_is_lost_or_doubled(done, note)


async def test_a_list_of_certificates_that_cannot_be_read_is_told_and_ends_no_rounds(
    link: BadLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = await a_day(link)
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    async with running(link.sync) as lamp:
        *_, offline = await lamp.until(rests)
        assert "cannot read its list of certificates (No such file" in offline.problem
        monkeypatch.delenv("SSL_CERT_FILE")
        link.sync.wake()
        await lamp.until(lambda state: state.online and not state.to_send)
    link.assert_nothing_is_lost_or_doubled(*changes)


async def test_an_error_of_the_system_ends_no_rounds(link: BadLink, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(photos: PhotoFiles, sha256: str) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    changes = await a_day(link)
    link.sync.want_photo("0" * 64)
    with monkeypatch.context() as broken:
        broken.setattr(PhotoFiles, "has", fails)
        async with running(link.sync) as lamp:
            *_, offline = await lamp.until(rests)
            assert "fails at its own files (Input/output error)" in offline.problem
            broken.undo()
            link.sync.wake()
            await lamp.until(lambda state: state.online and not state.to_send)
    link.assert_nothing_is_lost_or_doubled(*changes)
