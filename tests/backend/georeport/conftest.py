"""The city of a test, with an address of its own."""

import pytest

from crew.backend.city import City
from tests.backend.citizens import with_settings


@pytest.fixture
def city(city: City) -> City:
    return with_settings(city, public_url="https://311.example.gov")
