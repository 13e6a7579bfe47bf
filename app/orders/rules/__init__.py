"""What does an order cost, what is chosen for a quote, and what may happen to an order next? Pure."""

from app.orders.rules.choosing import (
    Candidate,
    Chosen,
    Rule,
    choose_quantity,
    choose_within_budget,
    goods_room,
    largest_within,
)
from app.orders.rules.prices import (
    LINE_QUANTITY_MAX,
    LINES_MAX,
    TOTAL_MAX_MINOR,
    IssuerTotal,
    OrderStatus,
    Priced,
    SubstitutionStatus,
    by_issuer,
    counted_unpaid,
    may_be_canceled,
    with_tax,
)
from app.orders.rules.refunds import Back, IssuerBack, IssuerLeft, LineBack, LineLeft, back, share_of_loss
from app.orders.rules.substituting import Exchange, Substitute, exchange

__all__ = [
    "LINES_MAX",
    "LINE_QUANTITY_MAX",
    "TOTAL_MAX_MINOR",
    "Back",
    "Candidate",
    "Chosen",
    "Exchange",
    "IssuerBack",
    "IssuerLeft",
    "IssuerTotal",
    "LineBack",
    "LineLeft",
    "OrderStatus",
    "Priced",
    "Rule",
    "Substitute",
    "SubstitutionStatus",
    "back",
    "by_issuer",
    "choose_quantity",
    "choose_within_budget",
    "counted_unpaid",
    "exchange",
    "goods_room",
    "largest_within",
    "may_be_canceled",
    "share_of_loss",
    "with_tax",
]
