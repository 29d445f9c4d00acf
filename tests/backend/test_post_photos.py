"""Photos in posts and feeds: none that nobody approved, one post an event, and gone from everywhere once withdrawn."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from PIL import Image

from crew import wire
from crew.backend.city import City
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.listing import list_notices
from crew.backend.post_settings import PostSettings
from crew.backend.posting import posting_of
from crew.backend.withdrawing import withdraw
from crew.domain.change import Approval, StatusChange, Withdrawal
from crew.domain.person import Role
from crew.domain.post_words import previews
from crew.domain.posting import Posting
from crew.domain.work_order import OrderId, PhotoHash, PhotoRole, WorkStatus
from tests.backend.citizens import Hands, add_photo, close_order, prepared, with_settings
from tests.backend.crews import Device, Enrolment, report, stored
from tests.backend.letters import mailing, rows
from tests.backend.mastodon import Mastodon, mastodon_server
from tests.backend.test_notice_ways import noticing, secret_file

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),  # apprise imports every service that it knows
]

CORRECTED = "This was corrected"


@pytest.fixture
def mastodon() -> Mastodon:
    return Mastodon()


@pytest.fixture
def here(app: Any, city: City, mastodon: Mastodon, tmp_path: Path) -> Iterator[City]:
    """A city whose posts carry photos and wait a day for them, and whose feeds carry them, too."""
    with mastodon_server(mastodon) as url:
        post = PostSettings("town", str(secret_file(tmp_path / "account", f"{url}\n")), photos=True)
        posting = with_settings(noticing(mailing(city), kinds=()), posts=(post,))
        public = msgspec.structs.replace(posting.settings.public, feeds=True, feed_photos=True)
        app.state.city = with_settings(posting, public=public)
        yield app.state.city


def finished(city: City, *colours: str) -> tuple[OrderId, list[PhotoHash]]:
    """An order that is done, with photos of the crew's."""
    order_id = report(city)
    hashes = [PhotoHash(add_photo(city, order_id, PhotoRole.AFTER, prepared(colour), "truck")) for colour in colours]
    close_order(city, order_id)
    return order_id, hashes


async def feeds(client: httpx.AsyncClient) -> set[str]:
    """The photos that the two feeds show."""
    atom = (await client.get("/requests/feed.atom", params={"status": "closed"})).text
    told = (await client.get("/requests/feed.json", params={"status": "closed"})).json()
    pictures = [one for entry in told["items"] for one in entry.get("attachments", ())]
    assert atom.count('rel="enclosure"') == len(pictures)
    assert all(one["url"] in atom and str(one["size_in_bytes"]) in atom for one in pictures)
    return {one["url"].rpartition("/")[2].removesuffix(".jpg") for one in pictures}


async def approve(office: Device, order_id: OrderId, sha256: PhotoHash, *, given: bool = True) -> None:
    assert (await office.act(order_id, Approval(sha256, given))).outcome == "applied"


async def test_an_approved_photo_is_posted_once_as_the_supervisor_read_it(
    client: httpx.AsyncClient, here: City, mastodon: Mastodon, enrol: Enrolment, clock: Hands
) -> None:
    order_id, (sha256,) = finished(here, "teal")
    assert deliver_due(here) == 0, "it waits for a word"
    assert await feeds(client) == set()
    office = await enrol(Role.SUPERVISOR)
    told = wire.decode((await office.get("feed", {"posting": ""})).content, wire.FeedPage)
    assert told.posting is not None
    order = next(order for order in told.orders if order.id == order_id)
    ((account, preview), (_, title)) = previews(told.posting, order, ZoneInfo("America/New_York"))

    await approve(office, order_id, sha256)

    assert deliver_due(here) == 1
    (toot,) = mastodon.toots
    assert (account, toot.text) == ("town", preview)
    assert title in toot.descriptions[0], "who cannot see it is told what it shows"
    assert Image.open(BytesIO(toot.pictures[0])).size == (320, 240)
    assert b"SecretCamera" not in toot.pictures[0]
    assert await feeds(client) == {sha256}
    assert title in (await client.get("/requests/feed.atom", params={"status": "closed"})).text
    clock.turn(days=2)
    assert deliver_due(here) == 0


async def test_where_nobody_says_a_word_it_leaves_without_a_photo_and_never_again(
    client: httpx.AsyncClient, here: City, mastodon: Mastodon, enrol: Enrolment, clock: Hands
) -> None:
    order_id, (sha256,) = finished(here, "teal")
    clock.turn(hours=23)
    assert deliver_due(here) == 0
    clock.turn(hours=1)
    assert deliver_due(here) == 1
    await approve(await enrol(Role.SUPERVISOR), order_id, sha256)
    assert deliver_due(here) == 0
    assert [toot.pictures for toot in mastodon.toots] == [[]]
    assert await feeds(client) == {sha256}, "the feeds have it late, as they can"


async def test_who_declines_lets_it_leave_and_what_shows_no_photo_waits_for_none(
    client: httpx.AsyncClient, here: City, mastodon: Mastodon, enrol: Enrolment
) -> None:
    office = await enrol(Role.SUPERVISOR)
    finished(here)
    assert deliver_due(here) == 1
    order_id, (first, second) = finished(here, "teal", "navy")
    await approve(office, order_id, first, given=False)
    assert deliver_due(here) == 0, "a word about the other is missing"
    await approve(office, order_id, second)
    assert deliver_due(here) == 1
    assert [len(toot.pictures) for toot in mastodon.toots] == [0, 1]
    assert await feeds(client) == {second}
    assert (stored(here, order_id).approved, stored(here, order_id).declined) == ((second,), (first,))


@pytest.mark.parametrize("how", ["shell", "device", "approval taken back"])
async def test_what_is_withdrawn_is_gone_from_everywhere_and_the_post_is_corrected_once(
    client: httpx.AsyncClient, here: City, mastodon: Mastodon, enrol: Enrolment, clock: Hands, how: str
) -> None:
    office = await enrol(Role.SUPERVISOR)
    order_id, (sha256,) = finished(here, "teal")
    await approve(office, order_id, sha256)
    assert deliver_due(here) == 1
    before = (await client.get("/requests/feed.json", params={"status": "closed"})).json()["items"][0]
    clock.turn(minutes=5)

    if how == "shell":
        assert withdraw(here, sha256).posted_on == ("post:town",)
    else:
        act = Withdrawal(sha256) if how == "device" else Approval(sha256, given=False)
        assert (await office.act(order_id, act)).outcome == "applied"

    assert await feeds(client) == set()
    after = (await client.get("/requests/feed.json", params={"status": "closed"})).json()["items"][0]
    assert after["date_modified"] > before["date_modified"], "readers fetch anew what has changed"
    assert (await client.get(f"/photos/{sha256}.jpg")).status_code == (200 if "approval" in how else 410)
    assert deliver_due(here) == 1
    assert mastodon.toots[1].text.startswith(CORRECTED)
    assert mastodon.toots[1].pictures == []
    assert deliver_due(here) == 0
    assert stored(here, order_id).approved == ()
    if how == "shell":
        withdraw(here, sha256, shown_again=True)
        assert await feeds(client) == set(), "what is shown again has to be approved anew"
        assert deliver_due(here) == 0


async def test_a_photo_that_was_never_posted_is_withdrawn_without_a_word(
    here: City, mastodon: Mastodon, enrol: Enrolment
) -> None:
    _, (sha256,) = finished(here, "teal")
    assert withdraw(here, sha256).posted_on == ()
    assert deliver_due(here) == 1
    (toot,) = mastodon.toots
    assert not toot.pictures
    assert not toot.text.startswith(CORRECTED)


async def test_work_that_is_opened_again_loses_its_approval_and_its_next_end_asks_anew(
    here: City, mastodon: Mastodon, enrol: Enrolment
) -> None:
    office = await enrol(Role.SUPERVISOR)
    order_id, (sha256,) = finished(here, "teal")
    await approve(office, order_id, sha256)
    assert deliver_due(here) == 1
    again = await office.act(order_id, StatusChange(WorkStatus.SENT_BACK, note="Not level."))
    assert again.outcome == "applied"
    assert stored(here, order_id).approved == ()
    assert deliver_due(here) == 1
    assert [toot.text.startswith(CORRECTED) for toot in mastodon.toots] == [False, True]
    refused = await office.act(order_id, Approval(sha256))
    assert "sent back" in refused.sentence
    close_order(here, order_id)
    assert deliver_due(here) == 0, "it waits anew"


async def test_a_post_whose_photo_is_not_taken_is_tried_again_whole(
    here: City, mastodon: Mastodon, enrol: Enrolment, clock: Hands
) -> None:
    order_id, (sha256,) = finished(here, "teal")
    await approve(await enrol(Role.SUPERVISOR), order_id, sha256)
    mastodon.refuses_media = True
    assert deliver_due(here) == 0
    assert mastodon.toots == []
    assert "did not take it" in list_notices(here, 9)[0].last_problem
    mastodon.refuses_media = False
    clock.turn(minutes=5)
    assert deliver_due(here) == 1
    assert [len(toot.pictures) for toot in mastodon.toots] == [1]


async def test_who_may_not_approve_is_told_who_may_and_learns_nothing_of_the_accounts(
    here: City, enrol: Enrolment
) -> None:
    order_id, (sha256,) = finished(here, "teal")
    for role in (Role.CREW, Role.DISPATCHER):
        device = await enrol(role, crew="roads" if role is Role.CREW else "")
        assert "a supervisor can" in (await device.act(order_id, Approval(sha256))).sentence
        told = wire.decode((await device.get("feed", {"posting": ""})).content, wire.FeedPage)
        assert told.posting is None
    office = await enrol(Role.SUPERVISOR)
    mark = wire.mark_of(posting_of(here.settings, here.catalogue))
    assert wire.decode((await office.get("feed", {"posting": mark})).content, wire.FeedPage).posting is None
    assert wire.decode((await office.get("feed")).content, wire.FeedPage).posting is None


def test_a_city_that_posts_no_photos_asks_for_nothing_and_waits_for_nothing(city: City) -> None:
    plain = with_settings(noticing(mailing(city), kinds=()), posts=(PostSettings("town", "unread"),))
    assert posting_of(plain.settings, plain.catalogue) == Posting(plain.settings.time_zone)
    finished(plain, "teal")
    assert rows(plain)[0].next_try_at == plain.clock()
