"""How do papers come to be: issued for orders, payments, refunds and months, then rendered, and reminded of?"""

from app.invoices.flow.issuing import (
    catch_up,
    issue_claim_receipt,
    issue_for_order,
    issue_payout_statement,
    issue_receipt,
    issue_return,
    parties_of,
)
from app.invoices.flow.months import close_month, close_months
from app.invoices.flow.reminders import remind
from app.invoices.flow.rendering import render
from app.invoices.flow.settling import release_orders, set_off, settle

__all__ = [
    "catch_up",
    "close_month",
    "close_months",
    "issue_claim_receipt",
    "issue_for_order",
    "issue_payout_statement",
    "issue_receipt",
    "issue_return",
    "parties_of",
    "release_orders",
    "remind",
    "render",
    "set_off",
    "settle",
]
