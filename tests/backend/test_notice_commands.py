"""`crew backend notices` as an administrator runs it: what waits, what failed, what to do; exit codes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crew.backend.backend_settings import BackendSettings
from crew.backend.notices.delivery import deliver_due
from tests.backend.citizens import SECRET_MAIL, Hands, close_order, with_settings
from tests.backend.letters import report
from tests.backend.mail_server import free_port
from tests.founding import found_city
from tests.running import crew


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city whose mail server has been away for three hours."""
    folder = tmp_path / "city"
    clock = Hands(datetime.now(UTC) - timedelta(hours=3))  # noqa: TID251 - the commands have the clock of the machine
    opened = found_city(folder, BackendSettings(), clock)
    mail = f'[mail]\nsmtp_host = "127.0.0.1"\nsmtp_port = {free_port()}\n'
    settings = tmp_path / ".config" / "crew" / "backend.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(mail, encoding="utf-8")
    away = BackendSettings().mail
    here = with_settings(opened, mail=type(away)(smtp_host="127.0.0.1", smtp_port=free_port()))
    for number in range(2):
        close_order(here, report(here, email=f"{number}{SECRET_MAIL}"))
    assert deliver_due(here) == 0
    opened.database.close()
    return folder


def test_an_administrator_sees_what_did_not_leave_and_decides(city: Path, tmp_path: Path) -> None:
    def ask(*words: str, code: int = 0) -> str:
        answered = crew("backend", "notices", *words, "--data", city, home=tmp_path)
        assert answered.code == code, answered.err + answered.out
        return answered.out + answered.err

    listed = ask(code=10)
    assert "DEAD" in listed
    assert "cannot be reached" in listed
    assert "Nothing leaves by mail" in listed
    assert "example.org" not in listed, "no address of a citizen"
    told = crew("backend", "notices", "--json", "--data", city, home=tmp_path).json
    assert [(way["way"], way["waiting"], way["dead"]) for way in told["ways"]] == [("mail", 2, True)]
    since = datetime.fromisoformat(told["ways"][0]["failing_since"]).astimezone(ZoneInfo("Asia/Kolkata"))
    there = crew("backend", "notices", "--data", city, home=tmp_path, TZ="Asia/Kolkata").out
    assert f"{since:%m-%d %H:%M}" in there, "in the time of who reads it"
    first = told["notices"][0]
    ask("set-aside", first["id"], "--reason", "she was called", code=0)
    assert "Set aside: she was called" in ask(code=10)
    ask("set-aside", first["id"], "--reason", "again", code=6)
    ask("retry", code=2)
    ask("retry", "no-such-thing", code=6)
    assert "1 notice will be tried at once" in ask("retry", first["id"][:10])
    assert "2 notices will be tried at once" in ask("retry", "--all")
    assert "Nothing has left by mail since" in crew("backend", "check", "--data", city, home=tmp_path).out
