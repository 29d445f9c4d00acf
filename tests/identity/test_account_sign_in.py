"""Signing in with the city's account, at a provider that speaks the device authorization flow."""

import pytest

from crew import wire
from crew.account_wire import SignInWays
from tests.backend.crews import ROADS
from tests.identity.city_provider import CityProvider
from tests.identity.conftest import Office

pytestmark = pytest.mark.anyio


async def test_somebody_signs_in_with_an_account(office: Office, provider: CityProvider) -> None:
    ways = wire.decode((await office.client.get("/crew/v1/sign-in")).content, SignInWays)
    assert ways.account == "127.0.0.1"

    begun = await office.begin()
    assert begun.address == f"{provider.url}/device"
    assert begun.code in begun.address_with_code
    assert (await office.standing(begun)).signed_in is None

    provider.allow(begun.code)
    signed_in = (await office.standing(begun)).signed_in

    assert signed_in is not None
    assert (signed_in.person.name, signed_in.person.crew) == ("Ana", ROADS)
    me = await office.client.get("/crew/v1/me", headers={"Authorization": f"Bearer {signed_in.token}"})
    assert me.status_code == 200
