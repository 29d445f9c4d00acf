"""Signing in with the city's account, at a provider that speaks the device authorization flow."""

import base64
import hmac
import json
from typing import Any

import httpx
import pytest

from crew import wire
from crew.account_wire import AccountCode, BeginSignIn, SignInStanding, SignInWays
from crew.backend import admin
from tests.backend.crews import JSON, ROADS
from tests.identity.city_provider import ANA, SECRET, CityProvider, new_key
from tests.identity.conftest import Office

pytestmark = pytest.mark.anyio

BEN = {"sub": "1002", "name": "Ben Brook", "email": "ben@example.gov", "email_verified": True}


def sentence(response: httpx.Response) -> str:
    return wire.decode(response.content, wire.Problem).sentence


async def signs_in(office: Office, provider: CityProvider, person: dict[str, Any] = ANA) -> httpx.Response:
    """The whole way: begin, sign in elsewhere, ask."""
    begun = await office.begin()
    provider.allow(begun.code, person)
    return await office.asks(begun)


def signed_in(response: httpx.Response) -> wire.SignedIn:
    assert response.status_code == 200, response.text
    found = wire.decode(response.content, SignInStanding).signed_in
    assert found is not None
    return found


async def test_somebody_signs_in_with_an_account(office: Office, provider: CityProvider) -> None:
    ways = wire.decode((await office.client.get("/crew/v1/sign-in")).content, SignInWays)
    assert ways.account == "127.0.0.1"

    begun = await office.begin()
    assert begun.address == f"{provider.url}/device"
    assert begun.code in begun.address_with_code
    assert (await office.standing(begun)).signed_in is None

    provider.allow(begun.code)
    found = signed_in(await office.asks(begun))

    assert (found.person.name, found.person.crew) == ("Ana", ROADS)
    me = await office.client.get("/crew/v1/me", headers={"Authorization": f"Bearer {found.token}"})
    assert me.status_code == 200


async def test_a_device_whose_answer_was_lost_asks_again_and_no_other_can(
    office: Office, provider: CityProvider
) -> None:
    begun = await office.begin()
    provider.allow(begun.code)
    signed_in(await office.asks(begun))
    assert (await office.asks(begun, "another device")).status_code == 401

    again = signed_in(await office.asks(begun))

    assert again.person.name == "Ana"
    office.clock.wait(900)
    assert (await office.asks(begun)).status_code == 401


async def test_who_says_no_is_not_signed_in(office: Office, provider: CityProvider) -> None:
    begun = await office.begin()
    provider.deny(begun.code)

    refused = await office.asks(begun)

    assert refused.status_code == 401
    assert "refused on the other device" in sentence(refused)


async def test_a_code_that_is_not_used_in_time_ends(office: Office, provider: CityProvider) -> None:
    begun, slower = await office.begin(), await office.begin("tablet-2")
    provider.expire()
    assert "not used in time" in sentence(await office.asks(begun))

    office.clock.wait(slower.expires_seconds)
    asked = len(provider.asked)
    assert "not used in time" in sentence(await office.asks(slower, "tablet-2"))
    assert len(provider.asked) == asked, "nobody has to be asked for that"


async def test_the_provider_is_asked_no_more_often_than_it_wants(office: Office, provider: CityProvider) -> None:
    begun = await office.begin()
    assert begun.interval_seconds == 5
    provider.impatient = True
    assert (await office.standing(begun)).interval_seconds == 10
    assert provider.asked.count("/token") == 1

    assert (await office.standing(begun)).signed_in is None
    assert provider.asked.count("/token") == 1, "five seconds are too early by now"

    provider.impatient = False
    provider.allow(begun.code)
    signed_in(await office.asks(begun))


async def test_a_wait_outlives_a_provider_that_is_down(office: Office, provider: CityProvider) -> None:
    begun = await office.begin()
    provider.stop()
    silent = await office.asks(begun)
    assert silent.status_code == 503
    assert "cannot be reached" in sentence(silent)
    office.clock.wait(4000)  # what is known of the provider is old by then
    assert (await office.post("sign-in/device", BeginSignIn("tablet-2"))).status_code == 503
    office.clock.wait(-4000)
    provider.start()
    begun = await office.begin()

    provider.stop()
    assert (await office.asks(begun)).status_code == 503
    provider.start()
    provider.allow(begun.code)
    assert (await office.standing(begun)).signed_in is None, "after a failure twice the time has to pass"
    signed_in(await office.asks(begun))


FORGED = {
    "issuer": lambda provider: provider.claims.update(iss="https://other.example"),
    "audience": lambda provider: provider.claims.update(aud=["another client"]),
    "several audiences": lambda provider: provider.claims.update(aud=["crew", "another client"]),
    "another party": lambda provider: provider.claims.update(azp="another client"),
    "expired": lambda provider: provider.claims.update(exp=1_700_000_000),
    "from before": lambda provider: provider.claims.update(iat=1_700_000_000),
    "of the future": lambda provider: provider.claims.update(iat=4_000_000_000),
    "nonce": lambda provider: provider.claims.update(nonce="of another sign-in"),
    "signature": lambda provider: provider.sign_with.append(new_key("first")),
    "unknown key": lambda provider: provider.sign_with.append(new_key("nobody's")),
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_proof_that_does_not_hold_is_refused_and_logged(
    office: Office, provider: CityProvider, caplog: pytest.LogCaptureFixture, forged: str
) -> None:
    FORGED[forged](provider)

    refused = await signs_in(office, provider)

    assert refused.status_code == 424
    assert "cannot be believed" in sentence(refused)
    assert "Refused a sign-in with an account on device tablet-1: the ID token" in caplog.text


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_only_a_signature_of_a_key_pair_counts(office: Office, provider: CityProvider, algorithm: str) -> None:
    """The public key is known to everybody: as the secret of an HS256 it would let anybody in."""
    public = provider.keys[0].as_pem(private=False)

    def forge(token: str) -> str:
        payload = token.split(".")[1]
        head = _encoded(json.dumps({"alg": algorithm, "kid": "first"}).encode())
        made = hmac.digest(public, f"{head}.{payload}".encode(), "sha256") if algorithm == "HS256" else b""
        return f"{head}.{payload}.{_encoded(made)}"

    provider.forge = forge
    assert (await signs_in(office, provider)).status_code == 424


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def test_a_proof_counts_once(office: Office, provider: CityProvider) -> None:
    seen: list[str] = []

    def forge(token: str) -> str:
        seen.append(token)
        return seen[0]

    provider.forge = forge
    signed_in(await signs_in(office, provider))

    assert (await signs_in(office, provider)).status_code == 424


async def test_a_provider_may_change_its_keys(office: Office, provider: CityProvider) -> None:
    signed_in(await signs_in(office, provider))
    provider.keys.append(new_key("second"))
    office.clock.wait(11)

    signed_in(await signs_in(office, provider))

    fetched = provider.asked.count("/keys")
    provider.sign_with.append(new_key("nobody's"))
    await signs_in(office, provider)
    await signs_in(office, provider)
    assert provider.asked.count("/keys") <= fetched + 1, "strange keys make nobody ask without end"


async def test_an_account_that_nobody_here_has_is_sent_to_the_administrator(
    office: Office, provider: CityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    refused = await signs_in(office, provider, BEN)

    assert refused.status_code == 403
    assert "ben@example.gov is not among the people who work here. Ask the administrator" in sentence(refused)
    assert "Refused a sign-in with an account on device tablet-1" in caplog.text


async def test_whoever_was_revoked_stays_out(office: Office, provider: CityProvider) -> None:
    signed_in(await signs_in(office, provider))
    admin.revoke_person(office.city, "Ana")

    refused = await signs_in(office, provider)

    assert refused.status_code == 403
    assert "ended by an administrator" in sentence(refused)


async def test_an_address_that_somebody_else_got_opens_nothing(office: Office, provider: CityProvider) -> None:
    signed_in(await signs_in(office, provider))
    namesake = {**ANA, "sub": "2001"}

    refused = await signs_in(office, provider, namesake)

    assert refused.status_code == 403
    assert "belonged to another account before" in sentence(refused)
    signed_in(await signs_in(office, provider, {**ANA, "email": "ana.a@example.gov"}))
    admin.change_person(office.city, "Ana", account="ana@example.gov")
    signed_in(await signs_in(office, provider, namesake))


async def test_an_address_that_nobody_verified_opens_nothing(office: Office, provider: CityProvider) -> None:
    refused = await signs_in(office, provider, {**ANA, "email_verified": False})

    assert refused.status_code == 403
    assert "has not verified the address" in sentence(refused)


async def test_what_a_proof_says_of_a_role_counts_for_nothing(office: Office, provider: CityProvider) -> None:
    provider.claims.update(role="administrator", groups=["administrator"], crew="lights")

    found = signed_in(await signs_in(office, provider))

    assert (found.person.role, found.person.crew) == ("crew", ROADS)


async def test_two_devices_sign_in_at_once_each_for_its_own(office: Office, provider: CityProvider) -> None:
    admin.add_person(office.city, "Ben", "dispatcher", account="ben@example.gov")
    first, second = await office.begin("tablet-1"), await office.begin("tablet-2")
    provider.allow(second.code, BEN)
    provider.allow(first.code, ANA)

    names = [
        signed_in(await office.asks(begun, device)).person.name
        for begun, device in ((first, "tablet-1"), (second, "tablet-2"))
    ]

    assert names == ["Ana", "Ben"]
    assert {one.person: one.device_id for one in admin.list_sign_ins(office.city)} == {
        "Ana": "tablet-1",
        "Ben": "tablet-2",
    }


async def test_what_the_proof_leaves_out_is_read_in_the_record(office: Office, provider: CityProvider) -> None:
    provider.in_id_token = False

    assert signed_in(await signs_in(office, provider)).person.name == "Ana"
    assert "/userinfo" in provider.asked


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    office: Office, provider: CityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.published["issuer"] = "https://other.example"

    refused = await office.post("sign-in/device", BeginSignIn("tablet-1"))

    assert refused.status_code == 424
    assert "calls itself https://other.example" in caplog.text


@pytest.mark.parametrize("name", ["device_authorization_endpoint", "token_endpoint"])
async def test_nothing_is_sent_without_encryption(office: Office, provider: CityProvider, name: str) -> None:
    provider.published[name] = "http://192.0.2.1/somewhere"

    answers = [await office.post("sign-in/device", BeginSignIn("tablet-1"))]
    if answers[0].status_code == 200:
        answers.append(await office.asks(wire.decode(answers[0].content, AccountCode)))

    assert answers[-1].status_code == 424


async def test_a_secret_that_is_not_ours_is_told_without_a_word_of_it(
    office: Office, provider: CityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.client.secret = "another"

    refused = await office.post("sign-in/device", BeginSignIn("tablet-1"))

    assert refused.status_code == 424
    assert "invalid_client" in caplog.text
    assert SECRET not in caplog.text + refused.text


async def test_one_address_cannot_begin_without_end(office: Office) -> None:
    answers = [await office.post("sign-in/device", BeginSignIn("tablet-1")) for _ in range(25)]

    assert [answer.status_code for answer in answers[-3:]] == [429, 429, 429]


async def test_a_city_without_a_provider_says_so(client: httpx.AsyncClient) -> None:
    ways = wire.decode((await client.get("/crew/v1/sign-in")).content, SignInWays)
    refused = await client.post("/crew/v1/sign-in/device", content=wire.encode(BeginSignIn("tablet")), headers=JSON)

    assert ways == SignInWays("")
    assert refused.status_code == 404
    assert "has no accounts" in sentence(refused)
