"""Who buys through a storefront buys as a buyer does: its own orders, its own keys, the storefront's quotes, and a trace."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from app.core.ids import read_public_id
from tests.orders.shop import Shop, as_json, lines_of, uuid_of
from tests.world import PASSWORD, Party

SCOPES = ["read", "act_for_buyers", "orders:write"]


@dataclass
class Front:
    """A storefront with its program's key and its page."""

    shop: Shop
    owner: Party
    id: str
    origin: str
    key: str
    page: httpx.AsyncClient

    async def buyer(self) -> str:
        """A buyer that the storefront opens."""
        opened = await self.shop.world.client(self.key).post(f"/v1/storefronts/{self.id}/buyers", json={"name": "B"})
        assert opened.status_code == 201, opened.text
        return str(opened.json()["id"])

    def acting(self, buyer: str) -> Party:
        """The storefront's program in the buyer's name."""
        org_id = read_public_id("org", buyer)
        assert org_id is not None
        return Party(
            buyer, org_id, self.key, self.shop.world.client(self.key, **{"Offset-Desk-Organisation": buyer}), ""
        )

    async def person(self) -> Party:
        """Somebody who signed up and in on the storefront's page."""
        email = f"{secrets.token_hex(6)}@page.test"
        wish = {"kind": "buyer", "name": "P", "member": {"email": email, "name": "P", "password": PASSWORD}}
        made = await self.page.post("/v1/organisations", json=wish)
        assert made.status_code == 201, made.text
        tokens = await self.page.post("/v1/storefront-tokens", json={"email": email, "password": PASSWORD})
        token = tokens.json()["access_token"]
        org = made.json()["organisation"]["id"]
        return Party(org, uuid_of(org), token, self.shop.world.client(token, Origin=self.origin), email)

    async def quote(self, listing: str, quantity: int) -> httpx.Response:
        """The page asks for a price."""
        return await self.page.post("/v1/quotes", json=lines_of((listing, quantity)))


async def opened(shop: Shop, **fields: Any) -> Front:
    """A storefront of a new organiser's."""
    owner = await shop.world.sign_up("organiser")
    origin = f"https://{secrets.token_hex(6)}.test"
    made = await owner.post("/v1/storefronts", {"name": "店", "origins": [origin], **fields})
    assert made.status_code == 201, made.text
    storefront = made.json()["id"]
    key = (await owner.post(f"/v1/storefronts/{storefront}/keys")).json()["key"]
    wish = {"name": "program", "scopes": SCOPES, "storefront_id": storefront}
    secret = (await owner.post("/v1/api-keys", wish)).json()["secret"]
    return Front(shop, owner, storefront, origin, secret, shop.world.client(key, Origin=origin))


@pytest.fixture
async def front(shop: Shop) -> Front:
    return await opened(shop)


async def test_a_storefronts_program_orders_for_its_buyer(shop: Shop, front: Front) -> None:
    listing, buyer = await shop.listing(100), await front.buyer()
    mine = front.acting(buyer)
    placed = await mine.post("/v1/orders", lines_of((listing, 7)), key="the-one")
    assert placed.status_code == 201, placed.text
    again = await mine.post("/v1/orders", lines_of((listing, 7)), key="the-one")
    assert (again.headers["Idempotent-Replayed"], again.content) == ("true", placed.content)
    order = await shop.owner.fetchrow("select * from orders where id = $1", uuid_of(placed.json()["id"]))
    assert (order["org_id"], order["storefront_id"]) == (mine.org_id, uuid_of(front.id))
    event = await shop.owner.fetchrow("select * from event where subject_id = $1", order["id"])
    key_id = await shop.owner.fetchval("select id from api_key where storefront_id = $1", uuid_of(front.id))
    assert (event["actor_kind"], event["actor_id"], event["storefront_id"]) == ("key", key_id, uuid_of(front.id))
    whose = await shop.owner.fetchval("select org_id from idempotency where key = 'the-one'")
    assert whose == mine.org_id, "The key is the buyer's."
    other = front.acting(await front.buyer())
    assert (await other.post("/v1/orders", lines_of((listing, 7)), key="the-one")).status_code == 201
    assert (await other.get(f"/v1/orders/{placed.json()['id']}")).status_code == 404
    assert (await mine.get(f"/v1/orders/{placed.json()['id']}")).status_code == 200
    canceled = await mine.post(f"/v1/orders/{placed.json()['id']}/cancel")
    assert canceled.status_code == 200, canceled.text


async def test_a_program_whose_key_was_revoked_this_moment_places_nothing(shop: Shop, front: Front) -> None:
    listing, buyer = await shop.listing(100), await front.buyer()
    mine = front.acting(buyer)
    assert (await mine.get("/v1/orders")).status_code == 200
    # What no release of ours does: a revocation that tells nobody, so that only the order's own look finds it.
    await shop.owner.execute("update api_key set revoked_at = now() where storefront_id = $1", uuid_of(front.id))
    answer = await mine.post("/v1/orders", lines_of((listing, 7)))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert await shop.stock(listing) == (100, 0, 0)


async def test_a_person_on_the_page_orders_from_the_storefronts_quote_once(shop: Shop, front: Front) -> None:
    listing = await shop.listing(100)
    asked = await front.quote(listing, 5)
    assert asked.status_code == 201, asked.text
    quote = asked.json()["id"]
    row = await shop.owner.fetchrow("select org_id, storefront_id from quote where id = $1", uuid_of(quote))
    assert (row["org_id"], row["storefront_id"]) == (front.owner.org_id, uuid_of(front.id))
    await shop.reprice(listing, 9_999)
    person = await front.person()
    wish = {"beneficiary_name": "利用者 株式会社", "purpose": "OFFSET", "purpose_detail": "", "fiscal_year": None}
    placed = await person.post("/v1/orders", {"quote_id": quote, "retire": wish})
    assert placed.status_code == 201, placed.text
    assert placed.json()["goods"] == asked.json()["goods"], "The quote's price stands."
    assert as_json(placed) == as_json(await person.get(f"/v1/orders/{placed.json()['id']}"))
    second = await person.post("/v1/orders", {"quote_id": quote})
    assert (second.status_code, second.json()["code"]) == (409, "quote_used")
    order = await shop.owner.fetchrow("select * from orders where id = $1", uuid_of(placed.json()["id"]))
    assert (order["org_id"], order["storefront_id"]) == (person.org_id, uuid_of(front.id))
    assert await shop.owner.fetchval("select order_id from quote where id = $1", uuid_of(quote)) == order["id"]


async def test_a_storefronts_quote_is_no_quote_to_anybody_else(shop: Shop, front: Front) -> None:
    listing, other = await shop.listing(100), await opened(shop)
    quote = {"quote_id": (await front.quote(listing, 5)).json()["id"]}
    strangers = [await shop.buyer(), other.acting(await other.buyer()), await other.person()]
    for stranger in strangers:
        answer = await stranger.post("/v1/orders", quote)
        assert (answer.status_code, answer.json()["code"]) == (404, "quote_not_found")
        wish = {"beneficiary_name": "x", "purpose": "OFFSET", "purpose_detail": "", "fiscal_year": None}
        answer = await stranger.post("/v1/orders", quote | {"retire": wish})
        assert (answer.status_code, answer.json()["code"]) == (404, "quote_not_found")
    own = await front.owner.post("/v1/quotes", lines_of((listing, 5)))
    mine = await (await front.person()).post("/v1/orders", {"quote_id": own.json()["id"]})
    assert (mine.status_code, mine.json()["code"]) == (404, "quote_not_found"), "The owner's own quote is its own."


async def test_of_many_buyers_one_gets_the_storefronts_quote(shop: Shop, front: Front) -> None:
    listing = await shop.listing(100)
    quote = {"quote_id": (await front.quote(listing, 5)).json()["id"]}
    buyers = [front.acting(await front.buyer()) for _ in range(5)]
    answers = await asyncio.gather(*(buyer.post("/v1/orders", quote) for buyer in buyers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await shop.stock(listing) == (95, 5, 0)


async def test_a_storefront_shows_and_sells_its_own_choice(shop: Shop) -> None:
    mine, yours = await shop.listing(100, provider=0), await shop.listing(100, provider=1)
    front = await opened(shop, providers=[shop.providers[0].id])
    person, program = await front.person(), front.acting(await front.buyer())
    for client in (front.page, person.client, program.client):
        listed = (await client.get("/v1/listings", params={"limit": "100"})).json()["data"]
        assert {each["provider"]["id"] for each in listed} == {shop.providers[0].id}
        assert (await client.get(f"/v1/listings/{mine}")).status_code == 200
        assert (await client.get(f"/v1/listings/{yours}")).status_code == 404
    for party in (person, program):
        for path in ("/v1/orders", "/v1/quotes"):
            refused = await party.post(path, lines_of((mine, 1), (yours, 1)))
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/lines/1/listing_id")
            assert (await party.post(path, lines_of((mine, 1)))).status_code == 201
    assert (await front.quote(yours, 1)).json()["code"] == "listing_gone"
    anybody = (await shop.world.client().get("/v1/listings", params={"limit": "100"})).json()["data"]
    assert {each["provider"]["id"] for each in anybody} > {shop.providers[0].id}


async def test_a_storefront_is_told_what_was_ordered_and_nothing_of_the_buyer(shop: Shop, front: Front) -> None:
    listing, other = await shop.listing(100), await opened(shop)
    person, program, direct = await front.person(), front.acting(await front.buyer()), await shop.buyer()
    await direct.post("/v1/orders", lines_of((listing, 1)))
    await other.acting(await other.buyer()).post("/v1/orders", lines_of((listing, 1)))
    placed = [(await party.post("/v1/orders", lines_of((listing, 2)))).json() for party in (person, program)]
    await shop.pay(placed[0])
    at = f"/v1/storefronts/{front.id}/orders"
    told = (await front.owner.get(at)).json()["data"]
    assert [(each["id"], each["status"]) for each in told] == [
        (placed[1]["id"], "awaiting_payment"),
        (placed[0]["id"], "fulfilled"),
    ]
    assert {frozenset(each) for each in told} == {frozenset({"id", "status", "quantity", "unit", "placed_at"})}
    first = (await front.owner.get(at, params={"limit": "1"})).json()
    rest = (await front.owner.get(at, params={"limit": "1", "cursor": first["next_cursor"]})).json()
    assert [*first["data"], *rest["data"]] == told
    assert (await front.owner.get(f"/v1/orders/{placed[0]['id']}")).status_code == 404
    assert (await other.owner.get(at)).status_code == 404


async def test_the_door_to_orders_is_for_the_storefronts_owner_alone(shop: Shop, front: Front) -> None:
    listing, program = await shop.listing(100), front.acting(await front.buyer())
    await program.post("/v1/orders", lines_of((listing, 2)))
    connection = await asyncpg.connect(shop.world.db.url, server_settings={"role": "offsetdesk_api"})
    try:
        for named, seen in ((front.owner.org_id, 1), (program.org_id, 0), (shop.providers[0].org_id, 0), (None, 0)):
            async with connection.transaction():
                await connection.execute("select set_config('app.org_ids', $1, true)", str(named or ""))
                rows = await connection.fetch("select * from storefront_orders($1, null, 10)", uuid_of(front.id))
                assert len(rows) == seen
    finally:
        await connection.close()
