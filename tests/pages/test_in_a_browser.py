"""The citizens' pages in a real browser: on a phone and a desk, without script, with a keyboard, looked at by axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crew.backend.public.page_links import page_secret, page_token, quiet_address
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from tests.backend.crews import stored
from tests.pages.axe import violations
from tests.pages.gallery import WITH_STREETS, dress
from tests.pages.site import Site, scene, site
from tests.phone.chromium import Page, chromium

pytestmark = pytest.mark.anyio

SIZES = ((360, 740, "light"), (1280, 800, "dark"))
MOST_BYTES = 15_000
SMALLEST_TARGET = 24
TARGETS = """
[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(one => !one.closest('.trap') && !one.classList.contains('skip') && one.checkVisibility())
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().width, one.getBoundingClientRect().height])
"""
_PICTURES = """
performance.getEntriesByType('resource').filter(one => !one.name.endsWith('favicon.ico'))
  .map(one => [new URL(one.name).pathname.split('/').pop(), one.encodedBodySize])
"""
_DOTS = "[...document.querySelectorAll('svg.map a')].map(one => one.getAttribute('aria-label'))"
_FOCUSED = """
(one => [
  one.matches('select') ? one.name : one.innerText || one.name || one.getAttribute('aria-label'),
  one.matches('svg *') ? getComputedStyle(one.firstElementChild).strokeWidth === '3px' && 'a ring'
    : getComputedStyle(one).outlineStyle.replace('none', ''),
])(document.activeElement)
"""
"""What has the focus, and how it shows that."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "city") as opened:
        yield opened


async def without_script(page: Page, *, but: bool = False) -> None:
    await page.call("Emulation.setScriptExecutionDisabled", value=not but)


async def press(page: Page, *selectors: str) -> None:
    """Click one thing after the other."""
    for selector in selectors:
        await page.run(f"document.querySelector({selector!r}).click()")


async def write(page: Page, selector: str, words: str) -> None:
    await page.run(f"document.querySelector({selector!r}).value = {words!r}")


async def key(page: Page, name: str, text: str = "") -> None:
    for kind in ("keyDown", "keyUp"):
        await page.call(
            "Input.dispatchKeyEvent", type=kind, key=name, code=name, text=text if kind == "keyDown" else ""
        )


def addresses(there: Site) -> dict[str, str]:
    with there.city.database.reading() as connection:
        quiet = quiet_address(connection, there.url, there.finished)
    return {
        "the page of finished work": there.page_of(there.finished),
        "the page of open work, just sent, in Spanish": f"{there.page_of(there.opened)}?thanks=new&lang=es",
        "the types": f"{there.url}/report",
        "the form": f"{there.url}/report?service=pothole",
        "the list": f"{there.url}/requests?status=all",
        "a report for everybody": f"{there.url}/requests/{there.opened}",
        "no more mails": quiet,
        "an address that opens nothing": f"{there.url}/r/nothing",
    }


async def test_every_page_is_whole_light_and_for_everybody(there: Site, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as browser:
        page = await browser.open("about:blank")
        for name, address in addresses(there).items():
            for width, height, colours in SIZES:
                await dress(page, width, height, colours)
                await page.go(address)
                await page.until(lambda text: "311" in text, name)
                assert await violations(page) == [], (name, width)
                assert await page.run("document.documentElement.scrollWidth") <= width, (name, width)
                small = [one for one in await page.run(TARGETS) if min(one[1:]) < SMALLEST_TARGET]
                assert not small, (name, width)
            loaded = await page.run("performance.getEntriesByType('resource').map(one => one.name)")
            assert all("/photos/" in one for one in loaded), name
            size = await page.run("performance.getEntriesByType('navigation')[0].decodedBodySize")
            assert size <= MOST_BYTES, name


async def test_a_citizen_reports_with_a_photo_hears_answers_and_says_that_it_is_not_fixed(
    there: Site, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(scene("before").content)
    async with chromium(tmp_path / "profile") as browser:
        page = await browser.open(f"{there.url}/report")
        await without_script(page)
        await page.until(lambda text: "What is it about?" in text, "the types are there")
        await press(page, 'a[href$="service=pothole"]')
        await page.until(lambda text: "What do you see?" in text, "the form is there")
        there.clock.turn(seconds=30)
        await write(page, "#description", "A deep hole")
        await page.choose("media", photo)
        await press(page, "form[method=post] button")
        await page.until(lambda text: "Your photo carries no place" in text, "the place is asked for")
        await write(page, "#address_string", "86 Green Street")
        await press(page, "form[method=post] button")
        await page.until(lambda text: "Is it one of these?" in text, "what is known is shown")
        await press(page, "button[value=none]")
        await page.until(lambda text: "Thank you. We have your report." in text, "it is thanked for")

        number = (await page.run("document.querySelector('.number').innerText")).split()[-1]
        assert stored(there.city, number).photos_of(PhotoRole.BEFORE)
        await page.go(there.page_of(there.finished))
        await page.until(lambda text: "The work is done." in text, "the finished work is shown")
        await press(page, "button[value=thanks]")
        await page.until(lambda text: "You answered: 👍 Thank you" in text, "the answer is shown")
        await press(page, "button[value=unhappy]")
        await page.until(lambda text: "You answered: 😕" in text, "the answer is changed")
        await press(page, "summary")
        await write(page, "details textarea", "It is there again")
        await page.choose("now", photo)
        await press(page, "details button")
        await page.until(lambda text: "A crew will come again." in text, "it goes back to its crew")
    order = stored(there.city, there.finished)
    assert (order.work_status, order.public_status, order.needs_look) == (
        WorkStatus.SENT_BACK,
        PublicStatus.OPEN,
        True,
    )
    assert (order.history[-1].text, order.history[-1].note) == (NOT_FIXED, "It is there again")


async def test_with_the_keyboard_alone_me_too_and_no_more_mails(there: Site, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as browser:
        page = await browser.open(f"{there.url}/requests/{there.opened}")
        await page.until(lambda text: "Me too" in text, "the page is there")
        await without_script(page)
        there.clock.turn(seconds=30)
        await _tab_to(page, "email")
        await page.call("Input.insertText", text="ben@example.org")
        await _tab_to(page, "Me too")
        await key(page, "Enter", "\r")
        await page.until(lambda text: "You are now part of this report." in text, "it is joined")
        assert len(stored(there.city, there.opened).requests) == 2

        mine = stored(there.city, there.opened).requests[-1].request_id
        with there.city.database.reading() as connection:
            token = page_token(page_secret(connection), mine, "quiet")
        await page.go(f"{there.url}/u/{token}")
        await page.until(lambda text: "Do you want fewer mails" in text, "it is asked")
        await _tab_to(page, "No more mails")
        await key(page, "Enter", "\r")
        await page.until(lambda text: "You get no more mails from us." in text, "they end")


async def test_the_map_has_streets_and_goes_closer_and_to_a_district_with_the_keyboard(tmp_path: Path) -> None:
    with site(tmp_path / "city", with_map=True) as there:
        async with chromium(tmp_path / "profile") as browser:
            page = await browser.open("about:blank")
            for width, height, colours in SIZES:
                await without_script(page, but=True)
                await dress(page, width, height, colours)
                await page.go(f"{there.url}/requests")
                await page.until(lambda text: "A sketch, not a survey" in text, "the map is there")
                await page.run(WITH_STREETS)
                assert await violations(page) == [], width
                assert await page.run("document.documentElement.scrollWidth") <= width
                small = [one for one in await page.run(TARGETS) if min(one[1:]) < SMALLEST_TARGET]
                assert not small, width
                pictures = await page.run(_PICTURES)
                assert [name for name, *_ in pictures] == ["streets.svg"]
                assert all(0 < size <= MOST_BYTES for _, size in pictures)
                assert await page.run("performance.getEntriesByType('navigation')[0].decodedBodySize") <= MOST_BYTES
                reports = len(await page.run(_DOTS))
                await without_script(page)
                await _tab_to(page, "+")
                await key(page, "Enter", "\r")
                await page.until(lambda text: "the part of the map that you chose" in text, "it is closer")
                assert 0 < len(await page.run(_DOTS)) < reports
                await _tab_to(page, "district")
                for letter in "Rox":
                    await key(page, letter, letter)
                await _tab_to(page, "Show")
                await key(page, "Enter", "\r")
                await page.until(lambda text: "There is nothing that fits." in text, "the district has none")
                assert "Roxbury (0)" in await page.run("document.querySelector('#district').selectedOptions[0].text")


async def _tab_to(page: Page, wanted: str) -> None:
    """Go on with the tabulator until the focus is on what has this name or says this; each stop must be seen."""
    for _ in range(40):
        await key(page, "Tab")
        name, outline = await page.run(_FOCUSED)
        if await page.run("document.activeElement === document.body"):
            continue  # the page has just come
        assert outline, name
        if name == wanted:
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")
