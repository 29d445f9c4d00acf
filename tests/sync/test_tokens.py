"""Sign-ins lie in the keyring where one works, else in files of their owner's alone; never in the store.

The keyring's program is the real one; only the keyring that it speaks to is made by the test.
"""

import json
import sys
from pathlib import Path

import httpx
import pytest

from crew.domain.errors import TryLater
from crew.store.device import SignedInDevice
from crew.tokens import Tokens, keyring_program
from tests.builders import a_person, an_order
from tests.rules.source import ROOT
from tests.sync.backend import Proper
from tests.sync.conftest import Road
from tests.trucks import URL

pytestmark = pytest.mark.anyio

SECRET = "a-token-that-opens-everything"


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the test's keyring keeps; the real program finds it as it finds any other."""
    file = tmp_path / "keyring.json"
    monkeypatch.setenv("CREW_TEST_KEYRING", str(file))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    choose(monkeypatch, "Keeping")
    return file


def in_keyring(file: Path) -> list[str]:
    return list(json.loads(file.read_text()).values()) if file.exists() else []


def choose(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"tests.sync.keyrings.{name}")


async def test_a_keyring_that_works_has_the_token_and_no_file_has(tmp_path: Path, kept_in: Path) -> None:
    tokens = Tokens(tmp_path / "sign-ins", keyring_program())
    name = await tokens.keep(SECRET)
    assert in_keyring(kept_in) == [SECRET]
    assert not (tmp_path / "sign-ins").exists()
    assert SECRET not in name
    assert await Tokens(tmp_path / "sign-ins", keyring_program()).reveal(name) == SECRET

    await tokens.forget(name)
    assert in_keyring(kept_in) == []
    with pytest.raises(TryLater, match="keyring does not give this sign-in"):
        await tokens.reveal(name)


@pytest.mark.parametrize("keyring", ["Forgetting", "Refusing", "Asking"])
async def test_where_no_keyring_works_a_file_of_the_owners_alone_has_the_token(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch, keyring: str
) -> None:
    choose(monkeypatch, keyring)
    folder = tmp_path / "sign-ins"
    tokens = Tokens(folder, keyring_program(), seconds=20 if keyring != "Asking" else 1)
    name = await tokens.keep(SECRET)
    (file,) = folder.iterdir()
    assert (file.read_text(), file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (SECRET, 0o600, 0o700)
    assert await Tokens(folder).reveal(name) == SECRET
    await tokens.forget(name)
    assert list(folder.iterdir()) == []


async def test_a_keyring_that_is_not_installed_is_not_asked(tmp_path: Path, kept_in: Path) -> None:
    assert (await Tokens(tmp_path / "sign-ins").keep(SECRET)).startswith("file:")
    assert in_keyring(kept_in) == []
    tokens = Tokens(tmp_path / "sign-ins", (sys.executable, "-m", "there_is_no_such_keyring"))
    assert (await tokens.keep(SECRET)).startswith("file:")


async def test_a_token_that_lay_in_the_store_moves_out_and_leaves_no_trace(road: Road, kept_in: Path) -> None:
    road.tokens = Tokens(road.truck.folder / "sign-ins", keyring_program())
    road.truck.store.people.enrol(SignedInDevice(URL, SECRET, a_person(), "Boston"))
    road = Road(road.truck, road.backend, tokens=road.tokens)
    road.has(an_order())
    shown: list[str] = []

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        shown.append(request.headers["Authorization"])
        return proper(request)

    road.backend.keeps_failing("", listen)
    for _ in range(2):
        await road.sync.run_once()

    assert set(shown) == {f"Bearer {SECRET}"}
    assert in_keyring(kept_in) == [SECRET]
    signed_in = road.truck.store.device.signed_in()
    assert signed_in is not None
    assert signed_in.token == road.truck.store.people.all()[0].token
    road.truck.store.close()
    for path in road.truck.folder.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


async def test_a_keyring_that_stays_closed_stops_sending_alone_and_nobody_is_signed_out(
    road: Road, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = Road(road.truck, road.backend, tokens=Tokens(road.truck.folder / "sign-ins", keyring_program()))
    road.has(an_order())
    await road.sync.sign_in(URL, "ABCD-1234")
    choose(monkeypatch, "Refusing")
    later = Road(road.truck, road.backend, tokens=Tokens(road.truck.folder / "sign-ins", keyring_program()))
    road.truck.field_work.add_note(an_order().id, "goes on")
    with pytest.raises(TryLater, match="Unlock it, or sign in again"):
        await later.sync.run_once()
    choose(monkeypatch, "Keeping")
    assert (await later.sync.run_once()).sent == 1


async def test_a_new_sign_in_of_the_same_person_takes_the_place_of_the_old_one(road: Road, kept_in: Path) -> None:
    road = Road(road.truck, road.backend, tokens=Tokens(road.truck.folder / "sign-ins", keyring_program()))
    for code in ("ABCD-1234", "ABCD-5678"):
        await road.sync.sign_in(URL, code)
    assert in_keyring(kept_in) == ["fresh token"]
