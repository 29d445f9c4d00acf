"""`crew route` and `crew near`: what the device knows, as JSON and in words, and nothing of it changed."""

from crew.domain.value import replace
from crew.domain.work_order import OrderId
from crew.maps.building import write_map
from crew.maps.geojson import Shape
from crew.maps.schemas import Thing
from tests.builders import an_order
from tests.maps.town import silent
from tests.running import crew
from tests.trucks import Truck


def with_orders(truck: Truck) -> Truck:
    places = {"a": 42.300, "b": 42.320, "c": 42.310, "d": 42.3101}
    truck.gets(
        *(replace(an_order(id=OrderId(name)), lat=lat, long=-71.11, due_at=None) for name, lat in places.items())
    )
    truck.gets(replace(an_order(id=OrderId("e")), lat=None, long=None, due_at=None))
    return truck


def test_the_route_is_told_and_the_list_stays(truck: Truck) -> None:
    with_orders(truck)
    told = crew("route", "--json", "--data", truck.folder, home=truck.folder).json
    assert [stop["id"] for stop in told["stops"]] in (["a", "c", "d", "b", "e"], ["b", "d", "c", "a", "e"])
    assert 2200 < told["metres"] < 2300
    assert told["saved_metres"] > 1000
    assert told["stops"][0]["way_metres"] is told["stops"][4]["way_metres"] is None
    assert sum(stop["way_metres"] or 0 for stop in told["stops"]) in range(told["metres"] - 3, told["metres"] + 4)
    ended = crew("route", "--data", truck.folder, home=truck.folder)
    assert (ended.code, ended.err) == (0, "")
    assert told["along"] == "straight lines"
    assert "as the crow flies" in ended.out
    assert not truck.field_work.driving.wanted


def test_the_route_follows_the_streets_of_the_map(truck: Truck) -> None:
    with_orders(truck)
    path = truck.store.map_file.path
    path.parent.mkdir(exist_ok=True)
    line = ((-71.11, 42.299), (-71.1105, 42.310), (-71.11, 42.321))
    write_map([Shape(Thing.ROAD, "Long St", (line,))], path, on_progress=silent)
    told = crew("route", "--json", "--data", truck.folder, home=truck.folder).json
    assert told["along"] == "streets"
    assert sum(stop["way_metres"] or 0 for stop in told["stops"]) in range(told["metres"] - 3, told["metres"] + 4)
    assert "along streets" in crew("route", "--data", truck.folder, home=truck.folder).out


def test_what_is_near_is_told(truck: Truck) -> None:
    with_orders(truck)
    told = crew("near", "c", "--json", "--data", truck.folder, home=truck.folder).json
    assert [(one["id"], one["metres"]) for one in told["open"]] == [("d", 11)]
    assert [one["id"] for one in told["same"]] == ["d"]
    assert "the same?" in crew("near", "c", "--data", truck.folder, home=truck.folder).out
    assert crew("near", "e", "--json", "--data", truck.folder, home=truck.folder).json["open"] == []
    assert crew("near", "e", "--data", truck.folder, home=truck.folder).out.startswith("Nothing else is near")
    assert crew("near", "nothing", "--data", truck.folder, home=truck.folder).code == 6
