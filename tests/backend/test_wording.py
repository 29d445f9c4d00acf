"""A city's closure reasons at its backend: how they are written, how devices hear of them, what citizens then read."""

from pathlib import Path

import pytest

from crew import wire
from crew.backend.catalogue import load_catalogue
from crew.backend.city import City
from crew.backend.public.public_sentences import public_sentence
from crew.domain.change import Demand, StatusChange, Waiver
from crew.domain.errors import CorrectSettings
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.wording import STANDARD_WORDING
from crew.domain.work_order import PublicStatus, WorkStatus
from crew.settings import shipped_path
from tests.backend.citizens import set_order
from tests.backend.crews import PHOTO_SERVICE, ROADS, Enrolment, report, stored

pytestmark = pytest.mark.anyio

SHIPPED = shipped_path("reasons.toml").read_text(encoding="utf-8")


def loaded(folder: Path, reasons: str) -> object:
    (folder / "reasons.toml").write_text(reasons, encoding="utf-8")
    return load_catalogue({}, folder)


@pytest.mark.parametrize(
    ("found", "put", "words"),
    [
        ("{agency}; we have told them", "{agentcy}; we have told them", "has {agentcy}, which nobody fills in"),
        ('code = "filled"', 'code = "made_safe"', 'the code "made_safe" is there twice'),
        ('code = "filled"', 'code = "Filled up"', "letters, digits and _"),
        ('default_language = "en"', 'default_language = "fr"', "is none of its languages"),
        ('ends = "cant_do"', 'ends = "never"', "ends"),
        ('worded_as = "not_ours"', 'worded_as = "nobody"', "is not above it"),
        ('"pothole", "sidewalk"', '"pothole", "swimming"', "unknown services: swimming"),
        ('en = "We filled the hole at', 'es_MX = "We filled the hole at', "no text in the default language, en"),
        ('"December"]', "]", "needs 12 months"),
        ('code = "not_found"\nends = "cant_do"', 'code = "not_found"\nends = "done"', "not_found ends an order"),
        ("agency = ", "agentcy = ", "agentcy"),
    ],
)
def test_a_file_that_would_make_no_sense_to_a_citizen_is_refused(
    tmp_path: Path, found: str, put: str, words: str
) -> None:
    assert found in SHIPPED
    with pytest.raises(CorrectSettings) as refusal:
        loaded(tmp_path, SHIPPED.replace(found, put, 1))
    assert words in refusal.value.sentence


def test_a_city_with_services_of_its_own_keeps_the_shipped_reasons_that_fit(tmp_path: Path) -> None:
    services = '[[service]]\ncode = "weeds"\nname = "Weeds"\ndue_hours = 9\ngroup = "Cleaning"\n'
    (tmp_path / "services.toml").write_text(f"default_due_hours = 9\n{services}", encoding="utf-8")
    (tmp_path / "crews.toml").write_text('crews = {a = "A"}\n[routing]\ndefault = "a"\n', encoding="utf-8")
    wording = load_catalogue({}, tmp_path).wording
    assert [one.code for one in wording.offered(WorkStatus.DONE)] == ["cleared", "after_storm", "done_otherwise"]
    assert wording.reason(WorkStatus.DONE, "filled"), "an order may have ended with it"


def test_the_reasons_that_imports_and_linking_use_are_always_there(tmp_path: Path) -> None:
    short = SHIPPED[: SHIPPED.index("\n[[reason]]") + 1]
    loaded(tmp_path, f'{short}[[reason]]\ncode = "a"\nends = "cant_do"\nwords = "A"\ntext = {{ en = "A." }}\n')
    wording = load_catalogue({}, tmp_path).wording
    assert {one.code for one in STANDARD_WORDING.reasons} < {one.code for one in wording.reasons}


async def test_a_device_hears_once_of_the_reasons_and_older_ones_hear_nothing(city: City, enrol: Enrolment) -> None:
    report(city)
    truck = await enrol(crew=ROADS)

    async def told(**params: str) -> object:
        response = await truck.get("feed", {"cursor": "", **params})
        return wire.decode(response.content, wire.FeedPage).wording

    assert await told() is None
    wording = await told(wording=wire.mark_of(STANDARD_WORDING))
    assert wording == city.catalogue.wording_for_devices
    assert await told(wording=wire.mark_of(city.catalogue.wording_for_devices)) is None


async def test_a_supervisor_may_close_without_the_photo_and_a_crew_may_not(city: City, enrol: Enrolment) -> None:
    order_id = report(city, service_code=PHOTO_SERVICE)
    waived = StatusChange(WorkStatus.DONE, "after_storm", waiver=Waiver((Demand.PHOTO,), "supervisor"))
    truck, office = await enrol(crew=ROADS), await enrol(Role.SUPERVISOR)
    refused = await truck.act(order_id, waived)
    assert (refused.outcome, "without what is asked for" in refused.sentence) == ("refused", True)
    assert (await office.act(order_id, replace(waived, waiver=None))).outcome == "refused"
    assert (await office.act(order_id, waived)).outcome == "applied"
    order = stored(city, order_id)
    assert order.public_status is PublicStatus.CLOSED
    assert order.history[-1].text.endswith("without the photo that Pothole asks for, by a supervisor")


async def test_each_reader_gets_the_sentence_in_their_language(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    words = "The MBTA looks after 52 G St; told them. Ring 617-555-0101."
    act = StatusChange(WorkStatus.CANT_DO, "of_the_transit", public_text=words, public_note="Ring 617-555-0101.")
    assert (await truck.act(order_id, act)).outcome == "applied"
    order = stored(city, order_id)
    assert (order.closure_reason, order.public_note) == ("of_the_transit", "Ring 617-555-0101.")
    said = "The MBTA looks after 52 G St; told them. Ring [phone number removed]."
    assert public_sentence(city, order) == public_sentence(city, order, "en") == said, "what was told stays"
    assert public_sentence(city, order, "tlh") == said
    spanish = "De 52 G St se encarga the MBTA; ya les avisamos. Ring [phone number removed]."
    assert public_sentence(city, order, "es-PR") == spanish


async def test_finished_work_is_told_in_other_languages_too(city: City, enrol: Enrolment) -> None:
    order_id = report(city)
    truck = await enrol(crew=ROADS)
    await truck.act(order_id, StatusChange(WorkStatus.DONE, public_text="Filled."))
    order = stored(city, order_id)
    assert public_sentence(city, order) == "Filled."
    assert public_sentence(city, order, "pt").startswith("52 G St: nossa equipe terminou o serviço em 1")


def test_words_that_came_with_an_import_stay_in_their_language(city: City) -> None:
    order_id = report(city)
    columns = {"work_status": "done", "public_status": "closed", "public_text": "8-22-13 property cited."}
    order = set_order(city, order_id, **columns)
    assert public_sentence(city, order, "es") == "8-22-13 property cited."
