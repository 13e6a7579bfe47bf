"""Does a buyer's person stay signed in through a storefront for a while, with a buyer's rights, and not a moment longer?"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from app.core.ids import read_public_id
from tests.identity.front_world import Front, browser, code, front
from tests.identity.identity_world import OPERATOR_EMAIL, PASSWORD, Process, process, sign_up_body
from tests.identity.test_revocation import until_heard


@pytest.fixture
async def shop(api: Process) -> Front:
    return await front(api)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_buyer_signs_up_and_in_on_the_storefronts_page(
    api: Process, shop: Front, owner: asyncpg.Connection
) -> None:
    made = await shop.buyer()
    assert (made["secret"], made["api_key"]) == (None, None), "The page would see a key."
    assert made["organisation"]["storefront_id"] == shop.id
    answer = await shop.sign_in(made["email"])
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in answer.headers
    tokens = answer.json()
    now = datetime.now(UTC)
    assert timedelta(minutes=14) < moment(tokens["expires_at"]) - now <= timedelta(minutes=15)
    assert timedelta(hours=11, minutes=59) < moment(tokens["refresh_expires_at"]) - now <= timedelta(hours=12)
    who = (await browser(api, tokens["access_token"], shop.origin).get("/v1/whoami")).json()
    assert who["rights"] == ["orders:write", "read", "retirements:sign_off", "retirements:write"]
    assert who["storefront_id"] == str(read_public_id("sfr", shop.id))
    assert (who["actor_kind"], who["credential"]) == ("member", "")
    assert who["org_id"] == str(read_public_id("org", made["organisation"]["id"]))
    told = await owner.fetch(
        "select kind, storefront_id from event where org_id = $1 order by n",
        read_public_id("org", made["organisation"]["id"]),
    )
    assert [row["kind"] for row in told] == ["organisation.signed_up", "member.added", "buyer_session.opened"]
    assert {row["storefront_id"] for row in told} == {read_public_id("sfr", shop.id)}


async def test_a_provider_does_not_sign_up_through_a_storefront(shop: Front) -> None:
    answer = await shop.page().post("/v1/organisations", json=sign_up_body("provider"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/kind")


async def test_a_token_opens_no_house(api: Process, shop: Front) -> None:
    mine = browser(api, (await shop.tokens((await shop.buyer())["email"]))["access_token"], shop.origin)
    key = await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})
    assert (key.status_code, key.json()["right"]) == (403, "keys:write")
    person = {"email": "x@firm.test", "name": "X", "role": "viewer", "password": PASSWORD}
    assert (await mine.post("/v1/members", json=person)).json()["right"] == "members:write"
    assert (await mine.post("/v1/storefronts", json={"name": "x"})).json()["right"] == "storefronts:write"
    consent = await mine.post("/v1/storefront-consents", json={"storefront_id": shop.id})
    assert consent.json()["right"] == "keys:write"


async def test_who_does_not_belong_consents_first_and_may_take_it_back(
    api: Process, shop: Front, owner: asyncpg.Connection
) -> None:
    email = "direct@firm.test"
    direct = await api.sign_up("buyer", member={"email": email, "name": "D", "password": PASSWORD})
    mine = api.client(bearer=direct["secret"])
    assert code(await shop.sign_in(email)) == (403, "storefront_consent_required")
    wish = {"storefront_id": shop.id}
    given = await mine.post("/v1/storefront-consents", json=wish)
    assert given.status_code == 201, given.text
    assert code(await mine.post("/v1/storefront-consents", json=wish)) == (409, "storefront_consent_given")
    token = (await shop.tokens(email))["access_token"]
    assert (await browser(api, token, shop.origin).get("/v1/whoami")).status_code == 200
    at = f"/v1/storefront-consents/{given.json()['id']}"
    assert (await mine.delete(at)).status_code == 204
    assert (await mine.delete(at)).status_code == 204
    assert code(await browser(api, token, shop.origin).get("/v1/whoami")) == (401, "unauthenticated")
    assert code(await shop.sign_in(email)) == (403, "storefront_consent_required")
    assert (await mine.post("/v1/storefront-consents", json=wish)).status_code == 201
    assert (await shop.sign_in(email)).status_code == 201
    listed = (await mine.get("/v1/storefront-consents")).json()["data"]
    assert [each["withdrawn_at"] is None for each in listed] == [False, True]
    assert (await shop.owner.get(f"/v1/storefronts/{shop.id}/buyers")).json()["data"] == [], "It is nobody's buyer."
    kinds = [
        row["kind"]
        for row in await owner.fetch(
            "select kind from event where subject_id = $1 order by seq", read_public_id("cns", given.json()["id"])
        )
    ]
    assert kinds == ["storefront_consent.given", "storefront_consent.withdrawn"]


async def test_consent_to_nothing_and_by_whom_it_is_not_for(api: Process, shop: Front) -> None:
    buyer, provider = [api.client(bearer=(await api.sign_up(kind))["secret"]) for kind in ("buyer", "provider")]
    for storefront in ("sfr_0", shop.owner_id, shop.key_id.replace("pbk", "sfr")):
        answer = await buyer.post("/v1/storefront-consents", json={"storefront_id": storefront})
        assert code(answer) == (404, "storefront_not_found")
    assert code(await provider.post("/v1/storefront-consents", json={"storefront_id": shop.id})) == (403, "forbidden")
    await shop.owner.delete(f"/v1/storefronts/{shop.id}", headers={"If-Match": "*"})
    closed = await buyer.post("/v1/storefront-consents", json={"storefront_id": shop.id})
    assert code(closed) == (404, "storefront_not_found")


async def test_one_storefronts_buyer_is_a_stranger_at_another(api: Process, shop: Front) -> None:
    other, made = await front(api), await shop.buyer()
    assert code(await other.sign_in(made["email"])) == (403, "storefront_consent_required")
    tokens = await shop.tokens(made["email"])
    assert code(await other.refresh(tokens["refresh_token"])) == (401, "refresh_failed")
    assert (await shop.refresh(tokens["refresh_token"])).status_code == 201, "The stranger's attempt ended nothing."


async def test_a_wrong_password_and_an_unknown_address_say_the_same(shop: Front) -> None:
    made = await shop.buyer()
    wrong = {"email": made["email"], "password": "not the password"}
    unknown = {"email": "nobody@firm.test", "password": PASSWORD}
    answers = [await shop.page().post("/v1/storefront-tokens", json=wish) for wish in (wrong, unknown)]
    assert [code(answer) for answer in answers] == [(401, "sign_in_failed")] * 2
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert code(await shop.sign_in(OPERATOR_EMAIL)) == (403, "storefront_consent_required")


async def test_a_refresh_gives_the_next_pair_within_the_twelve_hours(api: Process, shop: Front) -> None:
    first = await shop.tokens((await shop.buyer())["email"])
    second = await shop.refresh(first["refresh_token"])
    assert second.status_code == 201, second.text
    assert second.json()["refresh_expires_at"] == first["refresh_expires_at"], "Refreshing does not make it longer."
    assert second.json()["access_token"] != first["access_token"]
    for token in (first["access_token"], second.json()["access_token"]):
        assert (await browser(api, token, shop.origin).get("/v1/whoami")).status_code == 200
    third = await shop.refresh(second.json()["refresh_token"])
    assert third.status_code == 201


async def test_a_refresh_token_that_comes_twice_ends_the_family(
    api: Process, shop: Front, owner: asyncpg.Connection
) -> None:
    made = await shop.buyer()
    first, apart = await shop.tokens(made["email"]), await shop.tokens(made["email"])
    second = (await shop.refresh(first["refresh_token"])).json()
    assert code(await shop.refresh(first["refresh_token"])) == (401, "refresh_failed")
    for token in (first["access_token"], second["access_token"]):
        assert code(await browser(api, token, shop.origin).get("/v1/whoami")) == (401, "unauthenticated")
    assert code(await shop.refresh(second["refresh_token"])) == (401, "refresh_failed")
    assert (await browser(api, apart["access_token"], shop.origin).get("/v1/whoami")).status_code == 200
    assert (await shop.refresh(apart["refresh_token"])).status_code == 201, "Another sign-in is another family."
    kinds = [
        row["kind"]
        for row in await owner.fetch("select kind from event where subject_kind = 'buyer_session' order by n")
    ]
    assert kinds[2:5] == ["buyer_session.refreshed", "buyer_session.refresh_reused", "buyer_session.closed"]


async def test_two_refreshes_at_once_give_one_pair_at_most(api: Process, shop: Front) -> None:
    made = await shop.buyer()
    for _ in range(5):
        tokens = await shop.tokens(made["email"])
        answers = await asyncio.gather(*(shop.refresh(tokens["refresh_token"]) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]
        [pair] = [answer.json() for answer in answers if answer.status_code == 201]
        assert code(await browser(api, pair["access_token"], shop.origin).get("/v1/whoami")) == (401, "unauthenticated")


async def test_tokens_end_when_their_time_is_over(api: Process, shop: Front, owner: asyncpg.Connection) -> None:
    made = await shop.buyer()
    tokens = await shop.tokens(made["email"])
    await owner.execute("update buyer_token set expires_at = now() - interval '1 second'")
    assert code(await browser(api, tokens["access_token"], shop.origin).get("/v1/whoami")) == (401, "unauthenticated")
    renewed = await shop.refresh(tokens["refresh_token"])
    assert renewed.status_code == 201
    await owner.execute("update buyer_session set expires_at = now() - interval '1 second'")
    assert code(await shop.refresh(renewed.json()["refresh_token"])) == (401, "refresh_failed")
    late = browser(api, renewed.json()["access_token"], shop.origin)
    assert code(await late.get("/v1/whoami")) == (401, "unauthenticated")


@pytest.mark.parametrize("token", ["", "x", "od_rt_x", "od_bt_" + "0" * 49, "od_rt_" + "0" * 49])
async def test_what_is_no_refresh_token_is_refused(shop: Front, token: str) -> None:
    assert code(await shop.refresh(token)) == (401, "refresh_failed")


async def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(api: Process, shop: Front) -> None:
    tokens = await shop.tokens((await shop.buyer())["email"])
    assert code(await shop.refresh(tokens["access_token"])) == (401, "refresh_failed")
    assert code(await browser(api, tokens["refresh_token"], shop.origin).get("/v1/whoami")) == (401, "unauthenticated")


@pytest.mark.parametrize("end", ["sign_out", "reuse", "disabled", "role"])
async def test_a_token_ends_at_once_in_another_process(
    api: Process, shop: Front, database_url: str, owner: asyncpg.Connection, end: str
) -> None:
    made = await shop.buyer()
    tokens = await shop.tokens(made["email"])
    async with process(database_url) as far, far.callers.revocations.listening():
        await until_heard(far)
        away = browser(far, tokens["access_token"], shop.origin)
        assert "orders:write" in (await away.get("/v1/whoami")).json()["rights"]
        house = await api.sign_in(made["email"])
        await _end(end, api, shop, house, tokens)
        async with asyncio.timeout(1):
            while True:
                answer = await away.get("/v1/whoami")
                if answer.status_code != 200 or "orders:write" not in answer.json()["rights"]:
                    break
                await asyncio.sleep(0)
        assert answer.status_code == (200 if end == "role" else 401)


async def _end(end: str, api: Process, shop: Front, house: httpx.AsyncClient, tokens: dict[str, Any]) -> None:
    member = tokens["member"]["id"]
    if end == "sign_out":
        gone = await browser(api, tokens["access_token"], shop.origin).delete("/v1/storefront-tokens")
        assert gone.status_code == 204, gone.text
    elif end == "reuse":
        assert [(await shop.refresh(tokens["refresh_token"])).status_code for _ in range(2)] == [201, 401]
    else:
        second = {"email": "second@firm.test", "name": "S", "role": "owner", "password": PASSWORD}
        assert (await house.post("/v1/members", json=second)).status_code == 201
        other = await api.sign_in("second@firm.test")
        change = {"disabled": True} if end == "disabled" else {"role": "viewer"}
        changed = await other.patch(f"/v1/members/{member}", json=change, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text


async def test_a_key_cannot_sign_a_browser_out(api: Process, shop: Front) -> None:
    assert code(await shop.owner.delete("/v1/storefront-tokens")) == (401, "unauthenticated")


async def test_a_disabled_member_does_not_refresh(api: Process, shop: Front, owner: asyncpg.Connection) -> None:
    made = await shop.buyer()
    tokens = await shop.tokens(made["email"])
    await owner.execute("update member set disabled_at = now() where email = $1", made["email"])
    assert code(await shop.refresh(tokens["refresh_token"])) == (401, "refresh_failed")
    assert code(await shop.sign_in(made["email"])) == (401, "sign_in_failed")
