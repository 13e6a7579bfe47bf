"""Is every yen where it belongs, whatever became of the orders, and does each party see its own alone?"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.core.db import Database
from app.core.scope import Scope
from app.ledger import queries as ledger
from app.ledger.rules import is_guarded
from tests.orders.shop import CAP, Shop
from tests.world import open_world


@pytest.fixture
async def own_shop(db: Database, worker_db: Database, owner: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Shop]:
    """A desk of this test alone: its book is only what happens here."""
    async with open_world(db, worker_db, tmp_path / "files", registry=None, unpaid_cap=CAP) as world:
        yield Shop(world, owner, [await world.provider() for _ in range(2)])


async def test_the_book_closes_after_every_kind_of_payment(own_shop: Shop) -> None:
    shop = own_shop
    buyer, other = await shop.buyer(), await shop.buyer()
    one, two = await shop.listing(price=333), await shop.listing(price=19, provider=1)
    exact = await shop.world.order(buyer, (one, 1), (two, 1))
    over = await shop.world.order(buyer, (two, 3))
    canceled = await shop.world.order(other, (one, 5))
    await other.post(f"/v1/orders/{canceled['id']}/cancel")
    part = await shop.world.order(other, (one, 2))
    frozen = await shop.world.order(other, (await shop.listing(price=1_000), 2))
    lot = await shop.owner.fetchval(
        "select lot_id from order_line where order_id in (select id from orders order by id desc limit 1)"
    )
    await shop.owner.execute("update lot_stock set sellable = false where lot_id = $1", lot)
    for order, minor in ((exact, None), (over, over["total"]["amount"] + 11), (part, 70), (frozen, None)):
        await shop.pay(order, minor)
    late = await shop.pay(canceled)
    await shop.resolve(late, "refund")
    await shop.bring(("ダレカ", 5))
    await shop.world.run_jobs()
    assert [await shop.status(buyer, order) for order in (exact, over)] == ["fulfilled", "fulfilled"]
    assert [await shop.status(other, order) for order in (part, frozen)] == ["awaiting_payment", "short"]

    book = await balances(shop)
    goods_and_tax = {1: 333 + 33, 2: (19 + 1) + (57 + 5)}
    assert book == {
        "bank": -sum((386, over["total"]["amount"] + 11, 70, 2_200, canceled["total"]["amount"], 5)),
        "held:orders": 2_200,
        "unapplied": 11 + 70 + 5,
        f"payable:{shop.providers[0].org_id.hex}": goods_and_tax[1],
        f"payable:{shop.providers[1].org_id.hex}": goods_and_tax[2],
        f"refunds:{other.org_id.hex}": canceled["total"]["amount"],
    }
    assert sum(book.values()) == 0
    assert await shop.held_for(buyer) == 0
    await sees_its_own_alone(shop)


async def test_nothing_is_held_when_every_order_is_filled(own_shop: Shop) -> None:
    buyer, listing = await own_shop.buyer(), await own_shop.listing(price=777, provider=1)
    for quantity in (1, 2, 3):
        await own_shop.pay(await own_shop.world.order(buyer, (listing, quantity)))
    book = await balances(own_shop)
    owed = sum(777 * n + 777 * n // 10 for n in (1, 2, 3))
    assert book == {"bank": -owed, f"payable:{own_shop.providers[1].org_id.hex}": owed}


async def balances(shop: Shop) -> dict[str, int]:
    """Every account that is not empty, by its postings; the guarded ones are kept right beside them."""
    async with shop.world.worker_db.audit() as session:
        totals = {total.account: total.balance_minor for total in await ledger.trial_balance(session)}
        kept = {total.account: total.balance_minor for total in await ledger.guarded_balances(session)}
    assert kept == {account: totals[account] for account in kept}
    assert {account for account in totals if is_guarded(account)} == set(kept)
    return {account: minor for account, minor in totals.items() if minor}


async def sees_its_own_alone(shop: Shop) -> None:
    """Under row-level security an organisation finds the postings of its own money, and no others."""
    parties = await shop.owner.fetch("select org_id, kind from organisation where kind <> 'operator'")
    seen_by_all = 0
    for org_id, kind in parties:
        scope = Scope.of_system(org_id, "req_look")
        async with shop.world.db.transaction(scope) as session:
            found = await ledger.statement_of(session, scope, after_id=None, limit=100)
            whole = await ledger.trial_balance(session)
        assert {posting.counterparty_id for posting in found} <= {org_id}
        reasons = {posting.reason for posting in found}
        assert reasons <= ({"sale"} if kind == "provider" else {"payment", "refund"}), (kind, reasons)
        moved = sum(posting.amount_minor for posting in found)
        assert moved == sum(total.balance_minor for total in whole if total.balance_minor > 0)
        seen_by_all += len(found)
    everyones = await shop.owner.fetchval("select count(*) from posting where counterparty_id is not null")
    assert seen_by_all == everyones > 0
