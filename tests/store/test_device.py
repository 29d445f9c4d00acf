"""What the store remembers of its device."""

from contextlib import closing
from pathlib import Path

from crew.domain.person import Role
from crew.store.device import SignedInDevice
from crew.store.store import open_store
from crew.wire import CrewLoad
from tests.builders import NOON, a_person
from tests.trucks import URL, Truck

ANA = SignedInDevice(URL, "token", a_person(), "Boston")


def test_a_device_keeps_its_first_id_for_good(truck: Truck) -> None:
    for fresh_id in ("first", "second", "third"):
        assert truck.reopened().store.device.device_id(fresh_id) == "first"


def test_another_token_goes_on_where_the_copy_stands(truck: Truck) -> None:
    truck.store.device.cursor = "17"
    truck.store.device.sign_in(SignedInDevice(URL, "fresh token", a_person(), "Boston"))
    assert truck.store.device.cursor == "17"
    assert truck.reopened().store.device.signed_in() == SignedInDevice(URL, "fresh token", a_person(), "Boston")


def test_another_crew_role_or_backend_starts_a_copy_of_its_own(truck: Truck) -> None:
    others = (
        SignedInDevice("https://other.example.gov", "token", a_person(), "Boston"),
        SignedInDevice(URL, "token", a_person(crew="D5"), "Boston"),
        SignedInDevice(URL, "token", a_person(Role.SUPERVISOR), "Boston"),
    )
    for other in others:
        truck.store.device.sign_in(ANA)
        truck.store.device.cursor = "17"
        truck.store.device.sign_in(other)
        assert truck.store.device.cursor == ""


def test_a_backend_that_moved_keeps_copy_and_sign_in(truck: Truck) -> None:
    truck.store.device.cursor = "17"
    truck.store.device.move_to("https://moved.example.gov")
    assert truck.store.device.signed_in() == SignedInDevice("https://moved.example.gov", "token", a_person(), "Boston")
    assert truck.store.device.cursor == "17"


def test_an_address_alone_signs_nobody_in(tmp_path: Path) -> None:
    with closing(open_store(tmp_path, NOON)) as store:
        store.device.move_to("https://moved.example.gov")
        assert store.device.signed_in() is None


def test_the_end_of_a_full_copy_is_told_once(truck: Truck) -> None:
    device = truck.store.device
    assert not device.end_whole_copy()
    device.begin_whole_copy()
    assert (device.generation, device.end_whole_copy(), device.end_whole_copy()) == (1, True, False)


def test_crews_and_the_last_success_survive_a_restart(truck: Truck) -> None:
    assert (truck.store.device.crews(), truck.store.device.last_success_at) == ((), None)
    crews = (CrewLoad("D2", "Public Works D2", 14, 3),)
    truck.store.device.keep_crews(crews)
    truck.store.device.last_success_at = truck.clock()
    again = truck.reopened().store.device
    assert (again.crews(), again.last_success_at) == (crews, truck.clock())


def test_a_draft_is_there_again_after_a_restart_and_an_empty_one_is_forgotten(truck: Truck) -> None:
    truck.store.keep_draft("one", "note", "half a thou", truck.clock())
    truck.store.keep_draft("one", "done", "two bags", truck.clock())
    truck.store.keep_draft("one", "note", "half a thought", truck.clock())
    again = truck.reopened()
    assert (again.store.draft("one", "note"), again.store.draft("one", "done")) == ("half a thought", "two bags")
    again.store.keep_draft("one", "note", " \n", truck.clock())
    assert (again.store.draft("one", "note"), again.store.draft("two", "note")) == ("", "")
