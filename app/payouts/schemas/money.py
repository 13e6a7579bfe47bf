"""How is money written in what providers and the desk read of payouts?"""

from typing import Annotated

import msgspec

YenSmallest = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class PayoutMoneyOut(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit; below zero when it goes off the provider's account."""

    amount: int
    currency: str
