"""The whole loop: a citizen reports, a crew without a signal repairs, the citizen hears and answers, the crew reads it.

A real browser, a real mail server, the real backend as a process, the device's own program in a real terminal.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.backend.mail_server import Mailbox, mail_server
from tests.journeys.test_a_working_day import a_photo_file, enrol, local_link
from tests.phone.chromium import Page, chromium
from tests.running import crew, served
from tests.terminal.real_terminal import real_terminal
from tests.waits import eventually

if TYPE_CHECKING:
    from email.message import EmailMessage

pytestmark = pytest.mark.anyio

CITIZEN = "ada@example.org"
SOON_SECONDS = 10.0
"""Between a completion that was synced and its mail; how much it is, benchmarks/notice.py measures."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def home(tmp_path: Path, mailbox: Mailbox) -> Iterator[Path]:
    """A home whose backend mails over a real server."""
    folder = tmp_path / "home"
    settings = folder / ".config" / "crew" / "backend.toml"
    settings.parent.mkdir(parents=True)
    with mail_server(mailbox) as port:
        settings.write_text(f'[mail]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\n')
        yield folder


async def test_a_report_comes_back_as_thanks(home: Path, mailbox: Mailbox, tmp_path: Path) -> None:
    backend_dir, device = tmp_path / "backend", tmp_path / "truck"
    async with chromium(tmp_path / "profile") as browser:
        with served(backend_dir, home) as url:
            enrol(url, backend_dir, device, home)
            await _report(await browser.open(f"{url}/report?service=pothole"), tmp_path)
            assert crew("sync", "--data", device, home=home).code == 0
        (order,) = crew("list", "--json", "--data", device, home=home).json
        after = a_photo_file(tmp_path / "filled.jpg", "dimgray")
        offline = crew("status", order["id"], "done", "--photo", after, "--data", device, home=home)
        assert offline.code == 0, offline.err
        assert crew("sync", "--data", device, home=home).code == 4

        port = urlsplit(url).port
        assert port is not None
        with served(backend_dir, home, port=port):
            assert crew("sync", "--json", "--data", device, home=home).json["sent"] == 1
            synced_at = time.monotonic()
            mail = eventually(lambda: _mail_with_photo(mailbox))
            assert time.monotonic() - synced_at < SOON_SECONDS
            assert mail["To"] == CITIZEN

            page = await browser.open(local_link(mail, url))
            await page.until(lambda text: "The work is done." in text, "the finished work is shown")
            assert await page.run("[...document.images].filter(one => one.naturalWidth).length") == 2
            await page.run("document.querySelector('button[value=thanks]').click()")
            await page.until(lambda text: "You answered" in text, "the answer is shown")

            assert crew("sync", "--data", device, home=home).code == 0
        with real_terminal(device, home) as terminal:
            terminal.read_until(lambda seen: b"1 person thanked you for Centre St" in seen, "the crew reads it")


async def _report(page: Page, folder: Path) -> None:
    """Fill the form with a photo, and send it until it is old enough to be believed."""
    await page.until(lambda text: "What do you see?" in text, "the form is there")
    await page.run(
        "document.querySelector('#description').value = 'Deep hole in the right lane';"
        "document.querySelector('#address_string').value = '412 Centre St, Jamaica Plain';"
        f"document.querySelector('[type=email]').value = '{CITIZEN}'"
    )
    await page.choose("media", a_photo_file(folder / "hole.jpg", "saddlebrown"))
    for _ in range(60):
        await page.run("document.body.append('on its way'); document.querySelector('form[method=post] button').click()")
        text = await page.until(lambda text: "311" in text and "on its way" not in text, "there is an answer")
        if "Thank you. We have your report." in text:
            return
    raise AssertionError(f"the report was not taken: {text}")


def _mail_with_photo(mailbox: Mailbox) -> "EmailMessage | None":
    """The mail that shows the repair; an earlier one only says that the report was received."""
    shown = [mail for mail in mailbox.received if any(part.get_content_type() == "image/jpeg" for part in mail.walk())]
    return shown[0] if shown else None
