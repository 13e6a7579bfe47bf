"""Do the rows, keys, cookies and clocks of a live desk and its sandbox ever meet? One process serves them both."""

import os
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.processes import (
    PASSWORD,
    Caller,
    Desk,
    Processes,
    becomes,
    children_of,
    command,
    eventually,
    key_in,
    running,
)
from tests.sandbox.trades import Trade, trade

READ = ("lots", "listings", "imports", "quotes", "orders", "retirements", "holdings")


@pytest.fixture(scope="module")
def trades(beside: Processes) -> tuple[Trade, Trade]:
    """The same story at the live desk and at its sandbox."""
    return trade(beside.live), trade(beside.sandbox)


def reader_of(kind: str, of: Trade) -> Caller:
    return of.provider if kind in {"lots", "listings", "imports"} else of.buyer


def own_path(kind: str, id_: str) -> str:
    return f"/v1/{kind}/{id_}"


@pytest.mark.parametrize("kind", READ)
def test_an_id_of_one_desk_is_not_found_at_the_other(beside: Processes, trades: tuple[Trade, Trade], kind: str) -> None:
    live, sandbox = trades
    for mine, other in ((live, sandbox), (sandbox, live)):
        own = reader_of(kind, mine).get(own_path(kind, mine.ids[kind]))
        assert own.status_code == 200, own.text
        strange = reader_of(kind, other).get(own_path(kind, mine.ids[kind]))
        assert strange.status_code == 404, strange.text


def test_the_two_databases_hold_each_their_own_organisations_alone(
    beside: Processes, trades: tuple[Trade, Trade]
) -> None:
    names = (
        "select string_agg(name, ' ' order by name) as names, count(*) as n from organisation where kind <> 'operator'"
    )
    (live,), (sandbox,) = beside.live.fetch(names), beside.sandbox.fetch(names)
    assert set(live["names"].split()).isdisjoint(sandbox["names"].split())
    for table in ("orders", "lot", "listing", "quote", "bank_statement", "public_listing"):
        before = {desk.is_sandbox: _count(desk, table) for desk in (beside.live, beside.sandbox)}
        assert before[True] > 0, table
        assert before[False] > 0, table
    counts = {table: _count(beside.live, table) for table in ("orders", "organisation", "event", "api_key")}
    trade(beside.sandbox)
    assert {table: _count(beside.live, table) for table in counts} == counts, (
        "A trade in the sandbox is none of the live desk's."
    )


def _count(desk: Desk, table: str) -> int:
    return int(desk.fetch(f"select count(*) as n from {table}")[0]["n"])


def test_a_key_opens_its_own_desk_wherever_it_is_shown(beside: Processes, trades: tuple[Trade, Trade]) -> None:
    live, sandbox = trades
    assert live.buyer.key.startswith("od_live_")
    assert sandbox.buyer.key.startswith("od_test_")
    refused = beside.sandbox.caller(live.buyer.key).get("/v1/organisation")
    assert refused.status_code == 401
    assert "a credential of the live desk" in refused.json()["detail"]
    assert refused.json()["type"] == f"{beside.sandbox.url}/problems/unauthenticated"
    assert beside.sandbox.caller(live.buyer.key).get("/v1/listings").status_code == 401, "Public doors, too."
    plain = beside.live.caller(sandbox.buyer.key)
    assert plain.get("/v1/organisation").json()["id"] == sandbox.buyer.id
    assert plain.get(f"/v1/orders/{sandbox.ids['orders']}").status_code == 200
    forged = sandbox.buyer.key.replace("od_test_", "od_live_")
    assert beside.live.caller(forged).get("/v1/organisation").status_code == 401


def test_cookies_of_the_two_differ_and_neither_opens_the_other(beside: Processes, trades: tuple[Trade, Trade]) -> None:
    cookies = {}
    for desk, of in zip((beside.live, beside.sandbox), trades, strict=True):
        signed_in = desk.caller(Sec_Fetch_Site="same-origin").post(
            "/v1/sessions", {"email": of.buyer.email, "password": PASSWORD}
        )
        assert signed_in.status_code == 201, signed_in.text
        cookies[desk.is_sandbox] = signed_in.headers["set-cookie"].partition(";")[0]
    assert cookies[False].startswith("__Host-offsetdesk=")
    assert cookies[True].startswith("__Host-offsetdesk-sandbox=")
    both = "; ".join(cookies.values())
    for desk, of in zip((beside.live, beside.sandbox), trades, strict=True):
        seen = desk.caller(Cookie=both).get("/v1/organisation")
        assert seen.json()["id"] == of.buyer.id, "A browser that is signed in at both is who it is at each."
        others = cookies[not desk.is_sandbox]
        assert desk.caller(Cookie=others).get("/v1/organisation").status_code == 401
        renamed = others.partition("=")[2]
        name = cookies[desk.is_sandbox].partition("=")[0]
        assert desk.caller(Cookie=f"{name}={renamed}").get("/v1/organisation").status_code == 401
    out = beside.sandbox.caller(Cookie=both, Sec_Fetch_Site="same-origin").http.delete("/v1/sessions")
    assert out.status_code == 204
    assert out.headers["set-cookie"].startswith("__Host-offsetdesk-sandbox=")
    assert beside.live.caller(Cookie=both).get("/v1/organisation").status_code == 200, "Only one of them ended."


def test_the_live_desk_has_no_door_of_test_mode(beside: Processes, trades: tuple[Trade, Trade]) -> None:
    live, _ = trades
    live_document = beside.live.caller().get("/openapi.json").json()
    document = beside.sandbox.caller().get("/openapi.json").json()
    doors = {path: item for path, item in document["paths"].items() if path.startswith("/v1/test/")}
    assert len(doors) == 7
    assert set(document["paths"]) - set(live_document["paths"]) == set(doors)
    assert all(told["tags"] == ["Test mode"] for item in doors.values() for told in item.values())
    assert document["servers"] == [{"url": "/sandbox"}]
    for path, item in doors.items():
        for method in item:
            for caller in (beside.live.operator, live.buyer, beside.live.caller()):
                answer = caller.http.request(method, re.sub(r"\{\w+\}", "x", path), headers={"Idempotency-Key": "k"})
                assert answer.status_code == 404, (method, path, answer.text)
    answered = live.buyer.http.get("/v1/organisation", headers={"Offset-Desk-Test": "429"})
    assert answered.status_code == 200, "Nor an answer by header."


def test_every_link_that_the_sandbox_prints_stays_in_the_sandbox(
    beside: Processes, trades: tuple[Trade, Trade]
) -> None:
    _, sandbox = trades
    number = _certificate(sandbox.buyer, sandbox.ids["retirements"])["number"]
    nobody = beside.sandbox.caller()
    facts = nobody.get(f"/c/{number}.json").json()
    assert facts["verify_url"] == f"{beside.sandbox.url}/c/{number}"
    assert facts["simulated"] is True
    assert beside.live.caller().get(f"/c/{number}").status_code == 404
    pages = ["/", f"/c/{number}", "/docs", "/docs/test-mode", "/problems", "/problems/not_found"]
    seen = 0
    for path in pages:
        shown = httpx.get(beside.sandbox.url + path, headers={"Accept-Language": "en"})
        assert shown.status_code == 200, path
        for link in re.findall(r'(?:href|action)="(/[^"]*|http[^"]*)"', shown.text):
            if link.startswith("https://"):
                continue  # Somebody else's house.
            seen += 1
            assert link.startswith(("/sandbox/", beside.sandbox.url)), (path, link)
        for link in set(re.findall(r'href="(/sandbox/[^"#]*)"', shown.text)) if path in pages[:4] else ():
            assert httpx.get(beside.live.url + link.replace("&amp;", "&")).status_code == 200, link
    assert seen > 30
    moved = httpx.get(f"{beside.sandbox.url}/verify", params={"number": number})
    assert moved.headers["location"] == f"/sandbox/c/{number}"
    problem = nobody.get("/v1/orders").json()
    assert httpx.get(problem["type"]).status_code == 200


def _certificate(buyer: Caller, retirement_id: str) -> dict[str, Any]:
    becomes(buyer, f"/v1/retirements/{retirement_id}", "recorded")

    def look() -> dict[str, Any] | None:
        found = buyer.get("/v1/certificates").json()["data"]
        ours = [one for one in found if one["retirement_id"] == retirement_id and one["pdf_sha256"]]
        return ours[0] if ours else None

    return eventually(look, "a certificate")


def test_both_are_measured_and_each_says_whether_it_is_ready(beside: Processes) -> None:
    assert beside.live.caller().get("/readyz").json()["status"] == "ok"
    assert beside.sandbox.caller().get("/readyz").json()["status"] == "ok"
    counted = beside.live.caller().get("/metrics").text
    assert re.search(
        r'offsetdesk_http_requests_total\{method="POST",route="/sandbox/v1/orders",status="201"\}', counted
    )
    assert re.search(r'offsetdesk_http_requests_total\{method="POST",route="/v1/orders",status="201"\}', counted)


def test_an_unpaid_order_and_a_quote_expire_when_the_clock_is_moved_and_the_live_ones_stay(
    beside: Processes, trades: tuple[Trade, Trade]
) -> None:
    live, sandbox = trades
    before = datetime.now(UTC)
    moved = beside.sandbox.operator.made("/v1/test/clock", {"advance": "P8D"})
    assert datetime.fromisoformat(moved["now"]) >= before + timedelta(days=8)
    assert moved["ahead_s"] == 8 * 86_400
    began = time.monotonic()
    expired = becomes(sandbox.buyer, f"/v1/orders/{sandbox.ids['unpaid']}", "expired")
    assert expired["deadline"] < moved["now"]
    assert time.monotonic() - began < 10, "At once: within a few turns of the relay."
    late = sandbox.buyer.post("/v1/orders", {"quote_id": sandbox.ids["quotes"]})
    assert (late.status_code, late.json()["code"]) == (409, "quote_expired")
    assert live.buyer.get(f"/v1/orders/{live.ids['unpaid']}").json()["status"] == "awaiting_payment"
    assert live.buyer.post("/v1/orders", {"quote_id": live.ids["quotes"]}).status_code == 201
    placed = sandbox.buyer.get("/v1/listings").json()["data"][0]["id"]
    order = sandbox.buyer.made("/v1/orders", {"lines": [{"listing_id": placed, "quantity": 1}]})
    assert datetime.fromisoformat(order["placed_at"]) > before + timedelta(days=8)


def test_a_certificate_bears_the_moved_clocks_days(beside: Processes) -> None:
    clock = beside.sandbox.operator.get("/v1/test/clock").json()
    to = (datetime.fromisoformat(clock["now"]) + timedelta(days=40)).isoformat()
    now = beside.sandbox.operator.made("/v1/test/clock", {"now": to})["now"]
    made = trade(beside.sandbox, quantity=3)
    certificate = _certificate(made.buyer, made.ids["retirements"])
    facts = beside.sandbox.caller().get(f"/c/{certificate['number']}.json").json()
    moved_to = datetime.fromisoformat(now).date()
    for day in (facts["recorded_on"], facts["issued_on"]):
        assert abs(datetime.fromisoformat(day).date() - moved_to) <= timedelta(days=1), facts


def test_the_proof_that_a_lost_request_is_absent_elapses_with_the_clock(beside: Processes) -> None:
    made = trade(beside.sandbox, detail="test:502", quantity=2)
    at = f"/v1/retirements/{made.ids['retirements']}"
    becomes(made.buyer, at, "unknown")
    for _ in range(6):
        beside.sandbox.operator.made("/v1/test/clock", {"advance": "PT20M"})
        time.sleep(1)
        if made.buyer.get(at).json()["retirement"]["status"] == "recorded":
            break
    assert becomes(made.buyer, at, "recorded")["simulated"] is True
    rows = beside.sandbox.fetch(
        "select a.status from retirement_attempt a join retirement r on r.org_id = a.org_id and r.id = a.retirement_id"
        " where r.purpose_detail = 'test:502' order by a.n"
    )
    assert [row["status"] for row in rows] == ["absent", "recorded"]


def test_the_live_worker_never_sends_to_the_sandboxs_registry(beside: Processes, trades: tuple[Trade, Trade]) -> None:
    live, _ = trades
    tasks = eventually(lambda: live.provider.get("/v1/registry-tasks").json()["data"], "a task for people")
    assert [task["status"] for task in tasks] == ["open"], "J-Credit is worked by people at the live desk."
    assert live.buyer.get(f"/v1/retirements/{live.ids['retirements']}").json()["retirement"]["simulated"] is False


def test_what_the_command_says_of_a_sandbox(beside: Processes) -> None:
    said = beside.said_of_migration
    assert said.count("The database has its newest shape.") == 2
    assert "The sandbox:" in said
    assert "sandbox-key" in said
    key = key_in(command(beside.environment, "sandbox-key"))
    assert beside.live.caller(key).get("/v1/admin/organisations").status_code == 200


def retired(desk: Desk) -> None:
    """A whole trade in the sandbox, up to the registry's record."""
    made = trade(desk, quantity=1)
    becomes(made.buyer, f"/v1/retirements/{made.ids['retirements']}", "recorded")


def test_a_registry_that_ended_is_started_again_on_its_book(beside: Processes) -> None:
    (child,) = children_of(beside.worker.pid)
    os.kill(child, signal.SIGKILL)
    retired(beside.sandbox)
    (other,) = children_of(beside.worker.pid)
    assert other != child
    lines = (beside.folder / "sandbox-files-registry" / "book.jsonl").read_text().splitlines()
    assert sum('"kind":"retirement"' in line for line in lines) > 3, "It is the book that it had."


def test_another_worker_takes_the_sandbox_over_and_both_stop_when_told(beside: Processes, tmp_path: Path) -> None:
    with running("workers.main", beside.environment, tmp_path) as second:
        log = tmp_path / "workers.main.log"
        eventually(lambda: "this one waits" in log.read_text() or None, "it waits")
        assert children_of(second.pid) == []
        beside.worker.terminate()
        assert beside.worker.wait(30) == 0
        said = (beside.folder / "workers.main.log").read_text()
        assert said.count('"the worker has stopped"') == 2, "One crew for each desk."
        retired(beside.sandbox)
        assert len(children_of(second.pid)) == 1
        second.terminate()
        assert second.wait(30) == 0
    beside.api.terminate()
    assert beside.api.wait(30) == -signal.SIGTERM, "Uvicorn ends, in order, by the signal itself."
