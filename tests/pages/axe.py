"""axe-core in a real browser: what of WCAG 2.2 AA a program can tell. It is put in through the debugger.

The policy of the page is not touched: what the debugger evaluates is not under it.
"""

from importlib.resources import files
from typing import Any

from tests.phone.chromium import Page

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


async def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the elements that break it."""
    await page.call("Runtime.evaluate", expression=files("axe_playwright_python").joinpath("axe.min.js").read_text())
    script = f"axe.run(document, {{runOnly: {list(_RULES)!r}}}).then(found => found.violations)"
    found: list[dict[str, Any]] = await page.run(script)
    return [f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]
