"""The devices that the documents' pictures are taken of; the pictures are taken by hand, and looked at."""

from pathlib import Path

from tests.emulators.gallery import a_truck, an_office, todays_work
from tests.running import crew


def test_each_device_of_the_gallery_can_be_made_and_its_day_is_today(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "truck").mkdir()
    truck, office = a_truck(tmp_path / "truck"), an_office(tmp_path / "office")
    assert len(crew("list", "--json", *truck, home=tmp_path).json) == len(todays_work())
    assert "late 2 h" in crew("list", *truck, home=tmp_path).out
    assert len(crew("board", "--json", *office, home=tmp_path).json) == 5
