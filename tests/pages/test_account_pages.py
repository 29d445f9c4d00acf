"""A citizen's own pages in a real browser: with the keyboard alone from the mailed link to the deleted account, by axe.

What the pages say is not looked at, as it is another's in each language; what they hold and do is.
"""

import re
from asyncio import to_thread
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from crew.backend.city import City
from crew.backend.schema import accounts
from tests.backend.citizens import SECRET_MAIL, close_order
from tests.backend.crews import report
from tests.backend.letters import messages, text_of
from tests.pages.axe import violations
from tests.pages.gallery import dress
from tests.pages.site import Site
from tests.pages.test_in_a_browser import SIZES, SMALLEST_TARGET, TARGETS, key, there
from tests.phone.chromium import Page, chromium
from tests.waits import eventually

pytestmark = pytest.mark.anyio

NICKNAME: Final = "Mending Ada"

__all__ = ["there"]  # the city of the other pages


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def looked_at(page: Page, name: str) -> None:
    """The page is for everybody: on a phone by day and on a desk by night."""
    await page.holds("document.querySelector('main h1')")
    for width, height, colours in SIZES:
        await dress(page, width, height, colours)
        assert await violations(page) == [], (name, width)
        assert await page.run("document.documentElement.scrollWidth") <= width, (name, width)
        small = [one for one in await page.run(TARGETS) if min(one[1:]) < SMALLEST_TARGET]
        assert not small, (name, width)


async def reach(page: Page, selector: str) -> None:
    """Go on with the tabulator until the focus is there; each stop on the way must be seen."""
    for _ in range(60):
        await key(page, "Tab")
        there, outline, nothing = await page.run(
            f"[document.activeElement.matches({selector!r}), getComputedStyle(document.activeElement).outlineStyle,"
            " document.activeElement === document.body]"
        )
        assert nothing or outline != "none", "a stop of the keyboard is not seen"
        if there:
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


async def go(page: Page, address: str) -> None:
    await page.go(address)
    await page.holds(f"location.href === {address!r} && document.querySelector('main')")


async def enter(page: Page, selector: str) -> None:
    await reach(page, selector)
    await key(page, "Enter", "\r")


def link_in(city: City) -> str:
    """The path of the link that was mailed; empty while none was."""
    links = [re.search(r"/l/[\w-]+", text_of(message, "plain")) for message in messages(city)]
    return next((found[0] for found in links if found), "")


def accounts_of(city: City) -> int:
    with city.database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(accounts)) or 0)


async def test_with_the_keyboard_alone_from_the_mailed_link_to_the_deleted_account(there: Site, tmp_path: Path) -> None:
    close_order(there.city, report(there.city, crew="roads"))
    async with chromium(tmp_path / "profile") as browser:
        page = await browser.open(f"{there.url}/me/start")
        await looked_at(page, "to ask for a link")
        await reach(page, "input[type=email]")
        await page.call("Input.insertText", text=SECRET_MAIL)
        await enter(page, "main button")
        await page.holds("!document.querySelector('input[type=email]')")
        await looked_at(page, "the link is on its way")

        link = await to_thread(eventually, lambda: link_in(there.city))
        await go(page, f"{there.url}{link}")
        await looked_at(page, "whether to sign in")
        assert accounts_of(there.city) == 0, "opening a link signs nobody in"
        await enter(page, "main button")
        await page.holds("location.pathname === '/me/reports'")
        assert accounts_of(there.city) == 1
        await looked_at(page, "one's own reports")
        assert await page.run("document.querySelectorAll('main dl a').length") == 1

        await reach(page, "input[name=nickname]")
        await page.call("Input.insertText", text=NICKNAME)
        await reach(page, "input[name=shown]")
        await key(page, " ", " ")
        await enter(page, "form[action$=shown] button")
        await page.holds("document.querySelector('input[name=shown]')?.defaultChecked")
        await enter(page, "main a[href$=citizens]")
        await page.holds("location.pathname === '/board/citizens'")
        await looked_at(page, "those who are shown")
        assert NICKNAME in await page.text()

        await go(page, f"{there.url}/me/reports")
        await reach(page, "input[name=shown]")
        await key(page, " ", " ")
        await enter(page, "form[action$=shown] button")
        await page.holds("document.querySelector('input[name=shown]')?.defaultChecked === false")
        await go(page, f"{there.url}/board/citizens")
        assert NICKNAME not in await page.text()

        await go(page, f"{there.url}/me/reports")
        await enter(page, "summary")
        await enter(page, "form[action$=delete] button")
        await page.holds("location.pathname === '/me/start'")
        assert accounts_of(there.city) == 0
        await go(page, f"{there.url}{link}")
        await looked_at(page, "a link that is used up")
        assert await page.run("document.querySelectorAll('input[type=email]').length") == 1
