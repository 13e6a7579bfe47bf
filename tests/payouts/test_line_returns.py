"""Does money of a payer whom nobody knows leave the desk again, to an account that two people have seen?"""

import asyncio
from typing import Any

import httpx

from tests.payouts.counting_house import ACCOUNT, House
from tests.payouts.test_refund_files import make, owed

UNKNOWN = "refunds:unknown"


async def stray(house: House, minor: int) -> str:
    """A line of nobody's, which a person decided to give back."""
    line = await house.line(minor, "ﾀﾞﾚｶｻﾝ")
    wish = {"resolution": "refund", "note": "心当たりなし"}
    done = await house.maker.post(f"/v1/admin/bank-lines/{line}/resolve", json=wish, headers={"If-Match": "*"})
    assert (done.status_code, done.json()["status"]) == (200, "resolved"), done.text
    return line


async def name(house: House, line: str, by: httpx.AsyncClient | None = None, **changes: str) -> httpx.Response:
    return await house.move("line-returns", "", json={"bank_line_id": line, "account": ACCOUNT | changes}, by=by)


async def decide(house: House, row: dict[str, Any], verb: str, by: httpx.AsyncClient | None = None) -> httpx.Response:
    return await house.move("line-returns", f"/{row['id']}/{verb}", json={"note": "銀行に照会"}, by=by or house.checker)


async def confirmed(house: House, minor: int) -> tuple[str, dict[str, Any]]:
    line = await stray(house, minor)
    named = await name(house, line)
    assert named.status_code == 201, named.text
    done = await decide(house, named.json(), "confirm")
    assert (done.status_code, done.json()["status"]) == (200, "confirmed"), done.text
    return line, dict(named.json())


async def paid(house: House, minor: int) -> tuple[str, dict[str, Any]]:
    line, row = await confirmed(house, minor)
    file = (await make(house)).json()
    await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    wish = {"bank_line_id": await house.line(-minor)}
    done = await house.move("payout-files", f"/{file['id']}/debited", json=wish)
    assert done.json()["status"] == "debited", done.text
    return line, row


async def back(house: House, row: dict[str, Any], line: str) -> httpx.Response:
    return await house.move("line-returns", f"/{row['id']}/returned", json={"bank_line_id": line, "reason": "口座なし"})


async def listed(house: House) -> dict[str, dict[str, Any]]:
    found = await house.maker.get("/v1/admin/line-returns", params={"limit": 100})
    assert found.status_code == 200, found.text
    return {each["bank_line_id"]: each for each in found.json()["data"]}


async def status_of(house: House, line: str) -> str:
    return str((await house.maker.get(f"/v1/admin/bank-lines/{line}")).json()["status"])


async def test_two_people_send_it_in_a_file_with_refunds(house: House) -> None:
    before = await house.account("suspense"), await house.account(UNKNOWN)
    line = await stray(house, 4_321)
    standing = (await listed(house))[line]
    assert (standing["amount"]["amount"], standing["payer_id"], standing["standing"]) == (4_321, None, None)
    assert await house.account(UNKNOWN) == before[1] + 4_321
    named = (await name(house, line)).json()
    assert (named["status"], named["holder"], named["amount"]["amount"]) == ("waiting", "ｶ)ｱｵﾊﾞﾓﾘ", 4_321)
    assert (await make(house)).json()["code"] == "no_approved_payouts", "Nobody has confirmed it."
    own = await decide(house, named, "confirm", by=house.maker)
    assert (own.status_code, own.json()["code"]) == (409, "payout_second_person_needed")
    assert (await decide(house, named, "confirm")).json()["status"] == "confirmed"

    buyer, refund = await owed(house, 31)
    await house.confirm(await house.name_account(buyer))
    file = (await make(house)).json()
    assert (file["transfers"], file["total"]["amount"]) == (2, 34_100 + 4_321)
    assert (await listed(house))[line]["standing"]["payout_file_id"] == file["id"]
    late = await decide(house, named, "refuse")
    assert (late.status_code, late.json()["code"]) == (409, "invalid_state")
    await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    one = {"bank_line_id": await house.line(-4_321), "line_return_id": named["id"]}
    first = await house.move("payout-files", f"/{file['id']}/debited", json=one)
    assert (first.json()["status"], first.json()["debited"]["amount"]) == ("sent", 4_321), first.text
    assert await status_of(house, line) == "returned"
    assert line not in await listed(house)
    rest = {"bank_line_id": await house.line(-34_100), "refund_id": refund["id"]}
    assert (await house.move("payout-files", f"/{file['id']}/debited", json=rest)).json()["status"] == "debited"
    assert (await house.account("suspense"), await house.account(UNKNOWN)) == before
    assert await house.kinds(named["id"]) == [
        "line_return.entered", "line_return.confirmed", "line_return.in_file", "line_return.paid",
    ]  # fmt: skip
    assert (await house.kinds(line))[-1] == "bank_line.returned"


async def test_it_comes_back_and_goes_to_another_account(house: House) -> None:
    before = await house.account(UNKNOWN)
    line, row = await paid(house, 5_432)
    assert (await house.account(UNKNOWN), await status_of(house, line)) == (before, "returned")
    wrong = await back(house, row, await house.line(5_431, "クミモドシ"))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "bank_line_does_not_fit")
    lines = [await house.line(5_432, "クミモドシ") for _ in range(2)]
    answers = await asyncio.gather(*(back(house, row, each) for each in lines))
    assert sorted(each.status_code for each in answers) == [200, 409], [each.text for each in answers]
    assert (await house.account(UNKNOWN), await status_of(house, line)) == (before + 5_432, "resolved")
    assert (await listed(house))[line]["standing"]["status"] == "came_back"
    again = (await name(house, line, account_number="7")).json()
    await decide(house, again, "confirm")
    file = (await make(house)).json()
    await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    await house.move("payout-files", f"/{file['id']}/debited", json={"bank_line_id": await house.line(-5_432)})
    assert (await house.account(UNKNOWN), await status_of(house, line)) == (before, "returned")


async def test_a_wrong_account_is_refused_and_another_named(house: House) -> None:
    line = await stray(house, 6_543)
    bad = await name(house, line, holder="青葉")
    assert (bad.status_code, bad.json()["code"]) == (422, "payout_fields_invalid")
    first = (await name(house, line)).json()
    twice = await name(house, line)
    assert (twice.status_code, twice.json()["code"]) == (409, "bank_line_not_resolvable")
    assert (await decide(house, first, "refuse")).json()["status"] == "refused"
    second = (await name(house, line, account_number="8")).json()
    assert (await decide(house, second, "confirm")).json()["status"] == "confirmed"
    file = (await make(house)).json()
    off = await house.move("payout-files", f"/{file['id']}/void")
    assert off.json()["status"] == "void"
    assert (await decide(house, second, "refuse")).json()["status"] == "refused", "Nothing has left yet."
    assert (await make(house)).json()["code"] == "no_approved_payouts"


async def test_two_accounts_at_once_are_one(house: House) -> None:
    line = await stray(house, 7_654)
    answers = await asyncio.gather(*(name(house, line, by=who) for who in (house.maker, house.checker)))
    assert sorted(each.status_code for each in answers) == [201, 409], [each.text for each in answers]


async def test_only_what_is_owed_without_a_payment_goes_this_way(house: House) -> None:
    waits = await house.line(8_765, "ﾀﾞﾚｶｻﾝ")
    refused = await name(house, waits)
    assert (refused.status_code, refused.json()["code"]) == (409, "bank_line_not_resolvable"), refused.text
    gone = await name(house, "bnk_nothing")
    assert (gone.status_code, gone.json()["code"]) == (404, "bank_line_not_found")
    line = await stray(house, 9_876)
    by_key = await name(house, line, by=house.till.world.desk.client)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "payout_person_needed")
    none = await decide(house, {"id": "lrt_nothing"}, "confirm")
    assert (none.status_code, none.json()["code"]) == (404, "line_return_not_found")
