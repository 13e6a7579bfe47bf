"""Which storefronts stand in the street? Two of two customers, each on an origin of its own, and one of nobody's."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.desks import Desk
from tests.browser.sites import Site, served
from tests.world import Party

CEDAR, SOLAR = "杉の里森林組合", "晴天ソーラー株式会社"
"""Two providers: the first storefront shows the first of them alone."""


@dataclass
class Shop:
    """A storefront that is open: its page's origin, and what its owner was given."""

    site: Site
    owner: Party
    id: str
    publishable_key: str


@dataclass
class Street:
    """Everybody's offers and both shops. `stranger` serves the first shop's very page, key and all, from elsewhere."""

    desk: Desk
    green: Shop
    blue: Shop
    stranger: Site
    cedar: str
    """The listing that both shops show."""
    solar: str
    """The one that only the second shop shows."""


@asynccontextmanager
async def open_street(desk: Desk, site: Path, folder: Path) -> AsyncIterator[Street]:
    """Two shops and a stranger, each on a port that the kernel chose."""
    world = desk.world
    cedar, solar = await world.provider(CEDAR), await world.provider(SOLAR)
    both = await world.listing(cedar, 500, price=6_200, minimum=10, number="252")
    blues = await world.listing(solar, 800, price=4_500, minimum=1, number="1")
    async with AsyncExitStack() as stack:
        sites = [stack.enter_context(served(site, folder / name)) for name in ("green", "blue", "stranger")]
        green = await _open_shop(desk, sites[0], GREEN, providers=[cedar.id])
        blue = await _open_shop(desk, sites[1], BLUE, providers=None)
        sites[2].configure(desk=desk.url, publishable_key=green.publishable_key)
        yield Street(desk, green, blue, sites[2], both, blues)


GREEN = {
    "display_name_ja": "みどり商店", "display_name_en": "Green Shop", "colour": "#14543a",
    "support_email": "help@green.example", "commerce_url": "https://green.example/legal",
}  # fmt: skip
BLUE = {"display_name_ja": "あお商店", "display_name_en": "Blue Shop", "colour": "#1d3f8c"}


async def _open_shop(desk: Desk, site: Site, branding: dict[str, Any], *, providers: list[str] | None) -> Shop:
    owner = await desk.world.buyer(f"{branding['display_name_ja']}株式会社")
    wish = {"name": branding["display_name_en"], "origins": [site.origin], "branding": branding, "providers": providers}
    made = await desk.post(owner, "/v1/storefronts", wish)
    key = await desk.post(owner, f"/v1/storefronts/{made['id']}/keys", {})
    site.configure(desk=desk.url, publishable_key=key["key"])
    return Shop(site, owner, made["id"], key["key"])
