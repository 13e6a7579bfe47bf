"""Is a refund that the bank gives back owed again, sent once more to another account, and nothing of it done twice?"""

import asyncio
from typing import Any

import httpx

from tests.payouts.counting_house import House
from tests.payouts.test_refund_files import make, owed, shown, waiting
from tests.world import Party


async def sent(house: House, *, tonnes: int) -> tuple[Party, dict[str, Any]]:
    """A buyer whose refund has left in a file that the bank has booked."""
    buyer, refund = await owed(house, tonnes)
    await house.confirm(await house.name_account(buyer))
    await leaves(house, tonnes * 1_100)
    assert await shown(house, refund) == "succeeded"
    return buyer, refund


async def leaves(house: House, minor: int) -> None:
    """What waits goes out in one file, and the bank books its total."""
    made = await make(house)
    assert (made.status_code, made.json()["total"]["amount"]) == (201, minor), made.text
    file = made.json()
    await house.move("payout-files", f"/{file['id']}/sent", by=house.checker)
    wish = {"bank_line_id": await house.line(-minor)}
    done = await house.move("payout-files", f"/{file['id']}/debited", json=wish)
    assert done.json()["status"] == "debited", done.text


async def back(house: House, refund: dict[str, Any], line: str) -> httpx.Response:
    wish = {"bank_line_id": line, "reason": "口座なし"}
    return await house.move("refunds", f"/{refund['id']}/returned", json=wish)


async def test_what_comes_back_is_owed_and_sent_to_another_account(house: House) -> None:
    before = await house.account("suspense"), await house.account("unapplied")
    buyer, refund = await sent(house, tonnes=21)
    mine = f"refunds:{buyer.org_id.hex}"
    assert await house.account(mine) == 0
    line = await house.line(23_100, "クミモドシ")
    came = await back(house, refund, line)
    assert (came.status_code, came.json()["status"], came.json()["failure"]) == (200, "due", "口座なし"), came.text
    assert (await house.account(mine), await house.account("unapplied")) == (23_100, before[1])
    assert (await house.maker.get(f"/v1/admin/bank-lines/{line}")).json()["resolution"] == "bank_refund_returned"

    assert (await waiting(house))[refund["id"]]["account"] == "missing", "It came back from that one."
    assert (await make(house)).json()["code"] == "no_approved_payouts"
    account = await house.name_account(buyer, account_number="7654321")
    assert (await make(house)).json()["code"] == "no_approved_payouts", "Two people see the new one, too."
    await house.confirm(account)
    await leaves(house, 23_100)
    assert await shown(house, refund) == "succeeded"
    assert (await house.account(mine), await house.account("suspense")) == (0, before[0])
    told = await house.till.owner.fetch(
        "select after from event where kind = 'refund.returned' and org_id = $1", buyer.org_id
    )
    assert len(told) == 1, "The buyer may read it."
    assert await house.kinds(refund["id"]) == [
        "refund.made", "refund.in_file", "refund.succeeded", "refund.returned", "refund.in_file", "refund.succeeded",
    ]  # fmt: skip


async def test_it_may_come_back_again_by_another_line_only(house: House) -> None:
    buyer, refund = await sent(house, tonnes=22)
    first = await house.line(24_200, "クミモドシ")
    assert (await back(house, refund, first)).status_code == 200
    early = await back(house, refund, await house.line(24_200, "クミモドシ"))
    assert (early.status_code, early.json()["code"]) == (409, "refund_not_payable"), "It was not sent again yet."
    await house.confirm(await house.name_account(buyer, account_number="7654321"))
    await leaves(house, 24_200)
    same = await back(house, refund, first)
    assert (same.status_code, same.json()["code"]) == (409, "bank_line_not_resolvable")
    again = await back(house, refund, await house.line(24_200, "クミモドシ"))
    assert (again.status_code, again.json()["status"]) == (200, "due"), again.text
    assert await house.account(f"refunds:{buyer.org_id.hex}") == 24_200


async def test_what_was_never_sent_does_not_come_back(house: House) -> None:
    _, refund = await owed(house, 23)
    line = await house.line(25_300, "クミモドシ")
    never = await back(house, refund, line)
    assert (never.status_code, never.json()["code"]) == (409, "refund_not_payable"), never.text
    other, paid = await sent(house, tonnes=24)
    wrong = await back(house, paid, line)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "refund_not_payable"), "Another amount."
    nothing = await back(house, paid, "bnk_nothing")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "bank_line_not_found")
    assert await house.account(f"refunds:{other.org_id.hex}") == 0


async def test_two_lines_at_once_bring_one_refund_back_once(house: House) -> None:
    buyer, refund = await sent(house, tonnes=25)
    lines = [await house.line(27_500, "クミモドシ") for _ in range(3)]
    answers = await asyncio.gather(*(back(house, refund, line) for line in lines))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409], [answer.text for answer in answers]
    assert await house.account(f"refunds:{buyer.org_id.hex}") == 27_500


async def test_one_line_at_once_brings_one_of_two_refunds_back(house: House) -> None:
    two = [await owed(house, 26) for _ in range(2)]
    for buyer, _ in two:
        await house.confirm(await house.name_account(buyer))
    await leaves(house, 2 * 28_600)
    line = await house.line(28_600, "クミモドシ")
    answers = await asyncio.gather(*(back(house, refund, line) for _, refund in two))
    assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
    assert sum([await house.account(f"refunds:{buyer.org_id.hex}") for buyer, _ in two]) == 28_600


async def test_a_refund_that_was_sent_by_hand_comes_back_too(house: House) -> None:
    buyer, refund = await owed(house, 27)
    paid = {"bank_line_id": await house.line(-29_700, "ヘンキン"), "note": "窓口で振込"}
    assert (await house.move("refunds", f"/{refund['id']}/paid", json=paid)).json()["status"] == "succeeded"
    came = await back(house, refund, await house.line(29_700, "クミモドシ"))
    assert (came.status_code, came.json()["status"]) == (200, "due"), came.text
    once_more = {"bank_line_id": await house.line(-29_700, "ヘンキン"), "note": "別の口座へ"}
    assert (await house.move("refunds", f"/{refund['id']}/paid", json=once_more)).json()["status"] == "succeeded"
    assert await house.account(f"refunds:{buyer.org_id.hex}") == 0
