"""What does the operator see and do over HTTP, and what is refused?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.core.ids import public_id
from app.core.scope import Scope
from tests.payments.payments_scene import HEADER, World

LINES = "/v1/admin/bank-lines"


async def send(http: httpx.AsyncClient, key: str, *rows: str) -> httpx.Response:
    return await http.post(
        "/v1/admin/bank-statements",
        params={"filename": "明細.csv"},
        content="\n".join([HEADER, *rows]).encode(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": key},
    )


async def decide(http: httpx.AsyncClient, line: dict[str, Any], **decided: str) -> httpx.Response:
    headers = {"If-Match": f'"v{line["version"]}"'}
    return await http.post(f"{LINES}/{line['id']}/resolve", json={"note": "why", **decided}, headers=headers)


async def waiting(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    return (await http.get(LINES, params={"status": "for_a_person"})).json()["data"]


async def settle_all(world: World) -> None:
    for row in await world.owner.fetch("select id from bank_line where status = 'new' order by id"):
        await world.settle(row["id"])


async def test_a_statement_is_taken_once_and_its_answer_repeated_byte_for_byte(http: httpx.AsyncClient, world: World):
    first = await send(http, "k1", "2024-11-20,1000,a,,R1", "2024-11-20,-5,b,,R2")
    again = await send(http, "k1", "2024-11-20,1000,a,,R1", "2024-11-20,-5,b,,R2")
    assert first.status_code == 201
    body = first.json()
    assert (body["lines"], body["new"], body["already_known"], body["filename"]) == (2, 2, 0, "明細.csv")
    assert body["id"].startswith("bks_")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    other_key = (await send(http, "k2", "2024-11-20,1000,a,,R1", "2024-11-20,-5,b,,R2")).json()
    assert (other_key["new"], other_key["already_known"]) == (0, 2)
    assert await world.owner.fetchval("select count(*) from bank_statement") == 2
    await world.assert_sound()


async def test_a_statement_needs_a_key_a_filename_and_good_rows(http: httpx.AsyncClient, world: World):
    path, csv = "/v1/admin/bank-statements", {"Content-Type": "text/csv"}
    keyless = await http.post(path, params={"filename": "a.csv"}, content=b"x", headers=csv)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_required")
    nameless = await http.post(path, content=b"x", headers=csv | {"Idempotency-Key": "k"})
    assert nameless.status_code == 422
    wrong = await send(http, "k", "2024-11-20,x,a,,")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bank_file_refused")
    assert wrong.json()["errors"][0]["pointer"] == "/rows/2/amount"
    assert await world.owner.fetchval("select count(*) from bank_statement") == 0


async def test_a_contradicting_statement_is_refused_for_good(http: httpx.AsyncClient):
    await send(http, "k1", "2024-11-20,1000,a,,R1")
    refused, again = [await send(http, "k2", "2024-11-20,1001,a,,R1") for _ in range(2)]
    assert (refused.status_code, refused.json()["code"]) == (409, "bank_line_contradicts")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (409, "true")


async def test_lines_are_listed_in_pages_oldest_first_with_their_age(http: httpx.AsyncClient, world: World):
    await send(http, "k1", *(f"2024-11-{day},{day},a,,R{day}" for day in range(10, 15)))
    await settle_all(world)
    seen, cursor = [], None
    while True:
        page = (await http.get(LINES, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += page["data"]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert [line["amount"]["amount"] for line in seen] == [10, 11, 12, 13, 14]
    today = (datetime.now(UTC) + timedelta(hours=9)).date()
    assert [line["age_days"] for line in seen] == [(today - datetime(2024, 11, d).date()).days for d in range(10, 15)]
    assert {line["outcome"] for line in seen} == {"unknown_payer"}
    assert (await http.get(LINES, params={"status": "applied"})).json()["data"] == []
    assert (await http.get(LINES, params={"status": "lost"})).status_code in {400, 422}


async def test_one_line_is_shown_with_its_etag_and_a_wrong_id_is_not_found(http: httpx.AsyncClient, world: World):
    await send(http, "k1", "2024-11-20,1000,a,,R1")
    line = (await http.get(LINES)).json()["data"][0]
    shown = await http.get(f"{LINES}/{line['id']}")
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"v1"')
    assert shown.json() | {"age_days": 0} == line | {"age_days": 0}
    for wrong in ("x", "bnk_", public_id("ord", world.desk.actor_id), public_id("bnk", world.desk.actor_id)):
        assert (await http.get(f"{LINES}/{wrong}")).status_code == 404


async def test_an_unknown_payers_money_is_refunded_once(http: httpx.AsyncClient, world: World):
    await send(http, "k1", "2024-11-20,1000,a,,R1")
    await settle_all(world)
    (line,) = await waiting(http)
    done = await decide(http, line, resolution="refund")
    assert done.status_code == 200
    assert (done.json()["status"], done.json()["resolution"], done.json()["unapplied"]["amount"]) == (
        "resolved",
        "refund",
        0,
    )
    assert done.headers["ETag"] == f'"v{line["version"] + 1}"'
    assert await world.book() == {"bank": -1_000, "refunds:unknown": 1_000}
    stale = await decide(http, line, resolution="refund")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    twice = await decide(http, done.json(), resolution="refund")
    assert (twice.status_code, twice.json()["code"]) == (409, "bank_line_not_resolvable")
    assert await waiting(http) == []
    await world.assert_sound()


async def test_what_a_known_payer_paid_too_much_is_owed_to_it(http: httpx.AsyncClient, world: World):
    order = await world.order()
    await send(http, "k1", f"2024-11-20,1200,{order.reference} a,,R1")
    await settle_all(world)
    (line,) = await waiting(http)
    assert (line["outcome"], line["unapplied"]["amount"]) == ("over", 200)
    assert (line["payer_id"], line["order_id"]) == (public_id("org", order.buyer_id), public_id("ord", order.order_id))
    part = await decide(http, line, resolution="apply_to_order", payment_reference=order.reference)
    assert (part.status_code, part.json()["code"]) == (409, "bank_line_not_resolvable")
    assert (await decide(http, line, resolution="refund")).status_code == 200
    assert await world.book() == {"bank": -1_200, "held:orders": 1_000, f"refunds:{order.buyer_id.hex}": 200}
    kinds = await world.owner.fetch("select kind from event where subject_kind = 'bank_line' order by seq")
    assert [row["kind"] for row in kinds] == ["bank_line.judged", "bank_line.resolved"]
    await world.assert_sound()


async def test_a_line_is_applied_to_an_order_that_exists(http: httpx.AsyncClient, world: World):
    order = await world.order()
    await send(http, "k1", "2024-11-20,1000,a,,R1")
    await settle_all(world)
    (line,) = await waiting(http)
    for wrong in ({}, {"payment_reference": "12345678901"}):
        refused = await decide(http, line, resolution="apply_to_order", **wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_reference_unknown")
    applied = await decide(http, line, resolution="apply_to_order", payment_reference=order.reference)
    assert (applied.status_code, applied.json()["status"]) == (200, "new")
    await settle_all(world)
    assert await world.book() == {"bank": -1_000, "held:orders": 1_000}


async def test_outgoing_money_can_only_be_acknowledged_and_incoming_never(http: httpx.AsyncClient, world: World):
    await send(http, "k1", "2024-11-20,-1000,a,,R1", "2024-11-20,500,b,,R2")
    await settle_all(world)
    out, into = sorted(await waiting(http), key=lambda line: line["amount"]["amount"])
    assert (await decide(http, out, resolution="refund")).status_code == 409
    assert (await decide(http, into, resolution="acknowledge")).status_code == 409
    done = await decide(http, out, resolution="acknowledge")
    assert (done.status_code, done.json()["status"]) == (200, "resolved")
    assert await world.book() == {"bank": 500, "unapplied": 500, "suspense": -1_000}


async def test_a_line_that_is_not_judged_yet_cannot_be_resolved(http: httpx.AsyncClient, world: World):
    order = await world.order()
    await send(http, "k1", f"2024-11-20,1000,{order.reference},,R1")
    line = (await http.get(LINES)).json()["data"][0]
    refused = await decide(http, line, resolution="refund")
    assert (refused.status_code, refused.json()["state"]) == (409, "new")


async def test_resolving_needs_if_match_and_a_note(http: httpx.AsyncClient, world: World):
    await send(http, "k1", "2024-11-20,1000,a,,R1")
    await settle_all(world)
    (line,) = await waiting(http)
    path = f"{LINES}/{line['id']}/resolve"
    assert (await http.post(path, json={"resolution": "refund", "note": "x"})).status_code == 428
    for body in ({"resolution": "refund"}, {"resolution": "refund", "note": ""}, {"resolution": "burn", "note": "x"}):
        assert (await http.post(path, json=body, headers={"If-Match": "*"})).status_code == 422


@pytest.mark.parametrize("change", [{"rights": frozenset({"read"})}, {"org_kind": "buyer"}])
async def test_only_the_operator_comes_in(http: httpx.AsyncClient, world: World, callers: list[Scope], change):
    callers.append(replace(world.desk, **change))
    for answer in (
        await http.get(LINES),
        await http.get(f"{LINES}/bnk_x"),
        await http.post(f"{LINES}/bnk_x/resolve", json={"resolution": "refund", "note": "x"}),
        await send(http, "k1", "2024-11-20,1000,a,,R1"),
    ):
        assert answer.status_code == 403, answer.text
    assert await world.owner.fetchval("select count(*) from bank_line") == 0
