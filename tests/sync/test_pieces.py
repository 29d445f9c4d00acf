"""Photos in pieces: fitted to the link, resumed where they were cut, and never sent without end."""

import asyncio
import hashlib

import httpx
import pytest

from crew.domain.change import SendingStatus
from crew.domain.errors import TryLater
from crew.domain.work_order import WorkStatus
from crew.sync import Round
from crew.sync.link_rate import LinkRate
from tests.builders import an_order
from tests.sync.backend import Proper, announced, answering, problem, upload_answer
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio

ID = an_order().id
LARGE = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(8_000))
"""256,000 bytes: more than one piece over a link of which nothing is known."""


@pytest.mark.parametrize("rate", [2_000, 8_000, 32_000])
def test_a_piece_takes_a_third_of_its_time_out(rate: int) -> None:
    link = LinkRate()
    link.note(20 * rate, 20.0)
    assert 3 * link.piece_bytes / rate == pytest.approx(link.seconds_for(link.piece_bytes), rel=0.15)


def test_pieces_stay_between_what_is_worth_sending_and_what_delays_others() -> None:
    fast, slow = LinkRate(), LinkRate()
    fast.note(100_000_000, 1.0)
    for _ in range(20):
        slow.note_cut()
    assert (fast.piece_bytes, slow.piece_bytes) == (1024 * 1024, 8 * 1024)
    assert slow.seconds_for(slow.piece_bytes) > slow.piece_bytes / 500


def test_what_is_small_is_waited_for_longer_on_a_long_way() -> None:
    link = LinkRate()
    assert link.seconds_for(500) == 15
    for _ in range(8):
        link.note(500, 20.0)
    assert link.seconds_for(500) == pytest.approx(60, rel=0.05)


def completion(road: Road, content: bytes = LARGE) -> str:
    """A completion waits for a photo; returns its name."""
    road.has(an_order())
    photo = road.truck.keeps_photo(content)
    road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[photo])
    return photo.sha256


def photo_requests(road: Road) -> list[str]:
    return [request.partition(" ")[0] for request in road.backend.requests if "uploads" in request]


async def test_a_large_photo_travels_in_pieces_of_which_the_first_goes_with_its_announcement(road: Road) -> None:
    sha256 = completion(road)
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert road.backend.photos == {sha256: LARGE}
    assert photo_requests(road) == ["POST", "PATCH"]


async def test_a_photo_goes_on_where_the_last_round_or_another_program_left_it(road: Road) -> None:
    sha256 = completion(road)
    road.backend.uploads[sha256], road.backend.lengths[sha256] = LARGE[:200_000], len(LARGE)
    arrived: list[bytes] = []

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        arrived.append(request.content)
        return proper(request)

    road.backend.keeps_failing("PATCH", listen)
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert b"".join(arrived) == LARGE[200_000:]


async def test_a_photo_that_arrives_damaged_begins_anew_and_after_three_times_a_person_is_asked(road: Road) -> None:
    completion(road)
    road.backend.fails("PATCH", *[answering(problem(460, "Not those bytes."))] * 2)
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert photo_requests(road).count("POST") == 3

    completion(road, LARGE[::-1])
    road.backend.fails("POST uploads", *[answering(problem(460, "Not those bytes."))] * 3)
    assert await road.sync.run_once() == Round()
    [entry] = road.truck.field_work.outbox().entries
    assert entry.sending_status is SendingStatus.REFUSED
    assert "arrived damaged 3 times" in entry.reason


async def test_an_upload_that_the_backend_has_forgotten_begins_anew(road: Road) -> None:
    sha256 = completion(road)

    def forgotten(_request: httpx.Request, _proper: Proper) -> httpx.Response:
        road.backend.uploads.clear()
        return problem(404, "Nothing of this photo is here.")

    road.backend.fails("PATCH", forgotten)
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert road.backend.photos == {sha256: LARGE}


@pytest.mark.parametrize("offset", [0, 5, 80_000])
async def test_a_backend_that_never_takes_the_next_piece_is_not_asked_without_end(road: Road, offset: int) -> None:
    sha256 = completion(road)
    road.backend.keeps_failing("PATCH", answering(upload_answer(409, sha256, offset)))
    async with asyncio.timeout(10):
        assert await road.sync.run_once() == Round(photos_put_off=1)
    assert len(photo_requests(road)) < 12
    [entry] = road.truck.field_work.outbox().entries
    assert entry.reason == "The photo comes no further; it will be tried again."


async def test_an_answer_about_another_photo_does_not_count(road: Road) -> None:
    sha256 = completion(road)

    def confused(request: httpx.Request, _proper: Proper) -> httpx.Response:
        assert announced(request) == sha256
        return upload_answer(201, "0" * 64, len(LARGE))

    road.backend.keeps_failing("POST uploads", confused)
    assert await road.sync.run_once() == Round(photos_put_off=1)
    assert road.backend.batches == []


async def test_a_pause_that_is_asked_for_at_a_photo_counts_for_everything(road: Road) -> None:
    completion(road)
    road.backend.fails("POST uploads", answering(problem(429, "Too many photos.", Retry_After="30")))
    with pytest.raises(TryLater, match="Too many photos") as pause:
        await road.sync.run_once()
    assert pause.value.after_seconds == 30
    assert len(photo_requests(road)) == 1


async def test_what_is_small_and_made_meanwhile_leaves_between_two_pieces(road: Road) -> None:
    completion(road)
    road.has(an_order(id="two"))

    def act_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        road.truck.field_work.add_note("two", "made while the photo travels")
        return proper(request)

    road.backend.fails("POST uploads", act_meanwhile)
    assert await road.sync.run_once() == Round(sent=2, photos_sent=1)
    order = [request.partition("/")[0] for request in road.backend.requests]
    assert order[-4:] == ["POST uploads", "POST changes", "PATCH uploads", "POST changes"]
