"""Does every yen of an exchange stay somewhere: with the buyer, with the desk, or with the providers?"""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.orders.rules import IssuerLeft, LineLeft, Substitute, back, exchange
from tests.orders.test_refund_rules import ISSUERS, orders, owed

OTHER = UUID(int=9)


def total(issuers: list[IssuerLeft] | tuple[IssuerLeft, ...]) -> int:
    return sum(each.goods_minor + each.tax_minor for each in issuers)


@st.composite
def substitutes(draw: st.DrawFn, lines: list[LineLeft]) -> list[Substitute]:
    """Of one to all lines some or all units, each of one or two listings, cheap or dear."""
    made = []
    for line in lines[: draw(st.integers(1, len(lines)))]:
        left = draw(st.integers(1, line.left))
        for quantity in {left, draw(st.integers(1, left))} if draw(st.booleans()) and left > 1 else {left}:
            part = min(quantity, left)
            left -= part
            if part:
                goods = line.goods_of(part) * draw(st.sampled_from([50, 99, 100, 101, 180])) // 100
                made.append(Substitute(line.n, draw(st.sampled_from([*ISSUERS, OTHER])), part, max(1, goods)))
    return made


@given(orders(), st.integers(0, 2_000), st.data())
def test_an_exchange_is_paid_by_what_goes_what_comes_back_and_what_the_desk_puts_in(
    lines: list[LineLeft], basis_points: int, data: st.DataObject
) -> None:
    issuers, wanted = owed(lines, basis_points), data.draw(substitutes(lines))
    plan = exchange(lines, issuers, wanted)
    assert total(plan.owed) == total(issuers) - plan.back_minor + plan.borne_minor
    assert not (plan.back_minor and plan.borne_minor)
    assert len(plan.shares) == len(wanted)
    assert min(plan.shares) >= 0
    assert all(each.tax_minor == each.goods_minor * basis_points // 10_000 for each in plan.owed)
    assert sum(each.goods_minor for each in plan.owed) == (
        sum(each.goods_minor for each in issuers)
        - sum(each.goods_minor for each in plan.gone.lines)
        + sum(each.goods_minor for each in wanted)
    )


@given(st.integers(1, 500), st.integers(1, 9_000), st.integers(1, 9_000), st.integers(0, 2_000), st.data())
def test_the_buyer_gets_back_what_it_paid_and_the_desk_what_it_put_in_however_often_all_is_replaced(
    quantity: int, price: int, dearer: int, basis_points: int, data: st.DataObject
) -> None:
    line = LineLeft(1, ISSUERS[0], quantity, 0, price, 1)
    lines, issuers = [line], owed([line], basis_points)
    paid, put_in, returned = total(issuers), 0, 0
    for n, new in enumerate((dearer, data.draw(st.integers(1, 9_000))), start=2):
        plan = exchange(lines, issuers, [Substitute(n - 1, OTHER, quantity, quantity * new)])
        put_in += plan.borne_minor - plan.gone.borne_minor
        returned += plan.back_minor
        (share,) = plan.shares
        if share > quantity * new:
            return  # So dear that it is refused.
        lines, issuers = (
            [LineLeft(n, OTHER, quantity, 0, new, 1, share)],
            [each for each in plan.owed if each.provider_id == OTHER],
        )
        assert total(issuers) == paid + put_in - returned
    to_buyer = to_desk = 0
    for last in (False, True):
        (line,) = lines
        units = line.left if last else data.draw(st.integers(1, line.left))
        given_back = back(lines, issuers, {line.n: units})
        assert 0 <= given_back.borne_minor <= given_back.total_minor
        to_buyer, to_desk = to_buyer + given_back.buyer_minor, to_desk + given_back.borne_minor
        lines = [LineLeft(line.n, OTHER, quantity, line.refunded + units, line.price_minor, 1, line.borne_minor)]
        issuers = [
            IssuerLeft(OTHER, basis_points, each.goods_minor - gone.goods_minor, each.tax_minor - gone.tax_minor)
            for each, gone in zip(issuers, given_back.issuers, strict=True)
        ]
        if not lines[0].left:
            break
    assert (to_buyer, to_desk) == (paid - returned, put_in)
