"""Does everything that is given back, in whatever steps, add up to what was charged?"""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.orders.rules import IssuerLeft, LineLeft, back, share_of_loss

ISSUERS = [UUID(int=n) for n in range(1, 4)]


@st.composite
def orders(draw: st.DrawFn) -> list[LineLeft]:
    """Lines of up to three providers; energy is priced by a thousand units."""
    per = draw(st.sampled_from([1, 1000]))
    return [
        LineLeft(n, draw(st.sampled_from(ISSUERS)), draw(st.integers(1, 5000)), 0, draw(st.integers(1, 100_000)), per)
        for n in range(1, draw(st.integers(1, 5)) + 1)
    ]


def owed(lines: list[LineLeft], basis_points: int) -> list[IssuerLeft]:
    """What an order owes each provider, as it was charged."""
    goods = dict.fromkeys(ISSUERS, 0)
    for line in lines:
        goods[line.provider_id] += line.goods_of(line.quantity)
    return [
        IssuerLeft(issuer, basis_points, total, total * basis_points // 10_000)
        for issuer, total in goods.items()
        if any(line.provider_id == issuer for line in lines)
    ]


@given(orders(), st.integers(0, 2_000), st.data())
def test_steps_of_giving_back_add_up_to_what_was_charged(
    lines: list[LineLeft], basis_points: int, data: st.DataObject
) -> None:
    issuers = owed(lines, basis_points)
    charged = sum(each.goods_minor + each.tax_minor for each in issuers)
    returned = 0
    for step in range(5):
        last = step == 4
        quantities = {
            line.n: line.left if last else data.draw(st.integers(1, line.left))
            for line in lines
            if line.left and (last or data.draw(st.booleans()))
        }
        plan = back(lines, issuers, quantities)
        returned += plan.total_minor
        assert plan.total_minor >= 0
        lines = [
            LineLeft(
                line.n, line.provider_id, line.quantity, line.refunded + quantities.get(line.n, 0), line.price_minor,
                line.price_per,
            )
            for line in lines
        ]  # fmt: skip
        gone = {each.provider_id: each for each in plan.issuers}
        issuers = [
            IssuerLeft(
                each.provider_id, each.tax_basis_points, each.goods_minor - gone[each.provider_id].goods_minor,
                each.tax_minor - gone[each.provider_id].tax_minor,
            )
            if each.provider_id in gone
            else each
            for each in issuers
        ]  # fmt: skip
        for each in issuers:
            assert each.tax_minor == each.goods_minor * basis_points // 10_000
    assert returned == charged


def test_a_worked_case_by_hand() -> None:
    """Three units at ¥333: goods ¥999, tax ¥99. One back: goods ¥333, of ¥666 the tax is ¥66, so ¥33 of tax return."""
    line = LineLeft(1, ISSUERS[0], 3, 0, 333, 1)
    plan = back([line], [IssuerLeft(ISSUERS[0], 1_000, 999, 99)], {1: 1})
    assert (plan.issuers[0].goods_minor, plan.issuers[0].tax_minor, plan.total_minor) == (333, 33, 366)


@given(st.integers(0, 10**12), st.sampled_from((0, 800, 1_000)), st.integers(0, 10**12))
def test_a_provider_bears_its_whole_share_or_exactly_what_was_lost(goods: int, basis_points: int, lost: int) -> None:
    left = IssuerLeft(ISSUERS[0], basis_points, goods, goods * basis_points // 10_000)
    borne_goods, borne_tax = share_of_loss(left, lost)
    assert borne_goods + borne_tax == min(left.goods_minor + left.tax_minor, lost)
    assert 0 <= borne_goods <= left.goods_minor
    assert 0 <= borne_tax <= left.tax_minor
