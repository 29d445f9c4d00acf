"""`crew link` and `crew unlink`: the same acts as in the terminal, with the same sentences."""

from dataclasses import replace

from crew.domain.person import Role
from crew.domain.work_order import LinkedRequest, OrderId
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
