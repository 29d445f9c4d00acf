"""The pages in several languages: which one a reader gets, and that none lacks a word."""

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

import crew.backend
from crew.backend.catalogue import load_catalogue
from crew.backend.languages import chosen_language, known_languages, language_of

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


def test_every_sentence_is_used() -> None:
    folder = Path(crew.backend.__file__).parent
    sources = (*folder.glob("citizens/*.py"), *folder.glob("public/templates/*.html"))
    text = " ".join(path.read_text(encoding="utf-8") for path in sources)
    made = ("headline_", "step_", "waiting_", "mails_", "state_", "list_open", "list_closed", "list_all")
    unused = [key for key in language_of("en").words if not key.startswith(made) and not re.search(rf"\b{key}\b", text)]
    assert not unused


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
