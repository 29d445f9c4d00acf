"""Outside text becomes harmless, and stays what its writer meant."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.plain_text import LINE_LIMIT, TEXT_LIMIT, clean_line, clean_text
from tests.hostile import FORBIDDEN, HOSTILE

ANY_TEXT = st.text(st.characters(), max_size=400)
BOTH = pytest.mark.parametrize("clean", [clean_line, clean_text])


@BOTH
@given(raw=ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(clean: Callable[[str], str], raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)


@BOTH
@given(raw=ANY_TEXT | st.sampled_from(HOSTILE))
def test_no_control_bidi_or_tag_character_comes_out(clean: Callable[[str], str], raw: str) -> None:
    text = clean(raw)
    assert not set(text) & set(FORBIDDEN)
    assert not [character for character in text if 0xE0000 <= ord(character) <= 0xE007F]
    assert not [character for character in text if unicodedata.category(character) == "Cs"]
    assert text.isascii() or unicodedata.is_normalized("NFC", text)
    text.encode("utf-8")


@given(ANY_TEXT)
def test_a_line_is_one_line(raw: str) -> None:
    assert "\n" not in clean_line(raw)


@BOTH
@given(raw=st.text(min_size=1, max_size=20).map(lambda text: text * 300), limit=st.integers(2, 100))
def test_length_is_bounded(clean: Callable[..., str], raw: str, limit: int) -> None:
    assert len(clean(raw, limit)) <= limit


def test_a_cut_text_ends_in_an_ellipsis() -> None:
    assert clean_line("a" * (LINE_LIMIT + 1)) == "a" * (LINE_LIMIT - 1) + "…"
    assert clean_text("a" * TEXT_LIMIT) == "a" * TEXT_LIMIT


def test_stacks_of_combining_marks_are_bounded() -> None:
    assert len(clean_line("e" + "\u0301" * 200)) <= 5
    assert len(clean_line("e" + "\u0301\u0301\u0301\u200d" * 50)) <= 5, "joiners between them change nothing"


@pytest.mark.parametrize(
    "kept",
    [
        "naïve café",
        "Straße",
        "漢字かな",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "O'Brien & Söhne",
        "a [/] b",
        "नमस्ते",
    ],
)
def test_ordinary_writing_survives(kept: str) -> None:
    assert clean_line(kept) == kept
    assert clean_text(kept) == kept


def test_line_breaks_survive_in_a_text_and_become_spaces_in_a_line() -> None:
    assert clean_text("first\r\nsecond\rthird\n\n\n\nlast") == "first\nsecond\nthird\n\nlast"
    assert clean_line("first\r\nsecond\tthird") == "first second third"


def test_an_escape_sequence_loses_its_power_but_not_its_letters() -> None:
    assert clean_line("\x1b]0;pwned\x07") == "]0;pwned"
