"""What the public sees of a citizen's picture is pixels and nothing else, by whichever door it came in."""

import httpx
import pytest

from crew.backend.city import City
from crew.backend.public.page_links import page_secret, page_token
from tests.backend.citizens import FORM, close_order
from tests.test_photo_privacy import SECRET, assert_bare, telling

pytestmark = pytest.mark.anyio


async def test_a_citizens_picture_is_made_anew_from_its_pixels(client: httpx.AsyncClient, city: City) -> None:
    raw = {kind: telling(kind, b"SecretCamera", 6, b"secret words") for kind in ("JPEG", "PNG", "WEBP")}
    files = [("media", (f"secret.{kind}", content)) for kind, content in raw.items()]
    answer = await client.post("/open311/v2/requests.json", data=FORM, files=files)
    (request,) = answer.json()
    order_id = request["service_request_id"]
    close_order(city, order_id)
    with city.database.reading() as connection:
        page = f"/r/{page_token(page_secret(connection), order_id)}"
    again = {"media": ("again.jpg", telling("JPEG", b"OtherCamera", 3, b"more words"))}
    assert (await client.post(f"{page}/not-fixed", data={"words": "look"}, files=again)).status_code == 303

    tree = (await client.get(f"/open311/v2/requests/{order_id}.json?extensions=true")).json()[0]
    addresses = [photo["media_url"] for photo in tree["extended_attributes"]["photos"]]

    assert len(addresses) >= 2
    for address in addresses:
        shown = await client.get(address)
        assert shown.status_code == 200
        assert_bare(shown.content)
        assert not any(word in shown.content for word in (SECRET, b"Camera", b"words"))
