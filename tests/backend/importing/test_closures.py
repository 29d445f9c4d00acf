"""What a city's closing words say."""

import pytest

from crew.backend.importing.closures import Endings
from crew.backend.importing.rules import RULES_FILE, load_rules
from crew.settings import shipped_path


@pytest.fixture(scope="module")
def endings() -> Endings:
    return Endings(load_rules(shipped_path(RULES_FILE).parent).closures)


@pytest.mark.parametrize(
    ("text", "status", "reason", "sentence"),
    [
        ("Case Closed Case Resolved replaced fuse ", "done", "", "Replaced fuse."),
        ("Case Closed Case Resolved ", "done", "", "The city has done the work."),
        ("Case Closed. Closed date : 2015-11-09 09:03:35.61 Case Resolved picked up", "done", "", "Picked up."),
        ("Case Closed Case Scheduled Items have been scheduled. ", "done", "", "Items have been scheduled."),
        ("Case Closed Internal Case Performed by crew.", "done", "", "Performed by crew."),
        ("Case Closed Case Invalid", "cant_do", "not_found", "The city could not make out what to do or where."),
        ("Case Closed Case Noted on the list", "cant_do", "not_found", "On the list."),
        (
            "Case Closed Duplicate of Existing Case %1240827",
            "cant_do",
            "duplicate",
            "It was reported before and handled under another number.",
        ),
        ("Case Closed Duplicate of Existing Case Same as #3", "cant_do", "duplicate", "Same as #3."),
        ("Case Closed Case Referred to External Agency DCR", "cant_do", "not_ours", "DCR."),
        ("Case Closed NOACC: Closed-No Access ", "cant_do", "no_access", "Closed-No Access."),
        ("Case Closed Case Closed in AVRS", "done", "", "Case Closed in AVRS."),
        ("", "done", "", ""),
        (" ", "done", "", ""),
        ("case closed. case resolved. WAS DONE!", "done", "", "WAS DONE!"),
    ],
)
def test_the_label_says_how_it_ended_and_the_rest_is_the_citizens_sentence(
    endings: Endings, text: str, status: str, reason: str, sentence: str
) -> None:
    assert endings.ending(text) == (status, reason, sentence)


def test_closing_words_are_made_harmless(endings: Endings) -> None:
    assert endings.ending("Case Closed Case Resolved \x1b[31mred\u202e").public_text == "[31mred."
