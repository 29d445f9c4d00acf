"""The catalogue of services and crews, as shipped and as a city may write it."""

from pathlib import Path

import pytest

from crew.backend.catalogue import load_catalogue
from crew.domain.errors import CorrectSettings

SERVICES = """
default_due_hours = 100
[[service]]
code = "pothole"
name = "Pothole"
due_hours = 48
aliases = ["Hole in the Road"]
[[service]]
code = "graffiti"
name = "Graffiti"
due_hours = 48
"""
CREWS = """
[crews]
yard = "The Yard"
[routing]
default = "hall"
[routing.services]
pothole = "yard"
"""


def write(folder: Path, services: str = SERVICES, crews: str = CREWS) -> Path:
    (folder / "services.toml").write_text(services, encoding="utf-8")
    (folder / "crews.toml").write_text(crews, encoding="utf-8")
    return folder


def test_every_shipped_service_has_a_crew_with_a_title_and_a_public_text() -> None:
    catalogue = load_catalogue({})
    assert len(catalogue.services) >= 20
    for service in catalogue.services.values():
        assert service.crew in catalogue.crews
        assert "{address}" in service.done_text
        assert "{when}" in service.done_text
        assert service.group
        assert service.due_hours > 0


def test_some_shipped_services_ask_for_a_photo_and_some_do_not() -> None:
    services = load_catalogue({}).services
    assert services["pothole"].photo_required
    assert not services["needle-pickup"].photo_required


def test_a_service_is_found_by_code_name_and_alias_in_any_case(tmp_path: Path) -> None:
    catalogue = load_catalogue({}, write(tmp_path))
    for name in ("pothole", "Pothole", "HOLE  in the\troad "):
        service = catalogue.service_named(name)
        assert service
        assert service.code == "pothole"
    assert catalogue.service_named("sofa") is None


def test_an_imported_service_stands_beside_those_of_the_file_and_never_replaces_one(tmp_path: Path) -> None:
    catalogue = load_catalogue({"bed-bugs": "Bed Bugs", "pothole": "Nonsense"}, write(tmp_path))
    assert catalogue.service("bed-bugs").name == "Bed Bugs"
    assert catalogue.service("bed-bugs").due_hours == 100
    assert catalogue.service("pothole").name == "Pothole"


def test_an_unknown_code_gives_a_plain_service_named_by_it(tmp_path: Path) -> None:
    service = load_catalogue({}, write(tmp_path)).service("4f38")
    assert (service.name, service.crew, service.photo_required) == ("4f38", "hall", False)


def test_a_request_goes_to_its_queue_else_by_service_else_to_the_default(tmp_path: Path) -> None:
    catalogue = load_catalogue({}, write(tmp_path))
    assert catalogue.crew_for("some queue", "pothole") == "some queue"
    assert catalogue.crew_for("", "pothole") == "yard"
    assert catalogue.crew_for("", "graffiti") == "hall"
    assert catalogue.crew_for("", "unheard-of") == "hall"


def test_a_crew_without_a_title_is_called_by_its_name(tmp_path: Path) -> None:
    catalogue = load_catalogue({}, write(tmp_path))
    assert catalogue.crew_title("yard") == "The Yard"
    assert catalogue.crew_title("some queue") == "some queue"


@pytest.mark.parametrize(
    ("services", "crews", "words"),
    [
        (SERVICES.replace('"Graffiti"', '"Hole in the road"'), CREWS, "names both"),
        (SERVICES, CREWS + 'sofa = "yard"\n', "sofa"),
        (SERVICES + "colour = 1\n", CREWS, "colour"),
        (SERVICES + '[[service.attribute]]\ncode="a"\ndescription="b"\ndatatype="picture"\n', CREWS, "datatype"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_words(tmp_path: Path, services: str, crews: str, words: str) -> None:
    with pytest.raises(CorrectSettings, match=words):
        load_catalogue({}, write(tmp_path, services, crews))
