"""Does the operator close its book over HTTP, and does each party read its own money with what it is owed?"""

import csv
import io
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from app.core.clock import utc_now
from app.core.db import Database
from app.core.period import day_in_japan
from app.ledger.rules import month_of
from tests.world import BASE_URL, PASSWORD, Party, World, open_world

SEEN = {"If-Match": "*"}


@dataclass
class Desk:
    """A desk with two people who have signed in."""

    world: World
    owner: asyncpg.Connection
    one: httpx.AsyncClient
    other: httpx.AsyncClient


@pytest.fixture
async def desk(db: Database, worker_db: Database, owner: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_world(db, worker_db, tmp_path / "files", registry=None) as world:
        one = await signed_in(world, world.desk.email)
        colleague = {"email": "colleague@desk.test", "name": "運営 次郎", "role": "admin", "password": PASSWORD}
        made = await one.post("/v1/members", json=colleague, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert made.status_code == 201, made.text
        yield Desk(world, owner, one, await signed_in(world, "colleague@desk.test"))


async def signed_in(world: World, email: str) -> httpx.AsyncClient:
    browser = world.client(Origin=BASE_URL)
    answer = await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert answer.status_code in (200, 201), answer.text
    return browser


def last_month() -> date:
    return month_of(day_in_japan(utc_now())) - timedelta(days=1)


async def banked(desk: Desk, minor: int, day: date, payer: str) -> dict[str, Any]:
    content = (
        f"booked_on,amount,payer_name,memo,bank_reference\n{day},{minor},{payer},,{secrets.token_hex(6)}\n".encode()
    )
    answer = await desk.world.desk.send(
        "/v1/admin/bank-statements", content, "text/csv", params={"filename": "bank.csv"}
    )
    assert answer.status_code == 201, answer.text
    await desk.world.run_jobs()
    return dict((await desk.one.get("/v1/admin/bank-lines")).json()["data"][-1])


async def sold(desk: Desk) -> tuple[Party, Party]:
    """A provider whose three tonnes a buyer has paid for."""
    provider, buyer = await desk.world.provider("出品 株式会社"), await desk.world.buyer("=購入 株式会社")
    listing = await desk.world.listing(provider, 100, price=1_000)
    for quantity in (1, 2):
        order = await desk.world.paid_order(buyer, (listing, quantity))
        assert order["status"] == "fulfilled", order
    return provider, buyer


async def test_a_month_is_proposed_by_one_person_and_closed_by_another(desk: Desk) -> None:
    last, line = last_month(), await banked(desk, 500, last_month(), "ハヤイ")
    assert (line["booked_on"], line["counted_on"]) == (last.isoformat(), None)
    by_key = await desk.world.desk.post("/v1/admin/book/closes", {"month": f"{last:%Y-%m}"})
    assert (by_key.status_code, by_key.json()["code"]) == (403, "person_needed")
    wrong = await desk.one.post("/v1/admin/book/closes", json={"month": "2026-13"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/month")
    running = await desk.one.post("/v1/admin/book/closes", json={"month": f"{day_in_japan(utc_now()):%Y-%m}"})
    assert running.status_code == 409
    assert [each["code"] for each in running.json()["blockers"]] == ["earlier_month_open", "month_not_over"]
    proposed = await desk.one.post("/v1/admin/book/closes", json={"month": f"{last:%Y-%m}"})
    assert (proposed.status_code, proposed.json()["status"]) == (201, "proposed"), proposed.text
    at = proposed.headers["location"]
    alone = await desk.one.post(f"{at}/confirm", json={}, headers=SEEN)
    assert alone.json()["code"] == "second_person_closes"
    assert (await desk.other.post(f"{at}/confirm", json={})).status_code == 428
    stale = await desk.other.post(f"{at}/confirm", json={}, headers={"If-Match": '"v9"'})
    assert stale.status_code == 412
    closed = await desk.other.post(f"{at}/confirm", json={}, headers={"If-Match": proposed.headers["etag"]})
    assert closed.status_code == 200, closed.text
    assert (closed.json()["postings"], len(closed.json()["hash"])) == (1, 64)
    assert (await desk.one.get("/v1/admin/book/closes")).json()["data"] == [closed.json()]
    late = await banked(desk, 70, last, "オソイ")
    assert (late["booked_on"], late["counted_on"]) == (last.isoformat(), day_in_japan(utc_now()).isoformat())
    agreed = (await desk.one.get("/v1/admin/book/agreement", params={"month": f"{last:%Y-%m}"})).json()
    [day] = agreed["bank"]
    assert (day["bank"], day["book"], day["unexplained"]) == (500, 500, 0)
    [waiting] = agreed["bank_waiting"]
    assert (waiting["count"], waiting["amount"]["amount"]) == (2, 570)


async def test_the_trial_balance_and_each_account_are_shown_to_the_operator_alone(desk: Desk) -> None:
    _, buyer = await sold(desk)
    told = (await desk.one.get("/v1/admin/book/trial-balance")).json()
    assert told["sums"] == [{"amount": 0, "currency": "JPY"}]
    balances = {each["account"]: each["balance"]["amount"] for each in told["accounts"]}
    assert balances["bank"] == -3_300
    assert [each["name"] for each in told["accounts"] if each["account"] == "bank"] == ["普通預金"]
    before = (await desk.one.get("/v1/admin/book/trial-balance", params={"as_of": "2020-01-01"})).json()
    assert before["accounts"] == []
    pages, cursor = [], None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await desk.one.get("/v1/admin/book/accounts/held:orders", params=params)).json()
        pages += page["data"]
        if not (cursor := page["next_cursor"]):
            break
    assert sorted(each["amount"]["amount"] for each in pages) == [-2_200, -1_100, 1_100, 2_200]
    assert {each["other_account"].partition(":")[0] for each in pages} == {"unapplied", "payable"}
    assert (await desk.one.get("/v1/admin/book/accounts/held:nothing")).status_code == 404
    assert (await buyer.get("/v1/admin/book/trial-balance")).status_code == 403


async def test_each_party_reads_its_own_money_with_what_it_is_owed(desk: Desk) -> None:
    provider, buyer = await sold(desk)
    one = (await provider.get("/v1/statement", params={"limit": 1})).json()
    rest = (await provider.get("/v1/statement", params={"limit": 1, "cursor": one["next_cursor"]})).json()
    told = [*one["data"], *rest["data"]]
    assert [(each["reason"], each["change"]["amount"], each["balance"]["amount"]) for each in told] == [
        ("sale", 1_100, 1_100),
        ("sale", 2_200, 3_300),
    ]
    assert not rest["has_more"]
    mine = (await buyer.get("/v1/statement")).json()["data"]
    assert [(each["reason"], each["amount"]["amount"], each["balance"]["amount"]) for each in mine] == [
        ("payment", 1_100, 0),
        ("payment", 2_200, 0),
    ]
    yesterday = (day_in_japan(utc_now()) - timedelta(days=1)).isoformat()
    assert (await provider.get("/v1/statement", params={"to_day": yesterday})).json()["data"] == []
    other = await desk.world.buyer()
    assert (await other.get("/v1/statement")).json()["data"] == []


async def test_the_journal_carries_the_operators_names_and_computes_nothing(desk: Desk) -> None:
    await sold(desk)
    at = "/v1/admin/book/account-names/payable"
    name = {"name": "買掛金", "code": "201", "tax_class": "対象外"}
    assert (await desk.one.put(at, json=name)).status_code == 428
    named = await desk.one.put(at, json=name, headers={"If-Match": '"v0"'})
    assert (named.status_code, named.json()["version"]) == (200, 1), named.text
    assert (await desk.one.put(at, json=name, headers={"If-Match": '"v0"'})).status_code == 412
    unknown = await desk.one.put("/v1/admin/book/account-names/nothing", json=name, headers=SEEN)
    assert unknown.json()["code"] == "account_unknown"
    names = {each["kind"]: each for each in (await desk.one.get("/v1/admin/book/account-names")).json()["data"]}
    assert (names["payable"]["name"], names["bank"]["name"]) == ("買掛金", "普通預金")
    month = f"{day_in_japan(utc_now()):%Y-%m}"
    for encoding, codec in (("utf-8", "utf-8-sig"), ("cp932", "cp932")):
        asked = {"month": month, "encoding": encoding}
        answer = await desk.one.get("/v1/admin/book/journal.csv", params=asked)
        assert answer.status_code == 200, answer.text
        header, *rows = csv.reader(io.StringIO(answer.content.decode(codec), newline=""))
        assert header[:2] == ["取引日", "借方勘定科目"]
        assert sum(int(row[7]) for row in rows) == sum(int(row[8]) for row in rows) == 3 * 3_300
        assert {(row[1], row[4]) for row in rows} == {
            ("普通預金", "仮受金"),
            ("仮受金", "預り金"),
            ("預り金", "買掛金"),
        }
        assert {row[11] for row in rows} == {"", "'=購入 株式会社", "出品 株式会社"}
    bad = await desk.one.get("/v1/admin/book/journal.csv", params={"month": "2026-00"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "?month")
