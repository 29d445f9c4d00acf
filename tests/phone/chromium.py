"""A real browser without a window, driven over a pipe: it speaks JSON, so nothing has to be installed for it."""

import asyncio
import base64
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_PATIENCE_SECONDS = 60.0
_TURN_SECONDS = 0.05
_MESSAGE_BYTES = 64 * 1024 * 1024


class BrowserRefused(Exception):
    """The browser did not do it."""


class Page:
    """One page, in a profile of its own."""

    def __init__(self, browser: "Chromium", session: str) -> None:
        self._browser = browser
        self._session = session

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **params)

    async def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def text(self) -> str:
        """What a person reads; nothing while another page is on its way."""
        try:
            return str(await self.run("document.body ? document.body.innerText : ''"))
        except BrowserRefused:
            return ""

    async def until(self, condition: Callable[[str], object], what: str) -> str:
        """Wait until what a person reads is as it should be."""
        text = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not condition(text := await self.text()):
                    await self._browser.rest(_TURN_SECONDS)
                return text
        raise AssertionError(f"it did not happen: {what}; the page says {text!r}")

    async def holds(self, script: str) -> None:
        """Wait until an expression in the page is true; while another page is on its way it is not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while True:
                    with suppress(BrowserRefused):
                        if await self.run(f"document.readyState === 'complete' && Boolean({script})"):
                            return
                    await self._browser.rest(_TURN_SECONDS)
        raise AssertionError(f"it did not happen: {script}; the page says {await self.text()!r}")

    async def go(self, url: str) -> None:
        """Open an address, as if it were typed."""
        await self.call("Page.navigate", url=url)

    async def choose(self, field: str, *files: Path) -> None:
        """Choose files as a person does."""
        found = await self.call("Runtime.evaluate", expression=f"document.getElementById('{field}')")
        await self.call(
            "DOM.setFileInputFiles", files=[str(file) for file in files], objectId=found["result"]["objectId"]
        )

    async def look_like(self, width: int, height: int) -> None:
        """Be a phone of this size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True
        )

    async def picture(self) -> bytes:
        """What it looks like, as a PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


class Chromium:
    """One running browser."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._waiting[number]

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError):  # the browser has ended
            while True:
                message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                waiting = self._waiting.pop(message.get("id", 0), None)
                if waiting is not None and "error" in message:
                    waiting.set_exception(BrowserRefused(message["error"]))
                elif waiting is not None:
                    waiting.set_result(message["result"])

    async def rest(self, seconds: float) -> None:
        """Let everything else run; ends early with the browser."""
        await asyncio.wait({self._listening}, timeout=seconds)

    async def open(self, url: str) -> Page:
        """Open an address in a new profile, which has nobody's cookies."""
        profile = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = await self.call("Target.createTarget", url="about:blank", browserContextId=profile)
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, attached["sessionId"])
        await page.look_like(390, 844)
        await page.go(url)
        return page

    async def end(self) -> None:
        await self.call("Browser.close")
        await self._listening


@asynccontextmanager
async def chromium(profile: Path, *flags: str) -> AsyncIterator[Chromium]:
    """Run the browser; skips the test where there is none."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed, so no phone's page is opened: apt-get install chromium")
    from_us, to_us = os.pipe(), os.pipe()

    def pipes_at_3_and_4() -> None:
        """The browser reads from the one and writes to the other; they are moved up first, or they might collide."""
        reading, writing = os.dup(from_us[0]), os.dup(to_us[1])
        while reading in (3, 4):
            reading = os.dup(reading)
        while writing in (3, 4):
            writing = os.dup(writing)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    process = await asyncio.create_subprocess_exec(
        program,
        *_FLAGS,
        *flags,
        f"--user-data-dir={profile}",
        "about:blank",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=pipes_at_3_and_4,
    )
    os.close(from_us[0])
    os.close(to_us[1])
    reader, writer = await _streams(to_us[0], from_us[1])
    browser = Chromium(reader, writer)
    try:
        yield browser
        await browser.end()
    finally:
        writer.close()
        if process.returncode is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _streams(reading: int, writing: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(_MESSAGE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb"))
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.streams.FlowControlMixin(loop), os.fdopen(writing, "wb")
    )
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)
