"""What do an accountant's papers say: totals, issuers, particulars, numbers, terms? Pure."""

from app.invoices.rules.holidays import holidays_of
from app.invoices.rules.issuers import Issuer, is_valid_number, issuer_mode, lines_by_mode, must_be_allowed
from app.invoices.rules.kinds import LINES_MAX, REDUCED_BASIS_POINTS, Content, IssuerMode, Kind, Line
from app.invoices.rules.numbering import (
    SERIES,
    DocumentNumber,
    NumberedBy,
    Sequence,
    numbered,
    parse_number,
    sequence_of,
)
from app.invoices.rules.particulars import Document, Particular, missing_particulars
from app.invoices.rules.payouts import Payout, Sale, commission_on, compose_payout
from app.invoices.rules.retention import (
    SEARCHED_BY,
    SEARCHED_BY_RANGE,
    YEARS_KEPT,
    YEARS_KEPT_AFTER_A_LOSS,
    kept_through,
    tax_period_end,
)
from app.invoices.rules.returns import RETURN_NOT_OWED_BELOW_MINOR, compose_kept, compose_return
from app.invoices.rules.setting_off import spread
from app.invoices.rules.stamps import STAMP_FROM_MINOR, Stamp, stamp_on
from app.invoices.rules.terms import (
    REMINDED_AFTER_DAYS,
    Bucket,
    Period,
    Reminder,
    Shift,
    Terms,
    aged,
    bucket_of,
    closing_period,
    due_date,
    is_bank_day,
    reminder_due,
)
from app.invoices.rules.totals import Composed, RateTotal, compose, compose_month, part_of_seller, seller_of, tax_on

__all__ = [
    "LINES_MAX",
    "REDUCED_BASIS_POINTS",
    "REMINDED_AFTER_DAYS",
    "RETURN_NOT_OWED_BELOW_MINOR",
    "SEARCHED_BY",
    "SEARCHED_BY_RANGE",
    "SERIES",
    "STAMP_FROM_MINOR",
    "YEARS_KEPT",
    "YEARS_KEPT_AFTER_A_LOSS",
    "Bucket",
    "Composed",
    "Content",
    "Document",
    "DocumentNumber",
    "Issuer",
    "IssuerMode",
    "Kind",
    "Line",
    "NumberedBy",
    "Particular",
    "Payout",
    "Period",
    "RateTotal",
    "Reminder",
    "Sale",
    "Sequence",
    "Shift",
    "Stamp",
    "Terms",
    "aged",
    "bucket_of",
    "closing_period",
    "commission_on",
    "compose",
    "compose_kept",
    "compose_month",
    "compose_payout",
    "compose_return",
    "due_date",
    "holidays_of",
    "is_bank_day",
    "is_valid_number",
    "issuer_mode",
    "kept_through",
    "lines_by_mode",
    "missing_particulars",
    "must_be_allowed",
    "numbered",
    "parse_number",
    "part_of_seller",
    "reminder_due",
    "seller_of",
    "sequence_of",
    "spread",
    "stamp_on",
    "tax_on",
    "tax_period_end",
]
