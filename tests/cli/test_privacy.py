"""`crew backend forget`, `keys`, `photos`, `photos withdraw`, and `crew withdraw` and `crew approve`, as typed."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from crew.backend.approving import write_approvals
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City, open_city
from crew.backend.notices.post_photos import note_carried
from crew.backend.notices.states import State
from crew.backend.post_settings import PostSettings
from crew.backend.schema import contacts, notices
from crew.cli.main import run
from crew.domain.approving import after_approval
from crew.domain.change import Approval, Withdrawal
from crew.domain.person import Role
from crew.domain.posting import Account, DayWords, Posting
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, PhotoHash, PhotoRole, PublicStatus, WorkStatus
from tests.backend.citizens import SECRET_MAIL, Hands, add_photo, close_order, prepared, with_settings
from tests.backend.crews import report, stored
from tests.builders import NOON, a_person, a_photo, an_order
from tests.running import Ended, crew
from tests.trucks import Truck

Ask = Callable[..., str]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    opened = open_city(tmp_path / "city", BackendSettings(), Hands(NOON))
    yield opened
    opened.database.close()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Types a command and gives what it said; the exit code is as expected, or the test fails."""
    settings = tmp_path / "backend.toml"
    settings.touch()
    monkeypatch.setenv("CREW_BACKEND_CONFIG", str(settings))

    def typed(*words: str | Path, code: int = 0) -> str:
        ended = run([str(word) for word in words])
        said = capsys.readouterr()
        assert ended == code, said.out + said.err
        return said.out + said.err

    return typed


def known(city: City) -> int:
    with city.database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(contacts)) or 0)


def test_who_asks_is_forgotten_and_a_typing_error_is_told(city: City, ask: Ask) -> None:
    first, second = report(city), report(city)
    report(city, email="bob@example.org")
    forget = ("backend", "forget", "--data", city.data_dir)
    told = ask(*forget, "--address", "ada.sceret@example.org", code=6)
    assert "Nobody reported with ada.sceret@example.org" in told
    assert ask(*forget, "--address", SECRET_MAIL, "--dry-run") == "would forget 2 contacts\n"
    assert known(city) == 3
    gone = json.loads(ask(*forget, "--address", SECRET_MAIL.upper(), "--json"))
    assert (gone["contacts"], gone["accounts"], known(city)) == (2, 0, 1)
    ask(*forget, "--address", SECRET_MAIL, code=6)
    assert "and 1 text" in ask(*forget, "--request", first, "--text")
    assert "removed" in stored(city, first).description
    assert stored(city, second).description == "A hole"
    assert "no service request 7" in ask(*forget, "--request", "7", code=6)
    ask(*forget, "--address", SECRET_MAIL, "--request", second, code=2)
    assert ask(*forget) == "forgot 0 contacts\n", "nothing is old enough"


def test_keys_are_listed_made_and_renewed_and_what_is_locked_for_ever_is_given_up(
    city: City, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(city)
    old = os.environ["CREW_CONTACTS_KEY"]
    keys = ("backend", "keys", "--data", city.data_dir)
    assert "newest    1 contact" in ask(*keys)
    fresh = ask(*keys, "--new").strip()
    monkeypatch.setenv("CREW_CONTACTS_KEY", fresh)
    assert "NOT HERE  1 contact" in ask(*keys)
    ask("backend", "forget", "--address", SECRET_MAIL, "--data", city.data_dir, code=4)
    monkeypatch.setenv("CREW_CONTACTS_KEY", f"{fresh} {old}")
    assert "locked with the newest key: 1 contact" in ask(*keys, "--renew")
    monkeypatch.setenv("CREW_CONTACTS_KEY", fresh)
    assert json.loads(ask(*keys, "--json"))["contacts"].popitem()[1] == 1
    assert "would forget 1 contact" in ask("backend", "forget", "--address", SECRET_MAIL, "--dry-run", *keys[2:])
    monkeypatch.setenv("CREW_CONTACTS_KEY", ask(*keys, "--new").strip())
    assert ask("backend", "forget", "--locked", *keys[2:]).startswith("forgot 1 contact\n")
    assert known(city) == 0


def test_a_photo_is_hidden_from_the_shell_and_what_was_posted_is_named(city: City, ask: Ask) -> None:
    posting = with_settings(
        city, public_url="https://311.example.gov", posts=(PostSettings("town", "unread", photos=True),)
    )
    order_id = report(posting)
    before = add_photo(posting, order_id, PhotoRole.BEFORE, prepared("grey"), "truck")
    after = PhotoHash(add_photo(posting, order_id, PhotoRole.AFTER, prepared("teal"), "truck"))
    close_order(posting, order_id)
    done = stored(posting, order_id)
    with posting.database.writing() as connection:
        write_approvals(connection, posting, done, after_approval(done, Approval(after)))
        (notice_id,) = connection.scalars(select(notices.c.id).where(notices.c.way == "post:town"))
        connection.execute(update(notices).where(notices.c.id == notice_id).values(state=State.SENT, attempts=1))
    note_carried(posting, notice_id, [after])
    photos = ("backend", "photos", "--data", city.data_dir)

    listed = ask(*photos, "--order", order_id)
    assert f"{before}  before  crews only\n" in listed
    assert f"{after}  after   public, approved for posts\n" in listed
    said = ask("backend", "photos", "withdraw", after, "--data", city.data_dir)
    assert said.splitlines()[0] == "hidden from the public: 1 photo"
    assert "post:town: a post shows it" in said
    assert f"{after}  after   withdrawn\n" in ask(*photos, "--order", order_id)
    assert stored(city, order_id).withdrawn == (after,)
    again = json.loads(ask("backend", "photos", "withdraw", after, "--again", "--json", "--data", city.data_dir))
    assert again == {"photos": [after], "withdrawn": False, "posted_on": []}
    both = ask("backend", "photos", "withdraw", "--order", order_id, "--data", city.data_dir)
    assert both.startswith("hidden from the public: 2 photos\n")
    ask("backend", "photos", "withdraw", "--data", city.data_dir, code=2)
    assert "There is no photo" in ask("backend", "photos", "withdraw", "0" * 64, "--data", city.data_dir, code=6)
    assert "There is no order 7" in ask(*photos, "--order", "7", code=6)


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor of a city that posts photos, with one finished order."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    town = Account("town", "Done: {service}, {place}.", 280, "https://311.example.gov/requests/", "?", _DAYS)
    truck.store.posting.keep(Posting("America/New_York", (town,), listed_hours=24))
    done = HistoryEntry(truck.clock(), "Ana", "done, 1 photo", change_id="1")
    ended = {"work_status": WorkStatus.DONE, "public_status": PublicStatus.CLOSED}
    order = an_order(id=OrderId("11"), address="412 Centre St", photos=(a_photo(), a_photo(sha256="b" * 64)), **ended)
    truck.gets(replace(order, history=(*order.history, done), updated_at=truck.clock()))
    return truck


_DAYS = DayWords("{day}", tuple("ABCDEFG"), tuple("abcdefghijkl"))


def test_photos_are_approved_and_hidden_from_scripts_on_a_device(office: Truck) -> None:
    """One command in a process of its own; the clock of the device is not that of the machine."""
    order, (first, second) = office.field_work.order("11"), (a_photo().sha256, PhotoHash("b" * 64))

    def typed(*words: str) -> Ended:
        return crew(*words, "--data", office.folder, home=office.folder)

    told = typed("approve", "11")
    assert told.out.splitlines()[0] == "town: Done: Pothole, 400–499 Centre St."  # noqa: RUF001 - as it is written
    assert f"{second}  nobody has said a word" in told.out
    assert typed("approve", "11", second[:8]).code == 0
    assert office.field_work.order("11").approved == (second,)
    assert typed("withdraw", "11", second[:8]).code == 0
    assert [entry.change.act for entry in office.store.outbox.unsettled()] == [Approval(second), Withdrawal(second)]
    shown = office.field_work.order("11")
    assert (shown.approved, shown.withdrawn) == ((), (second,))
    refused = typed("approve", "11", second[:8])
    assert (refused.code, "hidden from the public" in refused.err) == (5, True)
    assert typed("approve", "11", "zz").code == 6
    assert typed("approve", "11", "--not").code == 2
    assert order.photos[0].sha256 == first
