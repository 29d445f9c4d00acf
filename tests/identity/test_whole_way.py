"""From the command on the device over the backend to the provider and back, each a program or a socket of its own."""

import re
import subprocess
import sys
from pathlib import Path

from crew.backend.admin import revoke_person
from crew.backend.serve import EmbeddedBackend
from tests.identity.city_provider import CityProvider
from tests.identity.conftest import Later, office_of
from tests.running import crew, environment

_TIMEOUT_SECONDS = 60


def test_the_command_says_what_to_open_and_waits(tmp_path: Path, provider: CityProvider, clock: Later) -> None:
    provider.stop()
    provider.interval = 1
    provider.start()
    city = office_of(tmp_path, provider, clock)
    home, device = tmp_path / "home", tmp_path / "device"
    home.mkdir()
    with EmbeddedBackend(city) as url:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "crew", "sign-in", url, "--with-account", "--json", "--data", str(device)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(home),
        )
        assert waiting.stderr is not None
        told = re.search(r"Open (\S+) on any device and type this code: (\S+)", waiting.stderr.readline())
        assert told is not None
        assert told[1] == f"{provider.url}/device"
        provider.allow(told[2])
        out, _ = waiting.communicate(timeout=_TIMEOUT_SECONDS)
        assert waiting.returncode == 0
        assert '"name": "Ana"' in out

        synced = crew("sync", "--json", "--data", device, home=home)
        assert synced.json["pulled"] == 1
        revoke_person(city, "Ana")
        order_id = crew("list", "--json", "--data", device, home=home).json[0]["id"]
        assert crew("status", order_id, "working", "--data", device, home=home).code == 0, "work goes on"
        assert crew("sync", "--data", device, home=home).code == 3, "and only sending ends"
    city.database.close()


def test_a_code_and_an_account_are_either_or(tmp_path: Path) -> None:
    tmp_path.joinpath("home").mkdir()
    for more in ([], ["CODE", "--with-account"]):
        said = crew("sign-in", "127.0.0.1:1", *more, "--data", tmp_path / "device", home=tmp_path / "home")
        assert said.code == 2
        assert "either the one-time code or --with-account" in said.err
