"""Rates, schedules, amounts, accounts: what is decided about payouts without a database."""

from app.payouts.rules.accounts import AccountKind, BankAccount, checked_account
from app.payouts.rules.amounts import Due, Sums, Unpayable, due_of, why_unpaid
from app.payouts.rules.commission import (
    Rate,
    Share,
    SoldPart,
    commission_left,
    exact_commission,
    rate_for,
    shares_of,
)
from app.payouts.rules.schedule import Closing, end_of, is_bank_day, last_closing
from app.payouts.rules.words import (
    ENDED_UNPAID,
    AccountStatus,
    EarningKind,
    FileKind,
    FileStatus,
    LineReturnStatus,
    PayoutMethod,
    PayoutStatus,
    ReversalStatus,
    RiskBearer,
    SaleMode,
)

__all__ = [
    "ENDED_UNPAID",
    "AccountKind",
    "AccountStatus",
    "BankAccount",
    "Closing",
    "Due",
    "EarningKind",
    "FileKind",
    "FileStatus",
    "LineReturnStatus",
    "PayoutMethod",
    "PayoutStatus",
    "Rate",
    "ReversalStatus",
    "RiskBearer",
    "SaleMode",
    "Share",
    "SoldPart",
    "Sums",
    "Unpayable",
    "checked_account",
    "commission_left",
    "due_of",
    "end_of",
    "exact_commission",
    "is_bank_day",
    "last_closing",
    "rate_for",
    "shares_of",
    "why_unpaid",
]
