"""What work waits for in a city: its own reasons beside those of every city, on the device and for the citizen."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import force_setattr

from crew import wire
from crew.backend.catalogue import load_catalogue
from crew.backend.citizens.page_words import public_filling
from crew.backend.city import City
from crew.backend.city_time import load_city_time
from crew.backend.languages import language_of
from crew.domain.change import StatusChange
from crew.domain.errors import CorrectSettings, NotAllowed
from crew.domain.reasons import WAITING_REASONS
from crew.domain.value import replace
from crew.domain.work_order import WorkOrder, WorkStatus
from crew.settings import shipped_path
from tests.backend.crews import ROADS, Enrolment, report, stored
from tests.trucks import Truck

pytestmark = pytest.mark.anyio

SHIPPED = shipped_path("reasons.toml").read_text(encoding="utf-8")
OWN = """[[waiting]]
code = "police"
words = "the police to open the street"
[waiting.text]
en = "We are waiting for the police."
es = "Esperamos a la policía."

[[waiting]]
code = "moon"
words = "a full moon"
retired = true

# What the terminal warns of"""
AS_EVER = {
    "parts": ("We are waiting for parts.", "Esperamos repuestos.", "Esperamos peças.", "N ap tann pyès."),
    "weather": ("We are waiting for better weather.", "Esperamos mejor tiempo.", "Esperamos um tempo melhor.",
                "N ap tann pi bon tan."),
    "permit": ("We are waiting for a permit.", "Esperamos un permiso.", "Esperamos uma licença.",
               "N ap tann yon pèmi."),
    "other_agency": ("We are waiting for another agency.", "Esperamos a otra entidad.", "Esperamos outro órgão.",
                     "N ap tann yon lòt ajans."),
    "access": ("We are waiting until we can get to the place.", "Esperamos hasta poder llegar al lugar.",
               "Esperamos até poder chegar ao lugar.", "N ap tann jiskaske nou ka rive sou plas la."),
}  # fmt: skip
"""What citizens have read since before these stood in a file: English, Spanish, Portuguese, Haitian Creole."""


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    (folder / "reasons.toml").write_text(SHIPPED.replace("# What the terminal warns of", OWN, 1), encoding="utf-8")
    return folder


def read(city: City, order: WorkOrder, language: str) -> object:
    return public_filling(city, language_of(language), order, 1, "")["public_text"]


@pytest.mark.parametrize("old_file", [False, True])
def test_what_is_shipped_reads_as_it_always_did_also_for_a_city_whose_file_is_older(
    city: City, tmp_path: Path, old_file: bool
) -> None:
    if old_file:
        begin, end = SHIPPED.index("[[waiting]]"), SHIPPED.index("# What the terminal warns of")
        (tmp_path / "reasons.toml").write_text(SHIPPED[:begin] + SHIPPED[end:], encoding="utf-8")
        city = replace(city, catalogue=load_catalogue({}, tmp_path))
    order = stored(city, report(city))

    assert {one.code: one.words for one in city.catalogue.wording.waiting} == WAITING_REASONS
    for code, texts in AS_EVER.items():
        waits = replace(order, work_status=WorkStatus.WAITING, waiting_reason=code)
        assert tuple(read(city, waits, language) for language in ("en", "es", "pt", "ht")) == texts


async def test_a_reason_of_the_citys_own_is_chosen_taken_and_read(
    city: City, enrol: Enrolment, own_folder: Path, truck: Truck
) -> None:
    catalogue = load_catalogue({}, own_folder)
    force_setattr(city, "catalogue", catalogue)
    order_id = report(city)
    device = await enrol(crew=ROADS)
    page = wire.decode((await device.get("feed", {"wording": "none"})).content, wire.FeedPage)
    assert page.wording is not None
    truck.gets(*page.orders)
    assert truck.field_work.wording().waiting_codes.keys() == WAITING_REASONS.keys()
    with pytest.raises(NotAllowed, match="Choose one of: parts, weather"):
        truck.field_work.set_status(order_id, WorkStatus.WAITING, reason="police")
    truck.store.device.keep_wording(page.wording)

    change = truck.field_work.set_status(order_id, WorkStatus.WAITING, reason="police")
    answer = await device.act(order_id, change.act)

    assert answer.outcome == "applied"
    order = stored(city, order_id)
    assert order.history[-1].text == truck.field_work.order(order_id).history[-1].text == "waiting for police"
    assert truck.field_work.wording().waiting_words("police") == "the police to open the street"
    english = "We are waiting for the police."
    read_in = {language: read(city, order, language) for language in ("en", "es", "pt")}
    assert read_in == {"en": english, "es": "Esperamos a la policía.", "pt": english}


async def test_what_was_retired_is_taken_from_who_knows_it_and_what_nobody_knows_is_refused_and_still_shown(
    city: City, enrol: Enrolment, own_folder: Path
) -> None:
    force_setattr(city, "catalogue", load_catalogue({}, own_folder))
    retired, unknown = report(city), report(city)
    device = await enrol(crew=ROADS)

    assert (await device.act(retired, StatusChange(WorkStatus.WAITING, "moon"))).outcome == "applied"
    refused = await device.act(unknown, StatusChange(WorkStatus.WAITING, "green_cheese"))

    assert (refused.outcome, "police." in refused.sentence, "moon" in refused.sentence) == ("refused", True, False)
    assert read(city, stored(city, retired), "en") == ""
    wording = city.catalogue.wording
    assert (wording.waiting_words("moon"), wording.waiting_words("green_cheese")) == ("a full moon", "green cheese")


def test_a_deadline_pauses_for_a_reason_of_the_citys_own(own_folder: Path, tmp_path: Path) -> None:
    shipped = shipped_path("deadlines.toml").read_text(encoding="utf-8")
    rules = shipped.replace('pauses = ["permit"', 'pauses = ["police"')
    (tmp_path / "deadlines.toml").write_text(rules, encoding="utf-8")

    with pytest.raises(CorrectSettings, match='nothing waits for "police"'):
        load_city_time("America/New_York", load_catalogue({}), tmp_path)
    time = load_city_time("America/New_York", load_catalogue({}, own_folder), tmp_path)
    assert "police" in time.deadlines.pausing


@pytest.mark.parametrize(
    ("found", "put", "words"),
    [
        ('code = "police"', 'code = "parts"', '"parts" needs words, and a code of its own'),
        ('words = "a full moon"', 'words = " "', '"moon" needs words'),
        ('es = "Esperamos a la policía."', 'es = "En {address}."', "has braces"),
        ('en = "We are waiting for the police."\n', "", "no text in the default language"),
        ("retired = true", "retried = true", "retried"),
    ],
)
def test_a_reason_that_makes_no_sense_is_refused(tmp_path: Path, found: str, put: str, words: str) -> None:
    text: Any = SHIPPED.replace("# What the terminal warns of", OWN.replace(found, put), 1)
    (tmp_path / "reasons.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CorrectSettings) as refusal:
        load_catalogue({}, tmp_path)
    assert words in refusal.value.sentence
