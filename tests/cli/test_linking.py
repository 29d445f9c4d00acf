"""`crew link`, `unlink`, `intake`, `triage`: the same acts as in the terminal, with the same sentences."""

from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import LinkedRequest, OrderId
from crew.wire import CrewLoad, ServiceOffer
from tests.builders import NOON, a_person, an_order
from tests.running import crew
from tests.trucks import Truck


def test_orders_are_linked_and_parted_from_the_shell(truck: Truck) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    for number in ("7", "12"):
        truck.gets(replace(an_order(id=OrderId(number)), requests=(LinkedRequest(number, "a hole", NOON),)))

    linked = crew("link", "7", "12", "--json", "--data", truck.folder, home=truck.folder).json
    assert (linked["kind"], linked["order_id"]) == ("link", "7")
    shown = crew("show", "7", "--data", truck.folder, home=truck.folder).out
    assert "Linked   to 12, which answers its reporters" in shown
    assert crew("show", "7", "--json", "--data", truck.folder, home=truck.folder).json["linked_to"] == "12"
    again = crew("link", "7", "12", "--data", truck.folder, home=truck.folder)
    assert (again.code, again.err) == (5, "crew: 7 was linked to 12: there is nothing left to link.\n")

    parted = crew("unlink", "7", "--data", truck.folder, home=truck.folder)
    assert (parted.code, parted.out) == (0, "Saved. 2 changes of 12 not sent yet: crew sync\n")
    assert crew("show", "7", "--json", "--data", truck.folder, home=truck.folder).json["linked_to"] == ""


def test_a_call_is_taken_in_from_the_shell(truck: Truck) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.store.device.keep_services((ServiceOffer("pothole", "Pothole", "Streets", ("hole",)),))
    truck.gets(an_order())
    call = ("--address", "412 centre st jamaica plain", "--data", truck.folder)

    tried = crew("intake", "--service", "pothole", "--dry-run", "--json", *call, home=truck.folder)
    assert tried.json == [an_order().id]
    assert truck.changes() == []

    taken = crew("intake", "--service", "Pothole", "--phone", "617 555 0100", "--json", *call, home=truck.folder).json
    assert "617 555 0100" not in str(taken)
    order = truck.field_work.order(taken["order_id"])
    assert (order.address, order.lat, order.service_code) == (an_order().address, an_order().lat, "pothole")
    joined = crew("intake", "--service", "pothole", "--join", an_order().id, *call, home=truck.folder)
    assert (joined.code, joined.err) == (0, "")
    assert len(truck.field_work.order(an_order().id).requests) == 1

    unknown = crew("intake", "--service", "hol", *call, home=truck.folder)
    assert (unknown.code, unknown.err) == (6, 'crew: There is no type of request "hol". Use one of: pothole.\n')


def test_what_is_new_is_placed_from_the_shell(truck: Truck) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.store.device.keep_crews((CrewLoad("D5", "Public Works D5"),))
    truck.gets(an_order())
    order = (an_order().id, "--data", truck.folder)

    placed = crew("triage", "--priority", "high", "--crew", "D5", *order, home=truck.folder)
    assert (placed.code, placed.err) == (0, "")
    shown = crew("show", "--json", *order, home=truck.folder).json
    assert (shown["priority"], shown["crew"]) == ("high", "D5")
    assert "Priority high" in crew("show", *order, home=truck.folder).out

    wrong = crew("triage", "--priority", "soon", *order, home=truck.folder)
    assert (wrong.code, wrong.err) == (6, 'crew: "soon" is no priority. Use one of: low, normal, high, urgent.\n')
