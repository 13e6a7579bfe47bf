"""What do providers and the desk send and see of earnings and payouts?"""

from app.payouts.schemas.accounts import (
    AccountDecisionIn,
    BuyerAccountIn,
    PayoutAccountIn,
    PayoutAccountOut,
    StripeAccountIn,
    StripeAccountOut,
)
from app.payouts.schemas.earnings import BalanceOut, EarningOut
from app.payouts.schemas.line_returns import LineCameBackIn, LineReturnIn, LineReturnOut, OwedLineOut
from app.payouts.schemas.payouts import (
    ArrivalIn,
    DebitIn,
    PayoutFileIn,
    PayoutFileOut,
    PayoutIn,
    PayoutOut,
    PayoutReasonIn,
    ReturnedIn,
    ReversalIn,
    StripePayoutOut,
)
from app.payouts.schemas.refunds import BankRefundOut
from app.payouts.schemas.terms import (
    CommissionRateIn,
    CommissionRateOut,
    OriginatorIn,
    OriginatorOut,
    ProviderTermsIn,
    ProviderTermsOut,
    RateEndIn,
)

__all__ = [
    "AccountDecisionIn",
    "ArrivalIn",
    "BalanceOut",
    "BankRefundOut",
    "BuyerAccountIn",
    "CommissionRateIn",
    "CommissionRateOut",
    "DebitIn",
    "EarningOut",
    "LineCameBackIn",
    "LineReturnIn",
    "LineReturnOut",
    "OriginatorIn",
    "OriginatorOut",
    "OwedLineOut",
    "PayoutAccountIn",
    "PayoutAccountOut",
    "PayoutFileIn",
    "PayoutFileOut",
    "PayoutIn",
    "PayoutOut",
    "PayoutReasonIn",
    "ProviderTermsIn",
    "ProviderTermsOut",
    "RateEndIn",
    "ReturnedIn",
    "ReversalIn",
    "StripeAccountIn",
    "StripeAccountOut",
    "StripePayoutOut",
]
