"""Where the provider's groups decide who works here, and as what."""

from typing import Any

import pytest

from crew.backend import admin
from crew.backend.backend_settings import PlaceSettings
from tests.backend.crews import ROADS
from tests.identity.city_provider import ANA, CityProvider
from tests.identity.conftest import Office
from tests.identity.test_account_sign_in import BEN, sentence, signed_in, signs_in

pytestmark = pytest.mark.anyio


@pytest.fixture
def identity() -> dict[str, Any]:
    roles = {"311-office": PlaceSettings("supervisor"), "311-roads": PlaceSettings("crew", ROADS)}
    return {"role_claim": "groups", "roles": roles}


async def test_a_group_makes_somebody_known_and_gives_the_place(office: Office, provider: CityProvider) -> None:
    found = signed_in(await signs_in(office, provider, {**BEN, "groups": ["all", "311-roads"]}))

    assert (found.person.name, found.person.role, found.person.crew) == ("Ben Brook", "crew", ROADS)
    later = signed_in(await signs_in(office, provider, {**BEN, "groups": ["311-office", "311-roads"]}))
    assert later.person.role == "supervisor", "the first group of the settings decides"
    assert [one.name for one in admin.list_people(office.city)].count("Ben Brook") == 1


async def test_whoever_is_in_no_group_does_not_work_here(office: Office, provider: CityProvider) -> None:
    for groups in ([], ["all"], None, "311"):
        refused = await signs_in(office, provider, {**ANA, "groups": groups})
        assert refused.status_code == 403, groups
        assert "Ask the administrator" in sentence(refused)
