"""Is a storefront its owner's alone, told what is wrong with it, changed on sight only, and stopped by the operator?"""

from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id, public_id, read_public_id
from app.identity import rules
from tests.identity.front_world import code, front
from tests.identity.identity_world import Process

ORIGIN = "https://shop.test"


async def kinds_of(owner: asyncpg.Connection, subject: str) -> list[str]:
    rows = await owner.fetch(
        "select kind from event where subject_id = $1 order by seq", read_public_id(subject[:3], subject)
    )
    return [row["kind"] for row in rows]


async def test_a_storefront_lives_from_its_first_origin_to_its_end(api: Process, owner: asyncpg.Connection) -> None:
    shop = await front(api, branding={"display_name_ja": "緑の店", "display_name_en": "Green", "colour": "#00aa44"})
    seen = await shop.owner.get(f"/v1/storefronts/{shop.id}")
    assert (seen.json()["status"], seen.json()["branding"]["display_name_ja"]) == ("active", "緑の店")
    changed = await shop.change(name="新しい店", origins=[shop.origin, "https://two.test:8443"])
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["branding"]["colour"]) == ("新しい店", "#00aa44")
    assert changed.headers["ETag"] != seen.headers["ETag"]
    stale = await shop.owner.patch(
        f"/v1/storefronts/{shop.id}", json={"name": "x"}, headers={"If-Match": seen.headers["ETag"]}
    )
    blind = await shop.owner.patch(f"/v1/storefronts/{shop.id}", json={"name": "x"})
    assert (stale.status_code, blind.status_code) == (412, 428)
    assert (await shop.change(name="新しい店")).headers["ETag"] == changed.headers["ETag"], "Nothing changed."
    here = {"If-Match": changed.headers["ETag"]}
    assert (await shop.owner.delete(f"/v1/storefronts/{shop.id}", headers=here)).status_code == 204
    assert code(await shop.change(name="again")) == (409, "invalid_state")
    assert code(await shop.page().get("/v1/storefront")) == (403, "storefront_suspended")
    assert await kinds_of(owner, shop.id) == ["storefront.created", "storefront.changed", "storefront.closed"]
    listed = (await shop.owner.get("/v1/storefronts")).json()["data"]
    assert [(each["id"], each["status"]) for each in listed] == [(shop.id, "closed")]


async def test_nobody_finds_or_changes_anothers_storefront(api: Process) -> None:
    mine, yours = await front(api), await front(api, "buyer")
    at = f"/v1/storefronts/{yours.id}"
    for method, path, body in (
        ("GET", at, None),
        ("PATCH", at, {"name": "x"}),
        ("DELETE", at, None),
        ("GET", f"{at}/keys", None),
        ("POST", f"{at}/keys", None),
        ("GET", f"{at}/buyers", None),
        ("GET", f"{at}/orders", None),
    ):
        answer = await mine.owner.request(method, path, json=body, headers={"If-Match": "*"})
        assert code(answer) == (404, "storefront_not_found"), (method, path)
    gone = await mine.owner.delete(f"/v1/storefront-keys/{yours.key_id}")
    assert code(gone) == (404, "storefront_key_not_found")
    assert [each["id"] for each in (await mine.owner.get("/v1/storefronts")).json()["data"]] == [mine.id]


async def test_who_may_have_a_storefront(api: Process, operator: httpx.AsyncClient) -> None:
    pending = await api.sign_up("provider")
    waiting = api.client(bearer=pending["secret"])
    assert code(await waiting.post("/v1/storefronts", json={"name": "x"})) == (403, "forbidden")
    await operator.post(f"/v1/admin/organisations/{pending['organisation']['id']}/approve", json={})
    assert (await waiting.post("/v1/storefronts", json={"name": "x"})).status_code == 201
    assert code(await operator.post("/v1/storefronts", json={"name": "x"})) == (403, "forbidden")


@pytest.mark.parametrize(
    ("fields", "pointer", "refusal"),
    [
        ({"origins": ["http://shop.test"]}, "/origins/0", "insecure"),
        ({"origins": ["https://shop.test/"]}, "/origins/0", "format"),
        ({"origins": ["https://shop.test/a"]}, "/origins/0", "format"),
        ({"origins": ["https://*.shop.test"]}, "/origins/0", "format"),
        ({"origins": ["https://Shop.test"]}, "/origins/0", "format"),
        ({"origins": ["https://shop.test:443"]}, "/origins/0", "format"),
        ({"origins": ["https://shop.test:70000"]}, "/origins/0", "format"),
        ({"origins": ["https://a@shop.test"]}, "/origins/0", "format"),
        ({"origins": ["null"]}, "/origins/0", "format"),
        ({"origins": ["*"]}, "/origins/0", "format"),
        ({"origins": [ORIGIN, ORIGIN]}, "/origins/1", "repeated"),
        (
            {"origins": [ORIGIN], "branding": {"logo_url": "https://other.test/logo.svg"}},
            "/branding/logo_url",
            "origin",
        ),
        (
            {"origins": [ORIGIN], "branding": {"logo_url": "https://shop.test@evil.test/"}},
            "/branding/logo_url",
            "origin",
        ),
        ({"branding": {"terms_url": "javascript:alert(1)"}}, "/branding/terms_url", "format"),
        ({"branding": {"colour": "red"}}, "/branding/colour", "pattern"),
        ({"branding": {"languages": ["ja", "ja"]}}, "/branding/languages", "repeated"),
        ({"providers": [public_id("org", new_id())]}, "/providers/0", "unknown"),
        ({"branding": {"support_email": "nobody"}}, "/branding/support_email", "format"),
        ({"branding": {"display_name_ja": "a\u0000b"}}, "/branding/display_name_ja", "invalid"),
        ({"name": "a\nb"}, "/name", "invalid"),
        ({"surprise": 1}, "/surprise", "unknown"),
    ],
)
async def test_what_is_wrong_is_named(
    api: Process, owner: asyncpg.Connection, fields: dict[str, Any], pointer: str, refusal: str
) -> None:
    mine = api.client(bearer=(await api.sign_up("buyer"))["secret"])
    answer = await mine.post("/v1/storefronts", json={"name": "x", **fields})
    assert answer.status_code == 422, answer.text
    assert (pointer, refusal) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert await owner.fetchval("select count(*) from storefront") == 0


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.test",
        "https://shop.test:8443",
        "http://localhost:3000",
        "http://127.0.0.1:5173",
        "http://[::1]:8080",
    ],
)
async def test_an_origin_is_https_or_this_machine_in_test_mode(api: Process, origin: str) -> None:
    mine = api.client(bearer=(await api.sign_up("buyer"))["secret"])
    assert (await mine.post("/v1/storefronts", json={"name": "x", "origins": [origin]})).status_code == 201
    live = list(rules.wrong_about_origins([origin], loopback=False))
    assert bool(live) == origin.startswith("http://")


@given(st.text(max_size=60))
def test_no_text_at_all_is_an_origin_by_accident(text: str) -> None:
    for tried in (text, f"https://{text}", f"https://shop.test{text}", f"{text}https://shop.test"):
        if rules.is_origin(tried):
            assert tried == tried.lower().strip()
            assert "/" not in tried.partition("://")[2]
            assert not set(tried) & set("*@?#\\ \n\t\0")


async def test_the_operator_stops_a_storefront_and_lets_it_go_on(api: Process, operator: httpx.AsyncClient) -> None:
    shop = await front(api)
    listed = (await operator.get("/v1/admin/storefronts", params={"status": "active"})).json()["data"]
    assert shop.id in [each["id"] for each in listed]
    at, seen = f"/v1/admin/storefronts/{shop.id}", {"If-Match": '"v1"'}
    assert (await operator.post(f"{at}/suspend", json={"note": "照会中"})).status_code == 428
    stopped = await operator.post(f"{at}/suspend", json={"note": "照会中"}, headers=seen)
    assert (stopped.status_code, stopped.json()["status"]) == (200, "suspended"), stopped.text
    assert code(await shop.page().get("/v1/storefront")) == (403, "storefront_suspended")
    assert (await shop.owner.get(f"/v1/storefronts/{shop.id}")).json()["status_note"] == "照会中"
    again = await operator.post(f"{at}/suspend", json={"note": "x"}, headers={"If-Match": "*"})
    assert code(again) == (409, "invalid_state")
    resumed = await operator.post(f"{at}/resume", json={"note": "済"}, headers={"If-Match": "*"})
    assert resumed.json()["status"] == "active"
    assert (await shop.page().get("/v1/storefront")).status_code == 200
    assert code(await shop.owner.post(f"{at}/suspend", json={"note": "x"}, headers={"If-Match": "*"})) == (
        403,
        "forbidden",
    )


async def test_a_page_is_told_how_its_storefront_looks(api: Process, operator: httpx.AsyncClient) -> None:
    provider = await api.sign_up("provider", name="供給 株式会社")
    provider_id = provider["organisation"]["id"]
    await operator.post(f"/v1/admin/organisations/{provider_id}/approve", json={})
    shop = await front(api, providers=[provider_id])
    looks = {"logo_url": f"{shop.origin}/logo.svg", "terms_url": "https://law.test/terms", "languages": ["ja"]}
    assert (await shop.change(branding=looks)).status_code == 200
    shown = await shop.page().get("/v1/storefront")
    assert shown.status_code == 200, shown.text
    assert shown.json()["branding"]["logo_url"] == f"{shop.origin}/logo.svg"
    assert shown.json()["branding"]["languages"] == ["ja"]
    assert shown.json()["providers"] == [{"id": provider_id, "name": "供給 株式会社"}]
    assert (shown.json()["mode"], shown.json()["id"]) == ("test", shop.id)
    assert "店舗" not in shown.text, "What the owner calls it is the owner's."
    same = await shop.page().get("/v1/storefront", headers={"If-None-Match": shown.headers["ETag"]})
    assert same.status_code == 304
    assert code(await shop.owner.get("/v1/storefront")) == (403, "publishable_key_required")


async def test_two_keys_live_at_once_and_a_revoked_one_is_dead(api: Process, owner: asyncpg.Connection) -> None:
    shop = await front(api)
    second = await shop.owner.post(f"/v1/storefronts/{shop.id}/keys")
    assert second.status_code == 201
    assert second.headers["Cache-Control"] == "no-store"
    assert second.json()["key"].startswith("od_pk_test_")
    assert code(await shop.owner.post(f"/v1/storefronts/{shop.id}/keys")) == (409, "storefront_keys_full")
    assert (await shop.owner.delete(f"/v1/storefront-keys/{shop.key_id}")).status_code == 204
    assert (await shop.owner.delete(f"/v1/storefront-keys/{shop.key_id}")).status_code == 204
    assert code(await shop.page().get("/v1/storefront")) == (401, "unauthenticated")
    newer = api.client(bearer=second.json()["key"], Origin=shop.origin)
    assert (await newer.get("/v1/storefront")).status_code == 200
    assert (await shop.owner.post(f"/v1/storefronts/{shop.id}/keys")).status_code == 201
    listed = (await shop.owner.get(f"/v1/storefronts/{shop.id}/keys")).json()["data"]
    assert [each["revoked_at"] is None for each in listed] == [False, True, True]
    assert await kinds_of(owner, shop.key_id) == ["storefront_key.created", "storefront_key.revoked"]


async def test_a_publishable_key_opens_no_house_and_changes_nothing(api: Process) -> None:
    shop = await front(api)
    page = shop.page()
    for path in ("/v1/organisation", "/v1/members", "/v1/api-keys", "/v1/storefronts", "/v1/whoami"):
        assert code(await page.get(path)) == (403, "publishable_key_refused"), path
    for path in ("/v1/sessions", "/v1/api-keys", "/v1/storefront-consents", f"/v1/storefronts/{shop.id}/buyers"):
        assert code(await page.post(path, json={})) == (403, "publishable_key_refused"), path
    altered = shop.key[:-1] + ("0" if shop.key[-1] != "0" else "1")
    for secret in (altered, shop.key.replace("od_pk_", "od_"), "od_pk_test_x"):
        answer = await api.client(bearer=secret, Origin=shop.origin).get("/v1/storefront")
        assert code(answer) == (401, "unauthenticated"), secret
