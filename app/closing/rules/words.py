"""What is a line settled as, which kinds of differences are there, and what may be done about one?"""

from enum import StrEnum


class Settled(StrEnum):
    """What answers to a line of Stripe's in our book."""

    MATCHED = "matched"
    FEE = "fee"
    WRITTEN_OFF = "written_off"
    CORRECTED = "corrected"


class Side(StrEnum):
    """Whose book says otherwise."""

    STRIPE = "stripe"
    BANK = "bank"


class DifferenceKind(StrEnum):
    """How two books differ. Each of them keeps its month from being closed."""

    LINE_WITHOUT_POSTING = "line_without_posting"
    AMOUNT_DIFFERS = "amount_differs"
    UNKNOWN_TYPE = "unknown_type"
    POSTING_WITHOUT_LINE = "posting_without_line"


class DifferenceAction(StrEnum):
    """What was done. The first two post money and take two people; `gone` is found by the next comparison itself."""

    WRITE_OFF = "write_off"
    CORRECTION = "correction"
    GONE = "gone"
