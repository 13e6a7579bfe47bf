"""What is agreed with providers, what have they earned, and how is it paid?"""

from app.payouts.models.accounts import ConnectedAccount, PayoutAccount
from app.payouts.models.earnings import Earning
from app.payouts.models.line_returns import LineReturn
from app.payouts.models.payouts import Payout, PayoutFile, PayoutLine, PayoutReversal
from app.payouts.models.stripe_payouts import StripePayout
from app.payouts.models.terms import CommissionRate, PayoutOriginator, ProviderTerms

__all__ = [
    "CommissionRate",
    "ConnectedAccount",
    "Earning",
    "LineReturn",
    "Payout",
    "PayoutAccount",
    "PayoutFile",
    "PayoutLine",
    "PayoutOriginator",
    "PayoutReversal",
    "ProviderTerms",
    "StripePayout",
]
