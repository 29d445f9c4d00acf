"""A city's own roles and districts: how they are written, what they may do, and how a device hears of them."""

import logging
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from crew import wire
from crew.backend.admin import add_person, change_person, list_people
from crew.backend.catalogue import load_catalogue
from crew.backend.city import City
from crew.backend.city_roles import load_roles
from crew.domain.change import Assignment, Note, StatusChange
from crew.domain.errors import CorrectInput, CorrectSettings
from crew.domain.permissions import STANDARD, Scope, Verb
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.settings import shipped_path
from tests.backend.crews import LIGHTS, ROADS, Enrolment, report, stored

pytestmark = pytest.mark.anyio

ROLES = """
[role.foreman]
title = "foreman of the yard"
desk = "crew"
[role.foreman.may]
move = "district"
accept = { scope = "own", states = ["done"] }
decline = "no"
[role.dispatcher.may]
move = "district"
"""
CREWS = f"""
[crews]
{ROADS} = "Roads"
{LIGHTS} = "Lights"
trees = "Trees"
[routing]
default = "{ROADS}"
[districts]
North = ["{ROADS}", "{LIGHTS}"]
"""


@pytest.fixture
def city(city: City, tmp_path: Path) -> City:
    """The city, with a foreman, a district, and dispatchers who move only in theirs."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "roles.toml").write_text(ROLES, encoding="utf-8")
    (folder / "crews.toml").write_text(CREWS, encoding="utf-8")
    return replace(city, catalogue=load_catalogue({}, folder))


def written(folder: Path, text: str) -> Path:
    (folder / "roles.toml").write_text(text, encoding="utf-8")
    return folder / "roles.toml"


def test_the_shipped_file_leaves_the_four_roles_as_the_table_has_them() -> None:
    roles = load_roles(shipped_path("roles.toml"))

    assert {name: role.grants for name, role in roles.items()} == STANDARD
    assert all(role.may is None and role.title == "" for role in roles.values())


def test_a_role_differs_from_its_desk_by_what_the_file_says(tmp_path: Path) -> None:
    foreman = load_roles(written(tmp_path, ROLES))["foreman"]

    by_verb = {grant.verb: grant for grant in foreman.grants}
    assert (foreman.desk, foreman.title) == (Role.CREW, "foreman of the yard")
    assert by_verb[Verb.MOVE].scope is Scope.DISTRICT
    assert by_verb[Verb.ACCEPT].states == (WorkStatus.DONE,)
    assert Verb.DECLINE not in by_verb
    assert by_verb[Verb.WORK].scope is Scope.OWN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[role.foreman]", "needs a desk"),
        ('[role.crew]\ndesk = "supervisor"', "has a desk of its own"),
        ('[role.foreman]\ndesk = "garage"', "Invalid enum value"),
        ('[role.foreman]\ndesk = "crew"\n[role.foreman.may]\nfly = "own"', "Invalid enum value"),
        ('[role.foreman]\ndesk = "crew"\n[role.foreman.may]\nmove = "world"', "Invalid enum value"),
        (f'[role.{"x" * 21}]\ndesk = "crew"', "1 to 20 letters"),
        ('[role.foreman]\ndesk = "crew"\nboss = true', "unknown field"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CorrectSettings, match=said):
        load_roles(written(tmp_path, text))


def test_a_district_of_unknown_crews_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crews.toml").write_text(CREWS.replace(f'"{LIGHTS}"]', '"lamps"]'), encoding="utf-8")
    with pytest.raises(CorrectSettings, match=r'district "North" has no such crew: lamps'):
        load_catalogue({}, tmp_path)


async def test_a_foreman_moves_within_the_district_and_is_refused_outside_and_that_is_logged(
    city: City, enrol: Enrolment, caplog: pytest.LogCaptureFixture
) -> None:
    kim = await enrol("foreman", ROADS, "Kim", district="North")
    inside, outside = report(city), report(city)

    assert (kim.person.role, kim.person.called) == (Role.CREW, "foreman of the yard")
    assert (await kim.act(inside, Assignment(LIGHTS, "too many"))).outcome == "applied"
    with caplog.at_level(logging.WARNING):
        answer = await kim.act(outside, Assignment("trees"))

    assert answer.outcome == "refused"
    assert "move orders to another crew only of North" in answer.sentence
    assert (stored(city, inside).crew, stored(city, outside).crew) == (LIGHTS, ROADS)
    (line,) = [record.getMessage() for record in caplog.records if "Refused" in record.getMessage()]
    assert kim.device_id in line
    assert outside in line


async def test_a_foreman_may_not_do_what_the_file_takes_away(city: City, enrol: Enrolment) -> None:
    kim = await enrol("foreman", ROADS, "Kim", district="North")
    order_id = report(city)

    answer = await kim.act(order_id, StatusChange(WorkStatus.CANT_DO, reason="private_property"))

    assert answer.outcome == "refused"
    assert answer.sentence.startswith("A foreman of the yard cannot close")


async def test_what_was_moved_out_of_the_district_meanwhile_was_still_theirs_to_report_on(
    city: City, enrol: Enrolment
) -> None:
    kim, sam = await enrol("foreman", ROADS, "Kim", district="North"), await enrol(Role.SUPERVISOR)
    order_id = report(city)
    await sam.act(order_id, Assignment("trees"))

    assert (await kim.act(order_id, Note("the hole is deep"), base_version=1)).outcome == "applied"


async def test_a_city_may_narrow_a_standard_role(city: City, enrol: Enrolment) -> None:
    dee = await enrol(Role.DISPATCHER, name="Dee", district="North")
    ours, theirs = report(city), report(city, "trees")

    assert (await dee.act(ours, Assignment(LIGHTS))).outcome == "applied"
    assert (await dee.act(theirs, Assignment(LIGHTS))).outcome == "refused"


async def test_who_moves_orders_is_told_of_the_crews_to_move_them_to(city: City, enrol: Enrolment) -> None:
    kim, ana = await enrol("foreman", ROADS, "Kim", district="North"), await enrol(Role.CREW, ROADS, "Ana")

    told = {device.person.name: wire.decode((await device.get("me")).content, wire.Me) for device in (kim, ana)}

    assert {crew.name for crew in told["Kim"].crews} == {ROADS, LIGHTS}
    assert told["Kim"].services
    assert {crew.name for crew in told["Ana"].crews} == {ROADS}
    assert told["Ana"].services == ()


async def test_the_feed_brings_the_person_only_to_a_device_that_knows_another_one(city: City, enrol: Enrolment) -> None:
    ana = await enrol(Role.CREW, ROADS, "Ana")
    known = {"me": wire.mark_of(ana.person)}

    assert wire.decode((await ana.get("feed", known)).content, wire.FeedPage).person is None
    change_person(city, "Ana", role="foreman", district="North")
    changed = wire.decode((await ana.get("feed", known)).content, wire.FeedPage).person

    assert changed is not None
    assert (changed.called, changed.crew, changed.district_crews) == ("foreman of the yard", ROADS, (ROADS, LIGHTS))
    assert changed.grant(Verb.MOVE) is not None
    assert wire.decode((await ana.get("feed")).content, wire.FeedPage).person is None


async def test_who_has_a_role_that_the_file_has_lost_signs_in_again_after_an_administrator(
    city: City, enrol: Enrolment
) -> None:
    kim = await enrol("foreman", ROADS, "Kim")
    roles = dict(city.catalogue.roles)
    force_setattr(city.catalogue, "roles", {name: roles[name] for name in roles if name != "foreman"})

    response = await kim.get("me")

    assert response.status_code == 401
    assert "no role foreman any more, which Kim had" in wire.decode(response.content, wire.Problem).sentence
    change_person(city, "Kim", role="crew")
    assert (await kim.get("me")).status_code == 200


def test_a_crew_is_named_by_its_title_as_on_the_truck(city: City) -> None:
    add_person(city, "Lee", Role.CREW, "lights")
    assert change_person(city, "Lee", crew="Roads").crew == ROADS
    assert [one.crew for one in list_people(city) if one.name == "Lee"] == [ROADS]
    assert change_person(city, "Lee", crew="Lights").crew == LIGHTS


def test_a_crews_own_name_holds_before_anothers_title_and_a_title_of_two_names_none(city: City, tmp_path: Path) -> None:
    titles = CREWS.replace('= "Roads"', '= "Trees"').replace('"Lights"\ntrees = "Trees"', '"Trees"\nTrees = "Park"')
    (tmp_path / "own" / "crews.toml").write_text(titles, encoding="utf-8")
    other = replace(city, catalogue=load_catalogue({}, tmp_path / "own"))
    add_person(other, "Lee", Role.CREW, ROADS)
    assert change_person(other, "Lee", crew="Trees").crew == "Trees"
    with pytest.raises(CorrectInput, match='no crew "trees"'):
        change_person(other, "Lee", crew="trees")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"role": "pilot"}, 'no role "pilot"'),
        ({"role": "crew", "crew": ""}, "say on which"),
        ({"crew": "Raods"}, "There is no crew"),
        ({"district": "South"}, 'no district "South"'),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_the_old_one_stays(city: City, words: dict[str, str], said: str) -> None:
    add_person(city, "Sam", Role.SUPERVISOR, district="North")
    with pytest.raises(CorrectInput, match=said):
        change_person(city, "Sam", **words)
    (sam,) = list_people(city)
    assert (sam.role, sam.crew, sam.district) == ("supervisor", "", "North")
