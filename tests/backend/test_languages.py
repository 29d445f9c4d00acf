"""The pages in several languages: which one a reader gets, and that none lacks a word."""

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

import crew.backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.catalogue import load_catalogue
from crew.backend.languages import chosen_language, known_languages, language_of, load_language
from crew.backend.notice_kinds import KINDS
from crew.domain.errors import CorrectSettings
from crew.settings import read_toml, shipped_path, to_shape

OFFERED = ("en", "es", "pt", "ht")
BOSTON = ZoneInfo("America/New_York")
OTHERS = [code for code in known_languages() if code != "en"]


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        ("es", "", "es"),
        ("es", "pt", "es"),
        ("ES", "", "es"),
        ("xx", "pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("", "de;q=0.9, en;q=0.3, es-419;q=0.5", "es"),
        ("", "es;q=0, en", "en"),
        ("", "de", "en"),
        ("", "", "en"),
        ("../../etc/passwd", "*;q=0.5, ,;;q=,\x00", "en"),
        ("", "a" * 100_000, "en"),
    ],
)
def test_the_address_decides_then_the_browser_then_the_city(asked: str, accepted: str, code: str) -> None:
    assert chosen_language(OFFERED, asked, accepted).code == code


def test_a_language_that_the_city_does_not_offer_is_not_shown() -> None:
    assert chosen_language(("pt",), "es", "es, en").code == "pt"


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_every_sentence_with_the_same_blanks(code: str) -> None:
    english, other = language_of("en").words, language_of(code).words
    assert set(other) == set(english)
    assert {key: blanks(words) for key, words in other.items()} == {
        key: blanks(words) for key, words in english.items()
    }


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_names_every_shipped_service_and_group(code: str) -> None:
    language = language_of(code)
    services = load_catalogue({}).services.values()
    assert not [service.code for service in services if not language.service(service.code, "")]
    assert not [service.group for service in services if language.group(service.group) == service.group]


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_words_what_the_shipped_settings_say(code: str) -> None:
    settings = to_shape(read_toml(shipped_path("backend.toml")), BackendSettings, "backend.toml")
    questions = [one for service in load_catalogue({}).services.values() for one in service.attributes]
    said = {
        *settings.reactions.values(),
        *(badge.words for badge in settings.badges.values()),
        *(question.description for question in questions),
        *(name for question in questions for _, name in question.values),
    }
    language = language_of(code)
    assert {words for words in said if language.phrase(words) != words} == said


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('skip = "', 'skips = "', "there is no skip"),
        ("[words]\n", '[words]\nnobody = "Nadie"\n', "nobody asks for nobody"),
        ("{number}", "{numero}", "the blanks of report_number must be those of en.toml: {number}"),
        ("[words]\n", "[words\n", "cannot be read"),
        ("[dates]\n", "[days]\n", "cannot be read"),
    ],
)
def test_a_table_that_a_correction_has_broken_is_an_error_that_names_the_sentence(
    tmp_path: Path, line: str, instead: str, problem: str
) -> None:
    shipped = Path(crew.backend.__file__).parent / "public" / "messages"
    for code in ("en", "es"):
        text = (shipped / f"{code}.toml").read_text(encoding="utf-8")
        broken = text if code == "en" else text.replace(line, instead, 1)
        (tmp_path / f"{code}.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(CorrectSettings, match=re.escape(problem)):
        load_language(tmp_path, "es")


def test_every_sentence_is_used() -> None:
    folder = Path(crew.backend.__file__).parent
    code = (path for room in ("citizens", "notices", "recognition") for path in (folder / room).glob("*.py"))
    sources = (*code, *folder.glob("public/templates/*.*"))
    text = " ".join(path.read_text(encoding="utf-8") for path in sources)
    made = ("headline_", "step_", "waiting_", "mails_", "state_", "list_open", "list_closed", "list_all")
    events = tuple(f"mail_{kind}_" for kind in (*KINDS, "joined"))
    keys = {re.sub("_(one|many)$", "", key) for key in language_of("en").words if not key.startswith(made + events)}
    assert not [key for key in keys if not re.search(rf"\b{key}(_one|_many)?\b", text)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "Wednesday 11 March 2026, 12:00"),
        ("es", "miércoles 11 de marzo de 2026, 12:00"),
        ("pt", "quarta-feira, 11 de março de 2026, 12:00"),
        ("ht", "mèkredi 11 mas 2026, 12:00"),
    ],
)
def test_a_moment_is_told_in_the_language_and_the_time_of_the_city(code: str, words: str) -> None:
    assert language_of(code).moment(datetime(2026, 3, 11, 16, 0, tzinfo=UTC), BOSTON) == words


def blanks(words: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}
