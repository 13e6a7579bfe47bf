"""What do buyers send and see of quotes and orders?"""

from app.orders.schemas.desk_payments import DeskAttemptOut, EvidenceIn, PaymentDisputeOut, ReleaseIn
from app.orders.schemas.lines import LineIn, MoneyOut, OrderLineOut
from app.orders.schemas.orders import (
    IssuerOut,
    OrderIn,
    OrderOut,
    OrderSummary,
    OrderTermsOut,
    PaymentOut,
    RetireIn,
    ShortOrderOut,
    VirtualAccountOut,
)
from app.orders.schemas.payments import AttemptIn, AttemptOut
from app.orders.schemas.quotes import CriteriaIn, QuoteIn, QuoteLineIn, QuoteOut
from app.orders.schemas.refunds import GoodwillIn, OwnRefundOut, RefundIn, RefundOut, RefundPaidIn, RefundReturnedIn
from app.orders.schemas.substitutions import SubstitutionAnswerIn, SubstitutionIn, SubstitutionOut

__all__ = [
    "AttemptIn",
    "AttemptOut",
    "CriteriaIn",
    "DeskAttemptOut",
    "EvidenceIn",
    "GoodwillIn",
    "IssuerOut",
    "LineIn",
    "MoneyOut",
    "OrderIn",
    "OrderLineOut",
    "OrderOut",
    "OrderSummary",
    "OrderTermsOut",
    "OwnRefundOut",
    "PaymentDisputeOut",
    "PaymentOut",
    "QuoteIn",
    "QuoteLineIn",
    "QuoteOut",
    "RefundIn",
    "RefundOut",
    "RefundPaidIn",
    "RefundReturnedIn",
    "ReleaseIn",
    "RetireIn",
    "ShortOrderOut",
    "SubstitutionAnswerIn",
    "SubstitutionIn",
    "SubstitutionOut",
    "VirtualAccountOut",
]
