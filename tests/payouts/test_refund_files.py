"""Do refunds by bank go out in one file, to accounts that two people have seen, and does the book agree at every step?"""

import secrets
from typing import Any

import httpx

from tests.payouts.counting_house import ACCOUNT, House
from tests.world import Party


async def owed(house: House, tonnes: int, *, name: str = "") -> tuple[Party, dict[str, Any]]:
    """A buyer whose paid order is given back: its money waits to be sent by bank."""
    till = house.till
    buyer, provider = await till.world.buyer(name), await till.world.provider()
    listing = await till.world.listing(provider, tonnes, price=1_000)
    order = await till.world.paid_order(buyer, (listing, tonnes))
    back = await till.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", {"note": "お客様のご要望"})
    assert (back.status_code, back.json()["way"], back.json()["status"]) == (201, "bank", "due"), back.text
    return buyer, dict(back.json())


async def waiting(house: House) -> dict[str, dict[str, Any]]:
    """What the desk's page of open refunds says, by refund."""
    answer = await house.maker.get("/v1/admin/bank-refunds", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    return {each["refund_id"]: each for each in answer.json()["data"]}


async def make(house: House, by: httpx.AsyncClient | None = None) -> httpx.Response:
    return await house.move("refund-files", "", json={"transfer_on": house.bank_day().isoformat()}, by=by)


async def shown(house: House, refund: dict[str, Any]) -> str:
    found = await house.maker.get("/v1/admin/refunds", params={"limit": 100})
    return str(next(each["status"] for each in found.json()["data"] if each["id"] == refund["id"]))


async def test_refunds_leave_in_one_file_and_are_done_with_the_banks_line(house: House) -> None:
    named, told, missing = [await owed(house, tonnes) for tonnes in (11, 12, 13)]
    before = await house.account("suspense")
    standing = await waiting(house)
    assert [standing[one["id"]]["account"] for _, one in (named, told, missing)] == ["missing"] * 3
    assert standing[missing[1]["id"]]["buyer_id"] == missing[0].id
    account = await house.name_account(named[0])
    assert (await waiting(house))[named[1]["id"]]["account"] == "waiting"
    await house.confirm(account)
    wish = {"buyer_id": told[0].id, "account": ACCOUNT | {"account_number": "7"}}
    typed = await house.move("payout-accounts", "", json=wish)
    assert typed.status_code == 201, typed.text
    own = await house.move("payout-accounts", f"/{typed.json()['id']}/confirm", json={"note": "私が入力"})
    assert (own.status_code, own.json()["code"]) == (409, "payout_second_person_needed")
    await house.confirm(typed.json())

    made = await make(house)
    assert made.status_code == 201, made.text
    file = made.json()
    assert (file["kind"], file["transfers"], file["total"]["amount"]) == ("refunds", 2, 12_100 + 13_200)
    content = (await house.maker.get(f"/v1/admin/payout-files/{file['id']}/content")).content
    rows = [row for row in content.split(b"\r\n") if row[:1] == b"2"]
    assert [b"0000012100" in rows[0], b"0000013200" in rows[1]] == [True, True]
    left = await waiting(house)
    assert (named[1]["id"] in left, left[missing[1]["id"]]["account"]) == (False, "missing")

    by_maker = await house.move("payout-files", f"/{file['id']}/sent")
    assert (by_maker.status_code, by_maker.json()["code"]) == (409, "payout_second_person_needed")
    sent = await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    assert sent.json()["status"] == "sent", sent.text
    line = await house.line(-25_300)
    debited = await house.move("payout-files", f"/{file['id']}/debited", json={"bank_line_id": line})
    assert debited.json()["status"] == "debited", debited.text
    for buyer, refund in (named, told):
        assert await shown(house, refund) == "succeeded"
        assert await house.account(f"refunds:{buyer.org_id.hex}") == 0
        assert await house.kinds(refund["id"]) == ["refund.made", "refund.in_file", "refund.succeeded"]
    assert await house.account(f"refunds:{missing[0].org_id.hex}") == 14_300
    assert await house.account("suspense") == before
    again = await house.move("payout-files", f"/{file['id']}/debited", json={"bank_line_id": line})
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")


async def test_a_file_is_called_off_and_its_refund_goes_by_hand_only_then(house: House) -> None:
    buyer, refund = await owed(house, 10)
    await house.confirm(await house.name_account(buyer))
    file = (await make(house)).json()
    line = await house.line(-11_000, "ヘンキン")
    paid = {"bank_line_id": line, "note": "窓口で振込"}
    at = f"/{refund['id']}/paid"
    twice = await house.move("refunds", at, json=paid)
    assert (twice.status_code, twice.json()["code"]) == (409, "refund_not_payable"), twice.text
    nothing = await make(house)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_approved_payouts")
    off = await house.move("payout-files", f"/{file['id']}/void")
    assert off.json()["status"] == "void", off.text
    assert (await waiting(house))[refund["id"]]["account"] == "confirmed"
    by_hand = await house.move("refunds", at, json=paid)
    assert (by_hand.status_code, by_hand.json()["status"]) == (200, "succeeded"), by_hand.text
    assert await house.account(f"refunds:{buyer.org_id.hex}") == 0
    assert await house.kinds(refund["id"]) == ["refund.made", "refund.in_file", "refund.due", "refund.succeeded"]


async def test_a_bank_that_books_each_transfer_pays_a_file_one_by_one(house: House) -> None:
    two = [await owed(house, tonnes) for tonnes in (14, 15)]
    for buyer, _ in two:
        await house.confirm(await house.name_account(buyer))
    file = (await make(house)).json()
    await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    wrong = {"bank_line_id": await house.line(-15_400), "refund_id": two[1][1]["id"]}
    refused = await house.move("payout-files", f"/{file['id']}/debited", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (409, "bank_line_does_not_fit"), refused.text
    first = await house.move("payout-files", f"/{file['id']}/debited", json=wrong | {"refund_id": two[0][1]["id"]})
    assert (first.json()["status"], first.json()["debited"]["amount"]) == ("sent", 15_400), first.text
    assert [await shown(house, refund) for _, refund in two] == ["succeeded", "due"]
    rest = {"bank_line_id": await house.line(-16_500), "refund_id": two[1][1]["id"]}
    second = await house.move("payout-files", f"/{file['id']}/debited", json=rest)
    assert second.json()["status"] == "debited", second.text
    assert [await house.account(f"refunds:{buyer.org_id.hex}") for buyer, _ in two] == [0, 0]


async def test_a_buyer_that_names_another_account_is_not_sent_money_to_the_old_one(house: House) -> None:
    buyer, refund = await owed(house, 10)
    await house.confirm(await house.name_account(buyer))
    await house.name_account(buyer, account_number="7654321")
    assert (await waiting(house))[refund["id"]]["account"] == "waiting"
    refused = await make(house)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_approved_payouts"), refused.text


async def test_only_a_person_of_the_desk_makes_such_a_file(house: House) -> None:
    buyer, _ = await owed(house, 10)
    await house.confirm(await house.name_account(buyer))
    wish = {"transfer_on": house.bank_day().isoformat()}
    by_key = await house.move("refund-files", "", json=wish, by=house.till.world.desk.client)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "payout_person_needed")
    keyed = {"Idempotency-Key": secrets.token_hex(8)}
    by_buyer = await buyer.client.post("/v1/admin/refund-files", json=wish, headers=keyed)
    assert by_buyer.status_code == 403
    same = secrets.token_hex(8)
    answers = [await house.move("refund-files", "", json=wish, key=same) for _ in range(2)]
    assert answers[0].status_code == 201, answers[0].text
    assert answers[0].content == answers[1].content
