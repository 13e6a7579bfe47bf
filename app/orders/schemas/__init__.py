"""What do buyers send and see of quotes and orders?"""

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
)
from app.orders.schemas.payments import AttemptIn, AttemptOut
from app.orders.schemas.quotes import CriteriaIn, QuoteIn, QuoteLineIn, QuoteOut

__all__ = [
    "AttemptIn",
    "AttemptOut",
    "CriteriaIn",
    "IssuerOut",
    "LineIn",
    "MoneyOut",
    "OrderIn",
    "OrderLineOut",
    "OrderOut",
    "OrderSummary",
    "OrderTermsOut",
    "PaymentOut",
    "QuoteIn",
    "QuoteLineIn",
    "QuoteOut",
    "RetireIn",
    "ShortOrderOut",
]
