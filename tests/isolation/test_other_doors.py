"""Are the ways around ids shut too: quotes, cursors, keys of repeated requests, files, the list of rights?"""

import itertools
from typing import Any

import pytest

from app.core.ids import public_id
from tests.isolation.acts_storefronts import PAGES
from tests.isolation.document import Operation, operations
from tests.isolation.probe import CALLERS, NOBODY, Prober
from tests.isolation.scene import Stage
from tests.isolation.story import told
from tests.isolation.words import DESK
from tests.world import Party

LISTS = [
    each for each in operations() if not each.public and {"cursor"} <= {of["name"] for of in each.parameters("query")}
]
ACCOUNT = "registry_account_id"
OWN_LISTS = [each for each in LISTS if each.place is None and not each.operators]


async def _quote_of(stage: Stage, label: str) -> str:
    """A quote of this customer's that was not used."""
    row = await stage.owner.fetchrow(
        "select id from quote where org_id = $1 and order_id is null", stage.parties[label].org_id
    )
    assert row is not None
    return public_id("qte", row["id"])


@pytest.mark.parametrize("retire", [False, True])
async def test_anothers_quote_is_no_quote(stage: Stage, retire: bool) -> None:
    wish = {"beneficiary_name": "見本株式会社", "purpose": "OFFSET", "purpose_detail": "", "fiscal_year": None}
    body: dict[str, Any] = {"quote_id": await _quote_of(stage, "buyer_a")} | ({"retire": wish} if retire else {})
    answer = await stage.parties["buyer_b"].post("/v1/orders", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "quote_not_found"), answer.text
    unknown = body | {"quote_id": public_id("qte", stage.parties["buyer_a"].org_id)}
    same = await stage.parties["buyer_b"].post("/v1/orders", unknown)
    assert _without_request(same.json()) == _without_request(answer.json()), "Nobody learns whether a quote exists."


def _without_request(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "request_id"}


async def _needed(party: Party, operation: Operation) -> dict[str, str]:
    """What must stand in the query of this list: an account of the party's own, or of nobody's where it has none."""
    if not any(each["name"] == ACCOUNT and each.get("required") for each in operation.parameters("query")):
        return {}
    accounts = (await party.get("/v1/registry-accounts")).json().get("data")
    return {ACCOUNT: accounts[0]["id"] if accounts else public_id("acc", party.org_id)}


@pytest.mark.parametrize("operation", OWN_LISTS, ids=lambda operation: operation.name)
async def test_a_cursor_fits_nobody_but_whom_it_was_cut_for(operation: Operation, stage: Stage) -> None:
    organisations = [party for label, party in stage.parties.items() if label not in (DESK, *PAGES)]
    cut: dict[str, Party] = {}
    needed = {party.org_id: await _needed(party, operation) for party in organisations}
    for party in organisations:
        answer = await party.get(operation.path, params=needed[party.org_id] | {"limit": "1"})
        if answer.status_code == 200 and answer.json()["has_more"]:
            cut[answer.json()["next_cursor"]] = party
    assert cut, "Somebody has two rows of each list."
    for cursor, whose in cut.items():
        for party in organisations:
            answer = await party.get(operation.path, params=needed[party.org_id] | {"limit": "1", "cursor": cursor})
            if party is whose:
                assert answer.status_code == 200, answer.text
            else:
                assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), answer.text


async def test_a_key_of_a_repeated_request_is_each_organisations_own(stage: Stage) -> None:
    listing = (await stage.world.client().get("/v1/listings")).json()["data"][0]["id"]
    body = {"lines": [{"listing_id": listing, "quantity": 1}]}
    a = await stage.parties["buyer_a"].post("/v1/orders", body, key="the-same-key")
    b = await stage.parties["buyer_b"].post("/v1/orders", body, key="the-same-key")
    other = await stage.parties["organiser_a"].post(
        "/v1/orders", {"lines": [{"listing_id": listing, "quantity": 2}]}, key="the-same-key"
    )
    assert [answer.status_code for answer in (a, b, other)] == [201, 201, 201], other.text
    assert not any("Idempotent-Replayed" in answer.headers for answer in (a, b, other))
    assert len({answer.json()["id"] for answer in (a, b, other)}) == 3
    again = await stage.parties["buyer_a"].post("/v1/orders", body, key="the-same-key")
    assert (again.headers["Idempotent-Replayed"], again.content) == ("true", a.content)


async def test_only_the_operator_is_let_into_its_office(stage: Stage) -> None:
    office = [operation for operation in operations() if operation.operators and operation.place is None]
    assert len(office) >= 5
    for operation in office:
        if operation.method == "GET":
            shown = await stage.parties[DESK].get(operation.url(""), params=next(operation.queries(str)))
            assert shown.status_code == 200, f"{operation.name}: {shown.text}"
        for caller in CALLERS:
            prober = Prober(stage, operation, caller)
            for query, body in itertools.product(operation.queries(str), operation.bodies(str)):
                status = await prober.ask("", query, body)
                assert status == (401 if caller == NOBODY else 403), f"{caller}: {operation.name}"


async def test_no_file_is_fetched_by_its_key_and_none_of_anothers_by_its_row(stage: Stage) -> None:
    keys = [
        row["key"]
        for row in await stage.owner.fetch(
            "select file_key as key from lot_evidence union select file_key from holdings_import"
            " union select file_key from bank_statement union select notice_key from registry_task"
            " union select pdf_key from certificate"
        )
        if row["key"] is not None
    ]
    assert len(keys) > 20
    places = (
        "/{}",
        "/files/{}",
        "/v1/files/{}",
        "/static/{}",
        "/c/{}",
        "/c/{}.pdf",
        "/v1/certificates/{}",
        "/%2e%2e/{}",
    )
    for caller in ("provider_b", NOBODY):
        client = stage.world.client() if caller == NOBODY else stage.parties[caller].client
        for key in (*keys[:8], *(key.rpartition("/")[2] for key in keys[:8])):
            for place in places:
                answer = await client.get(place.format(key))
                assert answer.status_code == 404, f"{place.format(key)}: {answer.status_code}"


async def test_no_answer_names_a_files_key(stage: Stage) -> None:
    rows = await stage.owner.fetch("select file_key as key, org_id from lot_evidence")
    for row in rows:
        whose = next(party for party in stage.parties.values() if party.org_id == row["org_id"])
        answer = await whose.get("/v1/lots", params={"limit": "100"})
        assert row["key"] not in told(answer)


async def test_the_same_file_of_two_providers_stays_two_secrets(stage: Stage) -> None:
    a, b = stage.parties["provider_a"], stage.parties["provider_b"]
    lots = {}
    for party in (a, b):
        lots[party.id] = (await party.get("/v1/lots", params={"status": "declared"})).json()["data"][0]["id"]
    same, shown = b"%PDF-1.7\nthe very same statement\n%%EOF\n", []
    for party, name in ((a, "mine.pdf"), (b, "yours.pdf")):
        where = {"as_of": "2026-11-01", "filename": name}
        shown.append(await party.send(f"/v1/lots/{lots[party.id]}/evidence", same, "application/pdf", params=where))
    assert [answer.status_code for answer in shown] == [201, 201], shown[1].text
    assert shown[0].json()["id"] != shown[1].json()["id"]
    assert "mine.pdf" not in shown[1].text
