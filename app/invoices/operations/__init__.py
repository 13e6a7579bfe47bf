"""What may be done to papers, profiles, credit lines and claims within one transaction?"""

from app.invoices.operations.buying import buy_on_account
from app.invoices.operations.claim_receipts import issue_claim_receipt
from app.invoices.operations.claims import (
    CLAIMS,
    locked_claim,
    locked_claims,
    note_paid,
    open_claim,
    pay_claims,
    remind,
)
from app.invoices.operations.corrections import (
    Said,
    issue_correction,
    locked_correction,
    propose_correction,
    reject_correction,
)
from app.invoices.operations.credit import CreditTerms, draw, give_back, grant, locked_credit_line
from app.invoices.operations.issuing import issue_again, issue_bill, issue_invoices, issue_quotation, issue_receipt
from app.invoices.operations.months import close_periods, open_since, terms_of
from app.invoices.operations.numbers import alone, take_number
from app.invoices.operations.paid_out import issue_payout_statement
from app.invoices.operations.profiles import (
    BillingFacts,
    DeskFacts,
    change_billing_profile,
    confirm_registration,
    enter_desk_profile,
    locked_billing_profile,
    locked_provider_status,
)
from app.invoices.operations.rendering import Pdf, keep_file
from app.invoices.operations.returns import issue_return
from app.invoices.operations.setting_off import set_off

__all__ = [
    "CLAIMS",
    "BillingFacts",
    "CreditTerms",
    "DeskFacts",
    "Pdf",
    "Said",
    "alone",
    "buy_on_account",
    "change_billing_profile",
    "close_periods",
    "confirm_registration",
    "draw",
    "enter_desk_profile",
    "give_back",
    "grant",
    "issue_again",
    "issue_bill",
    "issue_claim_receipt",
    "issue_correction",
    "issue_invoices",
    "issue_payout_statement",
    "issue_quotation",
    "issue_receipt",
    "issue_return",
    "keep_file",
    "locked_billing_profile",
    "locked_claim",
    "locked_claims",
    "locked_correction",
    "locked_credit_line",
    "locked_provider_status",
    "note_paid",
    "open_claim",
    "open_since",
    "pay_claims",
    "propose_correction",
    "reject_correction",
    "remind",
    "set_off",
    "take_number",
    "terms_of",
]
