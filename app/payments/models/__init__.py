"""What money is expected, by which ways does it come, and what do bank and Stripe say of it?"""

from app.payments.models.accounts import DeskBank, OwnPayerName, PayerName, VirtualAccount
from app.payments.models.bank import BankLine, BankStatement, LineOutcome, LineStatus
from app.payments.models.disputes import Dispute
from app.payments.models.expected import Payment, PaymentStatus
from app.payments.models.refunds import Refund, RefundIssuer, RefundLine
from app.payments.models.stripe import EventStatus, PaymentAttempt, StripeCall, StripeCustomer, StripeEvent

__all__ = [
    "BankLine",
    "BankStatement",
    "DeskBank",
    "Dispute",
    "EventStatus",
    "LineOutcome",
    "LineStatus",
    "OwnPayerName",
    "PayerName",
    "Payment",
    "PaymentAttempt",
    "PaymentStatus",
    "Refund",
    "RefundIssuer",
    "RefundLine",
    "StripeCall",
    "StripeCustomer",
    "StripeEvent",
    "VirtualAccount",
]
