"""Links to citizens' pages cannot be guessed, changed or carried over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.public.page_links import page_token, request_of_token

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)


@given(IDS)
def test_a_token_opens_the_request_that_it_was_made_for(request_id: str) -> None:
    token = page_token("secret", request_id)
    assert request_of_token("secret", token) == request_id
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@given(IDS, st.data())
def test_a_token_with_one_letter_changed_opens_nothing(request_id: str, data: st.DataObject) -> None:
    token = page_token("secret", request_id)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("aZ0-_").filter(lambda letter: letter != token[place]))
    assert request_of_token("secret", token[:place] + letter + token[place + 1 :]) is None


@given(st.text(max_size=80))
def test_no_text_opens_a_page_by_chance_or_breaks_the_reading(token: str) -> None:
    assert request_of_token("secret", token) is None


def test_a_token_of_another_city_opens_nothing() -> None:
    assert request_of_token("secret", page_token("other secret", "101")) is None


@pytest.mark.parametrize("added", ["=", "A", "==", "\n"])
def test_a_token_with_something_added_opens_nothing(added: str) -> None:
    assert request_of_token("secret", page_token("secret", "101") + added) is None


def test_a_token_proves_itself_with_at_least_128_bits() -> None:
    ids = [str(number) for number in range(100)]
    proofs = {page_token("secret", request_id)[:24] for request_id in ids}
    assert len(proofs) == len(ids)
