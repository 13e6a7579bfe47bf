"""What is an account called in Japanese bookkeeping, and how does its consumption tax count, unless the operator says otherwise?

The names are those in general use (勘定科目); which one fits is for the operator's accountant to say, and so is the tax
class where it reads 要確認: what Stripe charges is not classified here. The desk's own sales are taxed at the standard
rate (Consumption Tax Act, article 29), the tax itself is booked apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.ledger.rules import Account


@dataclass(frozen=True, slots=True)
class BookName:
    """A name, a code ("" where the operator uses none), and a tax class, as accounting packages write them."""

    name: str
    code: str
    tax_class: str


OUT_OF_SCOPE: Final = "対象外"
TO_BE_CONFIRMED: Final = "要確認"
DEFAULTS: Final[Mapping[str, BookName]] = {
    "bank": BookName("普通預金", "", OUT_OF_SCOPE),
    "suspense": BookName("仮払金", "", OUT_OF_SCOPE),
    "unapplied": BookName("仮受金", "", OUT_OF_SCOPE),
    "held:orders": BookName("預り金", "", OUT_OF_SCOPE),
    "held:payouts": BookName("未払金(送金中)", "", OUT_OF_SCOPE),
    "payable": BookName("未払金", "", OUT_OF_SCOPE),
    "refunds": BookName("未払金(返金)", "", OUT_OF_SCOPE),
    "receivable": BookName("売掛金", "", OUT_OF_SCOPE),
    "stripe:clearing": BookName("未収入金(Stripe)", "", OUT_OF_SCOPE),
    "stripe:transit": BookName("未収入金(Stripe入金待ち)", "", OUT_OF_SCOPE),
    "stripe:fees": BookName("支払手数料", "", TO_BE_CONFIRMED),
    "disputes": BookName("立替金(不審請求)", "", OUT_OF_SCOPE),
    "commission": BookName("受取手数料", "", "課税売上10%"),
    "tax:consumption": BookName("仮受消費税", "", OUT_OF_SCOPE),
    "write_off": BookName("貸倒損失", "", TO_BE_CONFIRMED),
}
"""By kind of account."""

_OF_AN_ORGANISATION: Final = frozenset({"payable", "refunds", "receivable"})
REASONS: Final[Mapping[str, str]] = {
    "bank_line": "銀行入出金",
    "payment": "注文への充当",
    "refund": "返金予定",
    "sale": "売上代金の確定",
    "commission": "販売手数料",
    "commission_back": "販売手数料の戻し",
    "stripe_charge": "Stripe決済",
    "stripe_fee": "Stripe手数料",
    "stripe_refund": "Stripe返金",
    "stripe_refund_back": "Stripe返金の不成立",
    "stripe_dispute": "チャージバック",
    "stripe_dispute_back": "チャージバックの取消",
    "dispute_returned": "チャージバックによる売上代金の戻し",
    "dispute_refunded": "チャージバックによる返金",
    "dispute_borne": "チャージバックの自社負担",
    "stripe_payout": "Stripeからの入金",
    "stripe_payout_back": "Stripe入金の不成立",
    "stripe_payout_arrived": "Stripe入金の着金",
    "payout": "出品者への送金の承認",
    "payout_tax": "販売手数料の消費税",
    "payout_tax_back": "販売手数料の消費税の取消",
    "payout_sent": "出品者への送金(Stripe)",
    "payout_debited": "出品者への送金(銀行)",
    "payout_back": "出品者への送金の取消",
    "payout_returned": "出品者への送金の組戻し",
    "payout_reversal": "出品者への送金の回収",
    "goodwill": "お詫びの返金",
    "substitution": "代替品の差額の自社負担",
    "substitution_back": "代替品の差額負担の戻し",
    "bank_refund": "銀行振込による返金",
    "bank_refund_returned": "銀行振込による返金の組戻し",
    "difference": "差異の調整",
    "invoice_payment": "請求書の入金",
    "invoice_rounding": "請求書の端数調整",
    "on_account": "掛売",
    "set_off": "掛代金との相殺",
    "return_rounding": "返還時の端数調整",
}
"""What a posting is for, in the journal's words; a test holds them and the postings of the program together."""


def kind_of(account: Account | str) -> str:
    """What stands before the organisation in an account's name: `payable:…` is of the kind `payable`."""
    head, _, _ = account.partition(":")
    return head if head in _OF_AN_ORGANISATION else str(account)


def name_of(account: Account | str, own: Mapping[str, BookName]) -> BookName:
    """What the operator calls an account, or what it is generally called; a kind that nobody named keeps its own name."""
    kind = kind_of(account)
    return own.get(kind) or DEFAULTS.get(kind) or BookName(kind, "", TO_BE_CONFIRMED)
