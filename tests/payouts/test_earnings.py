"""Is what a provider earned written once, taken back to the yen, held while it is disputed, and never changed?"""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.core.ids import new_id
from app.payouts import operations
from app.payouts.errors import MoreThanWasEarned
from app.payouts.operations import Returned, Sold, Wanted
from app.payouts.rules import EarningKind, SoldPart
from tests.payouts.counting_house import House, uuid_of
from tests.world import Party


async def give_back(house: House, party: Party, order_id: str, goods: int, tax: int, **more: Any) -> UUID:
    """Part of an order is given back by its provider; the money of goods and tax is the orders' to move."""
    subject = more.pop("subject", None) or new_id()
    returned = Returned(party.org_id, uuid_of(order_id), subject, goods, tax)
    async with house.till.world.db.transaction(house.scope(party)) as session:
        await operations.give_back(
            session, returned, kind=more.pop("kind", EarningKind.REFUND), now=house.till.world.now()
        )
    return subject


async def entries(house: House, party: Party) -> list[tuple[str, int, int, int]]:
    """What stands in a provider's account: kind, goods, tax, commission."""
    rows = await house.till.owner.fetch(
        "select kind, goods_minor, tax_minor, commission_minor from earning where org_id = $1 order by id", party.org_id
    )
    return [tuple(row) for row in rows]


async def test_an_order_is_earned_once_however_often_it_is_told(house: House) -> None:
    provider = await house.provider(rate=333)
    order_id = await house.sell(provider, 10)
    charged = await house.account("commission")
    sold = Sold(provider.org_id, uuid_of(order_id), (SoldPart("jcredit", "FO", 10_000),), 1_000, "JPY")
    for _ in range(2):
        async with house.till.world.db.transaction(house.scope(provider)) as session:
            await operations.earn(session, [sold], final_at=None, now=house.till.world.now())
    assert await entries(house, provider) == [("sale", 10_000, 1_000, 333)]
    assert await house.account("commission") == charged


async def test_what_is_given_back_in_parts_leaves_the_commission_on_what_is_left(house: House) -> None:
    provider = await house.provider(rate=333)
    order_id = await house.sell(provider, 10)
    for goods, tax in ((3_333, 333), (3_333, 333), (3_334, 334)):
        await give_back(house, provider, order_id, goods, tax)
    found = await entries(house, provider)
    assert found[1:] == [("refund", -3_333, -333, -111), ("refund", -3_333, -333, -111), ("refund", -3_334, -334, -111)]
    assert [sum(column) for column in list(zip(*found, strict=True))[1:]] == [0, 0, 0]
    with pytest.raises(MoreThanWasEarned):
        await give_back(house, provider, order_id, 1, 0)


async def test_the_same_refund_twice_goes_off_once_also_at_once(house: House) -> None:
    provider = await house.provider()
    order_id, subject = await house.sell(provider, 10), new_id()
    await asyncio.gather(*(give_back(house, provider, order_id, 1_000, 100, subject=subject) for _ in range(4)))
    assert len(await entries(house, provider)) == 2


async def test_two_refunds_at_once_share_the_commission_without_a_yen_lost(house: House) -> None:
    provider = await house.provider(rate=333)
    order_id = await house.sell(provider, 10)
    await asyncio.gather(*(give_back(house, provider, order_id, 1_111, 111) for _ in range(9)))
    found = await entries(house, provider)
    left, commission = sum(each[1] for each in found), sum(each[3] for each in found)
    assert (left, commission) == (1, 1 * 333 // 10_000)


async def test_what_was_lost_in_a_dispute_and_won_after_all_is_as_before(house: House) -> None:
    provider = await house.provider()
    order_id = await house.sell(provider, 10)
    dispute = await give_back(house, provider, order_id, 10_000, 1_000, kind=EarningKind.DISPUTE_LOST)
    returned = Returned(provider.org_id, uuid_of(order_id), dispute, 10_000, 1_000)
    for _ in range(2):
        async with house.till.world.db.transaction(house.scope(provider)) as session:
            await operations.regain(session, returned, now=house.till.world.now())
    assert await entries(house, provider) == [
        ("sale", 10_000, 1_000, 500), ("dispute_lost", -10_000, -1_000, -500), ("dispute_won", 10_000, 1_000, 500),
    ]  # fmt: skip


async def test_a_dispute_holds_what_is_not_paid_and_stops_a_draft(house: House) -> None:
    provider = await house.provider()
    order_id = await house.sell(provider, 10)
    draft = await house.made(provider)
    async with house.till.world.db.transaction(house.scope(provider)) as session:
        await operations.hold(session, [provider.org_id], uuid_of(order_id), now=house.till.world.now())
    refused = await house.approve(draft)
    assert (refused.status_code, refused.json()["reason"]) == (409, "disputed")
    await house.move("payouts", f"/{draft['id']}/cancel", json={"reason": "異議申立て"})
    assert (await house.balance(provider))["held"]["amount"] == 10_500
    assert (await house.make(provider)).json()["reason"] == "nothing_available"
    async with house.till.world.db.transaction(house.scope(provider)) as session:
        await operations.release(session, [provider.org_id], uuid_of(order_id), now=house.till.world.now())
    assert (await house.made(provider))["statement"] == draft["statement"]


async def test_what_nobody_knew_the_day_of_is_payable_from_when_it_is_said(house: House) -> None:
    provider = await house.provider()
    order_id = await house.sell(provider, 10, after=None)
    assert (await house.make(provider)).json()["reason"] == "nothing_available"
    now = house.till.world.now()
    async with house.till.world.db.transaction(house.scope(provider)) as session:
        at = now - timedelta(seconds=1)
        await operations.set_available(session, [provider.org_id], uuid_of(order_id), at, now=now)
    assert (await house.made(provider))["lines"] == 1


async def test_a_refund_after_the_payout_is_set_off_against_the_next(house: House) -> None:
    provider = await house.provider()
    order_id = await house.sell(provider, 10)
    await house.approved(provider)
    await give_back(house, provider, order_id, 4_000, 400)
    assert (await house.balance(provider))["owed"]["amount"] == 4_200
    owed = (await house.make(provider)).json()
    assert (owed["reason"], owed["due_minor"]) == ("owed_by_provider", -4_180)
    await house.sell(provider, 10)
    payout = await house.made(provider)
    assert (payout["lines"], payout["statement"]["goods"]["amount"]) == (2, 6_000)
    assert payout["statement"]["commission"]["amount"] == 300


async def test_an_entry_and_a_rate_are_never_changed_whoever_asks(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    for statement in (
        "update earning set goods_minor = goods_minor + 1, net_minor = net_minor + 1 where org_id = $1",
        "update earning set order_id = gen_random_uuid() where org_id = $1",
        "update commission_rate set basis_points = 1 where provider_id = $1",
        "update commission_rate set valid_from = valid_from - 1 where provider_id = $1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await house.till.owner.execute(statement, provider.org_id)


async def test_ten_thousand_entries_are_paid_in_a_handful_of_statements(house: House) -> None:
    provider = await house.provider()
    await house.till.owner.execute(
        "insert into earning (org_id, id, kind, order_id, subject_id, currency, goods_minor, tax_minor, commission_minor,"
        " net_minor, exact_commission, available_at, earned_at) select $1, gen_random_uuid(), 'sale', o, o, 'JPY', 100, 10, 5,"
        " 105, 50000, now() - interval '1 hour', now() from (select gen_random_uuid() as o from generate_series(1, 10000)) x",
        provider.org_id,
    )
    seen: list[str] = []
    async with house.till.world.db.transaction(house.scope(provider)) as session:
        connection = await session.connection()
        raw = (await connection.get_raw_connection()).driver_connection
        raw.add_query_logger(lambda logged: seen.append(logged.query))
        wanted = Wanted(new_id(), provider.org_id, house.today(), by_clock=False, tax_basis_points=1_000)
        made = await operations.draft(session, wanted, now=house.till.world.now())
    assert (made.lines, made.payout_minor) == (10_000, 1_050_000 - 5_000)
    assert len(seen) <= 15, seen
