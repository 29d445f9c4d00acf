"""Each audience hears of its orders, page by page, and of those that have gone."""

import pytest
from sqlalchemy import delete, update

from crew.backend.city import City
from crew.backend.schema import feed, settings
from crew.domain.change import Assignment, Note
from crew.domain.person import Role
from tests.backend.crews import LIGHTS, ROADS, Enrolment, report, stored

pytestmark = pytest.mark.anyio


async def test_pages_follow_each_other_to_the_end_without_a_gap_or_a_repeat(city: City, enrol: Enrolment) -> None:
    orders = [report(city) for _ in range(7)]
    truck = await enrol(crew=ROADS)
    cursor, sizes, seen = "", [], []

    while True:
        page = await truck.feed(cursor, limit=3)
        sizes.append(len(page.orders))
        seen += [order.id for order in page.orders]
        cursor = page.cursor
        if not page.more:
            break

    assert sizes == [3, 3, 1]
    assert seen == orders
    quiet = await truck.feed(cursor)
    assert (quiet.orders, quiet.more, quiet.reset, quiet.cursor) == ((), False, False, cursor)


async def test_only_the_first_page_starts_anew(city: City, enrol: Enrolment) -> None:
    for _ in range(3):
        report(city)
    truck = await enrol(crew=ROADS)

    first = await truck.feed(limit=2)
    second = await truck.feed(first.cursor, limit=2)

    assert (first.reset, second.reset) == (True, False)


async def test_a_changed_order_comes_once_as_it_stands_however_often_it_changed(city: City, enrol: Enrolment) -> None:
    order_id, other_id = report(city), report(city)
    truck = await enrol(crew=ROADS)
    cursor = (await truck.feed()).cursor
    for number in range(3):
        await truck.act(order_id, Note(f"note {number}"))

    page = await truck.feed(cursor)

    assert page.orders == (stored(city, order_id),)
    assert [order.id for order in (await truck.feed()).orders] == [other_id, order_id]


async def test_an_order_that_moves_is_gone_for_its_old_crew_and_comes_back_with_it(
    city: City, enrol: Enrolment
) -> None:
    order_id = report(city)
    report(city, LIGHTS)
    roads, lights = await enrol(crew=ROADS), await enrol(crew=LIGHTS)
    office = await enrol(Role.SUPERVISOR)
    at_roads, at_lights = (await roads.feed()).cursor, (await lights.feed()).cursor

    await office.act(order_id, Assignment(LIGHTS))

    page = await roads.feed(at_roads)
    assert (page.gone, page.orders) == ((order_id,), ())
    assert [order.id for order in (await lights.feed(at_lights)).orders] == [order_id]

    await office.act(order_id, Assignment(ROADS))

    back = await roads.feed(page.cursor)
    assert (back.gone, [order.id for order in back.orders]) == ((), [order_id])
    assert (await lights.feed(at_lights)).gone == (order_id,)


async def test_the_crew_that_loses_an_order_is_told_where_it_went_who_said_so_and_why(
    city: City, enrol: Enrolment
) -> None:
    order_id, pooled, _ = report(city), report(city), report(city, LIGHTS)
    roads, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    cursor = (await roads.feed()).cursor

    await office.act(order_id, Assignment(LIGHTS, "their truck broke down"))
    await office.act(order_id, Note("the lights' own business"))
    await office.act(pooled, Assignment(""))

    page = await roads.feed(cursor)
    title = city.catalogue.crew_title(LIGHTS)
    assert [(move.order_id, move.words, move.person) for move in page.moved_away] == [
        (order_id, f"moved to {title}: their truck broke down", office.person.name),
        (pooled, "back to the pool", office.person.name),
    ]
    assert page.moved_away[0].address == stored(city, order_id).address
    assert (await roads.feed()).moved_away == (), "a device that begins anew has nothing to lose"


async def test_an_order_goes_to_the_pool_and_comes_out_of_it(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    office, roads = await enrol(Role.SUPERVISOR), await enrol(crew=ROADS)
    assert (await office.act(order_id, Assignment("", "nobody has room"))).outcome == "applied"
    assert (await roads.feed()).orders == ()
    order = stored(city, order_id)
    assert (order.crew, order.work_status) == ("", "new")
    assert order.history[-1].text == "back to the pool: nobody has room"
    assert (await office.act(order_id, Assignment(ROADS))).outcome == "applied"
    assert [order.id for order in (await roads.feed()).orders] == [order_id]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DISPATCHER])
async def test_the_office_hears_of_every_crews_orders(city: City, enrol: Enrolment, role: Role) -> None:
    orders = [report(city), report(city, LIGHTS), report(city, "")]

    page = await (await enrol(role)).feed()

    assert [order.id for order in page.orders] == orders
    assert page.gone == ()


async def test_a_crew_hears_of_its_own_orders_only(city: City, enrol: Enrolment) -> None:
    mine = report(city)
    report(city, LIGHTS)
    report(city, "")

    assert [order.id for order in (await (await enrol(crew=ROADS)).feed()).orders] == [mine]


@pytest.mark.parametrize("cursor", ["nonsense", "0123456789abcdef.1", ".", "1", "\u0661.\u0661", "x" * 5000])
async def test_a_cursor_that_is_not_of_this_feed_starts_anew(city: City, enrol: Enrolment, cursor: str) -> None:
    order_id = report(city)

    page = await (await enrol(crew=ROADS)).feed(cursor)

    assert page.reset
    assert [order.id for order in page.orders] == [order_id]


async def test_a_cursor_of_another_crew_starts_anew(city: City, enrol: Enrolment) -> None:
    order_id = report(city, LIGHTS)
    report(city)
    cursor = (await (await enrol(crew=ROADS)).feed()).cursor

    page = await (await enrol(crew=LIGHTS)).feed(cursor)

    assert page.reset
    assert [order.id for order in page.orders] == [order_id]


async def test_a_cursor_of_the_time_before_a_restored_backup_starts_anew(city: City, enrol: Enrolment) -> None:
    kept, lost = report(city), report(city)
    truck = await enrol(crew=ROADS)
    cursor = (await truck.feed()).cursor
    with city.database.writing() as connection:
        connection.execute(delete(feed).where(feed.c.order_id == lost))

    page = await truck.feed(cursor)

    assert page.reset
    assert [order.id for order in page.orders] == [kept]


async def test_a_cursor_of_another_epoch_starts_anew(city: City, enrol: Enrolment) -> None:
    report(city)
    truck = await enrol(crew=ROADS)
    cursor = (await truck.feed()).cursor
    with city.database.writing() as connection:
        connection.execute(update(settings).where(settings.c.name == "epoch").values(value="another"))

    assert (await truck.feed(cursor)).reset


@pytest.mark.parametrize("limit", ["0", "-1", "many", "99999999999999", "\u0663"])
async def test_a_senseless_page_size_is_no_error(city: City, enrol: Enrolment, limit: str) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    response = await truck.get("feed", {"limit": limit})

    assert response.status_code == 200


async def test_a_long_page_is_compressed_for_who_can_read_it(city: City, enrol: Enrolment) -> None:
    for _ in range(10):
        report(city)
    truck = await enrol(crew=ROADS)
    url, headers = "/crew/v1/feed", truck.headers

    packed = await truck.client.get(url, headers={**headers, "Accept-Encoding": "gzip"})
    plain = await truck.client.get(url, headers={**headers, "Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
