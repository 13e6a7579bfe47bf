"""What happens to an order, from the first click to the holding? Read: place, settle, allocate, expire."""

from app.orders.flow.allocate import allocate
from app.orders.flow.disputes import take_dispute
from app.orders.flow.expire import expire, expire_substitution
from app.orders.flow.place import Placing, place
from app.orders.flow.prices import write_days
from app.orders.flow.settle import settle
from app.orders.flow.settle_attempt import settle_attempt
from app.orders.flow.stock import note_stock

__all__ = [
    "Placing",
    "allocate",
    "expire",
    "expire_substitution",
    "note_stock",
    "place",
    "settle",
    "settle_attempt",
    "take_dispute",
    "write_days",
]
