"""What may be done to quotes and orders within one transaction?"""

from app.orders.operations.disputes import end_lost, end_won, hold_for_dispute, release
from app.orders.operations.orders import close_unpaid, in_lot_order, mark_paid, move, reserve_again
from app.orders.operations.quotes import Asked, Named, quote
from app.orders.operations.refunds import confirm_goodwill, propose_goodwill, refund

__all__ = [
    "Asked",
    "Named",
    "close_unpaid",
    "confirm_goodwill",
    "end_lost",
    "end_won",
    "hold_for_dispute",
    "in_lot_order",
    "mark_paid",
    "move",
    "propose_goodwill",
    "quote",
    "refund",
    "release",
    "reserve_again",
]
