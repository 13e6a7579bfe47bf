"""What may be done to quotes and orders within one transaction?"""

from app.orders.operations.orders import close_unpaid, in_lot_order, mark_paid, move, reserve_again
from app.orders.operations.quotes import Asked, Named, quote

__all__ = ["Asked", "Named", "close_unpaid", "in_lot_order", "mark_paid", "move", "quote", "reserve_again"]
