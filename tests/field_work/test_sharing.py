"""People switch by PIN on a device without a link; wrong ones cost time that no restart and no clock gives back."""

import pytest

from crew.domain.errors import CorrectInput, CrewError, NotAllowed
from crew.domain.person import Person, Role
from crew.field_work import FieldWork
from crew.sharing import Sharing
from crew.store.device import SignedInDevice
from tests.builders import a_person, an_order
from tests.trucks import URL, Truck

SAM = Person("Sam", Role.SUPERVISOR)
BEN = Person("Ben", Role.CREW, "D5", "Public Works D5")


class Running:
    """The time that has passed in one run of the program."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def started(truck: Truck, running: Running) -> Sharing:
    """As after a start of the program."""
    return Sharing(truck.reopened().store, running, bytes)


def with_ben(truck: Truck, running: Running) -> Sharing:
    """Ana has a PIN, then Ben signs in and has one too."""
    sharing = Sharing(truck.store, running, bytes)
    sharing.choose_pin("1234")
    truck.store.people.enrol(SignedInDevice(URL, "Ben's token", BEN, "Boston"))
    sharing.choose_pin("98765432")
    return sharing


def test_who_gives_the_pin_works_from_now_on_with_their_own_sign_in(truck: Truck) -> None:
    sharing = with_ben(truck, Running())
    truck.gets(an_order())
    assert [(one.name, one.has_pin, one.works_now) for one in sharing.people()] == [
        ("Ana", True, False),
        ("Ben", True, True),
    ]
    with pytest.raises(CorrectInput, match="not the PIN of Ana: 4 more"):
        sharing.let_work("Ana", "98765432")
    assert truck.field_work.add_note(an_order().id, "Ben's").person == "Ben"

    sharing.let_work("Ana", "1234")

    assert truck.store.device.signed_in() == SignedInDevice(URL, "token", a_person(), "Boston")
    assert truck.field_work.add_note(an_order().id, "Ana's").person == "Ana"
    with pytest.raises(CorrectInput, match="Eve has not signed in"):
        sharing.let_work("Eve", "1234")
    assert started(truck, Running()).people()[0].works_now


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "\uff11\uff12\uff13\uff14", "12 34"])
def test_a_pin_has_four_to_eight_digits(truck: Truck, pin: str) -> None:
    with pytest.raises(CorrectInput, match="4 to 8 digits"):
        Sharing(truck.store).choose_pin(pin)


def test_a_pin_is_changed_by_who_knows_it_and_forgotten_with_a_new_code(truck: Truck) -> None:
    sharing = with_ben(truck, Running())
    with pytest.raises(CorrectInput, match="not the PIN"):
        sharing.choose_pin("1111", old="0000")
    sharing.choose_pin("1111", old="98765432")
    sharing.let_work("Ana", "1234")
    sharing.let_work("Ben", "1111")

    truck.store.people.enrol(SignedInDevice(URL, "another", BEN, "Boston"))
    assert [(one.name, one.has_pin) for one in sharing.people()] == [("Ana", True), ("Ben", False)]
    sharing.let_work("Ana", "1234")
    with pytest.raises(NotAllowed, match="no PIN yet"):
        sharing.let_work("Ben", "1111")


def test_no_pin_is_on_the_disk(truck: Truck) -> None:
    with_ben(truck, Running())
    assert all("98765432" not in repr(one) for one in truck.store.people.all())
    first, second = (one.pin for one in truck.store.people.all())
    assert len(first) == len(second) > 64


def wrong(sharing: Sharing, times: int) -> None:
    for _ in range(times):
        with pytest.raises(CorrectInput):
            sharing.let_work("Ana", "0000")


def test_wrong_pins_cost_longer_and_longer_pauses(truck: Truck) -> None:
    running = Running()
    sharing = with_ben(truck, running)
    wrong(sharing, 5)
    pauses = []
    for _ in range(7):
        pauses.append(sharing.seconds_to_wait("Ana"))
        with pytest.raises(NotAllowed, match="Wait"):
            sharing.let_work("Ana", "1234")
        running.seconds += pauses[-1] - 1
        with pytest.raises(NotAllowed, match="Wait 1 seconds"):
            sharing.let_work("Ana", "1234")
        running.seconds += 1
        wrong(sharing, 1)
    assert pauses == [30, 60, 120, 240, 480, 900, 900]
    assert sharing.seconds_to_wait("Ben") == 0
    running.seconds += 900
    sharing.let_work("Ana", "1234")
    wrong(sharing, 4)
    assert sharing.seconds_to_wait("Ana") == 0


def test_neither_a_restart_nor_another_clock_shortens_the_pause(truck: Truck) -> None:
    running = Running()
    sharing = with_ben(truck, running)
    wrong(sharing, 5)
    running.seconds += 30
    wrong(sharing, 1)
    truck.clock.turn(days=400)
    running.seconds += 59
    again = started(truck, running)
    assert again.seconds_to_wait("Ana") == 60, "a start counts from its own beginning"
    with pytest.raises(NotAllowed, match="Wait 60 seconds"):
        again.let_work("Ana", "1234")
    running.seconds += 60
    again.let_work("Ana", "1234")


def test_a_try_counts_before_it_is_looked_at(truck: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pulls the plug between the try and its answer has used it up."""
    sharing = with_ben(truck, Running())

    def unplugged(pin: str, kept: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("crew.sharing._is_right", unplugged)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            sharing.let_work("Ana", "1234")
    assert started(truck, Running()).seconds_to_wait("Ana") == 30


def test_a_lock_lasts_over_a_restart_and_needs_a_pin_that_opens_it(truck: Truck) -> None:
    sharing = Sharing(truck.store)
    with pytest.raises(NotAllowed, match="no PIN yet"):
        sharing.lock()
    assert not sharing.locked
    sharing = with_ben(truck, Running())
    sharing.lock()
    sharing = started(truck, Running())
    assert sharing.locked
    wrong(sharing, 1)
    assert sharing.locked
    sharing.let_work("Ana", "1234")
    assert not started(truck, Running()).locked


def test_each_sees_the_day_of_their_own_crew(truck: Truck) -> None:
    sharing = with_ben(truck, Running())

    truck.gets(an_order(), an_order(id="2", crew="D5"), an_order(id="3", crew=""), an_order(id="4", crew="D5"))

    def listed(field_work: FieldWork) -> list[str]:
        return sorted(stop.order_id for stop in field_work.day().stops)

    assert listed(truck.field_work) == ["2", "4"]
    sharing.let_work("Ana", "1234")
    assert listed(truck.field_work) == [an_order().id]
    truck.store.people.enrol(SignedInDevice(URL, "Sam's token", SAM, "Boston"))
    assert listed(truck.field_work) == ["2", "3", an_order().id, "4"]


def test_drafts_are_each_persons_own(truck: Truck) -> None:
    truck.gets(an_order())
    truck.field_work.keep_draft(an_order().id, "note", "Ana's, alone at first")
    sharing = with_ben(truck, Running())
    assert truck.field_work.draft(an_order().id, "note") == ""
    truck.field_work.keep_draft(an_order().id, "note", "Ben's")
    sharing.let_work("Ana", "1234")
    assert truck.field_work.draft(an_order().id, "note") == "Ana's, alone at first"
    truck.field_work.act_and_forget_draft(
        an_order().id, "note", lambda: truck.field_work.add_note(an_order().id, "written")
    )
    truck.store.people.enrol(SignedInDevice(URL, "with a new code", a_person(), "Boston"))
    assert truck.field_work.draft(an_order().id, "note") == ""
    sharing.choose_pin("1234")
    sharing.let_work("Ben", "98765432")
    assert truck.field_work.draft(an_order().id, "note") == "Ben's"


def test_what_an_older_crew_kept_of_a_sign_in_is_known(truck: Truck) -> None:
    assert [(one.person, one.token) for one in truck.store.people.all()] == [(a_person(), "token")]
    assert not truck.store.people.several
    with pytest.raises(CrewError):
        Sharing(truck.store).let_work("Ana", "1234")
