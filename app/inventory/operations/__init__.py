"""What may be done to stock, lots and holdings within one transaction?"""

from app.inventory.operations.holdings import finish_retiring, return_to_holding, start_retiring
from app.inventory.operations.stock import carve, exhaust_if_empty, release, reserve

__all__ = [
    "carve",
    "exhaust_if_empty",
    "finish_retiring",
    "release",
    "reserve",
    "return_to_holding",
    "start_retiring",
]
