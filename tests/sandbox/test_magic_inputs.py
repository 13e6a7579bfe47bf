"""Does each magic input make happen what the table says? One test for each row, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from app.sandbox.http.answers import ANSWERS, HEADER, LOST
from app.sandbox.http.inputs import INPUTS
from app.sandbox.rules import TransferKind
from integrations.registries.base import Found
from integrations.registries.fake.admin import show_book
from integrations.registries.fake.magic import MAGIC
from tests.sandbox.moving import advance, status_of, transfer
from tests.world import Party, World

OUTCOMES = {
    "exact": ("paid", ["exact"]),
    "short": ("awaiting_payment", ["short"]),
    "over": ("paid", ["over"]),
    "unknown_payer": ("awaiting_payment", ["name_differs"]),
    "duplicate": ("paid", ["duplicate", "exact"]),
}
"""Kind of transfer -> how the order stands, and what the bank's lines are judged to be."""
AT_ONCE = {
    "404": "rejected", "409": "unknown", "422": "rejected", "423": "rejected", "408": "unknown", "502": "unknown",
    "503": "unknown", "202": "unknown", "203": "unknown", "504": "unknown", "206": "manual", "226": "recorded",
    "410": "recorded",
}  # fmt: skip
IN_THE_END = {
    "404": "rejected", "409": "manual", "422": "rejected", "423": "rejected", "408": "recorded", "502": "recorded",
    "503": "recorded", "202": "recorded", "203": "recorded", "504": "recorded", "206": "manual", "226": "recorded",
    "410": "recorded",
}  # fmt: skip

STEP = timedelta(minutes=16)
"""Longer than the longest wait between two look-ups."""


@pytest.fixture(scope="module")
async def provider(world: World) -> Party:
    return await world.provider()


@pytest.fixture
async def offered(world: World, provider: Party) -> str:
    """A listing at a price that no other test's has."""
    return await world.listing(provider, 100, price=1000 + 7 * world.blocks)


@pytest.fixture
async def buyer(world: World) -> Party:
    return await world.buyer()


async def outcomes(world: World, *told: dict[str, Any]) -> list[str]:
    """What the lines of these transfers were judged to be; amounts of this file's orders differ."""
    amounts = {one["amount"] for each in told for one in each["transfers"]}
    lines = (await world.desk.get("/v1/admin/bank-lines", params={"limit": "100"})).json()["data"]
    return sorted(line["outcome"] for line in lines if line["amount"]["amount"] in amounts)


def test_the_table_names_every_word_kind_and_answer() -> None:
    sent = " ".join(f"{one.area} {one.send}" for one in INPUTS)
    for word in (*(magic.word for magic in MAGIC), *TransferKind, *ANSWERS, LOST):
        assert word in sent, word
    assert {magic.number for magic in MAGIC} == set(AT_ONCE) == set(IN_THE_END)
    assert set(OUTCOMES) == set(TransferKind) - {TransferKind.LATE}


async def test_the_table_is_served_as_json_and_as_a_page(world: World) -> None:
    nobody = world.client()
    rows = (await nobody.get("/v1/test/inputs")).json()["data"]
    assert rows == [{"area": one.area, "send": one.send, "happens": one.happens} for one in INPUTS]
    page = (await nobody.get("/docs/test-mode")).text
    assert page.count("<tr>") == len(INPUTS) + 1
    assert "/docs/test-mode" in (await nobody.get("/openapi.json")).json()["info"]["description"]


@pytest.mark.parametrize("kind", sorted(OUTCOMES))
async def test_a_transfer_of_each_kind_meets_its_order(world: World, buyer: Party, offered: str, kind: str) -> None:
    order = await world.order(buyer, (offered, 10))
    told = await transfer(buyer, order, kind)
    assert len(told["transfers"]) == (2 if kind == "duplicate" else 1)
    await world.run_jobs()
    expected, judged = OUTCOMES[kind]
    found = await status_of(buyer, f"/v1/orders/{order['id']}")
    assert found == {"paid": "fulfilled"}.get(expected, expected)
    assert await outcomes(world, told) == judged


async def test_two_halves_and_the_odd_yen_complete_a_payment(world: World, buyer: Party, offered: str) -> None:
    order = await world.order(buyer, (offered, 1))
    halves = []
    for _ in range(2):
        halves.append(await transfer(buyer, order, "short"))
        await world.run_jobs()
    assert await outcomes(world, *halves) == ["completes", "short"]
    assert await status_of(buyer, f"/v1/orders/{order['id']}") == "fulfilled"


async def test_a_late_transfer_is_late_or_refused(world: World, buyer: Party, offered: str) -> None:
    order = await world.order(buyer, (offered, 10))
    refused = await buyer.post("/v1/test/bank-transfers", {"order_id": order["id"], "kind": "late"})
    assert (refused.status_code, refused.json()["state"]) == (409, "awaiting_payment")
    await buyer.post(f"/v1/orders/{order['id']}/cancel")
    told = await transfer(buyer, order, "late")
    await world.run_jobs()
    assert await outcomes(world, told) == ["late"]
    assert await status_of(buyer, f"/v1/orders/{order['id']}") == "canceled"


async def test_money_after_the_deadline_reserves_again(world: World, buyer: Party, offered: str) -> None:
    order = await world.order(buyer, (offered, 10))
    await advance(world, "P8D")
    assert await status_of(buyer, f"/v1/orders/{order['id']}") == "expired"
    told = await transfer(buyer, order, "late")
    await world.run_jobs()
    assert await outcomes(world, told) == ["late_reserved"]
    assert await status_of(buyer, f"/v1/orders/{order['id']}") == "fulfilled"


async def test_half_of_one_yen_is_no_transfer(world: World, buyer: Party, provider: Party) -> None:
    cheap = await world.listing(provider, 5, price=1)
    order = await world.order(buyer, (cheap, 1))
    refused = await buyer.post("/v1/test/bank-transfers", {"order_id": order["id"], "kind": "short"})
    assert (refused.status_code, refused.json()["code"]) == (422, "transfer_impossible")


async def test_a_transfer_is_told_once_for_each_key(world: World, buyer: Party, offered: str) -> None:
    order = await world.order(buyer, (offered, 10))
    body = {"order_id": order["id"], "kind": "exact"}
    first, second = [await buyer.post("/v1/test/bank-transfers", body, key="once") for _ in range(2)]
    assert (first.status_code, second.headers["Idempotent-Replayed"]) == (201, "true")
    assert second.content == first.content
    assert len(await outcomes(world, first.json())) == 1
    other = await buyer.post("/v1/test/bank-transfers", body | {"kind": "over"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def retiring(world: World, buyer: Party, offered: str, *, detail: str = "", name: str = "株式会社受益者") -> str:
    """A paid order whose retirement was sent; the path of the retirement."""
    wish = {"beneficiary_name": name, "purpose": "OFFSET", "purpose_detail": detail}
    order = await world.order(buyer, (offered, 10), retire=wish)
    await transfer(buyer, order, "exact")
    await world.run_jobs()
    (found,) = (await buyer.get("/v1/retirements")).json()["data"]
    return f"/v1/retirements/{found['id']}"


@pytest.mark.parametrize("number", sorted(AT_ONCE))
async def test_a_magic_word_makes_the_registry_fail_and_time_brings_the_end(
    world: World, buyer: Party, offered: str, number: str
) -> None:
    at = await retiring(world, buyer, offered, detail=f"展示会 test:{number}")
    assert await status_of(buyer, at) == AT_ONCE[number]
    for _ in range(60):
        if await status_of(buyer, at) == IN_THE_END[number]:
            break
        world.ahead += STEP
        await world.run_jobs()
    assert await status_of(buyer, at) == IN_THE_END[number]
    answer = (await buyer.get(at)).json()
    assert answer["retirement"]["simulated"] is (IN_THE_END[number] == "recorded")
    async with world.admin() as admin:
        book = await admin.ask(show_book())
    ours = answer["retirement"]["reference"]
    recorded = [one for one in book.retirements if one.reference == ours]
    acted = IN_THE_END[number] == "recorded" or number == "206"
    assert len(recorded) == acted, "Once, whatever went wrong."
    assert [one.quantity for one in recorded] == [5 if number == "206" else 10] * acted
    again = {"502": 2, "503": 2}.get(number, 1)
    assert book.posts[ours] == again


@pytest.mark.parametrize(("number", "names"), [("226", ["株式会社受益者 (corrected)"]), ("410", [])])
async def test_what_the_registry_changes_afterwards_shows_in_its_list_after_ten_minutes(
    world: World, buyer: Party, offered: str, number: str, names: list[str]
) -> None:
    at = await retiring(world, buyer, offered, detail=f"test:{number}")
    ours = (await buyer.get(at)).json()["retirement"]["reference"]

    async def listed() -> list[str]:
        found = await world.clients.registries.registry_for("jcredit").find(ours, request_id="r")
        return [found.recorded.beneficiary_name] if isinstance(found, Found) else []

    assert await listed() == ["株式会社受益者"]
    world.ahead += STEP
    assert await listed() == names


async def test_a_magic_word_works_in_the_beneficiarys_name_and_others_are_words(
    world: World, buyer: Party, offered: str
) -> None:
    at = await retiring(world, buyer, offered, name="株式会社 TEST:423", detail="attest:404 test:4041 test:999")
    assert await status_of(buyer, at) == "rejected"
    assert "account_closed" in (await buyer.get(at)).json()["retirement"]["refusal"]


@pytest.mark.parametrize("asked", sorted(ANSWERS))
async def test_an_answer_that_is_asked_for_is_given_and_nothing_is_done(
    world: World, buyer: Party, offered: str, asked: str
) -> None:
    body = {"lines": [{"listing_id": offered, "quantity": 1}]}
    answer = await buyer.post("/v1/orders", body, key="mine", headers={HEADER: asked})
    refusal, retry_after_s, _ = ANSWERS[asked]
    assert (answer.status_code, answer.json()["code"]) == (refusal.status, refusal.code)
    assert answer.headers.get("retry-after") == (None if retry_after_s is None else str(retry_after_s))
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await buyer.get("/v1/orders")).json()["data"] == []
    done = await buyer.post("/v1/orders", body, key="mine")
    assert (done.status_code, "Idempotent-Replayed" in done.headers) == (201, False)


async def test_a_lost_answer_is_given_to_who_asks_again_with_the_same_key(
    world: World, buyer: Party, offered: str
) -> None:
    body = {"lines": [{"listing_id": offered, "quantity": 1}]}
    lost = await buyer.post("/v1/orders", body, key="mine", headers={HEADER: LOST})
    assert lost.status_code == 503
    orders = (await buyer.get("/v1/orders")).json()["data"]
    assert len(orders) == 1, "It was carried out."
    again = await buyer.post("/v1/orders", body, key="mine")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["id"] == orders[0]["id"]


@pytest.mark.parametrize("asked", ["418", "in_progress"])
async def test_an_answer_that_cannot_be_asked_for_is_refused_by_name(world: World, buyer: Party, asked: str) -> None:
    answer = await buyer.get("/v1/orders", headers={HEADER: asked})
    assert answer.status_code == 400
    assert "429" in answer.json()["detail"]
    assert (await world.client().get("/livez", headers={HEADER: "500"})).status_code == 200


async def test_a_bad_file_and_a_key_with_another_body_fail_as_they_do_anywhere(world: World, provider: Party) -> None:
    account = await world.account(provider)
    head = "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,vintage_from,vintage_to,note\n"
    good = "jcredit,jcredit_normal,1,JC-9,P-,1,10,10,t,2024-04-01,2025-03-31,\n"
    contradicting = good.replace(",1,10,10,", ",11,20,11,")
    content = (head + contradicting + good + good).encode()
    where = {"registry_account_id": account, "filename": "h.csv"}
    staged = await provider.send("/v1/imports", content, "text/csv", params=where)
    rows = (await provider.get(f"/v1/imports/{staged.json()['import']['id']}/rows")).json()["data"]
    codes = [[error["code"] for error in row["errors"]] for row in rows]
    assert codes == [["quantity_contradicts_serials"], [], ["duplicate_serials"]]
