"""Do Python and the database reckon the same tax, rounded down once for each issuer?"""

import json
import secrets
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.clients import terms_of
from app.core.clock import utc_now
from app.core.idempotency import KeyedRequest
from app.core.ids import new_id
from app.core.quantity import UNITS, priced_per
from app.core.scope import RIGHTS, Scope
from app.core.turnstiles import Turnstiles
from app.orders import flow
from app.orders.flow import Placing
from app.orders.rules import IssuerTotal, Priced, by_issuer, counted_unpaid
from tests.orders.shop import Shop, lines_of, uuid_of, without_reasons

ISSUERS = [new_id() for _ in range(3)]
LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 300), st.integers(1, 10**8)), min_size=1, max_size=4
)  # fmt: skip
"""(issuer, quantity, price) per line."""


@given(LINES, st.integers(0, 10_000))
def test_an_issuers_tax_is_the_floor_of_its_whole_and_never_of_its_lines(lines, basis_points) -> None:
    priced = [Priced(ISSUERS[issuer], quantity, price, 1) for issuer, quantity, price in lines]
    totals = by_issuer(priced, basis_points)
    assert len({total.provider_id for total in totals}) == len(totals)
    assert sum(total.goods_minor for total in totals) == sum(quantity * price for _, quantity, price in lines)
    for total in totals:
        assert 0 <= total.goods_minor * basis_points - total.tax_minor * 10_000 < 10_000
    by_line = sum(line.goods_minor * basis_points // 10_000 for line in priced)
    assert 0 <= sum(total.tax_minor for total in totals) - by_line < len(lines)


async def place(shop: Shop, org_id: Any, listings: list[str], quantities: list[int], basis_points: int) -> Any:
    """An order at another rate than the shop's own, past the routes."""
    scope = Scope(org_id, new_id(), "member", frozenset(RIGHTS), "req_tax")
    keyed = KeyedRequest(secrets.token_hex(8), secrets.token_bytes(32))
    lines = tuple((uuid_of(listing), listing, quantity) for listing, quantity in zip(listings, quantities, strict=True))
    terms = replace(terms_of(shop.world.settings), tax_basis_points=basis_points, unpaid_cap=10**9)
    answer, replayed = await flow.place(
        shop.world.db,
        Turnstiles(3),
        scope,
        keyed,
        Placing(None, lines, (None,) * len(lines), None),
        terms=terms,
        now=utc_now(),
    )
    assert not replayed
    return json.loads(answer.body)


@given(st.integers(1, 10**9), st.integers(1, 10**8), st.sampled_from([1, 1_000]))
def test_a_lines_goods_are_the_floor_of_its_price_and_no_line_loses_a_yen(quantity, price, per) -> None:
    goods = Priced(ISSUERS[0], quantity, price, per).goods_minor
    assert 0 <= quantity * price - goods * per < per


@given(st.sampled_from(UNITS))
async def test_the_database_prices_as_many_units_as_the_rule_says(stall, unit) -> None:
    shop, *_ = stall
    assert await shop.owner.fetchval("select priced_per($1)", unit) == priced_per(unit)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.integers(0, 10_000))
async def test_the_function_of_the_database_rounds_each_line_of_energy_once(stall, lines, basis_points) -> None:
    shop, buyer, stock = stall
    chosen = [stock[issuer].pop(0) for issuer, _, _ in lines]
    for listing, (issuer, _, price) in zip(chosen, lines, strict=True):
        stock[issuer].append(listing)
        await shop.owner.execute(
            "update public_listing set price_minor = $1, unit = 'kWh' where listing_id = $2", price, uuid_of(listing)
        )
    ids = [provider.org_id for provider in shop.providers]
    told = by_issuer([Priced(ids[issuer], quantity, price, 1_000) for issuer, quantity, price in lines], basis_points)
    assume(sum(each.goods_minor for each in told) > 0)
    unpaid = "select coalesce(sum(unpaid), 0) from buyer_exposure where org_id = $1"
    before = await shop.owner.fetchval(unpaid, buyer.org_id)
    try:
        order = await place(shop, buyer.org_id, chosen, [quantity for _, quantity, _ in lines], basis_points)
    finally:
        await shop.owner.execute("update public_listing set unit = 't'")
    rows = await shop.owner.fetch("select * from order_issuer where order_id = $1", uuid_of(order["id"]))
    assert {IssuerTotal(row["provider_id"], row["goods_minor"], row["tax_minor"]) for row in rows} == set(told)
    quantity = sum(quantity for _, quantity, _ in lines)
    assert await shop.owner.fetchval(unpaid, buyer.org_id) - before == counted_unpaid(quantity, "kWh")
    assert [line["price_per"] for line in order["lines"]] == [1_000] * len(lines)
    assert [line["goods"]["amount"] for line in order["lines"]] == [q * price // 1_000 for _, q, price in lines]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.integers(0, 10_000))
async def test_the_function_of_the_database_reckons_as_the_rule_does(stall, lines, basis_points) -> None:
    shop, buyer, stock = stall
    chosen = [stock[issuer].pop(0) for issuer, _, _ in lines]
    for listing, (issuer, _, price) in zip(chosen, lines, strict=True):
        stock[issuer].append(listing)
        await shop.owner.execute(
            "update public_listing set price_minor = $1 where listing_id = $2", price, uuid_of(listing)
        )
    order = await place(shop, buyer.org_id, chosen, [quantity for _, quantity, _ in lines], basis_points)
    ids = [provider.org_id for provider in shop.providers]
    told = by_issuer([Priced(ids[issuer], quantity, price, 1) for issuer, quantity, price in lines], basis_points)
    rows = await shop.owner.fetch("select * from order_issuer where order_id = $1", uuid_of(order["id"]))
    assert {IssuerTotal(row["provider_id"], row["goods_minor"], row["tax_minor"]) for row in rows} == set(told)
    assert {row["tax_basis_points"] for row in rows} == {basis_points}
    assert [(issuer["goods"]["amount"], issuer["tax"]["amount"]) for issuer in order["issuers"]] == [
        (total.goods_minor, total.tax_minor) for total in told
    ]
    kept = await shop.owner.fetchrow("select * from orders where id = $1", uuid_of(order["id"]))
    assert kept["tax_minor"] == order["tax"]["amount"] == sum(total.tax_minor for total in told)
    assert kept["goods_minor"] == order["goods"]["amount"] == sum(total.goods_minor for total in told)
    assert kept["total_minor"] == order["payment"]["amount"]["amount"] == kept["tax_minor"] + kept["goods_minor"]


async def test_a_quote_reckons_as_the_order_does(shop: Shop) -> None:
    buyer = await shop.buyer()
    listings = [await shop.listing(price=price, provider=n % 2) for n, price in enumerate((19, 15, 19, 15, 19, 7))]
    for quantities in ((1, 1, 1, 1, 1, 1), (3, 7, 9, 11, 2, 5), (1, 2, 3, 4, 5, 6)):
        lines = lines_of(*zip(listings, quantities, strict=True))
        quote = (await buyer.post("/v1/quotes", lines)).json()
        order = (await buyer.post("/v1/orders", lines)).json()
        assert (quote["goods"], quote["tax"], quote["total"]) == (order["goods"], order["tax"], order["total"])
        assert without_reasons(quote["lines"]) == order["lines"]
