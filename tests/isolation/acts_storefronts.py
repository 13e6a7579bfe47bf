"""Two providers have frontends of their own, each with two buyers: one who signed up on its page, one it opened itself."""

import secrets

import httpx

from app.core.ids import read_public_id
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK
from tests.world import PASSWORD, Party

SCOPES = ["read", "act_for_buyers", "orders:write", "retirements:write", "retirements:sign_off"]
FRONTS = {"provider_a": "a", "provider_b": "b"}
PAGES = ("page_a", "page_b")
"""Publishable keys: callers who are no organisation."""


async def act(story: Story, players: dict[str, Player]) -> None:
    """Everything that is a storefront's. Each sells what the other provider offers, so that no trade lets it see more."""
    for owner, suffix in FRONTS.items():
        await _front(story, players, owner, suffix)
    await _consents(players["buyer_a"], players)


async def _front(story: Story, players: dict[str, Player], owner: str, suffix: str) -> None:
    say, party = story.words.say, players[owner].party
    page, person, acted = f"page_{suffix}", f"person_{suffix}", f"acted_{suffix}"
    origin = f"https://{secrets.token_hex(6)}.example"
    branding = {"display_name_en": say(owner, "displayname", page, person, acted)}
    storefront = await _storefront(story, party, say(owner, "frontname"), origin, branding)
    key = (await party.post(f"/v1/storefronts/{storefront}/keys")).json()["key"]
    spare = (await party.post(f"/v1/storefronts/{storefront}/keys")).json()["storefront_key"]["id"]
    await party.client.delete(f"/v1/storefront-keys/{spare}")
    players[page] = _player(story, page, storefront, key, {"Origin": origin})
    players[person] = await _person(story, players[page], person, owner)
    wish = {"name": say(owner, "actingkeyname"), "scopes": SCOPES, "storefront_id": storefront}
    secret = (await party.post("/v1/api-keys", wish)).json()["secret"]
    program = story.listen(owner, story.world.client(secret))
    opened = await program.post(f"/v1/storefronts/{storefront}/buyers", json={"name": say(acted, "orgname", owner)})
    players[acted] = _player(
        story, acted, opened.json()["id"], secret, {"Offset-Desk-Organisation": opened.json()["id"]}
    )
    for label in (page, person, acted):
        await players[label].party.get("/v1/storefront")
    await _buy(story, players, suffix, next(other for other in FRONTS if other != owner))


async def _storefront(story: Story, party: Party, name: str, origin: str, branding: dict[str, str]) -> str:
    """One that stays, one that is closed; the operator stops the first and lets it go on."""
    spare = (await party.post("/v1/storefronts", {"name": f"{name} spare"})).json()["id"]
    await party.client.delete(f"/v1/storefronts/{spare}", headers=SEEN)
    wish = {"name": name, "origins": [origin]}
    storefront = str((await party.post("/v1/storefronts", wish)).json()["id"])
    await party.client.patch(f"/v1/storefronts/{storefront}", json={"branding": branding}, headers=SEEN)
    owner = story.words.all[name].owner
    for turn, readers in (("suspend", ()), ("resume", (owner,))):
        note = {"note": story.words.say(DESK, f"{turn}{owner}", *readers)}
        await story.world.desk.post(f"/v1/admin/storefronts/{storefront}/{turn}", note, headers=SEEN)
    return storefront


def _player(story: Story, label: str, named: str, key: str, headers: dict[str, str]) -> Player:
    """Somebody who comes through a storefront. A page is known by its storefront's id: it is no organisation."""
    row_id = read_public_id(named[:3], named)
    assert row_id is not None, named
    client = story.listen(label, story.world.client(key, **headers))
    return Player(label, Party(named, row_id, key, client, ""), client, client)


async def _person(story: Story, page: Player, label: str, owner: str) -> Player:
    """Somebody who signed up, in, and stays signed in on the page; what the page is told then is the person's."""
    say, headers = story.words.say, {"Origin": page.party.client.headers["origin"]}
    mine = story.listen(label, story.world.client(page.party.key, **headers))
    email = f"{say(label, 'email')}@canary.example"
    member = {"email": email, "name": say(label, "ownername"), "password": PASSWORD}
    made = await mine.post(
        "/v1/organisations", json={"kind": "buyer", "name": say(label, "orgname", owner), "member": member}
    )
    credentials = {"email": email, "password": PASSWORD}
    first = (await mine.post("/v1/storefront-tokens", json=credentials)).json()
    wish = {"refresh_token": first["refresh_token"]}
    tokens = (await mine.post("/v1/storefront-tokens/refresh", json=wish)).json()
    away = (await mine.post("/v1/storefront-tokens", json=credentials)).json()["access_token"]
    await story.listen(label, story.world.client(away, **headers)).delete("/v1/storefront-tokens")
    player = _player(story, label, made.json()["organisation"]["id"], tokens["access_token"], headers)
    await player.party.get("/v1/organisation")
    await player.party.get("/v1/members")
    return player


async def _buy(story: Story, players: dict[str, Player], suffix: str, seller: str) -> None:
    """The page asks for a price that its person orders at; the program orders for its own, pays, and asks for more."""
    page, person, acted = (players[f"{who}_{suffix}"] for who in ("page", "person", "acted"))
    listing = await _listing_of(page.party.client, players[seller].party.id)
    line = [{"listing_id": listing, "quantity": 2}]
    quote = (await page.party.post("/v1/quotes", {"lines": line})).json()["id"]
    await page.party.post("/v1/quotes", {"lines": line})
    for each, body in ((person, {"quote_id": quote}), (acted, {"lines": line})):
        await each.party.get("/v1/organisation")
        wish = story.wish(each, "unpaid")
        await each.party.post("/v1/orders", body | {"retire": wish})
        await each.party.post("/v1/quotes", {"lines": line})
        paid = (await each.party.post("/v1/orders", {"lines": line})).json()
        await story.paid(each, paid, f"payer{each.label}")


async def _listing_of(client: httpx.AsyncClient, provider: str) -> str:
    """An open listing of this provider."""
    listed = (await client.get("/v1/listings", params={"limit": "100"})).json()["data"]
    return next(str(each["id"]) for each in listed if each["provider"]["id"] == provider)


async def _consents(buyer: Player, players: dict[str, Player]) -> None:
    """A direct buyer consents to both storefronts, takes one back, and gives it again."""
    storefronts = [players[page].party.id for page in PAGES]
    given = [
        (await buyer.party.post("/v1/storefront-consents", {"storefront_id": each})).json() for each in storefronts
    ]
    await buyer.party.client.delete(f"/v1/storefront-consents/{given[0]['id']}")
    await buyer.party.post("/v1/storefront-consents", {"storefront_id": storefronts[0]})
