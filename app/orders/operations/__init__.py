"""What may be done to quotes and orders within one transaction?"""

from app.orders.operations.disputes import end_lost, end_won, hold_for_dispute, release
from app.orders.operations.orders import close_unpaid, in_lot_order, mark_paid, move, reserve_again
from app.orders.operations.proposing import Instead, Proposal, propose
from app.orders.operations.quotes import Asked, Named, quote
from app.orders.operations.refunds import confirm_goodwill, propose_goodwill, refund
from app.orders.operations.substitutions import SUBSTITUTION_PREFIX, accept, expire, reject, require_parties

__all__ = [
    "SUBSTITUTION_PREFIX",
    "Asked",
    "Instead",
    "Named",
    "Proposal",
    "accept",
    "close_unpaid",
    "confirm_goodwill",
    "end_lost",
    "end_won",
    "expire",
    "hold_for_dispute",
    "in_lot_order",
    "mark_paid",
    "move",
    "propose",
    "propose_goodwill",
    "quote",
    "refund",
    "reject",
    "release",
    "require_parties",
    "reserve_again",
]
