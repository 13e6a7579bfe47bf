"""Is a short order filled with other credits when its buyer says so, and is every serial and every yen in one place?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from app.orders import flow
from benchmarks.invariants import I1_STOCK, I2_OVERLAPS
from tests.orders.shop import AFTER_THE_DEADLINE, Shop, lines_of, pointers, uuid_of
from tests.orders.swaps import Short, balances, short, signed_in

PAID = 9 * 4_500 * 11 // 10


async def violations(owner: asyncpg.Connection) -> list[str]:
    """What is wrong with stocks and serials, in the words of the checker."""
    return [row[0] for asked in (I1_STOCK, I2_OVERLAPS) for row in await owner.fetch(asked) if "buyer" not in row[0]]


async def test_the_buyer_accepts_and_has_serials_of_the_other_listing(shop: Shop) -> None:
    case, other = await short(shop), await shop.listing(10, provider=2)
    made = await case.proposed((2, other, 5))
    assert (made["status"], made["back"]["amount"], made["borne"]["amount"]) == ("open", 0, 0)
    assert await shop.stock(other) == (5, 5, 0)
    assert await violations(shop.owner) == []
    [seen] = (await case.buyer.get(f"{case.at}/substitutions")).json()
    assert seen == made == (await shop.world.desk.get(f"/v1/admin{case.at[3:]}/substitutions")).json()[0]
    assert (await case.answer("accept", made)).json()["status"] == "accepted"
    assert (await case.shown())["status"] == "paid"
    assert await shop.held_for(case.buyer) == PAID
    await shop.world.run_jobs()
    shown = await case.shown()
    assert (shown["status"], shown["total"]["amount"]) == ("fulfilled", PAID)
    assert [(line["quantity"], line.get("substituted"), line.get("substitutes")) for line in shown["lines"]] == [
        (4, None, None), (5, 5, None), (5, None, 2),
    ]  # fmt: skip
    assert [await shop.stock(each) for each in (case.good, case.bad, other)] == [(6, 0, 4), (10, 0, 0), (5, 0, 5)]
    assert [each["quantity"] for each in (await case.buyer.get("/v1/holdings")).json()["data"]] == [5, 4]
    assert await case.kinds() == ["substitution_proposed", "substitution_accepted", "paid", "fulfilled"]
    assert await shop.held_for(case.buyer) == 0
    assert sorted(minor for _, _, minor in await sales(case)) == [4 * 4_950, 5 * 4_950]
    assert await violations(shop.owner) == []
    await balances(shop)


async def sales(case: Short) -> list[Any]:
    return list(
        await case.shop.owner.fetch(
            "select source, target, amount_minor from posting where reason = 'sale' and subject_id = $1", case.id
        )
    )


async def test_of_cheaper_credits_the_difference_goes_back_as_any_refund_does(shop: Shop) -> None:
    case, other = await short(shop), await shop.listing(10, provider=2, price=4_000)
    made = await case.proposed((2, other, 5))
    assert (made["back"]["amount"], made["borne"]["amount"]) == (5 * 550, 0)
    await case.answer("accept", made)
    await shop.world.run_jobs()
    assert (await case.shown())["status"] == "fulfilled"
    [back] = (await case.buyer.get(f"{case.at}/refunds")).json()
    assert (back["status"], back["amount"]["amount"]) == ("due", 5 * 550)
    assert await shop.held_for(case.buyer) == 0
    assert (await balances(shop))[f"refunds:{case.buyer.org_id.hex}"] == 5 * 550
    rest = (await case.refund()).json()
    assert rest["amount"]["amount"] == PAID - 5 * 550
    assert (await case.shown())["status"] == "refunded"
    assert (await balances(shop))[f"refunds:{case.buyer.org_id.hex}"] == PAID
    await shop.world.run_jobs()
    assert await violations(shop.owner) == []


async def test_of_dearer_credits_the_desk_puts_the_difference_in_and_gets_it_back(shop: Shop) -> None:
    case, other = await short(shop), await shop.listing(10, provider=2, price=6_001)
    machine = await case.propose((2, other, 5))
    assert (machine.status_code, machine.json()["code"]) == (403, "refund_needs_person")
    made, before = await case.proposed((2, other, 5), by=await signed_in(shop.world)), await balances(shop)
    borne = 5 * 6_001 * 11 // 10 - 5 * 4_950
    assert (made["back"]["amount"], made["borne"]["amount"]) == (0, borne)
    await case.answer("accept", made)
    assert await case.posted("substitution") == [("write_off", "held", borne)]
    assert await shop.held_for(case.buyer) == PAID + borne
    await shop.world.run_jobs()
    assert (await case.shown())["status"] == "fulfilled"
    assert await shop.held_for(case.buyer) == 0
    some = (await case.refund((3, 2))).json()["amount"]["amount"]
    assert some in (2 * 4_950, 2 * 4_950 + 1)
    rest = (await case.refund()).json()["amount"]["amount"]
    assert some + rest == PAID
    after = await balances(shop)
    assert after.get("write_off", 0) == before.get("write_off", 0)
    assert sum(minor for _, _, minor in await case.posted("substitution_back")) == borne
    assert all(route[:2] == ("payable", "write_off") for route in await case.posted("substitution_back"))
    await shop.world.run_jobs()
    assert await violations(shop.owner) == []


async def test_what_takes_the_place_can_fail_too_and_be_replaced_in_turn(shop: Shop) -> None:
    case, person = await short(shop), await signed_in(shop.world)
    dear, cheap = await shop.listing(10, provider=2, price=5_000), await shop.listing(10, provider=2, price=4_600)
    before = (await balances(shop)).get("write_off", 0)
    made = await case.proposed((2, dear, 5), by=person)
    await case.answer("accept", made)
    await shop.freeze(dear)
    await shop.world.run_jobs()
    assert (await case.shown())["status"] == "short"
    again = await case.proposed((3, cheap, 5), by=person)
    assert (again["back"]["amount"], again["borne"]["amount"]) == (0, 5 * 110)
    await case.answer("accept", again)
    assert await shop.held_for(case.buyer) == PAID + 5 * 110
    await shop.world.run_jobs()
    shown = await case.shown()
    assert (shown["status"], [line.get("substitutes") for line in shown["lines"]]) == ("fulfilled", [None, None, 2, 3])
    assert abs((await balances(shop))["write_off"] - before) == 5 * 110
    assert await shop.held_for(case.buyer) == 0
    assert await violations(shop.owner) == []


async def test_part_of_a_line_from_two_listings_of_a_provider_that_is_in_the_order_already(shop: Shop) -> None:
    case = await short(shop)
    others = [await shop.listing(10), await shop.listing(10, price=4_333)]
    made = await case.proposed((2, others[0], 2), (2, others[1], 2))
    await case.answer("accept", made)
    await shop.world.run_jobs()
    assert (await case.shown())["status"] == "short", "One unit is still of the frozen lot."
    assert await shop.held_for(case.buyer) == PAID - made["back"]["amount"]
    await case.refund((2, 1))
    await shop.world.run_jobs()
    shown = await case.shown()
    assert shown["status"] == "fulfilled"
    assert [each["quantity"] for each in (await case.buyer.get("/v1/holdings")).json()["data"]] == [2, 2, 4]
    assert await shop.held_for(case.buyer) == 0
    assert await violations(shop.owner) == []


async def test_the_invalidation_that_was_signed_off_with_the_order_is_of_what_it_has_now(shop: Shop) -> None:
    case = await short(
        shop, retire={"beneficiary_name": "アオバ食品株式会社", "purpose": "OFFSET", "purpose_detail": "秋の展示会"}
    )
    made = await case.proposed((2, await shop.listing(10, provider=2), 5))
    assert (await case.buyer.get("/v1/retirements")).json()["data"] == []
    await case.answer("accept", made)
    await shop.world.run_jobs()
    retired = (await case.buyer.get("/v1/retirements")).json()["data"]
    assert sorted(each["quantity"] for each in retired) == [4, 5]


async def test_a_rejected_one_leaves_the_order_short_and_its_money_can_go_back(shop: Shop) -> None:
    case, other = await short(shop), await shop.listing(10, provider=2)
    made = await case.proposed((2, other, 5))
    assert (await case.answer("reject", made)).json()["status"] == "rejected"
    assert ((await case.shown())["status"], await shop.stock(other)) == ("short", (10, 0, 0))
    late = await case.answer("accept", made)
    assert (late.status_code, late.json()["state"]) == (409, "rejected")
    assert (await case.refund()).json()["amount"]["amount"] == PAID
    assert await case.kinds() == ["substitution_proposed", "substitution_rejected", "refunded"]
    await balances(shop)
    assert await violations(shop.owner) == []


async def test_one_that_nobody_answers_expires(shop: Shop) -> None:
    case, other = await short(shop), await shop.listing(10, provider=2)
    made = await case.proposed((2, other, 5))
    async with shop.later(AFTER_THE_DEADLINE):
        pass
    [seen] = (await case.buyer.get(f"{case.at}/substitutions")).json()
    assert (seen["id"], seen["status"], await shop.stock(other)) == (made["id"], "expired", (10, 0, 0))
    assert (await case.answer("accept", made)).json()["state"] == "expired"
    assert await case.kinds() == ["substitution_proposed", "substitution_expired"]


async def test_a_refund_or_another_proposal_withdraws_what_was_open(shop: Shop) -> None:
    case, others = await short(shop), [await shop.listing(10, provider=2) for _ in range(2)]
    first = await case.proposed((2, others[0], 5))
    second = await case.proposed((2, others[1], 5))
    assert [await shop.stock(each) for each in others] == [(10, 0, 0), (5, 5, 0)]
    assert (await case.answer("accept", first)).json()["state"] == "withdrawn"
    assert (await case.refund((2, 5))).status_code == 201
    assert (await case.answer("accept", second)).json()["state"] == "withdrawn"
    await shop.world.run_jobs()
    assert ((await case.shown())["status"], await shop.stock(others[1])) == ("fulfilled", (10, 0, 0))
    assert await violations(shop.owner) == []


async def test_what_cannot_be_proposed_is_refused_and_reserves_nothing(shop: Shop) -> None:
    case, few = await short(shop), await shop.listing(3, provider=2)
    other, closed = await shop.listing(10, provider=2), await shop.listing(10, provider=2)
    await shop.close(closed, "pause")
    for lines, code in (
        (((2, few, 5),), "not_enough_credits"),
        (((2, closed, 5),), "listing_gone"),
        (((2, other, 6),), "invalid_substitution"),
        (((7, other, 1),), "invalid_substitution"),
        (((2, other, 3), (2, few, 3)), "invalid_substitution"),
    ):
        refused = await case.propose(*lines)
        assert (refused.status_code, refused.json()["code"]) in {(409, code), (422, code)}, refused.text
    assert pointers(await case.propose((2, other, 6))) == [("/lines/0/quantity", "too_many")]
    wish = {
        "lines": [{"line": 2, "listing_id": other, "quantity": 5}],
        "note": "代替",
        "expires_at": "2020-01-01T00:00:00Z",
    }
    late = await shop.world.desk.post(f"/v1/admin{case.at[3:]}/substitutions", wish)
    assert pointers(late) == [("/expires_at", "range")]
    assert [await shop.stock(each) for each in (few, other)] == [(3, 0, 0), (10, 0, 0)]
    for caller in (case.buyer, shop.providers[2]):
        assert (await caller.post(f"/v1/admin{case.at[3:]}/substitutions", wish)).status_code == 403
    stranger = await shop.buyer()
    made = await case.proposed((2, other, 5))
    for verb in ("accept", "reject"):
        answer = await stranger.post(f"{case.at}/substitution/{verb}", {"substitution_id": made["id"]})
        assert answer.status_code == 404
    await case.answer("reject", made)
    fine = await shop.world.order(case.buyer, (other, 1))
    case.order = fine
    assert (await case.propose((1, other, 1))).json()["state"] == "awaiting_payment"


async def test_two_proposals_and_orders_cannot_have_the_same_last_tonnes(shop: Shop) -> None:
    cases, other, rival = [await short(shop) for _ in range(2)], await shop.listing(5, provider=2), await shop.buyer()
    answers = await asyncio.gather(
        *(case.propose((2, other, 5)) for case in cases), rival.post("/v1/orders", lines_of((other, 5)))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert await shop.stock(other) == (0, 5, 0)
    assert await violations(shop.owner) == []


Racing = Callable[[Short, dict[str, Any]], Awaitable[httpx.Response | None]]


async def _accept(case: Short, made: dict[str, Any]) -> httpx.Response:
    return await case.answer("accept", made)


async def _reject(case: Short, made: dict[str, Any]) -> httpx.Response:
    return await case.answer("reject", made)


async def _refund(case: Short, made: dict[str, Any]) -> httpx.Response:
    assert made["status"] == "open"
    return await case.refund()


async def _expire(case: Short, made: dict[str, Any]) -> None:
    late = case.shop.world.now() + AFTER_THE_DEADLINE
    await flow.expire_substitution(
        case.shop.world.worker_db, case.buyer.org_id, case.id, uuid_of(made["id"]), now=late, request_id="req_race"
    )


@pytest.mark.parametrize(
    ("rival", "stories"),
    [
        (_accept, {"accepted"}),
        (_reject, {"accepted", "rejected"}),
        (_refund, {"accepted", "withdrawn", "accepted and refunded"}),
        (_expire, {"accepted", "expired"}),
    ],
)
async def test_of_two_that_decide_in_one_moment_one_does(shop: Shop, rival: Racing, stories: set[str]) -> None:
    for n in range(6):
        case, other = await short(shop), await shop.listing(10, provider=2)
        made = await case.proposed((2, other, 5))
        steps = [_accept(case, made), rival(case, made)]
        answers = await asyncio.gather(*(steps if n % 2 else reversed(steps)))
        codes = sorted(answer.status_code for answer in answers if answer is not None)
        [seen] = (await case.buyer.get(f"{case.at}/substitutions")).json()
        await shop.world.run_jobs()
        shown, held = await case.shown(), await shop.held_for(case.buyer)
        story = seen["status"] + (
            " and refunded" if (seen["status"], shown["status"]) == ("accepted", "refunded") else ""
        )
        assert story in stories, (codes, shown)
        match story:
            case "accepted":
                assert (shown["status"], held, await shop.stock(other)) == ("fulfilled", 0, (5, 0, 5))
            case "withdrawn" | "accepted and refunded":
                assert (shown["status"], held, await shop.stock(other)) == ("refunded", 0, (10, 0, 0))
            case _:
                assert (shown["status"], held, await shop.stock(other)) == ("short", PAID, (10, 0, 0))
        if rival is _accept:
            assert codes == [200, 409]
        assert (await case.kinds()).count(f"substitution_{seen['status']}") == 1
    assert await violations(shop.owner) == []
    await balances(shop)
