"""A withdrawn photo is gone from everything that the public can ask, at once; crews see it with a mark."""

import httpx
import pytest

from crew.backend.city import City
from crew.backend.notices.delivery import deliver_due
from crew.backend.public.page_links import page_secret, page_token
from crew.backend.withdrawing import withdraw
from crew.domain.change import Withdrawal
from crew.domain.errors import CorrectInput
from crew.domain.person import Role
from crew.domain.work_order import PhotoHash, PhotoRole
from tests.backend.citizens import add_photo, close_order, prepared
from tests.backend.crews import ROADS, Enrolment, report, stored
from tests.backend.letters import mailing, messages

pytestmark = pytest.mark.anyio


async def seen(client: httpx.AsyncClient, city: City, order_id: str, sha256: str) -> set[str]:
    """Where the public finds a photo."""
    with city.database.reading() as connection:
        page = f"/r/{page_token(page_secret(connection), order_id)}"
    asked = {
        "page": sha256 in (await client.get(page)).text,
        "page photo": (await client.get(f"{page}/photos/{sha256}.jpg")).status_code == 200,
        "photo": (await client.get(f"/photos/{sha256}.jpg")).status_code == 200,
        "GeoReport": sha256 in (await client.get(f"/open311/v2/requests/{order_id}.json?extensions=true")).text,
    }
    return {place for place, found in asked.items() if found}


async def test_a_photo_is_hidden_from_a_device_and_shown_again(
    client: httpx.AsyncClient, city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    sha256 = add_photo(city, order_id, PhotoRole.BEFORE, prepared())
    office, truck = await enrol(Role.SUPERVISOR), await enrol(crew=ROADS)
    everywhere = await seen(client, city, order_id, sha256)
    assert everywhere == {"page", "page photo", "photo", "GeoReport"}

    answer = await office.act(order_id, Withdrawal(PhotoHash(sha256)))

    assert answer.outcome == "applied"
    assert await seen(client, city, order_id, sha256) == set()
    assert sha256.encode() in (await truck.get("feed")).content
    assert stored(city, order_id).withdrawn == (sha256,)
    refused = await truck.act(order_id, Withdrawal(PhotoHash(sha256), shown_again=True))
    assert refused.outcome == "refused"
    await office.act(order_id, Withdrawal(PhotoHash(sha256), shown_again=True))
    assert await seen(client, city, order_id, sha256) == everywhere
    assert [entry.text for entry in stored(city, order_id).history[-2:]] == [
        "a photo is hidden from the public",
        "a photo is shown to the public again",
    ]


async def test_a_photo_on_two_orders_is_hidden_on_both_and_both_crews_are_told(
    client: httpx.AsyncClient, city: City
) -> None:
    orders = [report(city), report(city)]
    hashes = {add_photo(city, order_id, PhotoRole.BEFORE, prepared()) for order_id in orders}
    (sha256,) = hashes

    assert withdraw(city, sha256).orders == 2

    for order_id in orders:
        assert await seen(client, city, order_id, sha256) == set()
        assert stored(city, order_id).version == 2
    with pytest.raises(CorrectInput, match="no photo"):
        withdraw(city, "0" * 64)


def test_no_mail_that_leaves_later_shows_it(city: City) -> None:
    mailed = mailing(city)
    order_id = report(mailed)
    sha256 = add_photo(mailed, order_id, PhotoRole.AFTER, prepared(), "truck")
    close_order(mailed, order_id)
    withdraw(mailed, sha256)

    assert deliver_due(mailed) == 1

    assert [part.get_content_type() for part in messages(mailed)[0].walk()].count("image/jpeg") == 0


async def test_no_cache_may_show_a_public_photo_for_longer_than_a_minute(client: httpx.AsyncClient, city: City) -> None:
    order_id = report(city)
    sha256 = add_photo(city, order_id, PhotoRole.BEFORE, prepared())

    kept = (await client.get(f"/photos/{sha256}.jpg")).headers["Cache-Control"]

    assert kept == "public, max-age=60, must-revalidate"
