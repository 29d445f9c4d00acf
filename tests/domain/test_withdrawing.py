"""A photo is hidden from the public and shown again, each once, and never more than that."""

import pytest

from crew.domain.change import Withdrawal
from crew.domain.errors import NotAllowed
from crew.domain.inverse import inverse
from crew.domain.person import Role
from crew.domain.rules import apply, check
from crew.domain.value import replace
from tests.builders import a_change, a_person, a_photo, an_order

PHOTO = a_photo()
HIDE, SHOW = Withdrawal(PHOTO.sha256), Withdrawal(PHOTO.sha256, shown_again=True)
ORDER = replace(an_order(), photos=(PHOTO,))


@pytest.mark.parametrize("role", Role)
def test_the_desk_may_hide_a_photo_and_a_crew_may_not(role: Role) -> None:
    change, person = a_change(HIDE), a_person(role)
    if role is Role.CREW:
        with pytest.raises(NotAllowed, match="hide a photo of"):
            check(ORDER, change, person)
    else:
        check(ORDER, change, person)


def test_what_is_hidden_stays_on_the_order_and_its_opposite_shows_it_again() -> None:
    hidden = apply(ORDER, a_change(HIDE))

    assert (hidden.photos, hidden.withdrawn) == ((PHOTO,), (PHOTO.sha256,))
    assert hidden.history[-1].text == "a photo is hidden from the public"
    assert inverse(ORDER, HIDE, hidden) == SHOW
    assert inverse(hidden, SHOW, ORDER) == HIDE


@pytest.mark.parametrize(
    ("order", "act", "words"),
    [
        (ORDER, SHOW, "shown to the public already"),
        (replace(ORDER, withdrawn=(PHOTO.sha256,)), HIDE, "hidden from the public already"),
        (an_order(), HIDE, "has no photo"),
    ],
)
def test_what_is_so_already_or_is_not_there_is_refused(order: object, act: Withdrawal, words: str) -> None:
    assert isinstance(order, type(ORDER))
    with pytest.raises(NotAllowed, match=words):
        check(order, a_change(act), a_person(Role.SUPERVISOR))
