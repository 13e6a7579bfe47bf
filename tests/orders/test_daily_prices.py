"""Is a day's average what was paid, written once when the day is over, and silent about anybody's own trade?"""

import secrets
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.core.period import JAPAN
from app.orders.flow.prices import GRACE, write_days
from tests.orders.shop import Shop, uuid_of, yen

DAY = date(2031, 5, 20)
NEXT = datetime(2031, 5, 21, tzinfo=JAPAN)


@pytest.fixture
async def unit(shop: Shop) -> AsyncIterator[str]:
    """A category of this test's own: what it trades is counted in a unit that nobody else has."""
    await shop.owner.execute("delete from daily_price")
    await shop.owner.execute("alter table lot drop constraint ck_lot_unit")
    name = f"u{secrets.token_hex(4)}"
    yield name
    await shop.owner.execute("delete from daily_price")
    await shop.owner.execute("delete from public_price where unit = $1", name)
    await shop.owner.execute("update orders set paid_at = null where paid_at > $1", datetime(2031, 1, 1, tzinfo=JAPAN))
    await shop.owner.execute("update lot set unit = 't' where unit = $1", name)
    await shop.owner.execute(
        "alter table lot add constraint ck_lot_unit check (unit in ('t', 'kg', 'kWh', 'MJ')) not valid"
    )


async def trade(shop: Shop, unit: str, *trades: tuple[int, int, int, int], at: datetime | None = None) -> None:
    """Paid orders of (buyer, provider, tonnes, price), paid at noon of the day in Japan."""
    buyers = [await shop.buyer() for _ in range(4)]
    for buyer, provider, tonnes, price in trades:
        listing = await shop.offer(tonnes, provider=provider, price=price)
        order = await shop.world.order(buyers[buyer], (listing, tonnes))
        await shop.owner.execute(
            "update orders set paid_at = $1 where id = $2",
            at or datetime(2031, 5, 20, 12, tzinfo=JAPAN), uuid_of(order["id"]),
        )  # fmt: skip
        await move(shop, unit, listing)


async def move(shop: Shop, unit: str, listing: str, at: datetime | None = None) -> None:
    """Put a listing, its lot and what it asked for into the test's category, in its year."""
    await shop.owner.execute(
        "update lot set unit = $1 where id = (select lot_id from listing where id = $2)", unit, uuid_of(listing)
    )
    await shop.owner.execute(
        "update public_price set unit = $1, from_at = $2 where listing_id = $3",
        unit, at or datetime(2031, 5, 20, 9, tzinfo=JAPAN), uuid_of(listing),
    )  # fmt: skip


async def shown(shop: Shop, unit: str, *, now: datetime = NEXT + 2 * GRACE) -> dict[str, Any]:
    """What anybody sees of the day in the test's category, after the job has run at this moment."""
    await write_days(shop.world.worker_db, now=now)
    query = {"unit": unit, "from": DAY.isoformat(), "to": DAY.isoformat()}
    rows = (await shop.world.client().get("/v1/prices", params=query)).json()["data"]
    assert len(rows) <= 1
    return dict(rows[0]) if rows else {}


async def test_an_average_is_weighted_by_quantity_over_three_buyers_and_two_providers(shop: Shop, unit: str) -> None:
    await trade(shop, unit, (0, 0, 10, 1_000), (1, 1, 30, 1_100), (2, 0, 20, 1_301), (1, 0, 1, 999))
    found = await shown(shop, unit)
    goods = 10 * 1_000 + 30 * 1_100 + 20 * 1_301 + 999
    assert (found["average"], found["quantity"], found["withheld"]) == (yen(round(goods / 61)), 61, None)
    assert (found["day"], found["registry"], found["unit"]) == (DAY.isoformat(), "jcredit", unit)
    project = await shop.owner.fetchval("select code from project_methodology m join project p on p.id = m.project_id"
                                        " where p.number = '1' and p.list_kind = 'jcredit_normal' order by n limit 1")  # fmt: skip
    assert found["family"] == {"EN-S": "energy_saving", "EN-R": "renewable_energy", "FO-0": "forest"}[project[:4]]


@pytest.mark.parametrize(
    "trades",
    [
        [(0, 0, 10, 1_000), (1, 1, 10, 1_100)],
        [(0, 0, 10, 1_000), (1, 0, 10, 1_100), (2, 0, 10, 1_200)],
        [(0, 0, 1, 1_000), (1, 1, 1, 1_100), (2, 1, 7, 1_200)],
        [(0, 0, 10, 1_000)],
        [],
    ],
    ids=["two buyers", "one provider", "one buyer is nearly all", "one trade", "no trade"],
)
async def test_what_would_tell_somebodys_trade_is_withheld_and_all_of_it_looks_alike(shop: Shop, unit, trades) -> None:
    await trade(shop, unit, *trades)
    await move(shop, unit, await shop.offer(price=5_000), datetime(2031, 5, 20, 23, 59, tzinfo=JAPAN))
    found = await shown(shop, unit)
    assert found | {"family": "", "day": ""} == {
        "day": "", "registry": "jcredit", "family": "", "unit": unit, "price_per": 1, "average": None, "quantity": None,
        "withheld": "too_few", "last_ask": yen(5_000),
    }  # fmt: skip


async def test_a_day_is_a_day_in_japan(shop: Shop, unit: str) -> None:
    trades = ((0, 0, 10, 1_000), (1, 1, 10, 1_000), (2, 0, 10, 1_000))
    await trade(shop, unit, *trades, at=datetime(2031, 5, 20, tzinfo=JAPAN))
    await trade(shop, unit, *trades, at=datetime(2031, 5, 19, 23, 59, 59, tzinfo=JAPAN))
    await trade(shop, unit, *trades, at=NEXT - timedelta(seconds=1))
    await trade(shop, unit, *trades, at=NEXT)
    assert (await shown(shop, unit))["quantity"] == 60


async def test_a_day_is_written_when_it_is_over_and_never_again(shop: Shop, unit: str) -> None:
    await trade(shop, unit, (0, 0, 10, 1_000), (1, 1, 10, 1_000), (2, 0, 10, 1_000))
    assert await shown(shop, unit, now=NEXT - timedelta(minutes=1)) == {}
    assert await shown(shop, unit, now=NEXT + GRACE - timedelta(seconds=1)) == {}
    first = await shown(shop, unit)
    assert first["quantity"] == 30
    await trade(shop, unit, (3, 1, 10, 9_000))
    assert await shown(shop, unit, now=NEXT + timedelta(days=3)) == first


async def test_days_that_no_worker_was_there_for_are_made_up_for(shop: Shop, unit: str) -> None:
    await trade(shop, unit, (0, 0, 10, 1_000), (1, 1, 10, 1_000), (2, 0, 10, 1_000))
    assert (await shown(shop, unit, now=NEXT + timedelta(days=29)))["quantity"] == 30


async def test_the_last_ask_is_of_public_listings_and_not_older_than_thirty_days(shop: Shop, unit: str) -> None:
    buyer = await shop.buyer()
    to = {"kind": "organisations", "organisation_ids": [buyer.id]}
    await move(shop, unit, await shop.offer(price=900), datetime(2031, 4, 20, tzinfo=JAPAN))
    assert await shown(shop, unit) == {}
    await move(shop, unit, await shop.offer(price=800), datetime(2031, 4, 22, tzinfo=JAPAN))
    await move(shop, unit, await shop.offer(price=700, offered_to=to))
    assert (await shown(shop, unit))["last_ask"] == yen(800)


async def test_prices_are_paged_newest_first_and_unknown_filters_are_refused(shop: Shop, unit: str) -> None:
    rows = [(DAY + timedelta(days=n), unit, family) for n in range(3) for family in ("forest", "waste")]
    for day, of, family in rows:
        await shop.owner.execute(
            "insert into daily_price values ($1, 'jcredit', $2, $3, 'JPY', null, null, 5, now())", day, family, of
        )
    found, cursor = [], None
    while True:
        query = {"unit": unit, "limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = (await shop.world.client().get("/v1/prices", params=query)).json()
        found += [(date.fromisoformat(row["day"]), row["unit"], row["family"]) for row in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert found == sorted(rows, reverse=True)
    one = (await shop.world.client().get("/v1/prices", params={"unit": unit, "family": "waste"})).json()["data"]
    assert {row["family"] for row in one} == {"waste"}
    assert (await shop.world.client().get("/v1/prices", params={"category": "x"})).status_code == 400
