"""The pictures of docs/citizens.md, taken of the real pages in a real browser.

python -m tests.pages.gallery [FOLDER]
"""

import asyncio
import base64
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.pages.site import Site, site
from tests.phone.chromium import Page, chromium

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_COLOURS = 128
_LONGEST = 2400
_IN_DOCUMENTS = {"page-done": "light", "page-open": "dark", "report-form": "light", "requests": "light"}
_SIZES = {"phone": (360, 740), "desk": (1280, 800)}


def _shots(there: Site) -> dict[str, str]:
    """The address of each page, by the name of its picture."""
    return {
        "page-done": there.page_of(there.finished),
        "page-open": there.page_of(there.opened),
        "page-spanish": f"{there.page_of(there.finished)}?lang=es",
        "report-choose": f"{there.url}/report",
        "report-form": f"{there.url}/report?service=pothole",
        "requests": f"{there.url}/requests",
        "request": f"{there.url}/requests/{there.opened}",
    }


WITH_STREETS = """
Promise.all([...document.querySelectorAll('svg image')].map(one => {
  const picture = new Image();
  picture.src = one.href.baseVal;
  return picture.decode();
})).then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
"""
"""Wait until the pictures in drawings are there and shown."""


async def whole_page(page: Page, width: int) -> bytes:
    """What the whole page looks like, as a PNG."""
    height = await page.run("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(int(height), _LONGEST), "scale": 1}
    answer = await page.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(answer["data"])


async def dress(page: Page, width: int, height: int, colours: str = "light") -> None:
    """Be a screen of this size, by day or by night."""
    await page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
    )
    features = [{"name": "prefers-color-scheme", "value": colours}]
    await page.call("Emulation.setEmulatedMedia", features=features)


async def _take(folder: Path, *, every: bool) -> None:
    with tempfile.TemporaryDirectory() as home, site(Path(home) / "city", with_map=True) as there:
        async with chromium(Path(home) / "profile") as browser:
            page = await browser.open("about:blank")
            for name, address in _shots(there).items():
                for size, (width, height) in _SIZES.items():
                    for colours in ("light", "dark"):
                        if not every and _IN_DOCUMENTS.get(name) != colours:
                            continue
                        await dress(page, width, height, colours)
                        await page.go(address)
                        await page.until(lambda text: "311" in text, "the page is there")
                        await page.run("Promise.all([...document.images].map(one => one.decode()))")
                        await page.run(WITH_STREETS)
                        content = await whole_page(page, width)
                        label = f"-{colours}" if every else ""
                        picture = Image.open(BytesIO(content)).quantize(_COLOURS, dither=Image.Dither.NONE)
                        picture.save(folder / f"citizen-{name}-{size}{label}.png", optimize=True)


def main() -> None:
    """Take them all; in a folder of one's own every page by day and by night."""
    named = sys.argv[1:]
    asyncio.run(_take(Path(named[0]) if named else _FOLDER, every=bool(named)))


if __name__ == "__main__":
    main()
