"""The place of the device: which one counts, what outlasts a restart, what becomes of receivers that come and go."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crew.domain.position import Position, PositionSource
from crew.domain.value import replace
from crew.domain.work_order import Photo
from crew.position.receiver import Heard, NoPosition, Quiet
from crew.store.store import Store, open_store
from crew.whereabouts import Whereabouts
from tests.builders import NOON, a_photo

pytestmark = pytest.mark.anyio

HERE = (42.3151, -71.1139)
NEARBY = (42.3152, -71.1139)
STATION = (42.3104, -71.1074)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "truck", NOON)
    yield store
    store.close()


class Hand:
    """Turns the clock."""

    def __init__(self) -> None:
        self.now = NOON

    def clock(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def heard_at(self, place: tuple[float, float]) -> Position:
        return Position(*place, self.now, PositionSource.RECEIVER, 5.0, "gpsd")


def a_photo_at(place: tuple[float, float], taken_at: datetime) -> Photo:
    return replace(a_photo(), lat=place[0], long=place[1], taken_at=taken_at)


def test_nobody_knows_where_a_new_device_is(store: Store) -> None:
    whereabouts = Whereabouts(store, Hand().clock)
    assert whereabouts.you is None
    assert whereabouts.last_known() is None


def test_a_place_is_you_until_it_is_old_and_then_the_last_known(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    whereabouts.hear(hand.heard_at(HERE))
    found = [whereabouts.you]
    hand.wait(61)
    found += [whereabouts.you, whereabouts.last_known()]
    assert [place and place.point for place in found] == [HERE, None, HERE]


def test_the_last_place_outlasts_a_restart_with_its_age(store: Store) -> None:
    hand = Hand()
    heard = hand.heard_at(HERE)
    Whereabouts(store, hand.clock).hear(heard)
    hand.wait(7200)
    again = Whereabouts(store, hand.clock)
    assert again.last_known() == heard
    assert again.you is None


def test_the_disk_hears_of_it_once_a_minute_and_of_every_long_way(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    first = hand.heard_at(HERE)
    whereabouts.hear(first)
    hand.wait(1)
    whereabouts.hear(hand.heard_at(NEARBY))
    assert store.device.last_position == first
    hand.wait(60)
    whereabouts.hear(hand.heard_at(NEARBY))
    assert store.device.last_position == hand.heard_at(NEARBY)
    hand.wait(20)
    whereabouts.hear(hand.heard_at(STATION))
    assert store.device.last_position == hand.heard_at(STATION)


def test_only_what_shows_is_told(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    told = []
    for place in (HERE, NEARBY, HERE, (42.3155, -71.1139)):
        hand.wait(1)
        told.append(whereabouts.hear(hand.heard_at(place)))
    assert told == [True, False, False, True]
    hand.wait(120)
    assert whereabouts.hear(hand.heard_at((42.3155, -71.1139))), "it was the last known place, and is you again"


def test_a_jump_moves_nobody_at_first(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    whereabouts.hear(hand.heard_at(HERE))
    assert not whereabouts.hear(hand.heard_at((43.3, -71.1)))
    assert whereabouts.you is not None
    assert whereabouts.you.point == HERE


def test_the_trouble_is_kept_until_there_is_a_place(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    assert whereabouts.hear(Quiet("It sees no sky."))
    assert not whereabouts.hear(Quiet("It sees no sky.")), "nothing new"
    assert whereabouts.trouble == "It sees no sky."
    whereabouts.hear(hand.heard_at(HERE))
    assert whereabouts.trouble == ""


def test_here_is_where_a_person_says(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    whereabouts.set_here(HERE)
    hand.wait(29 * 60)
    assert whereabouts.you is not None
    assert (whereabouts.you.point, whereabouts.you.source) == (HERE, PositionSource.BY_HAND)
    with pytest.raises(ValueError, match="somewhere on Earth"):
        whereabouts.set_here((0.0, 0.0))


def test_a_photo_says_where_it_was_taken_if_that_is_the_newest(store: Store) -> None:
    hand = Hand()
    whereabouts = Whereabouts(store, hand.clock)
    whereabouts.photos_taken([a_photo_at(HERE, NOON - timedelta(minutes=5))])
    assert whereabouts.you is not None
    assert whereabouts.you.source is PositionSource.PHOTO
    whereabouts.hear(hand.heard_at(STATION))
    whereabouts.photos_taken([a_photo_at(HERE, NOON - timedelta(minutes=4))])
    assert whereabouts.you.point == STATION


@pytest.mark.parametrize(
    "photo",
    [
        a_photo(),
        a_photo_at((0.001, 0.0), NOON),
        a_photo_at(HERE, NOON + timedelta(days=1)),
        replace(a_photo_at(HERE, NOON), taken_at=None),
    ],
    ids=["no place", "0/0", "tomorrow", "no time"],
)
def test_a_photo_that_does_not_know_says_nothing(store: Store, photo: Photo) -> None:
    whereabouts = Whereabouts(store, Hand().clock)
    whereabouts.photos_taken([photo])
    assert whereabouts.last_known() is None


class Flaky:
    """A receiver that is unplugged after each thing that it says."""

    name = "flaky"

    def __init__(self, *sayings: Heard) -> None:
        self._sayings = iter(sayings)

    async def listen(self) -> AsyncGenerator[Heard, None]:
        for one in self._sayings:
            yield one
            raise NoPosition("It was unplugged.")
        await asyncio.Event().wait()


@pytest.mark.parametrize(("uncalled", "trouble"), [(False, "It was unplugged."), (True, "")])
async def test_a_loss_is_a_trouble_only_where_somebody_asked_for_the_receiver(
    store: Store, uncalled: bool, trouble: str
) -> None:
    hand = Hand()
    whereabouts, told = Whereabouts(store, hand.clock), asyncio.Queue[str]()
    receiver = Flaky(hand.heard_at(HERE), Quiet("No sky."))
    following = asyncio.create_task(whereabouts.follow(receiver, told.put_nowait, uncalled=uncalled))
    async with asyncio.timeout(20):
        found = [await told.get()]
        while found[-1] != "No sky.":
            found.append(await told.get())
    following.cancel()
    assert found == (["", trouble, "No sky."] if trouble else ["", "No sky."])
    assert whereabouts.you is not None, "a place does not go with its receiver"
