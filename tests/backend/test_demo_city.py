"""The demo city: believable, harmless, and the same each time."""

import csv
import gzip
import io
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crew.backend import feed
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City, open_city
from crew.backend.contacts import contact_of
from crew.backend.demo.card import fill_card
from crew.backend.demo.city import DEMO_CREW, fill
from crew.backend.demo.places import PLACES_OF_CREW
from crew.backend.demo.stops import STOPS
from crew.backend.orders import load_orders
from crew.backend.schema import contacts, notices, service_requests, work_orders
from crew.domain.due import due_words
from crew.domain.plain_text import clean_line, clean_text
from crew.domain.work_order import PhotoRole, WorkOrder, WorkStatus
from crew.photos.intake import prepare
from tests.backend.citizens import NOON


def orders_of(city: City) -> list[WorkOrder]:
    with city.database.reading() as connection:
        ids = connection.scalars(select(work_orders.c.id).order_by(work_orders.c.id)).all()
        return load_orders(connection, city.catalogue, ids)


@pytest.fixture(scope="module")
def full_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = open_city(tmp_path_factory.mktemp("demo"), BackendSettings(), lambda: NOON)
    fill(city, NOON)
    return city


@pytest.fixture(scope="module")
def orders(full_city: City) -> list[WorkOrder]:
    return orders_of(full_city)


@pytest.fixture(scope="module")
def crew_orders(orders: list[WorkOrder]) -> list[WorkOrder]:
    return [order for order in orders if order.crew == DEMO_CREW]


def test_the_same_seed_gives_the_same_city(full_city: City, orders: list[WorkOrder], city: City) -> None:
    fill(city, NOON)
    assert orders_of(city) == orders
    assert request_rows(city) == request_rows(full_city)


def request_rows(city: City) -> list[tuple[object, ...]]:
    with city.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(service_requests).order_by(service_requests.c.id))]


def test_another_seed_gives_another_city(orders: list[WorkOrder], city: City) -> None:
    fill(city, NOON, seed=312)
    assert orders_of(city) != orders


def test_filling_twice_changes_nothing(full_city: City, orders: list[WorkOrder]) -> None:
    fill(full_city, NOON + timedelta(days=1))
    assert orders_of(full_city) == orders


def test_there_is_a_day_of_requests_and_some_orders_answer_several(full_city: City, orders: list[WorkOrder]) -> None:
    assert 110 <= len(request_rows(full_city)) <= 130
    assert sum(len(order.requests) > 1 for order in orders) >= 5
    assert len({order.description for order in orders}) == len(orders)


def test_every_status_is_somewhere(orders: list[WorkOrder]) -> None:
    assert set(WorkStatus) == {order.work_status for order in orders}


def test_deadlines_lie_around_now(orders: list[WorkOrder]) -> None:
    words = [due_words(order.due_at, NOON, order.work_status) for order in orders if not order.work_status.ended]
    assert sum(due.late for due in words) >= 10
    assert sum("today" in due.words or due.soon for due in words) >= 15
    assert sum("tomorrow" in due.words for due in words) >= 10
    assert any(" d" in due.words for due in words if due.late)


def test_nothing_happened_in_the_future_or_before_it_was_reported(orders: list[WorkOrder]) -> None:
    for order in orders:
        moments = [entry.at for entry in order.history]
        assert order.requested_at <= min(moments)
        assert max(moments) <= NOON
        assert order.updated_at <= NOON


def test_services_and_crews_are_the_catalogues(full_city: City, orders: list[WorkOrder]) -> None:
    assert {order.service_code for order in orders} <= full_city.catalogue.services.keys()
    assert {order.crew for order in orders} <= {"", *full_city.catalogue.crews}
    assert len({order.service_code for order in orders}) >= 15


def test_what_belongs_to_nobody_is_new_and_everything_else_is_not(orders: list[WorkOrder]) -> None:
    assert {order.id for order in orders if not order.crew} == {
        order.id for order in orders if order.work_status is WorkStatus.NEW
    }


def test_the_crew_has_a_day_of_mixed_work_close_together(crew_orders: list[WorkOrder]) -> None:
    open_orders = [order for order in crew_orders if not order.work_status.ended]
    statuses = Counter(order.work_status for order in crew_orders)
    assert 18 <= len(open_orders) <= 22
    assert len({order.service_code for order in open_orders}) >= 8
    assert statuses[WorkStatus.ON_THE_WAY] == 1
    assert statuses[WorkStatus.DONE] >= 3
    assert statuses[WorkStatus.CANT_DO] == 2
    for order in crew_orders:
        assert order.lat is not None
        assert order.long is not None
        assert 42.275 < order.lat < 42.335
        assert -71.14 < order.long < -71.09


def test_the_crews_feed_holds_its_orders_and_the_citys_holds_all(
    full_city: City, orders: list[WorkOrder], crew_orders: list[WorkOrder]
) -> None:
    with full_city.database.reading() as connection:
        of_crew = feed.page(connection, full_city.catalogue, DEMO_CREW, "", 500).orders
        of_city = feed.page(connection, full_city.catalogue, feed.EVERYBODY, "", 500).orders
    assert {order.id for order in of_crew} == {order.id for order in crew_orders}
    assert len(of_city) == len(orders)


def test_photos_are_there_and_finished_work_shows_its_own(full_city: City, orders: list[WorkOrder]) -> None:
    assert 30 <= sum(bool(order.photos_of(PhotoRole.BEFORE)) for order in orders) <= 40
    for order in orders:
        for photo in order.photos:
            assert len(full_city.photo_files.read(photo.sha256)) == photo.byte_count
        if order.work_status is WorkStatus.DONE and order.photo_required:
            assert order.photos_of(PhotoRole.AFTER), order.id
        if order.work_status is not WorkStatus.DONE:
            assert not order.photos_of(PhotoRole.AFTER)


def test_ended_orders_tell_the_citizen_what_happened(orders: list[WorkOrder]) -> None:
    for order in orders:
        assert bool(order.public_text) is order.work_status.ended
        assert "{" not in order.public_text


def test_hostile_words_stand_there_as_harmless_words(crew_orders: list[WorkOrder]) -> None:
    [hostile] = [order for order in crew_orders if "@click" in order.description]
    assert "[@click=app.quit]press me[/]" in hostile.description
    assert not set(hostile.description) & set("\x1b\x07\u202e\u202c")


def test_every_text_is_clean_already(orders: list[WorkOrder]) -> None:
    for order in orders:
        assert clean_text(order.description) == order.description
        assert clean_line(order.address) == order.address


def test_nobody_who_could_exist_is_written_to(full_city: City) -> None:
    with full_city.database.reading() as connection:
        requests = connection.scalars(select(contacts.c.request_id)).all()
        addresses = [contact_of(connection, full_city, request_id).email for request_id in requests]
        waiting = connection.execute(select(notices)).all()
    assert sum(bool(address) for address in addresses) > 50
    assert all(address.endswith("@example.com") for address in addresses if address)
    assert not waiting


def test_every_place_is_where_the_city_says_it_is(shared_data: Path) -> None:
    known: dict[str, set[tuple[float, float]]] = {}
    for name in ("boston311_2011H2.csv.gz", "boston311_2015_fieldcrew.csv.gz"):
        with gzip.open(shared_data / "boston" / name) as packed:
            for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")):
                values = {column.lower(): value for column, value in row.items()}
                street = values["location"].removeprefix("INTERSECTION of ").split("  ")[0]
                known.setdefault(street, set()).add((float(values["latitude"]), float(values["longitude"])))
    places = [place for of_crew in PLACES_OF_CREW.values() for place in of_crew] + [stop.place for stop in STOPS]
    wrong = [place for place in places if (place.lat, place.long) not in known.get(place.address.split(", ")[0], set())]
    assert not wrong


def test_the_card_has_a_repair_for_every_stop_that_wants_a_photo(crew_orders: list[WorkOrder], tmp_path: Path) -> None:
    card = tmp_path / "card"
    fill_card(card)
    pictured = [order for order in crew_orders if order.photos and not order.work_status.ended]
    assert len(list(card.iterdir())) == len(pictured) > 3
    for picture in card.iterdir():
        assert prepare(picture.read_bytes(), picture.name).width == 800
    (card / "pothole 1 repaired.jpg").unlink()
    fill_card(card)
    assert len(list(card.iterdir())) == len(pictured) - 1, "what somebody did with it stays"
