"""Photos go before the changes that need them, and after everything that is small."""

import hashlib

import httpx
import pytest

from crew import wire
from crew.domain.change import SendingStatus
from crew.domain.errors import TryLater
from crew.domain.person import Role
from crew.domain.work_order import PhotoHash, WorkStatus
from crew.sync import Round
from crew.sync.pictures import PICTURES_A_ROUND
from crew.wire import FeedPage
from tests.builders import a_person, a_photo, an_order
from tests.sync.backend import Fault, Proper, answering, cut, login_page, lost_answer, problem
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio

ID = an_order().id


def picture(road: Road, content: bytes) -> PhotoHash:
    """A picture that lies at the backend."""
    sha256 = hashlib.sha256(content).hexdigest()
    road.backend.photos[sha256] = content
    return PhotoHash(sha256)


async def test_small_changes_go_ahead_of_other_orders_photos_and_photos_ahead_of_their_own_change(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    photo = road.truck.keeps_photo()
    done = road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[photo])
    after_it = road.truck.field_work.add_note("one", "made after it, so it leaves after it")
    small = road.truck.field_work.add_note("two", "small")
    assert await road.sync.run_once() == Round(sent=3, photos_sent=1)
    assert road.backend.requests[:3] == ["POST changes", "GET feed", f"POST uploads/{photo.sha256}"]
    assert road.backend.batches == [[small.id], [done.id, after_it.id]]
    assert road.backend.photos == {photo.sha256: b"a repaired road"}


async def test_a_photo_whose_answer_was_lost_is_found_again_before_its_change_leaves(road: Road) -> None:
    road.has(an_order())
    done = road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[road.truck.keeps_photo()])
    road.backend.keeps_failing("POST uploads", lost_answer)
    assert await road.sync.run_once() == Round(photos_put_off=1)
    assert road.backend.batches == []
    road.backend.mends()
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert road.backend.batches == [[done.id]]


async def test_a_photo_that_is_there_is_not_sent_again_with_the_next_change(road: Road) -> None:
    road.has(an_order())
    photo = road.truck.keeps_photo()
    road.truck.field_work.add_photos(ID, [photo])
    await road.sync.run_once()
    road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[photo])
    assert await road.sync.run_once() == Round(sent=1)


async def test_a_hotspots_answer_to_a_photo_is_no_answer(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.add_photos(ID, [road.truck.keeps_photo()])
    road.backend.keeps_failing("POST uploads", login_page)
    assert await road.sync.run_once() == Round(photos_put_off=1)
    assert road.truck.field_work.outbox().photo_count == 1
    road.backend.mends()
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)


@pytest.mark.parametrize("fault", [cut, lost_answer, login_page, answering(problem(503, "The disk is slow."))])
async def test_a_photo_that_never_gets_through_holds_back_only_its_own_order(road: Road, fault: Fault) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    bad, good = (road.truck.keeps_photo(content) for content in (b"bad", b"good"))
    held = road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[bad])
    after_it = road.truck.field_work.add_note("one", "made after it")
    road.truck.field_work.set_status("two", WorkStatus.DONE, photos=[good])
    road.backend.keeps_failing(f"POST uploads/{bad.sha256}", fault)
    for _ in range(3):
        road.backend.pages.append(FeedPage("more", more=False, orders=(an_order(id="new"),)))
        await road.sync.run_once()
    assert road.truck.field_work.order("new")
    assert good.sha256 in road.backend.photos
    entries = road.truck.field_work.outbox().entries
    assert [entry.change for entry in entries] == [held, after_it]
    assert entries[0].reason, "why it does not leave is said"
    road.backend.mends()
    assert await road.sync.run_once() == Round(sent=2, photos_sent=1)


async def test_a_photo_that_meets_a_dead_link_ends_the_round(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    for order_id in ("one", "two"):
        road.truck.field_work.add_photos(order_id, [road.truck.keeps_photo(order_id.encode())])
    road.backend.keeps_failing("POST uploads", cut)
    road.backend.fails("GET feed", lambda request, proper: proper(request), cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    assert [request[:4] for request in road.backend.requests] == ["GET ", "POST", "POST", "GET "]
    road.backend.mends()
    assert await road.sync.run_once() == Round(sent=2, photos_sent=2)


async def test_a_photo_that_the_backend_lost_is_sent_once_more_in_the_same_round(road: Road) -> None:
    road.has(an_order())
    photo = road.truck.keeps_photo()
    road.truck.store.photos.mark_sent(photo.sha256, road.truck.clock())
    done = road.truck.field_work.set_status(ID, WorkStatus.DONE, photos=[photo])
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    assert road.backend.batches == [[done.id], [done.id]]


async def test_a_backend_that_never_finds_the_photo_is_not_asked_without_end(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    photo = road.truck.keeps_photo()
    done = road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[photo])
    road.truck.field_work.add_note("two", "not held up by it")
    road.backend.verdicts = {done.id: wire.Answer(done.id, "photos_missing", "Where is it?", missing=(photo.sha256,))}
    assert await road.sync.run_once() == Round(sent=1, photos_sent=2)
    [entry] = road.truck.field_work.outbox().entries
    assert (entry.change.id, entry.sending_status, entry.reason) == (done.id, SendingStatus.WAITING, "Where is it?")
    road.backend.verdicts = {}
    assert (await road.sync.run_once()).sent == 1


async def test_a_photo_file_that_is_gone_refuses_its_own_change_with_the_way_out(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    photo = road.truck.keeps_photo()
    road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[photo])
    other = road.truck.field_work.add_photos("two", [road.truck.keeps_photo(b"another")])
    road.truck.store.photos.path(photo.sha256).unlink()
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    [entry] = road.truck.field_work.outbox().entries
    assert (entry.sending_status, entry.reason.partition(".")[0]) == (
        SendingStatus.REFUSED,
        "Its photo file is gone from this device",
    )
    assert road.truck.status_of(other) is SendingStatus.ACKNOWLEDGED


async def test_a_photo_file_that_cannot_be_read_holds_back_only_its_own_order(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    photo = road.truck.keeps_photo()
    held = road.truck.field_work.set_status("one", WorkStatus.DONE, photos=[photo])
    other = road.truck.field_work.add_photos("two", [road.truck.keeps_photo(b"another")])
    path = road.truck.store.photos.path(photo.sha256)
    path.unlink()
    path.mkdir()
    assert await road.sync.run_once() == Round(sent=1, photos_sent=1)
    [entry] = road.truck.field_work.outbox().entries
    assert (entry.change.id, entry.reason) == (held.id, "Its photo cannot be read: Is a directory.")
    assert road.truck.status_of(other) is SendingStatus.ACKNOWLEDGED


async def test_a_photo_that_the_backend_refuses_refuses_its_change_with_the_backends_words(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.add_photos(ID, [road.truck.keeps_photo()])
    road.backend.fails("POST uploads", answering(problem(413, "The photo is too large.")))
    await road.sync.run_once()
    [entry] = road.truck.field_work.outbox().entries
    assert (entry.sending_status, entry.reason) == (SendingStatus.REFUSED, "The photo is too large.")


async def test_a_crew_has_the_pictures_of_its_open_orders_with_it(road: Road) -> None:
    shas = [picture(road, content) for content in (b"one", b"two")]
    road.has(an_order(photos=tuple(a_photo(sha) for sha in shas)))
    await road.sync.run_once()
    assert [road.truck.store.photos.read(sha) for sha in shas] == [b"one", b"two"]
    await road.new_sync().run_once()
    assert sum(request.startswith("GET photos") for request in road.backend.requests) == 2


async def test_a_picture_that_is_not_given_or_damaged_is_asked_for_once_and_holds_back_no_other(road: Road) -> None:
    secret, good = PhotoHash("5" * 64), picture(road, b"good")
    damaged = PhotoHash("6" * 64)
    road.backend.photos[damaged] = b"other bytes than its name says"
    road.has(an_order(photos=(a_photo(secret), a_photo(damaged), a_photo(good))))
    for _ in range(2):
        await road.sync.run_once()
    assert [road.truck.store.photos.read(sha) for sha in (secret, damaged, good)] == [None, None, b"good"]
    assert sum(request.startswith("GET photos") for request in road.backend.requests) == 3


@pytest.mark.parametrize("turned", [{"minutes": 11}, {"hours": -2}], ids=["later", "after the clock was put back"])
async def test_a_picture_that_was_not_given_or_damaged_is_asked_for_again_later(
    road: Road, turned: dict[str, float]
) -> None:
    late, damaged = picture(road, b"late"), picture(road, b"whole")
    road.backend.photos.update({damaged: b"half"})
    del road.backend.photos[late]
    road.has(an_order(photos=(a_photo(late), a_photo(damaged))))
    await road.sync.run_once()

    picture(road, b"late")
    picture(road, b"whole")
    await road.sync.run_once()
    assert [road.truck.store.photos.read(sha) for sha in (late, damaged)] == [None, None]

    road.truck.clock.turn(**turned)
    await road.sync.run_once()
    assert [road.truck.store.photos.read(sha) for sha in (late, damaged)] == [b"late", b"whole"]


async def test_a_hotspots_page_is_never_kept_as_a_picture(road: Road) -> None:
    sha256 = picture(road, b"good")
    road.has(an_order(photos=(a_photo(sha256),)))
    road.backend.fails("GET photos", login_page)
    with pytest.raises(TryLater, match="hotspot"):
        await road.sync.run_once()
    assert road.truck.store.photos.read(sha256) is None
    await road.sync.run_once()
    assert road.truck.store.photos.read(sha256) == b"good"


async def test_pictures_come_in_portions_so_that_changes_get_their_turn(road: Road) -> None:
    shas = [picture(road, b"%d" % number) for number in range(PICTURES_A_ROUND + 3)]
    road.has(an_order(photos=tuple(a_photo(sha) for sha in shas)))
    await road.sync.run_once()
    here = [sha for sha in shas if road.truck.store.photos.has(sha)]
    assert here == shas[:PICTURES_A_ROUND]
    await road.sync.run_once()
    assert all(road.truck.store.photos.has(sha) for sha in shas)


async def test_a_change_made_while_pictures_come_leaves_between_two_of_them(road: Road) -> None:
    shas = [picture(road, content) for content in (b"one", b"two")]
    road.has(an_order(photos=tuple(a_photo(sha) for sha in shas)))

    def act_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        road.truck.field_work.add_note(ID, "made while a picture comes")
        return proper(request)

    road.backend.fails("GET photos", act_meanwhile)
    await road.sync.run_once()
    assert [request.partition("/")[0] for request in road.backend.requests[-3:]] == [
        "GET photos",
        "POST changes",
        "GET photos",
    ]


async def test_the_office_gets_the_pictures_it_looks_at_even_over_a_cut(road: Road) -> None:
    road.truck.sign_in(a_person(Role.SUPERVISOR))
    looked_at, other = picture(road, b"looked at"), picture(road, b"other")
    road.has(an_order(photos=(a_photo(other), a_photo(looked_at))))
    road.sync.want_photo(looked_at)
    road.backend.fails("GET photos", cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    for _ in range(2):
        await road.sync.run_once()
    assert road.truck.store.photos.read(looked_at) == b"looked at"
    assert road.truck.store.photos.read(other) is None
    assert sum(request.startswith("GET photos") for request in road.backend.requests) == 2
