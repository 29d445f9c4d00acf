"""A device is signed in by a person, and never sends one person's work under another's name."""

import httpx
import pytest

from crew import wire
from crew.domain.change import SendingStatus
from crew.domain.errors import CorrectInput, SignInAgain, TryLater
from crew.domain.person import Person, Role
from crew.store.device import SignedInDevice
from tests.builders import a_person, an_order
from tests.sync.backend import Fault, Proper, answering, cut, login_page, problem
from tests.sync.conftest import Road
from tests.trucks import URL

pytestmark = pytest.mark.anyio

ID = an_order().id
BEN = Person("Ben", Role.CREW, "D5", "Public Works D5")


async def test_a_sign_in_is_remembered_and_says_who_the_device_is(road: Road) -> None:
    road.backend.person = BEN
    asked: list[httpx.Request] = []

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        asked.append(request)
        return proper(request)

    road.backend.fails("POST sign-in", listen)
    await road.sync.sign_in(URL, "ABCD-1234")
    device_id = road.truck.store.device.device_id("another")
    assert wire.decode(asked[0].content, wire.SignIn) == wire.SignIn("ABCD-1234", device_id, "Truck 7")
    assert "Authorization" not in asked[0].headers
    assert road.truck.reopened().field_work.signed_in() == SignedInDevice(URL, "fresh token", BEN, "Boston")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (answering(problem(401, "This code was used already.")), SignInAgain),
        (cut, TryLater),
        (login_page, TryLater),
    ],
)
async def test_a_sign_in_that_fails_changes_nothing(road: Road, fault: Fault, error: type[Exception]) -> None:
    before = road.truck.field_work.signed_in()
    road.backend.fails("POST sign-in", fault)
    with pytest.raises(error):
        await road.sync.sign_in(URL, "ABCD-1234")
    assert road.truck.field_work.signed_in() == before


async def test_after_a_lapsed_sign_in_the_same_person_signs_in_again_and_the_work_leaves(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(ID, "made while signed out")
    road.backend.fails("POST changes", answering(problem(401, "This device was signed out.")))
    await road.sync.sign_in(URL, "ABCD-1234")
    assert road.truck.status_of(change) is SendingStatus.WAITING
    assert (await road.sync.run_once()).sent == 1


async def test_what_one_person_left_is_sent_before_another_takes_the_device(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(ID, "Ana's last words of the day")
    road.backend.person = BEN
    await road.sync.sign_in(URL, "ABCD-1234")
    assert road.backend.applied[change.id].person == "Ana"
    assert road.backend.requests.index("POST changes") < road.backend.requests.index("POST sign-in")
    device = road.truck.field_work.signed_in()
    assert device is not None
    assert device.person == BEN


async def test_nobody_takes_a_device_on_which_anothers_work_still_waits(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(ID, "refused")
    road.truck.settles(change, SendingStatus.REFUSED)
    road.backend.person = BEN
    with pytest.raises(CorrectInput, match="1 changes of Ana still wait here"):
        await road.sync.sign_in(URL, "ABCD-1234")
    device = road.truck.field_work.signed_in()
    assert device is not None
    assert device.person == a_person()


async def test_work_for_one_backend_is_never_sent_to_another(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.add_note(ID, "for the first")
    with pytest.raises(CorrectInput, match=f"still wait here for {URL}"):
        await road.sync.sign_in("https://other.example.gov", "ABCD-1234")
    assert road.backend.requests == []
