"""Who stands before the page? A person in a real Chromium, whose steps are photographed when somebody asks for it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

PATIENCE_MS = 20_000
"""For a machine that does other things at the same time."""


@dataclass
class Visitor:
    """One person with a window of their own: nothing is shared with other visitors."""

    name: str
    page: Page
    pictures: Path | None
    said: list[str] = field(default_factory=list)
    """What the browser wrote to its console."""
    steps: int = 0

    async def picture(self, step: str) -> None:
        """Keep what the page shows now, if pictures are wanted."""
        self.steps += 1
        if self.pictures is not None:
            await self.page.screenshot(path=self.pictures / f"{self.name}-{self.steps}-{step}.png", full_page=True)

    def section(self, title: str) -> Locator:
        """A part of the page or a form in it, by its heading."""
        region = self.page.get_by_role("region", name=title, exact=True)
        return region.or_(self.page.get_by_role("form", name=title, exact=True))

    async def fill(self, section: str, **fields: str) -> None:
        """Type into fields that are known by their labels, underscores for what no Python name can hold."""
        for label, text in fields.items():
            of_field = re.compile(f"{label.replace('_', '.')}")
            await self.section(section).get_by_label(of_field).fill(text)

    async def press(self, button: str) -> None:
        await self.page.get_by_role("button", name=button, exact=True).click()

    async def sees(self, section: str, text: str) -> None:
        """Raises AssertionError when the section does not come to show the text."""
        await expect(self.section(section)).to_contain_text(text, use_inner_text=True)


@asynccontextmanager
async def visiting(
    browser: Browser, name: str, pictures: Path | None, *, locale: str = "en-GB"
) -> AsyncIterator[Visitor]:
    """A new visitor; where a step fails, the last picture is of that moment."""
    context = await browser.new_context(viewport={"width": 1000, "height": 900}, locale=locale)
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    visitor = Visitor(name, page, pictures)
    page.on("console", lambda message: visitor.said.append(message.text))
    page.on("pageerror", lambda error: visitor.said.append(str(error)))
    try:
        yield visitor
    except BaseException:
        await visitor.picture("failed")
        raise
    finally:
        await context.close()
