"""A one-time code becomes a device's token, once."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from crew import wire
from crew.backend.admin import add_person, code_for, crew_loads
from crew.backend.city import City
from crew.backend.schema import codes, devices
from crew.domain.errors import CorrectInput
from crew.domain.person import Person, Role
from tests.backend.citizens import Hands
from tests.backend.crews import JSON, LIGHTS, ROADS, Device, Enrolment, report

pytestmark = pytest.mark.anyio


async def again(client: httpx.AsyncClient, city: City, name: str, device_id: str) -> Device:
    """Somebody who is known signs in with a new code."""
    signed_in = wire.decode((await sign_in(client, code_for(city, name), device_id)).content, wire.SignedIn)
    return Device(client, city, signed_in.person, signed_in.token, device_id)


async def sign_in(client: httpx.AsyncClient, code: str, device_id: str = "tablet") -> httpx.Response:
    body = wire.encode(wire.SignIn(code, device_id, "the tablet"))
    return await client.post("/crew/v1/sign-in", content=body, headers=JSON)


def sentence_of(response: httpx.Response, status: int = 401) -> str:
    assert response.status_code == status, response.text
    return wire.decode(response.content, wire.Problem).sentence


async def test_a_code_becomes_a_token_for_its_person(city: City, client: httpx.AsyncClient) -> None:
    report(city)
    code = add_person(city, "Ana", Role.CREW, ROADS)

    answer = wire.decode((await sign_in(client, code)).content, wire.SignedIn)

    assert answer.person == Person("Ana", Role.CREW, ROADS, ROADS)
    assert answer.city == city.settings.city_name
    me = await client.get("/crew/v1/me", headers={"Authorization": f"Bearer {answer.token}"})
    assert wire.decode(me.content, wire.Me).person == answer.person


def test_a_code_can_be_read_aloud(city: City) -> None:
    for number in range(50):
        assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", add_person(city, f"P{number}", Role.DISPATCHER))


async def test_capitals_dashes_and_spaces_do_not_matter(city: City, client: httpx.AsyncClient) -> None:
    code = add_person(city, "Sam", Role.SUPERVISOR)

    assert (await sign_in(client, f" {code.lower().replace('-', ' ')} ")).status_code == 200


async def test_unknown_used_and_old_codes_have_their_own_sentences(
    city: City, client: httpx.AsyncClient, clock: Hands
) -> None:
    used, old = add_person(city, "Sam", Role.SUPERVISOR), add_person(city, "Dee", Role.DISPATCHER)
    await sign_in(client, used)
    unknown_sentence = sentence_of(await sign_in(client, "K7QF-M3XW"))
    used_sentence = sentence_of(await sign_in(client, used, "another tablet"))
    clock.turn(days=7)
    old_sentence = sentence_of(await sign_in(client, old))

    assert "not known" in unknown_sentence
    assert "used already" in used_sentence
    assert "older than 7 days" in old_sentence
    assert all("new code" in sentence for sentence in (unknown_sentence, used_sentence, old_sentence))


async def test_a_device_whose_answer_was_lost_asks_again_with_its_code(
    city: City, client: httpx.AsyncClient, clock: Hands
) -> None:
    code = add_person(city, "Sam", Role.SUPERVISOR)
    await sign_in(client, code)
    clock.turn(minutes=1)

    assert (await sign_in(client, code)).status_code == 200

    clock.turn(minutes=10)
    assert "used already" in sentence_of(await sign_in(client, code))


async def test_signing_in_again_ends_the_old_token_of_this_person_on_the_device(city: City, enrol: Enrolment) -> None:
    before = await enrol(Role.SUPERVISOR, name="Sam", device_id="tablet")
    elsewhere = await again(enrol.client, city, "Sam", "desk")
    after = await again(enrol.client, city, "Sam", "tablet")

    assert (await before.get("me")).status_code == 401
    assert {(await device.get("me")).status_code for device in (after, elsewhere)} == {200}


async def test_people_who_share_a_device_each_have_a_sign_in_of_their_own(enrol: Enrolment) -> None:
    sam = await enrol(Role.SUPERVISOR, name="Sam", device_id="tablet")
    dee = await enrol(Role.DISPATCHER, name="Dee", device_id="tablet")

    assert wire.decode((await sam.get("me")).content, wire.Me).person.name == "Sam"
    assert wire.decode((await dee.get("me")).content, wire.Me).person.name == "Dee"


async def test_neither_code_nor_token_is_stored(city: City, client: httpx.AsyncClient) -> None:
    code = add_person(city, "Sam", Role.SUPERVISOR)
    token = wire.decode((await sign_in(client, code)).content, wire.SignedIn).token

    content = (city.data_dir / "backend.sqlite").read_bytes()

    assert token.encode() not in content
    assert code.encode() not in content
    assert code.replace("-", "").encode() not in content
    with city.database.reading() as connection:
        hashes = [*connection.scalars(select(codes.c.code_hash)), *connection.scalars(select(devices.c.token_hash))]
    assert [len(value) for value in hashes] == [64, 64]


async def test_guessing_is_slowed_down_and_comes_to_an_end(city: City, client: httpx.AsyncClient, clock: Hands) -> None:
    code = add_person(city, "Sam", Role.SUPERVISOR)
    answers = [await sign_in(client, f"AAAA-AA{number:02}") for number in range(30)]

    slowed = answers[-1]
    assert "Wait" in sentence_of(slowed, 429)
    assert (await sign_in(client, code)).status_code == 429

    clock.turn(seconds=int(slowed.headers["Retry-After"]))
    assert (await sign_in(client, code)).status_code == 200


@pytest.mark.parametrize("device_id", ["", "x" * 65])
async def test_a_device_has_to_name_itself(city: City, client: httpx.AsyncClient, device_id: str) -> None:
    code = add_person(city, "Sam", Role.SUPERVISOR)

    assert "1 to 64" in sentence_of(await sign_in(client, code, device_id), 422)
    assert (await sign_in(client, code)).status_code == 200


def test_a_crews_person_needs_a_crew_and_a_mistyped_one_is_pointed_at_those_like_it(city: City) -> None:
    report(city)
    with pytest.raises(CorrectInput, match="on which"):
        add_person(city, "Ana", Role.CREW)
    with pytest.raises(CorrectInput, match=f"Did you mean {ROADS}"):
        add_person(city, "Ana", Role.CREW, "Raods")
    with pytest.raises(CorrectInput, match="no crew"):
        add_person(city, "Ana", Role.CREW, "*")
    with pytest.raises(CorrectInput, match="name"):
        add_person(city, " \x1b ", Role.SUPERVISOR)


def test_the_load_of_a_crew_counts_what_is_open_and_what_is_late(city: City, clock: Hands) -> None:
    for _ in range(3):
        report(city)
    report(city, LIGHTS)
    first = next(iter(city.catalogue.crews))
    add_person(city, "Ana", Role.CREW, first)

    late = clock() + timedelta(days=365)

    loads = {load.name: (load.open, load.overdue) for load in crew_loads(city, late)}
    assert loads == {ROADS: (3, 3), LIGHTS: (1, 1), first: (0, 0)}
    assert {load.overdue for load in crew_loads(city, clock())} == {0}


async def test_an_office_sees_every_crew_and_a_crew_only_itself(city: City, enrol: Enrolment) -> None:
    report(city)
    report(city, LIGHTS)
    truck, office = await enrol(crew=ROADS), await enrol(Role.DISPATCHER)

    own = wire.decode((await truck.get("me")).content, wire.Me)
    all_of_them = wire.decode((await office.get("me")).content, wire.Me)

    assert [(load.name, load.open) for load in own.crews] == [(ROADS, 1)]
    assert {ROADS, LIGHTS, *city.catalogue.crews} == {load.name for load in all_of_them.crews}
