"""Who wins when money, deadline, buyer and rival arrive in the same moment? One of them, and the stock adds up."""

import asyncio
from datetime import timedelta
from typing import Any

from app.core.scope import Scope
from app.listings import operations as listings
from app.orders import flow
from tests.orders.shop import Shop, lines_of, uuid_of
from tests.world import Party

ROUNDS = 30
TONNES = 2


async def waiting(shop: Shop, buyer: Party, listing: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """So many orders that wait, and the lines that pay them, imported and not judged."""
    orders = [await shop.world.order(buyer, (listing, TONNES)) for _ in range(ROUNDS)]
    made = await shop.bring(*((order["payment"]["reference"], order["total"]["amount"]) for order in orders))
    rows = await shop.owner.fetch("select id from bank_line where statement_id = $1 order by id", uuid_of(made["id"]))
    assert len(rows) == ROUNDS
    return orders, [row["id"] for row in rows]


async def lateness(shop: Shop, line_id: Any) -> str:
    return str(await shop.owner.fetchval("select outcome from bank_line where id = $1", line_id))


async def test_money_and_deadline_at_once_end_in_one_of_two_stories(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(200)
    orders, lines = await waiting(shop, buyer, listing)
    late = shop.world.now() + timedelta(days=8)
    db, jobs = shop.world.worker_db, {"request_id": "req_race"}
    for n, (order, line_id) in enumerate(zip(orders, lines, strict=True)):
        steps = [
            flow.settle(db, line_id, now=shop.world.now(), **jobs),
            flow.expire(db, buyer.org_id, uuid_of(order["id"]), now=late, **jobs),
        ]
        await asyncio.gather(*(steps if n % 2 else reversed(steps)))
    await shop.world.run_jobs()
    stories = set()
    for order, line_id in zip(orders, lines, strict=True):
        story = (await lateness(shop, line_id), *(kind[6:] for kind in await shop.kinds(order["id"])))
        assert story in {
            ("exact", "created", "paid", "fulfilled"),
            ("late_reserved", "created", "expired", "paid", "fulfilled"),
        }
        stories.add(story)
    assert await shop.stock(listing) == (200 - TONNES * ROUNDS, 0, TONNES * ROUNDS)
    assert await shop.held_for(buyer) == 0
    assert await unpaid(shop, buyer) == 0


async def test_money_and_cancellation_at_once_end_in_one_of_two_stories(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(200)
    orders, lines = await waiting(shop, buyer, listing)
    filled = 0
    for n, (order, line_id) in enumerate(zip(orders, lines, strict=True)):
        steps = [
            buyer.post(f"/v1/orders/{order['id']}/cancel"),
            flow.settle(shop.world.worker_db, line_id, now=shop.world.now(), request_id="req_race"),
        ]
        if n % 2:
            settled, canceled = await asyncio.gather(steps[1], steps[0])
        else:
            canceled, settled = await asyncio.gather(*steps)
        assert settled is None
        told = (canceled.status_code, canceled.json().get("state"), await lateness(shop, line_id))
        assert told in {(200, None, "late"), (409, "paid", "exact")}
        filled += canceled.status_code == 409
    await shop.world.run_jobs()
    ended = [await shop.status(buyer, order) for order in orders]
    assert (ended.count("fulfilled"), ended.count("canceled")) == (filled, ROUNDS - filled)
    assert await shop.stock(listing) == (200 - TONNES * filled, 0, TONNES * filled)
    assert (await shop.held_for(buyer), await unpaid(shop, buyer)) == (0, 0)


async def test_late_money_and_a_rivals_order_cannot_both_have_the_last_tonnes(shop: Shop) -> None:
    buyer, rival = await shop.buyer(), await shop.buyer()
    listing = await shop.listing(10)
    for _ in range(10):
        order = await shop.world.order(buyer, (listing, 10))
        await shop.bring((order["payment"]["reference"], order["total"]["amount"]))
        line_id = uuid_of((await shop.newest_line())["id"])
        late, jobs = shop.world.now() + timedelta(days=8), {"request_id": "req_race"}
        _, _, rivals = await asyncio.gather(
            flow.expire(shop.world.worker_db, buyer.org_id, uuid_of(order["id"]), now=late, **jobs),
            flow.settle(shop.world.worker_db, line_id, now=shop.world.now(), **jobs),
            rival.post("/v1/orders", lines_of((listing, 10))),
        )
        await shop.world.run_jobs()
        told = (await shop.status(buyer, order), await lateness(shop, line_id), rivals.status_code)
        assert told in {
            ("fulfilled", "exact", 409), ("fulfilled", "late_reserved", 409), ("expired", "late", 201),
        }  # fmt: skip
        if rivals.status_code == 201:
            assert await shop.stock(listing) == (0, 10, 0)
            await rival.post(f"/v1/orders/{rivals.json()['id']}/cancel")
        else:
            assert await shop.stock(listing) == (0, 0, 10)
            listing = await shop.listing(10)


async def test_orders_over_the_same_two_lots_in_both_directions_never_wait_for_each_other_for_ever(shop: Shop) -> None:
    buyers = [await shop.buyer() for _ in range(4)]
    one, other = await shop.listing(60), await shop.listing(60, provider=1)
    bodies = [lines_of((one, 2), (other, 2)), lines_of((other, 2), (one, 2))]
    answers = await asyncio.gather(*(buyers[n % 4].post("/v1/orders", bodies[n % 2]) for n in range(40)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == 30 * [201] + 10 * [409]
    assert [await shop.stock(listing) for listing in (one, other)] == 2 * [(0, 60, 0)]
    made = [(buyers[n % 4], answer.json()) for n, answer in enumerate(answers) if answer.status_code == 201]
    paid, given_back = made[::2], made[1::2]
    await shop.bring(*((order["payment"]["reference"], order["total"]["amount"]) for _, order in paid))
    due = await shop.world.due()
    await asyncio.gather(
        *(shop.world.runner().run(job_id) for job_id in due),
        *(buyer.post(f"/v1/orders/{order['id']}/cancel") for buyer, order in given_back),
    )
    await shop.world.run_jobs()
    ended = [await shop.status(buyer, order) for buyer, order in made]
    assert (ended.count("fulfilled"), ended.count("canceled")) == (15, 15)
    assert [await shop.stock(listing) for listing in (one, other)] == 2 * [(30, 0, 30)]


async def unpaid(shop: Shop, buyer: Party) -> int:
    return int(await shop.owner.fetchval("select unpaid from buyer_exposure where org_id = $1", buyer.org_id))


async def test_an_order_does_not_wait_for_a_provider_that_is_changing_the_listing(shop: Shop) -> None:
    buyer, listing, provider = await shop.buyer(), await shop.listing(200), shop.providers[0]
    scope = Scope.of_system(provider.org_id, "req_race")
    async with shop.world.db.transaction(scope) as session, asyncio.timeout(8):
        locked = await listings.locked(session, scope, uuid_of(listing))
        order = await shop.world.order(buyer, (listing, TONNES))
        assert order["status"] == "awaiting_payment"
        locked.low_stock_at = 150
    assert (await shop.own(listing))["low_stock_at"] == 150


async def test_an_order_is_tried_again_when_the_check_of_its_listings_key_misses_the_row(shop: Shop) -> None:
    """The server's own race comes too seldom to be waited for: a trigger says what the check said, as often as asked."""
    buyer, listing = await shop.buyer(), await shop.listing(200)
    before = await shop.stock(listing)
    await shop.owner.execute("""
        create sequence misses minvalue -1000 start 0;
        create function miss() returns trigger language plpgsql as $$ begin
          if nextval('misses') < 2 then
            raise foreign_key_violation using constraint = 'fk_order_line_provider_id_listing_id';
          end if;
          return new;
        end $$;
        grant usage on sequence misses to public;
        create trigger miss before insert on order_line for each row execute function miss();
    """)
    try:
        placed = await buyer.post("/v1/orders", lines_of((listing, TONNES)))
        assert placed.status_code == 201, placed.text
        assert await shop.owner.fetchval("select last_value from misses") == 2
        await shop.owner.execute("select setval('misses', -1000)")
        lost = await buyer.post("/v1/orders", lines_of((listing, TONNES)))
        assert lost.status_code == 500, "A row that stays away is a mistake of ours, and told as one."
    finally:
        await shop.owner.execute("drop trigger miss on order_line; drop function miss; drop sequence misses")
    free, reserved, _ = await shop.stock(listing)
    assert (free, reserved) == (before[0] - TONNES, before[1] + TONNES)
