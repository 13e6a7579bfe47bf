"""Can an organisation come here, and is it let in by the right person?"""

import asyncio

import asyncpg
import httpx
import pytest

from app.core.ids import read_public_id
from app.core.scope import DESK_ID
from app.identity.errors import DeskFounded
from tests.identity.identity_world import PASSWORD, Process, found, sign_up_body

NATIONAL_TAX_AGENCY = "7000012050002"


async def kinds_of(owner: asyncpg.Connection, org_id: object) -> list[str]:
    rows = await owner.fetch("select kind from event where org_id = $1 order by n", org_id)
    return [row["kind"] for row in rows]


async def test_a_buyer_may_begin_at_once_with_the_key_of_the_answer(api: Process, owner: asyncpg.Connection) -> None:
    made = await api.sign_up("buyer", corporate_number=NATIONAL_TAX_AGENCY, invoice_number=f"T{NATIONAL_TAX_AGENCY}")
    assert made["organisation"]["status"] == "active"
    assert made["organisation"]["name"] == "株式会社みどり商会"
    assert made["organisation"]["invoice_number"] == "T7000012050002"
    assert made["member"]["role"] == "owner"
    assert made["secret"].startswith(made["api_key"]["shown"] + "_")
    assert made["secret"].startswith("od_test_")
    who = (await api.client(bearer=made["secret"], X_Request_Id="my-own-name-1").get("/v1/whoami")).json()
    assert who["org_id"] == str(read_public_id("org", made["organisation"]["id"]))
    assert who["actor_id"] == str(read_public_id("key", made["api_key"]["id"]))
    assert who["org_kind"] == "buyer"
    assert who["request_id"] == "my-own-name-1"
    assert who["rights"] == [
        "keys:write",
        "members:write",
        "orders:write",
        "read",
        "retirements:sign_off",
        "retirements:write",
        "storefronts:write",
    ]
    stored = await owner.fetchval("select encode(hash, 'hex') from api_key where shown = $1", made["api_key"]["shown"])
    assert who["credential"] == stored
    org_id = read_public_id("org", made["organisation"]["id"])
    assert await kinds_of(owner, org_id) == ["organisation.signed_up", "member.added", "api_key.created"]


async def test_a_pending_provider_may_prepare_and_an_approved_one_may_trade(
    api: Process, operator: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    made = await api.sign_up("provider")
    mine = api.client(bearer=made["secret"])
    assert made["organisation"]["status"] == "pending"
    pending = (await mine.get("/v1/whoami")).json()["rights"]
    assert pending == ["inventory:write", "keys:write", "members:write", "read"]

    path = f"/v1/admin/organisations/{made['organisation']['id']}"
    answer = await operator.post(f"{path}/approve", json={"note": "登録簿の口座を確認済み"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "active"

    approved = (await mine.get("/v1/whoami")).json()["rights"]
    assert approved == [
        "inventory:write",
        "keys:write",
        "listings:write",
        "members:write",
        "read",
        "storefronts:write",
        "tasks:write",
    ]
    seen = await mine.get("/v1/organisation")
    assert seen.json()["decision_note"] == "登録簿の口座を確認済み"
    assert seen.headers["ETag"] == answer.headers["ETag"] == '"v2"'
    org_id = read_public_id("org", made["organisation"]["id"])
    event = await owner.fetchrow("select * from event where org_id = $1 and kind = 'organisation.approved'", org_id)
    assert event["party_ids"] == [DESK_ID]
    assert event["seq"] == 2
    assert event["actor_kind"] == "member"


async def test_a_rejected_provider_can_do_nothing_and_hears_why(api: Process, operator: httpx.AsyncClient) -> None:
    made = await api.sign_up("provider", member={"email": "out@firm.test", "name": "A", "password": PASSWORD})
    browser = await api.sign_in("out@firm.test")
    path = f"/v1/admin/organisations/{made['organisation']['id']}"
    assert (await operator.post(f"{path}/reject", json={})).status_code == 422
    assert (await operator.post(f"{path}/reject", json={"note": "口座なし"})).json()["status"] == "rejected"
    for mine in (api.client(bearer=made["secret"]), browser):
        refused = await mine.get("/v1/organisation")
        assert (refused.status_code, refused.json()["code"]) == (403, "organisation_suspended")
    signing_in = {"email": "out@firm.test", "password": PASSWORD}
    again = await api.client().post("/v1/sessions", json=signing_in)
    assert (again.status_code, again.json()["code"]) == (403, "organisation_suspended")
    wrong = await api.client().post("/v1/sessions", json=signing_in | {"password": "something else"})
    assert wrong.status_code == 401


@pytest.mark.parametrize("kind", ["buyer", "organiser"])
async def test_who_is_active_from_the_first_is_not_decided_on(
    api: Process, operator: httpx.AsyncClient, kind: str
) -> None:
    made = await api.sign_up(kind)
    answer = await operator.post(f"/v1/admin/organisations/{made['organisation']['id']}/approve", json={})
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", "active")


async def test_the_second_decision_is_refused_and_names_the_state(
    api: Process, operator: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    for _ in range(6):
        made = await api.sign_up("provider")
        path = f"/v1/admin/organisations/{made['organisation']['id']}"
        decisions = await asyncio.gather(
            operator.post(f"{path}/approve", json={}), operator.post(f"{path}/reject", json={"note": "no"})
        )
        assert sorted(answer.status_code for answer in decisions) == [200, 409]
        refusal = next(answer for answer in decisions if answer.status_code == 409).json()
        done = next(answer for answer in decisions if answer.status_code == 200).json()
        assert refusal["code"] == "invalid_state"
        assert done["status"] == refusal["state"]
        assert done["status"] in refusal["detail"]
        assert len(await kinds_of(owner, read_public_id("org", made["organisation"]["id"]))) == 4


async def test_only_the_operator_decides(api: Process, operator: httpx.AsyncClient) -> None:
    made = await api.sign_up("provider")
    mine = api.client(bearer=made["secret"])
    path = f"/v1/admin/organisations/{made['organisation']['id']}"
    assert (await mine.post(f"{path}/approve", json={})).status_code == 403
    assert (await mine.get("/v1/admin/organisations")).status_code == 403
    assert (await api.client().post(f"{path}/approve", json={})).status_code == 401
    for unknown in ("org_00000000000000000000000000", "org_x", made["member"]["id"]):
        answer = await operator.post(f"/v1/admin/organisations/{unknown}/approve", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "organisation_not_found")


async def test_the_operator_pages_through_those_who_wait(api: Process, operator: httpx.AsyncClient) -> None:
    waiting = [(await api.sign_up("provider"))["organisation"]["id"] for _ in range(3)]
    other = (await api.sign_up("buyer"))["organisation"]["id"]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        given = {"status": "pending", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await operator.get("/v1/admin/organisations", params=given)).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == waiting
    assert cursor is None
    everybody = (await operator.get("/v1/admin/organisations")).json()["data"]
    assert [row["id"] for row in everybody] == [*waiting, other]
    assert (await operator.get("/v1/admin/organisations", params={"status": "dead"})).status_code == 422


async def test_one_address_is_one_member_and_the_loser_leaves_nothing(api: Process, owner: asyncpg.Connection) -> None:
    person = {"email": "Hanako@Firm.test", "name": "花子", "password": PASSWORD}
    body = sign_up_body("buyer", member=person)
    other = sign_up_body("organiser", member=person | {"email": "hanako@firm.TEST"})
    answers = await asyncio.gather(
        *(api.client().post("/v1/organisations", json=sent) for sent in (body, other, body, other))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"email_taken"}
    assert await owner.fetchval("select count(*) from organisation where kind <> 'operator'") == 1
    assert await owner.fetchval("select count(*) from event where org_id <> $1", DESK_ID) == 3


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"name": "悪い\n名前"}, "/name", "invalid"),
        ({"name": "悪い\u202e名前"}, "/name", "invalid"),
        ({"name": "\u3000 "}, "/name", "blank"),
        ({"corporate_number": "1000012050002"}, "/corporate_number", "check_digit"),
        ({"invoice_number": "7000012050002"}, "/invoice_number", "format"),
        (
            {"corporate_number": NATIONAL_TAX_AGENCY, "invoice_number": "T1000012050002"},
            "/invoice_number",
            "format",
        ),
        (
            {"corporate_number": NATIONAL_TAX_AGENCY, "invoice_number": "T5835678256246"},
            "/invoice_number",
            "differs",
        ),
        ({"kind": "provider"}, "/provider_kind", "missing"),
        ({"provider_kind": "use"}, "/provider_kind", "unexpected"),
        ({"kind": "operator"}, "/kind", "value"),
        ({"member": {"email": "a b@firm.test", "name": "A", "password": PASSWORD}}, "/member/email", "format"),
        ({"member": {"email": "a@firm", "name": "A", "password": PASSWORD}}, "/member/email", "format"),
        ({"member": {"email": "a@firm.test", "name": "A", "password": "elevenchars"}}, "/member/password", "length"),
        ({"member": {"email": "a@firm.test", "name": "A", "password": "x" * 129}}, "/member/password", "length"),
        (
            {"member": {"email": "Longer@firm.test", "name": "A", "password": "longer@FIRM.test"}},
            "/member/password",
            "same_as_email",
        ),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(
    api: Process, owner: asyncpg.Connection, changed: dict[str, object], pointer: str, code: str
) -> None:
    answer = await api.client().post("/v1/organisations", json=sign_up_body("buyer") | changed)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert await owner.fetchval("select count(*) from organisation where org_id <> $1", DESK_ID) == 0


async def test_a_sole_trader_has_an_invoice_number_without_a_check_digit(api: Process) -> None:
    made = await api.sign_up("provider", invoice_number="T1000012050002")
    assert made["organisation"]["invoice_number"] == "T1000012050002"


async def test_the_desk_is_founded_once(api: Process, owner: asyncpg.Connection) -> None:
    with pytest.raises(DeskFounded):
        await found(api.db)
    assert await owner.fetchval("select count(*) from organisation") == 1
    assert await kinds_of(owner, DESK_ID) == ["organisation.signed_up", "member.added"]
