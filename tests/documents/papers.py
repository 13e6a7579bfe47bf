"""What do the tests of accountants' papers share: facts of each kind, with sums that agree."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from integrations.documents.paper import (
    PaperBank,
    PaperCommission,
    PaperFacts,
    PaperLine,
    PaperPaid,
    PaperParty,
    PaperReturn,
    PaperTotal,
)

PROVIDER = "みどり環境株式会社"
OTHER = "瀬戸内再エネ合同会社"
LONG_NAME = ("一般社団法人" + "国際持続可能地域社会開発推進機構" * 4)[:60]
DESK = PaperParty(
    name="株式会社オフセットデスク",
    registration_number="T7000012050002",
    address="〒100-0005 東京都千代田区丸の内1-2-3",
    phone="03-0000-0001",
)
BUYER = PaperParty(
    name="森鷗外記念音楽祭実行委員会", registration_number="", address="〒699-5605 島根県津和野町", phone="0856-00-0002"
)
BANK = PaperBank(
    bank="みずほ銀行（0001）",
    branch="丸の内中央支店（004）",
    account_type="普通",
    account_number="1234567",
    holder="カ）オフセツトデスク",
    reference="45012345678",
)
PAID = PaperPaid(method_ja="銀行振込", method_en="Bank transfer", paid_on=date(2026, 11, 22), reference="BT-0099")


def line(name: str, quantity: int, price: int, per: int = 1, **changes: object) -> PaperLine:
    made = PaperLine(
        name=name,
        project_number="JCER-0412",
        methodology="FO-001 森林経営活動",
        vintage="2024-04-01 – 2025-03-31",
        serials=("JC-FM-0412-03-00000001 – 00000120",),
        order_number="ORD-7K3M9Q",
        seller_name=PROVIDER,
        supplied_on=date(2026, 11, 20),
        quantity=quantity,
        unit="t" if per == 1 else "kWh",
        price_minor=price,
        price_per=per,
        goods_minor=quantity * price // per,
        tax_basis_points=1000,
    )
    return replace(made, **changes)


def facts(kind: str, lines: Sequence[PaperLine], **changes: object) -> PaperFacts:
    """Facts whose totals are the lines' and whose amount is the totals'."""
    goods: dict[tuple[str, int], int] = {}
    for each in lines:
        group = each.seller_name, each.tax_basis_points
        goods[group] = goods.get(group, 0) + each.goods_minor
    totals = tuple(
        PaperTotal(seller_name=seller, tax_basis_points=rate, goods_minor=minor, tax_minor=minor * rate // 10_000)
        for (seller, rate), minor in goods.items()
    )
    made = PaperFacts(
        kind=kind,
        mode="for_provider",
        number="INV-2026-000123",
        issued_on=date(2026, 11, 23),
        issuer=DESK,
        recipient=BUYER,
        order_number="ORD-7K3M9Q",
        purchase_order="PO-2026-0088",
        supplied_from=date(2026, 11, 20),
        supplied_through=date(2026, 11, 20),
        due_on=date(2026, 12, 30),
        valid_through=None,
        returned=None,
        lines=tuple(lines),
        totals=totals,
        commission=None,
        total_minor=sum(each.goods_minor + each.tax_minor for each in totals),
        bank=BANK,
        paid=None,
        notes=(),
        stamp_free=False,
        copy=False,
        demonstration=False,
    )
    return replace(made, **changes)


LINES = (
    line("津和野町有林における間伐促進プロジェクト", 120, 15_800),
    line("住宅における太陽光発電設備の導入", 93, 5_400, seller_name=OTHER, serials=("JCL-ER-P043-07-1 – 93",)),
    line("FIT非化石証書 第3回", 1_250_000, 400, 1000, seller_name=OTHER, project_number="", serials=()),
)
INVOICE = facts("invoice", LINES)
PAYOUT = facts(
    "payout_statement",
    (LINES[0], line("津和野町有林における間伐促進プロジェクト", 30, 15_800, order_number="ORD-8P2X4W")),
    mode="desk",
    number="PAY-2026-000009",
    recipient=PaperParty(name=PROVIDER, registration_number="T9000020016926", address="〒680-0001 鳥取市", phone=""),
    supplied_from=date(2026, 11, 1),
    supplied_through=date(2026, 11, 30),
    commission=PaperCommission(
        name_ja="販売手数料 5%", name_en="commission 5%", goods_minor=118_500, tax_basis_points=1000, tax_minor=11_850
    ),
    total_minor=2_607_000 - 130_350,
    order_number="",
    purchase_order="",
    bank=replace(BANK, reference=""),
)
KINDS: dict[str, PaperFacts] = {
    "quotation": facts(
        "quotation",
        tuple(replace(each, supplied_on=None) for each in LINES),
        number="QUO-2026-000031",
        supplied_from=None,
        supplied_through=None,
        due_on=None,
        valid_through=date(2026, 12, 7),
        bank=None,
    ),
    "bill": facts("bill", LINES, number="BIL-2026-000044", notes=("お支払期限を過ぎますと、引当が解除されます。",)),
    "invoice": INVOICE,
    "return": facts(
        "return",
        LINES[:1],
        number="RET-2026-000002",
        due_on=None,
        bank=None,
        paid=PAID,
        returned=PaperReturn(
            returned_on=date(2026, 11, 28), original_number="INV-2026-000123", original_issued_on=date(2026, 11, 23)
        ),
    ),
    "receipt": facts("receipt", LINES, number="RCP-2026-000017", due_on=None, bank=None, paid=PAID, stamp_free=True),
    "payout_statement": PAYOUT,
    "monthly_invoice": facts(
        "monthly_invoice",
        tuple(replace(each, order_number=f"ORD-{n:06}") for n, each in enumerate(LINES)),
        number="MON-2026-000005",
        order_number="",
        supplied_from=date(2026, 11, 1),
        supplied_through=date(2026, 11, 30),
    ),
}
LONGEST = facts(
    "monthly_invoice",
    (
        line(LONG_NAME, 1, 1_122_334_445_567, seller_name=LONG_NAME, methodology=LONG_NAME),
        line("軽減税率の品目", 999_999_999_999, 1_234, 1000, seller_name=LONG_NAME, tax_basis_points=800),
    ),
    issuer=replace(DESK, name=LONG_NAME, address=LONG_NAME + "1-2-3"),
    recipient=replace(BUYER, name=LONG_NAME, address=LONG_NAME + "4-5-6"),
    purchase_order="P" * 60,
    order_number="0197f2c4-7d1e-7c3a-9b52-4f8e6a1d2c30",
    bank=replace(BANK, bank=LONG_NAME, holder=LONG_NAME),
    copy=True,
)


def many(count: int) -> PaperFacts:
    """A month of so many lines, of two sellers and many orders."""
    rows = [
        replace(LINES[n % 2], order_number=f"ORD-{n // 4:06}", serials=(f"JC-{n:04}-1 – {n:04}-9",))
        for n in range(count)
    ]
    return facts("monthly_invoice", rows, order_number="")
