"""Does a browser get what it needs from a storefront's origin, and no other page anything? Asked at the ASGI level."""

import asyncio
import itertools
import time

import asyncpg
import httpx

from app.core.http.cors import ASKED_WITH, READABLE
from tests.identity.front_world import Front, browser, code, front
from tests.identity.identity_world import BASE_URL, PASSWORD, Process, process
from tests.identity.test_revocation import until_heard

HEADERS = [
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id",
    "Offset-Desk-Organisation", "Accept-Language",
]  # fmt: skip
OTHERS = [
    "https://evil.test",
    "https://evil.test:8443",
    "null",
    "",
    "*",
    "https://" + "a" * 400,
    "http://shop.test",
    BASE_URL,
]


async def preflight(api: Process, origin: str, *, path: str = "/v1/quotes", method: str = "POST") -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return await api.client().options(path, headers=asked)


def cors_of(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_a_storefronts_browser_may_ask_with_what_it_needs(api: Process) -> None:
    shop = await front(api)
    paths = ["/v1/quotes", "/v1/storefront", "/v1/storefront-tokens", "/v1/api-keys/x", "/nowhere"]
    for path, method in itertools.product(paths, ["GET", "POST", "PATCH", "DELETE"]):
        answer = await preflight(api, shop.origin, path=path, method=method)
        assert (answer.status_code, answer.content) == (204, b"")
        told = cors_of(answer)
        assert told["access-control-allow-origin"] == shop.origin
        assert method in told["access-control-allow-methods"].split(", ")
        assert told["access-control-allow-headers"].split(", ") == HEADERS == ASKED_WITH.split(", ")
        assert int(told["access-control-max-age"]) <= 600
        assert "access-control-allow-credentials" not in told
        assert "Origin" in answer.headers["vary"]
        assert answer.headers["x-request-id"]


async def test_a_strange_origin_is_told_nothing(api: Process) -> None:
    shop = await front(api)
    for origin in OTHERS:
        answers = [
            await preflight(api, origin),
            await api.client(Origin=origin).get("/v1/storefront"),
            await api.client(Origin=origin).get("/livez"),
            await shop.page(origin=origin or " ").get("/v1/storefront"),
        ]
        for answer in answers:
            assert cors_of(answer) == {}, origin
            assert "Origin" in answer.headers["vary"]


async def test_a_key_from_a_strange_origin_is_refused_by_name(api: Process) -> None:
    shop, other = await front(api), await front(api)
    for strange in (*OTHERS, other.origin):
        page = api.client(bearer=shop.key, Origin=strange)
        for path in ("/v1/storefront", "/livez", "/v1/whoami"):
            assert code(await page.get(path)) == (403, "origin_not_allowed"), (strange, path)
        assert code(await page.post("/v1/organisations", json={})) == (403, "origin_not_allowed")
        assert code(await page.post("/v1/storefront-tokens", json={})) == (403, "origin_not_allowed")


async def test_every_answer_can_be_read_by_the_storefront_refusals_too(api: Process) -> None:
    shop = await front(api)
    page = shop.page()
    answers = [
        await page.get("/v1/storefront"),
        await page.get("/v1/storefront", headers={"If-None-Match": '"v1"'}),
        await page.head("/v1/storefront"),
        await page.get("/v1/members"),
        await page.get("/nowhere"),
        await page.post("/v1/storefront-tokens", json={"x": 1}),
        await page.post("/v1/storefront-tokens", content=b"x"),
        await api.client(Origin=shop.origin).get("/v1/members"),
    ]
    assert [answer.status_code for answer in answers] == [200, 304, 200, 403, 404, 422, 415, 401]
    for answer in answers:
        assert cors_of(answer) == {
            "access-control-allow-origin": shop.origin,
            "access-control-expose-headers": READABLE,
        }, answer.url
        assert "Origin" in answer.headers["vary"]


async def test_a_program_without_an_origin_reads_and_changes_nothing(api: Process) -> None:
    shop = await front(api)
    program = api.client(bearer=shop.key)
    assert (await program.get("/v1/storefront")).status_code == 200
    for path in ("/v1/organisations", "/v1/storefront-tokens", "/v1/storefront-tokens/refresh"):
        assert code(await program.post(path, json={})) == (403, "origin_not_allowed")


async def test_a_buyers_token_stays_with_the_storefronts_origins(api: Process) -> None:
    shop, other = await front(api), await front(api)
    token = (await shop.tokens((await shop.buyer())["email"]))["access_token"]
    assert (await browser(api, token, shop.origin).get("/v1/whoami")).status_code == 200
    for strange in (other.origin, "https://evil.test", "null"):
        assert code(await browser(api, token, strange).get("/v1/whoami")) == (403, "origin_not_allowed")
    program = api.client(bearer=token)
    assert (await program.get("/v1/whoami")).status_code == 200
    assert code(await program.delete("/v1/storefront-tokens")) == (403, "origin_not_allowed")


async def test_a_cookie_is_of_no_use_to_another_origins_page(api: Process) -> None:
    shop, email = await front(api), "cookie@firm.test"
    await api.sign_up("buyer", member={"email": email, "name": "C", "password": PASSWORD})
    mine = await api.sign_in(email)
    read = await mine.get("/v1/whoami", headers={"Origin": shop.origin, "Sec-Fetch-Site": "cross-site"})
    assert "access-control-allow-credentials" not in read.headers, "So the browser keeps the answer from the page."
    changed = await mine.post("/v1/api-keys", json={}, headers={"Origin": shop.origin, "Sec-Fetch-Site": "cross-site"})
    assert code(changed) == (403, "cross_site")


async def until_refused(shop: Front, on: Process) -> float:
    """How long another process lets the storefront in after it was changed."""
    began = time.monotonic()
    while (await preflight(on, shop.origin)).headers.get("access-control-allow-origin"):
        assert time.monotonic() - began < 1
        await asyncio.sleep(0)
    return time.monotonic() - began


async def test_an_origin_taken_away_is_refused_at_once_in_another_process(api: Process, database_url: str) -> None:
    shop = await front(api)
    token = (await shop.tokens((await shop.buyer())["email"]))["access_token"]
    async with process(database_url) as far, far.callers.revocations.listening():
        await until_heard(far)
        assert (await preflight(far, shop.origin)).headers["access-control-allow-origin"] == shop.origin
        assert (await preflight(far, "https://new.test")).headers.get("access-control-allow-origin") is None
        assert (await shop.page(on=far).get("/v1/storefront")).status_code == 200
        assert (await browser(far, token, shop.origin).get("/v1/whoami")).status_code == 200
        assert (await shop.change(origins=["https://new.test"])).status_code == 200
        await until_refused(shop, far)
        assert code(await shop.page(on=far).get("/v1/storefront")) == (403, "origin_not_allowed")
        assert code(await browser(far, token, shop.origin).get("/v1/whoami")) == (403, "origin_not_allowed")
        assert (await preflight(far, "https://new.test")).headers["access-control-allow-origin"] == "https://new.test"


async def test_a_suspended_storefront_is_dead_at_once_in_another_process(
    api: Process, operator: httpx.AsyncClient, database_url: str
) -> None:
    shop = await front(api)
    made = await shop.buyer()
    token, key = (await shop.tokens(made["email"]))["access_token"], await shop.acting_key()
    async with process(database_url) as far, far.callers.revocations.listening():
        await until_heard(far)
        asks = [
            shop.page(on=far),
            browser(far, token, shop.origin),
            far.client(bearer=key, Offset_Desk_Organisation=made["organisation"]["id"]),
        ]
        paths = ["/v1/storefront", "/v1/whoami", "/v1/whoami"]
        assert [(await ask.get(path)).status_code for ask, path in zip(asks, paths, strict=True)] == [200, 200, 200]
        assert (await preflight(far, shop.origin)).headers["access-control-allow-origin"]
        note = {"note": "x"}
        at = f"/v1/admin/storefronts/{shop.id}/suspend"
        assert (await operator.post(at, json=note, headers={"If-Match": "*"})).status_code == 200
        await until_refused(shop, far)
        for ask, path in zip(asks, paths, strict=True):
            assert code(await ask.get(path)) == (403, "storefront_suspended"), path


async def test_an_origin_of_a_storefront_whose_owner_is_shut_is_nobodys(
    api: Process, owner: asyncpg.Connection
) -> None:
    shop = await front(api)
    assert cors_of(await preflight(api, shop.origin))
    await owner.execute("update organisation set status = 'suspended' where kind = 'organiser'")
    assert not cors_of(await preflight(api, shop.origin))
    assert code(await shop.page().get("/v1/storefront")) == (403, "organisation_suspended")


async def test_a_database_that_is_away_lets_nobody_in(database_url: str) -> None:
    async with process(database_url.replace("/test_", "/gone_")) as lost:
        assert not await lost.callers.allows_origin("https://shop.test")
        answer = await lost.client(Origin="https://shop.test").get("/livez")
        assert (answer.status_code, cors_of(answer)) == (200, {})
