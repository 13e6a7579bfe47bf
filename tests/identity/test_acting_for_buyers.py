"""Does a storefront's key act for its own buyers, with the buyer's rights and no more, and for nobody else?"""

import asyncpg
import httpx
import pytest

from app.core.ids import new_id, public_id, read_public_id
from tests.identity.front_world import ACTING, Front, acting, code, front
from tests.identity.identity_world import PASSWORD, Process


@pytest.fixture
async def shop(api: Process) -> Front:
    return await front(api, "buyer")


async def opened(shop: Front, key: str, **fields: object) -> httpx.Response:
    """The storefront opens a buyer."""
    wish = {"name": "買手 株式会社", **fields}
    return await shop.api.client(bearer=key).post(f"/v1/storefronts/{shop.id}/buyers", json=wish)


async def test_a_storefront_opens_a_buyer_and_acts_for_it(api: Process, shop: Front, owner: asyncpg.Connection) -> None:
    key = await shop.acting_key()
    answer = await opened(shop, key, corporate_number=None)
    assert answer.status_code == 201, answer.text
    buyer = answer.json()
    who = (await acting(api, key, buyer["id"]).get("/v1/whoami")).json()
    assert who["org_id"] == str(read_public_id("org", buyer["id"]))
    assert who["rights"] == ["orders:write", "read", "retirements:write"]
    assert (who["actor_kind"], who["org_kind"]) == ("key", "buyer")
    assert who["storefront_id"] == str(read_public_id("sfr", shop.id))
    mine = (await acting(api, key, buyer["id"]).get("/v1/organisation")).json()
    assert (mine["id"], mine["storefront_id"]) == (buyer["id"], shop.id)
    [event] = await owner.fetch("select * from event where org_id = $1", read_public_id("org", buyer["id"]))
    key_id = await owner.fetchval("select id from api_key where storefront_id is not null")
    assert (event["kind"], event["actor_kind"], event["actor_id"]) == ("organisation.signed_up", "key", key_id)
    assert event["storefront_id"] == read_public_id("sfr", shop.id)


async def test_its_first_person_signs_in_through_the_storefront(shop: Front) -> None:
    email = f"{new_id().hex}@firm.test"
    key = await shop.acting_key()
    answer = await opened(shop, key, member={"email": email, "name": "買", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    assert (await shop.tokens(email))["organisation"]["id"] == answer.json()["id"]
    assert code(await opened(shop, key, member={"email": email, "name": "買", "password": PASSWORD})) == (
        409,
        "email_taken",
    )


async def test_the_key_for_itself_runs_the_shop_and_does_not_trade(api: Process, shop: Front) -> None:
    who = (await api.client(bearer=await shop.acting_key()).get("/v1/whoami")).json()
    assert who["rights"] == ["act_for_buyers", "read"]


@pytest.mark.parametrize("kind", ["buyer", "provider", "organiser"])
async def test_an_owner_of_any_kind_gives_buying_rights(api: Process, operator: httpx.AsyncClient, kind: str) -> None:
    made = await api.sign_up(kind)
    if kind == "provider":
        await operator.post(f"/v1/admin/organisations/{made['organisation']['id']}/approve", json={})
    mine = api.client(bearer=made["secret"])
    storefront = (await mine.post("/v1/storefronts", json={"name": "x"})).json()["id"]
    wish = {"name": "shop", "scopes": [*ACTING, "retirements:sign_off"], "storefront_id": storefront}
    key = (await mine.post("/v1/api-keys", json=wish)).json()["secret"]
    buyer = await api.client(bearer=key).post(f"/v1/storefronts/{storefront}/buyers", json={"name": "B"})
    rights = (await acting(api, key, buyer.json()["id"]).get("/v1/whoami")).json()["rights"]
    assert rights == ["orders:write", "read", "retirements:sign_off", "retirements:write"]


async def test_scope_and_storefront_go_together_and_are_ones_own_to_give(api: Process, shop: Front) -> None:
    other = await front(api)
    for wish, pointer in (
        ({"scopes": ["read", "act_for_buyers"]}, "/storefront_id"),
        ({"scopes": ["read"], "storefront_id": shop.id}, "/scopes"),
    ):
        answer = await shop.owner.post("/v1/api-keys", json={"name": "x", **wish})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    foreign = await shop.owner.post("/v1/api-keys", json={"name": "x", "scopes": ACTING, "storefront_id": other.id})
    assert code(foreign) == (404, "storefront_not_found")
    small = await shop.owner.post("/v1/api-keys", json={"name": "x", "scopes": ["read", "keys:write"]})
    smaller = api.client(bearer=small.json()["secret"])
    refused = await smaller.post("/v1/api-keys", json={"name": "x", "scopes": ACTING, "storefront_id": shop.id})
    assert code(refused) == (403, "rights_not_held")
    assert refused.json()["rights"] == ["storefronts:write"]
    house = await shop.owner.post(
        "/v1/api-keys", json={"name": "x", "scopes": [*ACTING, "admin"], "storefront_id": shop.id}
    )
    assert house.json()["rights"] == ["admin"]


async def test_the_house_of_a_buyer_stays_its_own(api: Process, shop: Front) -> None:
    key = await shop.acting_key([*ACTING, "keys:write", "members:write", "storefronts:write"])
    buyer = (await opened(shop, key)).json()["id"]
    mine = acting(api, key, buyer)
    made = await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})
    assert (made.status_code, made.json()["right"]) == (403, "keys:write")
    consent = await mine.post("/v1/storefront-consents", json={"storefront_id": shop.id})
    assert consent.json()["right"] == "keys:write"
    assert (await mine.post(f"/v1/storefronts/{shop.id}/buyers", json={"name": "B"})).json()[
        "right"
    ] == "act_for_buyers"


async def test_nobody_acts_for_anothers_buyer_for_strangers_or_for_its_own_owner(api: Process, shop: Front) -> None:
    other = await front(api)
    key, others = await shop.acting_key(), await other.acting_key()
    theirs = (await opened(other, others)).json()["id"]
    direct = (await api.sign_up("buyer"))["organisation"]["id"]
    consented = api.client(bearer=(made := await api.sign_up("buyer"))["secret"])
    assert (await consented.post("/v1/storefront-consents", json={"storefront_id": shop.id})).status_code == 201
    strangers = [
        theirs,
        direct,
        made["organisation"]["id"],
        shop.owner_id,
        public_id("org", new_id()),
        "org_x",
        "",
        "x",
    ]
    for stranger in strangers:
        answer = await acting(api, key, stranger).get("/v1/whoami")
        assert code(answer) == (404, "buyer_not_found"), stranger
    assert (await acting(api, others, theirs).get("/v1/whoami")).status_code == 200


async def test_who_has_not_the_right_acts_for_nobody(api: Process, shop: Front) -> None:
    made = await shop.buyer()
    buyer = made["organisation"]["id"]
    token = (await shop.tokens(made["email"]))["access_token"]
    session = await api.sign_in(made["email"])
    plain = await shop.owner.post("/v1/api-keys", json={"name": "x", "scopes": ["read", "orders:write"]})
    said = {"Offset-Desk-Organisation": buyer}
    for client in (
        shop.owner,
        api.client(bearer=plain.json()["secret"]),
        api.client(bearer=token, Origin=shop.origin),
        session,
    ):
        assert code(await client.get("/v1/whoami", headers=said)) == (403, "acting_refused")


async def test_a_storefront_lists_its_own_buyers_and_opens_in_its_own_name(api: Process, shop: Front) -> None:
    second = await shop.owner.post("/v1/storefronts", json={"name": "second"})
    wish = {"name": "x", "scopes": ACTING, "storefront_id": second.json()["id"]}
    other_key = (await shop.owner.post("/v1/api-keys", json=wish)).json()["secret"]
    key = await shop.acting_key()
    ids = [(await opened(shop, key, name=f"買手{n}")).json()["id"] for n in range(3)]
    assert code(await opened(shop, other_key)) == (404, "storefront_not_found"), "The key is of another storefront."
    assert code(await acting(api, other_key, ids[0]).get("/v1/whoami")) == (404, "buyer_not_found")
    first = (await shop.owner.get(f"/v1/storefronts/{shop.id}/buyers", params={"limit": 2})).json()
    rest = (
        await shop.owner.get(f"/v1/storefronts/{shop.id}/buyers", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    assert [each["id"] for each in (*first["data"], *rest["data"])] == ids
    assert (await shop.owner.get(f"/v1/storefronts/{second.json()['id']}/buyers")).json()["data"] == []
    wrong = await opened(shop, key, name=" ", corporate_number="1")
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/name", "/corporate_number"]


async def test_a_revoked_key_a_stopped_storefront_and_a_shut_buyer_end_the_acting(
    api: Process, shop: Front, operator: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    key = await shop.acting_key()
    buyer = (await opened(shop, key)).json()["id"]
    mine = acting(api, key, buyer)
    at = f"/v1/admin/storefronts/{shop.id}"
    seen = {"If-Match": "*"}
    await operator.post(f"{at}/suspend", json={"note": "x"}, headers=seen)
    assert code(await mine.get("/v1/whoami")) == (403, "storefront_suspended")
    assert code(await opened(shop, key)) == (403, "storefront_suspended")
    await operator.post(f"{at}/resume", json={"note": "x"}, headers=seen)
    assert (await mine.get("/v1/whoami")).status_code == 200
    await owner.execute("update organisation set status = 'suspended' where org_id = $1", read_public_id("org", buyer))
    assert code(await mine.get("/v1/whoami")) == (403, "organisation_suspended")
    await owner.execute("update organisation set status = 'active'")
    keys = (await shop.owner.get("/v1/api-keys")).json()["data"]
    [bound] = [each for each in keys if each["storefront_id"] == shop.id]
    await shop.owner.delete(f"/v1/api-keys/{bound['id']}")
    assert code(await mine.get("/v1/whoami")) == (401, "unauthenticated")
