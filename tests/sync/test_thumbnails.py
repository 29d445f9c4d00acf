"""Thumbnails of a whole day come before any photo, so that every place can be seen when the link goes."""

import httpx
import pytest

from crew import thumbnail_wire
from crew.domain.errors import TryLater
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import PhotoHash
from crew.sync import Sync
from crew.sync.pictures import THUMBNAIL_LIMIT_BYTES
from tests.builders import a_person, a_photo, an_order
from tests.sync.backend import HEADERS, Proper, answering, cut, problem
from tests.sync.conftest import Road
from tests.sync.test_photos import picture

pytestmark = pytest.mark.anyio

ID = an_order().id


def thumbnails_of(road: Road, count: int) -> list[PhotoHash]:
    """Photos of one order that lie at the backend, each with its thumbnail."""
    names = [picture(road, b"%d" % number) for number in range(count)]
    road.backend.thumbnails = {name: b"small %d" % number for number, name in enumerate(names)}
    road.has(an_order(photos=tuple(a_photo(name) for name in names)))
    return names


def asked(road: Road) -> list[str]:
    return [request.split("/")[0] for request in road.backend.requests]


async def test_they_come_with_the_pull_before_photos_are_sent_and_fetched(road: Road) -> None:
    names = thumbnails_of(road, 2)
    road.truck.field_work.add_photos(ID, [road.truck.keeps_photo()])
    await road.sync.run_once()
    assert asked(road)[:3] == ["GET feed", "GET thumbnails", "POST uploads"]
    assert [road.truck.store.thumbnails.read(name) for name in names] == [b"small 0", b"small 1"]
    assert all(road.truck.store.photos.has(name) for name in names)


async def test_what_is_here_is_not_asked_for_again(road: Road) -> None:
    names = thumbnails_of(road, 3)
    road.truck.store.photos.write(b"0")
    del road.backend.thumbnails[names[1]]
    await road.sync.run_once()
    await road.new_sync().run_once()
    assert [road.truck.store.thumbnails.read(name) for name in names] == [None, None, b"small 2"]
    await road.sync.run_once()
    assert asked(road).count("GET thumbnails") == 1


async def test_they_come_a_few_at_a_time_and_a_change_leaves_in_between(road: Road) -> None:
    names = thumbnails_of(road, thumbnail_wire.AT_ONCE + 1)

    def act_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        road.truck.field_work.add_note(ID, "made while thumbnails come")
        return proper(request)

    road.backend.fails("GET thumbnails", act_meanwhile)
    await road.sync.run_once()
    first = asked(road).index("GET thumbnails")
    assert asked(road)[first : first + 3] == ["GET thumbnails", "POST changes", "GET thumbnails"]
    assert not road.truck.store.thumbnails.lacking(names)


async def test_those_that_came_before_a_cut_are_kept(road: Road) -> None:
    names = thumbnails_of(road, thumbnail_wire.AT_ONCE + 1)
    road.backend.fails("GET thumbnails", lambda request, proper: proper(request), cut)
    with pytest.raises(TryLater):
        await road.sync.run_once()
    assert road.truck.store.thumbnails.lacking(names) == names[thumbnail_wire.AT_ONCE :]


@pytest.mark.parametrize(
    "answer",
    [
        problem(404, "There is no such thing here."),
        httpx.Response(200, headers={**HEADERS, "Content-Type": thumbnail_wire.MEDIA_TYPE}, content=b"\xc1 no map"),
    ],
    ids=["an older backend", "nonsense"],
)
async def test_where_none_can_be_had_the_photos_come(road: Road, answer: httpx.Response) -> None:
    [name] = thumbnails_of(road, 1)
    road.backend.keeps_failing("GET thumbnails", answering(answer))
    await road.sync.run_once()
    assert road.truck.store.photos.has(name)


async def test_what_is_too_long_for_one_is_not_kept(road: Road) -> None:
    names = thumbnails_of(road, 2)
    road.backend.thumbnails[names[0]] = bytes(THUMBNAIL_LIMIT_BYTES + 1)
    await road.sync.run_once()
    assert [road.truck.store.thumbnails.read(name) for name in names] == [None, b"small 1"]


async def test_where_the_settings_say_so_a_photo_comes_only_when_somebody_looks_at_it(road: Road) -> None:
    names = thumbnails_of(road, 2)
    sync = Sync(road.truck.store, replace(road.world, photos_only_asked=True))
    sync.want_photo(names[1])
    await sync.run_once()
    assert [road.truck.store.photos.has(name) for name in names] == [False, True]
    assert not road.truck.store.thumbnails.lacking(names)


async def test_the_office_which_sees_every_order_asks_for_none(road: Road) -> None:
    road.truck.sign_in(a_person(Role.SUPERVISOR))
    thumbnails_of(road, 1)
    await road.sync.run_once()
    assert "GET thumbnails" not in asked(road)
