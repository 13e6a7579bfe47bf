"""What does Stripe say it moved, where do two books differ, and what does an accountant call our accounts?"""

from app.closing.models.differences import DifferenceStatus, MoneyDifference
from app.closing.models.names import AccountName
from app.closing.models.stripe import StripeLine, StripeReading

__all__ = ["AccountName", "DifferenceStatus", "MoneyDifference", "StripeLine", "StripeReading"]
