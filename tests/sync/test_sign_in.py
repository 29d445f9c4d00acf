"""A device is signed in by a person, and never sends one person's work under another's name."""

import httpx
import pytest

from crew import wire
from crew.domain.change import SendingStatus
from crew.domain.errors import CorrectInput, SignInAgain, TryLater
from crew.domain.permissions import Grant, Scope, Verb
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId
from crew.store.device import SignedInDevice
from tests.builders import a_person, an_order
from tests.sync.backend import HEADERS, Fault, Proper, answering, cut, login_page, problem
from tests.sync.conftest import Road
from tests.trucks import URL

pytestmark = pytest.mark.anyio

ID = an_order().id
OTHER = OrderId("311000000002")
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
    with pytest.raises(SignInAgain):
        await road.sync.run_once()
    await road.sync.sign_in(URL, "ABCD-1234")
    assert road.truck.status_of(change) is SendingStatus.WAITING
    assert (await road.sync.run_once()).sent == 1


class Tokens:
    """Hears which change came with which token."""

    def __init__(self, road: Road) -> None:
        self.of: dict[str, str] = {}
        self.out: dict[str, str] = {}
        """Tokens that the backend does not take, each with the code of its problem."""
        road.backend.keeps_failing("", self._listen)

    def _listen(self, request: httpx.Request, proper: Proper) -> httpx.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in self.out:
            body = wire.encode(wire.Problem(self.out[token], "This sign-in is over."))
            return httpx.Response(401, headers=HEADERS, content=body)
        if request.url.path.endswith("/changes"):
            self.of |= {change.id: token for change in wire.decode_changes(request.content).changes}
        return proper(request)


async def test_people_who_share_a_device_each_send_with_their_own_sign_in(road: Road) -> None:
    road.has(an_order(), an_order(id=OTHER))
    tokens = Tokens(road)
    anas = road.truck.field_work.add_note(ID, "Ana's last words of the day")
    photo = road.truck.keeps_photo()
    with_photo = road.truck.field_work.add_photos(ID, [photo])
    road.backend.person = BEN
    await road.sync.sign_in(URL, "ABCD-1234")
    bens = road.truck.field_work.add_note(OTHER, "Ben's first")
    behind = road.truck.field_work.add_note(ID, "Ben's, on what Ana did before")

    await road.sync.run_once()
    assert tokens.of == {bens.id: "fresh token", anas.id: "token", with_photo.id: "token"}
    assert photo.sha256 in road.backend.photos
    await road.sync.run_once()
    assert tokens.of[behind.id] == "fresh token"
    assert [entry.person for entry in road.backend.orders[an_order().id].history[-3:]] == ["Ana", "Ana", "Ben"]
    assert road.truck.store.outbox.unsettled() == []


async def test_what_waits_for_a_lapsed_sign_in_waits_for_that_person(road: Road) -> None:
    road.has(an_order(), an_order(id=OTHER))
    tokens = Tokens(road)
    anas = road.truck.field_work.add_note(ID, "made while signed out")
    tokens.out["token"] = "sign_in"
    road.backend.person = BEN
    await road.sync.sign_in(URL, "ABCD-1234")
    bens = road.truck.field_work.add_note(OTHER, "Ben goes on")

    for _ in range(2):
        await road.sync.run_once()
    assert (tokens.of, road.truck.status_of(anas)) == ({bens.id: "fresh token"}, SendingStatus.WAITING)
    assert "waits until Ana has a new code" in road.truck.field_work.entry(anas.id).reason

    road.backend.person = a_person()
    await road.sync.sign_in(URL, "ABCD-5678")
    await road.sync.run_once()
    assert road.truck.status_of(anas) is SendingStatus.ACKNOWLEDGED


@pytest.mark.parametrize("known_before", [True, False])
async def test_what_somebody_did_whose_sign_in_was_ended_leaves_with_the_next_one(
    road: Road, known_before: bool
) -> None:
    road.has(an_order())
    tokens = Tokens(road)
    anas = road.truck.field_work.add_note(ID, "before or after the end: nobody knows")
    tokens.out["token"] = wire.ENDED
    if known_before:
        with pytest.raises(SignInAgain):
            await road.sync.run_once()
    road.backend.person = BEN
    await road.sync.sign_in(URL, "ABCD-1234")
    for _ in range(2):
        await road.sync.run_once()
    assert tokens.of == {anas.id: "fresh token"}
    assert road.backend.applied[anas.id].person == "Ana"


async def test_who_takes_over_while_a_page_travels_begins_with_a_feed_of_their_own(road: Road) -> None:
    road.has(an_order())
    sent = road.truck.field_work.add_note(ID, "long acknowledged")
    await road.sync.run_once()
    cursors: list[str] = []

    def taken_over(request: httpx.Request, proper: Proper) -> httpx.Response:
        answer = proper(request)
        road.truck.store.people.enrol(SignedInDevice(URL, "Ben's", BEN, "Boston"))
        return answer

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        cursors.append(request.url.params["cursor"])
        return proper(request)

    road.backend.pages.append(wire.FeedPage("of another feed", more=False, orders=(an_order(id=OTHER),)))
    road.backend.fails("GET feed", taken_over)
    await road.sync.run_once()
    assert road.truck.shown(OTHER) is None
    road.backend.keeps_failing("GET feed", listen)
    await road.sync.run_once()
    assert cursors == [""]
    assert road.truck.status_of(sent) is SendingStatus.ACKNOWLEDGED


async def test_what_somebody_does_who_signs_in_during_a_round_waits_for_their_own_sign_in(road: Road) -> None:
    road.has(an_order(), an_order(id=OTHER))
    tokens = Tokens(road)
    road.truck.field_work.add_note(ID, "Ana's")
    bens: list[str] = []

    def taken_over(request: httpx.Request, proper: Proper) -> httpx.Response:
        answer = tokens._listen(request, proper)
        road.truck.store.people.enrol(SignedInDevice(URL, "Ben's", BEN, "Boston"))
        bens.append(road.truck.field_work.add_note(OTHER, "Ben's").id)
        return answer

    road.backend.fails("POST changes", taken_over)
    await road.sync.run_once()
    assert tokens.of.get(bens[0], "Ben's") == "Ben's"
    await road.sync.run_once()
    assert tokens.of[bens[0]] == "Ben's"


async def test_a_lapsed_sign_in_of_who_works_now_holds_nobody_else_back(road: Road) -> None:
    road.has(an_order())
    tokens = Tokens(road)
    anas = road.truck.field_work.add_note(ID, "Ana's")
    road.backend.person = BEN
    await road.sync.sign_in(URL, "ABCD-1234")
    tokens.out["fresh token"] = "sign_in"
    with pytest.raises(SignInAgain):
        await road.sync.run_once()
    assert tokens.of == {anas.id: "token"}


async def test_work_for_one_backend_is_never_sent_to_another(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.add_note(ID, "for the first")
    with pytest.raises(CorrectInput, match=f"still waits here for {URL}: 1 unsent"):
        await road.sync.sign_in("https://other.example.gov", "ABCD-1234")
    assert road.backend.requests == []


async def test_a_device_hears_that_its_person_has_another_role_and_goes_on_with_it(road: Road) -> None:
    road.has(an_order())
    await road.sync.run_once()
    before = road.truck.field_work.signed_in()
    assert before is not None
    foreman = replace(before.person, title="foreman", may=(Grant(Verb.MOVE, Scope.DISTRICT),), district="North")
    marks: list[str] = []

    def page(request: httpx.Request, _: Proper) -> httpx.Response:
        marks.append(request.url.params["me"])
        person = foreman if marks[-1] != wire.mark_of(foreman) else None
        answer = wire.FeedPage(cursor="later", more=False, person=person)
        return httpx.Response(200, headers=HEADERS, content=wire.encode(answer))

    road.backend.fails("GET feed", page, page)
    await road.sync.run_once()
    await road.sync.run_once()

    after = road.truck.reopened().field_work.signed_in()
    assert after is not None
    assert (after.person, after.token) == (foreman, before.token)
    assert marks == [wire.mark_of(before.person), wire.mark_of(foreman)]
