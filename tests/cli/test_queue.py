"""`crew queue`: the city's orders for scripts."""

from pathlib import Path

import pytest

from crew.backend.catalogue import load_catalogue
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.builders import NOON, a_person, an_order
from tests.running import Ended, crew
from tests.trucks import Truck


@pytest.fixture
def office(truck: Truck) -> Truck:
    truck.sign_in(a_person(Role.DISPATCHER))
    order = an_order()
    truck.gets(
        *(replace(order, id=OrderId(str(number)), address=f"{number} Centre St") for number in range(10, 15)),
        replace(order, id=OrderId("20"), crew="", service_name="Street light out", due_at=None),
        replace(order, id=OrderId("21"), escalation="director", requested_at=NOON.replace(year=2020)),
    )
    return truck


def run(office: Truck, *arguments: str | Path) -> Ended:
    return crew("queue", *arguments, "--data", office.folder, home=office.folder)


def ids(ended: Ended) -> list[str]:
    return [order["id"] for order in ended.json["orders"]]


def test_words_and_filters_find_orders(office: Truck) -> None:
    assert ids(run(office, "--json", "cent", "12")) == ["12"]
    assert ids(run(office, "--json", "crew:none", "service:street light")) == ["20"]
    assert ids(run(office, "--json", "sort:age", "--limit", "1")) == ["21"]
    said = run(office, "--json", "--limit", "2").json
    assert (said["count"], said["open"], len(said["orders"])) == (7, 7, 2)
    assert "The first 2 of 7 orders; --limit shows more." in run(office, "--limit", "2").out


def test_times_are_written_as_in_every_other_json(office: Truck) -> None:
    (found,) = run(office, "--json", "12 cent").json["orders"]
    shown = crew("show", "12", "--json", "--data", office.folder, home=office.folder).json
    assert {name: found[name] for name in ("due_at", "updated_at")} == {
        name: shown[name] for name in ("due_at", "updated_at")
    }


def test_views_of_the_settings_are_used_by_their_name(office: Truck) -> None:
    assert ids(run(office, "--json", "--view", "escalated")) == ["21"]
    assert ids(run(office, "--json", "--view", "new")) == ["20"]
    (office.folder / "own.toml").write_text('[views]\n"Lights" = "service:light"\n"Late" = ""\n')
    named = crew(
        "queue", "--json", "--view", "lights", "--data", office.folder, home=office.folder,
        CREW_CONFIG=str(office.folder / "own.toml"),
    )  # fmt: skip
    assert ids(named) == ["20"]


def test_what_is_not_known_is_refused_with_what_is(office: Truck) -> None:
    said = run(office, "odd:x")
    assert (said.code, "There are: status, service, crew" in said.err) == (6, True)
    assert "There are: All, Late" in run(office, "--view", "odd").err


def test_what_is_waited_for_is_called_as_the_city_calls_it(office: Truck) -> None:
    shipped = load_catalogue({}).wording_for_devices
    waiting = [replace(one, words="spare parts") if one.code == "parts" else one for one in shipped.waiting]
    office.store.device.keep_wording(replace(shipped, waiting=tuple(waiting)))
    office.gets(replace(an_order(), work_status=WorkStatus.WAITING, waiting_reason="parts"))
    assert "  waiting: spare parts  " in run(office, "status:waiting").out
    assert "  waiting: spare parts  " in crew("list", "--data", office.folder, home=office.folder).out
